"""Give the activities of this addon its own new type, by which it finds and ends them."""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

#: The summaries of activities on bills, in each language of the addon.
SUMMARIES = ("Changed in Lucca", "Withdrawn in Lucca", "Modifié dans Lucca", "Retiré dans Lucca")
#: ``(model, former type, condition for the activities of this addon)``
BEFORE = (
    ("lucca.connection", "mail_activity_data_todo", "TRUE"),
    (
        "account.move",
        "mail_activity_data_warning",
        "mail_activity.summary IN %(summaries)s"
        " AND mail_activity.res_id IN (SELECT move_id FROM lucca_document WHERE move_id IS NOT NULL)",
    ),
)
ADOPT = """
    UPDATE mail_activity
       SET activity_type_id = ours.res_id
      FROM ir_model_data ours, ir_model_data former
     WHERE ours.module = 'lucca_invoices_sync' AND ours.name = 'mail_activity_type_attention'
       AND former.module = 'mail' AND former.name = %(former)s
       AND mail_activity.activity_type_id = former.res_id AND mail_activity.automated
       AND mail_activity.res_model = %(model)s
       AND {}
"""


def migrate(cr, version):
    """Run after the models and the data of this version are loaded."""
    env = upgrade_env(cr)
    for model, former, is_ours in BEFORE:
        values = {"model": model, "former": former, "summaries": SUMMARIES}
        env.cr.execute(ADOPT.format(is_ours), values)
