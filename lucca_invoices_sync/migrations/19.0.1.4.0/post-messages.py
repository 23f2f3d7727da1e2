"""Replace the labels of changes in Lucca by messages, which each reader reads in their own language.

All other texts of older versions stay in the language in which they were written.
"""

from odoo.addons.lucca_invoices_sync.models.document import change
from odoo.addons.lucca_invoices_sync.models.sync import purchases
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

CHANGED = """
    SELECT id FROM lucca_document WHERE changes IS NOT NULL OR purchase_changes IS NOT NULL
"""


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    cr.execute(CHANGED)
    labels = _by_words(env)
    for document in env["lucca.document"].browse([row[0] for row in cr.fetchall()]):
        for name in ("changes", "purchase_changes"):
            rows = document[name] or []
            document[name] = [[labels.get(label, label), *values] for label, *values in rows]


def _by_words(env):
    """Return ``{label in an installed language: its message}``."""
    labels = [*change.LABELS.values(), *purchases.LABELS.values()]
    return {
        label.in_words(env(context={"lang": code})): label
        for code, _name in env["res.lang"].get_installed()
        for label in labels
    }
