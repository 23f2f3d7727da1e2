from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...lucca.booking.payments import is_qr_iban, is_qr_reference
from ..bill.completion import compare_totals
from ..bill.exchange_rate import kept_rates
from ..bill.payment import follow_supplier, give_accounts
from ..bill.refund import link_before_posting, settle_bills, unlink_from_other_suppliers
from ..messages import MessageField, in_words
from ..programs import is_program
from ..savepoints import Savepoint
from ..toasts import tell_of_selection

#: Groups that read Lucca's documents. Other users read moves, too, such as salesmen their invoices.
READERS = "account.group_account_invoice,account.group_account_readonly"


class AccountMove(models.Model):
    _inherit = "account.move"

    lucca_document_ids = fields.One2many(
        "lucca.document", "move_id", "Lucca Documents", readonly=True, groups=READERS
    )
    lucca_document_id = fields.Many2one(
        "lucca.document",
        compute="_compute_lucca_document_id",
        search="_search_lucca_document_id",
        groups=READERS,
        help="The invoice or credit note of Lucca that this bill was made from.",
    )

    lucca_purchase_name = fields.Char(
        related="lucca_document_ids.purchase_name", string="Purchase in Lucca", groups=READERS
    )
    lucca_payment_state = fields.Char(
        related="lucca_document_ids.payment_words", string="Payment in Lucca", groups=READERS
    )
    lucca_payment_date = fields.Date(
        related="lucca_document_ids.payment_date", string="Paid in Lucca on", groups=READERS
    )
    lucca_files_state = fields.Selection(
        related="lucca_document_ids.files_state", string="Files from Lucca", groups=READERS
    )
    lucca_electronic_check = fields.Selection(
        related="lucca_document_ids.electronic_check", groups=READERS
    )
    lucca_electronic_list = fields.Html(
        related="lucca_document_ids.electronic_list", sanitize=False, groups=READERS
    )
    lucca_is_alarming = fields.Boolean(related="lucca_document_ids.is_alarming", groups=READERS)
    lucca_has_differences = fields.Boolean(
        related="lucca_document_ids.has_differences",
        string="With a Difference from Lucca",
        groups=READERS,
    )
    lucca_changes_table = fields.Html(
        related="lucca_document_ids.changes_table", sanitize=False, groups=READERS
    )
    lucca_is_changed = fields.Boolean(
        related="lucca_document_ids.is_changed", string="Changed in Lucca", groups=READERS
    )

    lucca_draft_reason = MessageField(related="lucca_document_ids.draft_reason", groups=READERS)
    lucca_is_left_draft = fields.Boolean(related="lucca_document_ids.is_left_draft", groups=READERS)
    lucca_is_doubtful = fields.Boolean(
        related="lucca_document_ids.is_doubtful", string="From Lucca, with a Doubt", groups=READERS
    )
    lucca_doubt = fields.Char(
        string="Lucca",
        compute="_compute_lucca_doubt",
        groups=READERS,
        help="Whether there is a doubt about this draft from Lucca, which a note on it describes.",
    )

    lucca_payment_block = MessageField(
        string="Why Its Payment Is Blocked",
        readonly=True,
        copy=False,
        inverse="_inverse_lucca_payment_block",
        groups=READERS,
        help="Why Odoo does not offer to pay this bill, until a person lifts the block.",
    )

    lucca_lacks_qr_reference = fields.Boolean(
        compute="_compute_lucca_lacks_qr_reference",
        search="_search_lucca_lacks_qr_reference",
        string="From Lucca, without Its QR Reference",
        groups=READERS,
        help="It is to be paid to a Swiss QR-IBAN, and has no QR reference, so that the bank refuses the payment.",
    )

    @api.depends("lucca_document_ids")
    def _compute_lucca_document_id(self):
        for move in self:
            move.lucca_document_id = move.lucca_document_ids[:1]

    @api.depends("lucca_is_doubtful", "state")
    @api.depends_context("lang")
    def _compute_lucca_doubt(self):
        for move in self:
            is_to_check = move.lucca_is_doubtful and move.state == "draft"
            move.lucca_doubt = is_to_check and self.env._("To check")

    def _search_lucca_document_id(self, operator, value):
        return [("lucca_document_ids", operator, value)]

    @api.depends(
        "lucca_document_ids",
        "move_type",
        "state",
        "payment_state",
        "payment_reference",
        "partner_bank_id.acc_number",
    )
    def _compute_lucca_lacks_qr_reference(self):
        for move in self:
            is_to_pay = move.lucca_document_ids and move.is_outbound() and move._lucca_is_open()
            is_to_qr_iban = is_to_pay and is_qr_iban(move.partner_bank_id.acc_number or "")
            reference = move.payment_reference or ""
            move.lucca_lacks_qr_reference = is_to_qr_iban and not is_qr_reference(reference)

    def _search_lucca_lacks_qr_reference(self, operator, value):
        if operator != "in":
            return NotImplemented
        # The check digit of a reference is looked at in Python, for the open bills to accounts that may be QR-IBANs.
        numbers = [f"{country}__3{digit}%" for country in ("CH", "LI") for digit in "01"]
        accounts = [("partner_bank_id.sanitized_acc_number", "=like", one) for one in numbers]
        to_pay = [
            ("lucca_document_ids", "!=", False),
            ("move_type", "in", ("in_invoice", "in_receipt")),
            ("payment_state", "in", ("not_paid", "partial")),
        ]
        found = self.search(Domain.AND([to_pay, Domain.OR([one] for one in accounts)]))
        lacking = Domain("id", "in", found.filtered("lucca_lacks_qr_reference").ids)
        return lacking if True in value else ~lacking

    def _inverse_lucca_payment_block(self):
        # Not by ``api.depends``: at an uninstallation, Odoo deletes the fields of bank statement lines that it
        # inherits from bills and that depend on a field of ours.
        self.env.add_to_compute(self._fields["payment_state"], self)

    def _compute_payment_state(self):
        # EXTENDS 'account', which keeps "Blocked" even on a bill that is settled. Our block ends when a bank
        # statement settles the bill, and is there again if the reconciliation is undone.
        ours = self.filtered("lucca_payment_block")
        ours.filtered(lambda move: move.payment_state == "blocked").payment_state = "not_paid"
        result = super()._compute_payment_state()
        ours.filtered(lambda move: move._lucca_is_open()).payment_state = "blocked"
        return result

    def _compute_invoice_currency_rate(self):
        # EXTENDS 'account', which takes its own rate of each new bill date, or 1 if it has none of the currency.
        kept = kept_rates(self)
        for move, rate in kept.items():
            move.invoice_currency_rate = rate
        others = self.filtered(lambda move: move not in kept)
        return super(AccountMove, others)._compute_invoice_currency_rate()

    def _lucca_is_open(self):
        """Return whether something of a bill is left to pay."""
        return self.state != "cancel" and self.payment_state in ("not_paid", "partial")

    def _lucca_is_undone(self):
        """Return whether a person took the bill out of the books: it is cancelled, or reversed in Odoo.

        A bill that a credit note of Lucca settles is "reversed" for Odoo, too, but both stay in the books.
        """
        if self.payment_state != "reversed":
            return self.state == "cancel"
        # The refund's document may be of a company that the user does not see.
        refunds = self.sudo().reversal_move_ids
        return bool(refunds) and not refunds.lucca_document_ids

    def action_toggle_block_payment(self):
        # EXTENDS 'account': whoever lifts a block lifts ours, too. Odoo then pays to the account that Lucca names.
        if self.payment_state == "blocked" and self.lucca_payment_block:
            if refused := give_accounts(self):
                raise UserError(in_words(self.env, refused[self]))
            self.lucca_payment_block = False
        return super().action_toggle_block_payment()

    def action_lucca_unblock_payment(self):
        """Lift our block on all selected bills that have one; return a toast about them.

        A bill on which ``action_toggle_block_payment`` refuses that stays blocked, and does not stop the others.
        """
        self.check_access("write")
        blocked = self.filtered(
            lambda move: move.lucca_payment_block and move.payment_state == "blocked"
        )
        lifted = blocked - self.browse().union(*give_accounts(blocked))
        # As Odoo's own action does it.
        lifted.write({"payment_state": "not_paid", "lucca_payment_block": False})
        return tell_of_selection(
            self.env,
            self.env._("Bills whose payment is no longer blocked: %s.", len(lifted)),
            len(self) - len(lifted),
            self.env._(
                "Their payment is not blocked because of Lucca, or they need a “Recipient Bank” first. The"
                " filter “Lucca: Payment Blocked” shows those that are still blocked."
            ),
        )

    def _post(self, soft=True):
        # EXTENDS 'account': Odoo would reconcile a refund with the bill that it is linked to, whoever's that is, and
        # only if the bill is posted already.
        unlink_from_other_suppliers(self)
        link_before_posting(self)
        posted = super()._post(soft)
        settle_bills(posted)
        posted._lucca_compare_totals()
        return posted

    def _lucca_compare_totals(self):
        """Compare bills of Lucca whose total people edited or typed with Lucca and the electronic invoice."""
        # A user who may post a bill may not see its document.
        compare_totals(self.sudo().lucca_document_ids)

    def write(self, vals):
        # EXTENDS 'account': Odoo would pay a bill that gets another supplier to the first account of that one.
        if "partner_id" not in vals or is_program(self.env):
            return super().write(vals)
        # A user who may change a bill may not see its document.
        drafts = self.sudo().filtered(lambda one: one.state == "draft" and one.lucca_document_ids)
        suppliers = {move: move.commercial_partner_id for move in drafts}
        result = super().write(vals)
        for move in drafts.filtered(lambda one: one.commercial_partner_id != suppliers[one]):
            follow_supplier(move)
        return result

    def unlink(self):
        # EXTENDS 'account': a user who may delete a bill may leave its document without one.
        documents = self.sudo().lucca_document_ids
        if not documents:
            return super().unlink()
        with Savepoint(self.env.cr):  # if the deletion is refused, the document keeps its bill
            documents._lose_bill()
            return super().unlink()

    def action_lucca_sync_now(self):
        """Synchronise all connections that create bills in the current companies, whatever is selected."""
        connections = self.env["lucca.connection"]
        connections._check_may_start()
        # The connection may be another company's, which the user may not be allowed to read.
        return connections.sudo()._of_companies(self.env.companies)._start()

    def action_lucca_fetch_files(self):
        """Trigger the fetching of missing files; if none is missing any more, reload the bill."""
        documents = self.lucca_document_ids
        documents._check_billing()
        missing = documents.filtered("can_fetch_files")
        return missing.action_fetch_files() if missing else False

    def action_lucca_open(self):
        return self.lucca_document_id.action_open_lucca()

    def action_lucca_seen(self):
        self.lucca_document_ids.action_seen()

    def action_lucca_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "lucca.document",
            "res_id": self.lucca_document_id.id,
            "view_mode": "form",
        }
