"""Block the payment of open bills that are paid before, or not by transfer, as Lucca or the electronic invoice says.

Versions before 19.0.1.14.0 did not read the payment in electronic invoices, and versions before this one did not look
at it when a person linked a bill, nor at what Lucca says of it when a person entered one.
"""

from odoo.addons.lucca_invoices_sync.models.bill.electronic_invoice import invoices_of
from odoo.addons.lucca_invoices_sync.models.bill.payment_by_invoice import block_kept
from odoo.addons.lucca_invoices_sync.models.document.payment import take_over_linked
from odoo.addons.lucca_invoices_sync.models.document.upgrades import (
    CHECK_PAYMENT,
    one_by_one,
    trying,
)
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

# A bill whose payment state was "Blocked" once, in whatever language, is one of which a person lifted the block.
OPEN = """
    SELECT document.id
      FROM lucca_document document
      JOIN account_move move ON move.id = document.move_id
     WHERE (document.electronic_check IS NOT NULL OR document.bill_fingerprint IS NULL)
       AND move.move_type IN ('in_invoice', 'in_refund')
       AND move.state IN ('draft', 'posted')
       AND move.payment_state IN ('not_paid', 'partial')
       AND move.lucca_payment_block IS NULL
       AND NOT EXISTS (
           SELECT FROM mail_message message
             JOIN mail_tracking_value tracked ON tracked.mail_message_id = message.id
             JOIN ir_model_fields field ON field.id = tracked.field_id
             JOIN ir_model_fields_selection choice ON choice.field_id = field.id
             JOIN jsonb_each_text(choice.name) label ON label.value = tracked.old_value_char
            WHERE message.model = 'account.move' AND message.res_id = move.id
              AND field.model = 'account.move' AND field.name = 'payment_state'
              AND choice.value = 'blocked'
       )
     ORDER BY document.id
"""


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    cr.execute(OPEN)
    documents = env["lucca.document"].browse(document_id for (document_id,) in cr.fetchall())
    for document in one_by_one(documents):
        _block(document)


def _block(document):
    """Block the payment of a bill if it may not be offered."""
    with trying(document, CHECK_PAYMENT):
        if not document.bill_fingerprint:  # a person linked or entered the bill
            take_over_linked(document)
        for invoice in invoices_of(document).get(document, ())[:1]:
            block_kept(document, invoice)
