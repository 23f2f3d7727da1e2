"""Compares each document of Lucca with its bill for auditors, by SQL and read-only."""

from odoo import api, fields, models
from odoo.addons.account.models.account_move import PAYMENT_STATE_SELECTION
from odoo.tools import SQL

from ..lucca.documents.booked_documents import CREDIT_NOTE, INVOICE
from ..models.states import ELECTRONIC_CHECKS, FILES_STATES, REASONS, STATES
from . import audit_facts

#: Why the amounts of a document and its bill differ.
EXPLANATIONS = [
    ("unexplained", "Not Explained"),
    ("waits", "Waits for Its Bill"),
    ("not_imported", "Not Imported"),
    ("withdrawn", "Withdrawn in Lucca"),
    ("bill_deleted", "Bill Deleted"),
    ("bill_cancelled", "Bill Cancelled"),
    ("bill_reversed", "Bill Reversed"),
    ("other_currency", "Bill in Another Currency"),
    ("linked", "Linked to an Existing Bill"),
    ("linked_again", "Linked Again"),
    ("by_hand", "Entered by Hand"),
    ("kept", "Bill Left as It Was"),
    ("self_assessed", "VAT Owed by the Company"),
    ("not_recovered", "VAT Not Recovered"),
    ("rounding", "Amounts Do Not Add Up"),
    ("booked_anyway", "Booked Anyway"),
    ("changed_in_lucca", "Changed in Lucca"),
    ("bill_changed", "Bill Changed in Odoo"),
    ("none", "No Difference"),
]
#: Lucca's cost may be computed from the rates, while the printed VAT is some cents off. Up to this
#: deviation (a fraction of the VAT, at least an amount in the document's currency) a difference counts
#: as VAT not recovered.
_COST_SHARE, _COST_LEAST = 0.01, 0.05


class LuccaAuditLine(models.Model):
    """A document of Lucca beside its bill.

    Amounts are those of the document's currency. On both sides an invoice is positive and a credit
    note negative, whatever signs Lucca and Odoo use. A bill that is cancelled, reversed in Odoo or in
    another currency counts as zero. A difference is Lucca's amount less Odoo's.
    """

    _name = "lucca.audit.line"
    _description = "Lucca Audit Trail"
    _auto = False
    _order = "document_date desc, id desc"
    _rec_name = "number"

    document_id = fields.Many2one("lucca.document", readonly=True)
    connection_id = fields.Many2one("lucca.connection", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    lucca_type = fields.Selection(
        [(INVOICE, "Invoice"), (CREDIT_NOTE, "Credit Note")], string="Type", readonly=True
    )
    lucca_id = fields.Integer(string="Lucca ID", readonly=True, aggregator=None)
    number = fields.Char(readonly=True)
    supplier_name = fields.Char(string="Supplier in Lucca", readonly=True)
    document_date = fields.Date(readonly=True)
    lucca_created_at = fields.Datetime(string="Created in Lucca", readonly=True)
    lucca_modified_at = fields.Datetime(string="Modified in Lucca", readonly=True)
    by_approval = fields.Date(
        string="Last Change in Lucca",
        readonly=True,
        help="Lucca gives no date of approval. The last change of a document is the nearest to it"
        " that is known; without one it is the creation in Lucca.",
    )
    by_document = fields.Date(
        string="Document Date or Creation",
        readonly=True,
        help="The document's date. If it has none, the day of its creation in Lucca.",
    )
    by_accounting = fields.Date(
        string="Accounting Date or Creation",
        readonly=True,
        help=(
            "The bill's accounting date. If there is no bill, the day of the document's creation in"
            " Lucca."
        ),
    )
    state = fields.Selection(STATES, readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    is_withdrawn = fields.Boolean(string="Withdrawn in Lucca", readonly=True)
    is_changed = fields.Boolean(string="Changed in Lucca", readonly=True)
    files_state = fields.Selection(FILES_STATES, string="Files", readonly=True)
    electronic_check = fields.Selection(
        ELECTRONIC_CHECKS, string="Electronic Invoice", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_untaxed = fields.Monetary(string="Lucca, Excl. VAT", readonly=True)
    amount_tax = fields.Monetary(string="Lucca, VAT", readonly=True)
    amount_total = fields.Monetary(string="Lucca, Incl. VAT", readonly=True)

    move_id = fields.Many2one("account.move", string="Bill", readonly=True)
    bill_name = fields.Char(string="Bill Number", readonly=True, help="Empty for a draft.")
    bill_type = fields.Selection(
        [("in_invoice", "Vendor Bill"), ("in_refund", "Refund"), ("in_receipt", "Receipt")],
        readonly=True,
    )
    bill_state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted"), ("cancel", "Cancelled")],
        string="State of the Bill",
        readonly=True,
    )
    bill_date = fields.Date(string="Accounting Date", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    bill_currency_id = fields.Many2one("res.currency", string="Currency of the Bill", readonly=True)
    payment_state = fields.Selection(
        PAYMENT_STATE_SELECTION, string="Payment of the Bill", readonly=True
    )
    bill_untaxed = fields.Monetary(string="Odoo, Excl. VAT", readonly=True)
    bill_tax = fields.Monetary(string="Odoo, VAT", readonly=True)
    bill_total = fields.Monetary(string="Odoo, Incl. VAT", readonly=True)
    difference_untaxed = fields.Monetary(string="Difference, Excl. VAT", readonly=True)
    difference_tax = fields.Monetary(string="Difference, VAT", readonly=True)
    difference_total = fields.Monetary(string="Difference, Incl. VAT", readonly=True)
    explanation = fields.Selection(
        EXPLANATIONS, readonly=True, help="Why the amounts of the document and its bill differ."
    )

    _depends = {
        "lucca.document": [
            "connection_id",
            "company_id",
            "lucca_type",
            "lucca_id",
            "number",
            "supplier_name",
            "document_date",
            "lucca_created_at",
            "lucca_modified_at",
            "state",
            "reason",
            "message",
            "is_withdrawn",
            "is_changed",
            "changes",
            "purchase_changes",
            "billed_payload",
            "bill_fingerprint",
            "accepted_reasons",
            "imported_at",
            "files_state",
            "electronic_check",
            "currency_id",
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "amount_cost",
            "move_id",
        ],
        "account.move": [
            "name",
            "move_type",
            "state",
            "date",
            "journal_id",
            "currency_id",
            "payment_state",
            "reversed_entry_id",
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "is_manually_modified",
        ],
        "account.move.line": ["move_id", "currency_id", "tax_line_id", "amount_currency"],
        "lucca.connection": ["tax_tolerance"],
        "lucca.decision": ["document_id", "kind", "decided_at"],
    }

    @property
    def _table_query(self) -> SQL:
        # A view in the database would keep Odoo from changing the columns at an upgrade.
        return SQL(
            "SELECT compared.*, %s AS explanation FROM (%s) compared",
            self._explanation(),
            SQL("SELECT sides.*, %s FROM (%s) sides", self._differences(), self._sides()),
        )

    @api.model
    def _sides(self):
        """Return the query for documents with their bills, whose amounts have comparable signs."""
        return SQL(
            """
            SELECT document.id, document.id AS document_id, document.connection_id,
                   document.company_id, document.lucca_type, document.lucca_id, document.number,
                   document.supplier_name, document.document_date, document.lucca_created_at,
                   document.lucca_modified_at, document.state, document.reason,
                   document.is_withdrawn, document.is_changed, document.files_state,
                   document.electronic_check, document.currency_id, document.move_id,
                   COALESCE(document.lucca_modified_at, document.lucca_created_at)::date
                       AS by_approval,
                   COALESCE(document.document_date, document.lucca_created_at::date) AS by_document,
                   COALESCE(move.date, document.lucca_created_at::date) AS by_accounting,
                   %(document_untaxed)s AS amount_untaxed,
                   %(document_tax)s AS amount_tax,
                   %(document_total)s AS amount_total,
                   NULLIF(move.name, '/') AS bill_name, move.move_type AS bill_type,
                   move.state AS bill_state, move.date AS bill_date, move.journal_id,
                   move.currency_id AS bill_currency_id, move.payment_state,
                   %(bill_untaxed)s AS bill_untaxed,
                   %(bill_tax)s AS bill_tax,
                   %(bill_total)s AS bill_total,
                   move.amount_total AS own_total, document.message, document.changes, document.purchase_changes,
                   document.billed_payload, document.bill_fingerprint,
                   document.accepted_reasons, document.imported_at, document.amount_cost,
                   move.is_manually_modified, %(is_reversed)s AS is_reversed
              FROM lucca_document document
              LEFT JOIN account_move move ON move.id = document.move_id
            """,
            is_reversed=self._is_reversed(),
            **{
                f"{side}_{part}": signed(SQL(f"COALESCE({table}.amount_{part}, 0)"))
                for side, table, signed in (
                    ("document", "document", self._signed_of_document),
                    ("bill", "move", self._signed_of_bill),
                )
                for part in ("untaxed", "tax", "total")
            },
        )

    @api.model
    def _signed_of_document(self, amount):
        """Return the expression for an amount of a document, negative for credit notes.

        Lucca does not document the signs of amounts in credit notes, so the type decides.
        """
        return SQL(
            "CASE WHEN document.lucca_type = %s AND COALESCE("
            "NULLIF(document.amount_total, 0), document.amount_untaxed) > 0 THEN -%s ELSE %s END",
            CREDIT_NOTE,
            amount,
            amount,
        )

    @api.model
    def _signed_of_bill(self, amount):
        return SQL(
            "CASE WHEN move.state = 'cancel' OR move.currency_id <> document.currency_id THEN 0"
            " WHEN %s THEN 0 WHEN move.move_type = 'in_refund' THEN -%s ELSE %s END",
            self._is_reversed(),
            amount,
            amount,
        )

    @api.model
    def _is_reversed(self):
        """Return the expression for whether people reversed a bill in Odoo, by the rule of ``_lucca_is_undone``."""
        refunds = "SELECT FROM account_move refund"
        return SQL(
            "(COALESCE(move.payment_state = 'reversed', FALSE)"
            f" AND EXISTS ({refunds} WHERE refund.reversed_entry_id = move.id)"
            f" AND NOT EXISTS ({refunds} JOIN lucca_document other ON other.move_id = refund.id"
            " WHERE refund.reversed_entry_id = move.id))"
        )

    @api.model
    def _differences(self):
        return SQL(
            """
            amount_untaxed - bill_untaxed AS difference_untaxed,
            amount_tax - bill_tax AS difference_tax,
            amount_total - bill_total AS difference_total
            """
        )

    @api.model
    def _explanation(self):
        """Return the expression for the first explanation that fits.

        States come first, as they are certain, then bills made by people, then amounts.
        """
        return SQL(
            """
            CASE
              WHEN move_id IS NULL AND is_withdrawn THEN 'withdrawn'
              WHEN move_id IS NULL AND state = 'ignored' AND imported_at IS NOT NULL
              THEN 'bill_deleted'
              WHEN move_id IS NULL AND state = 'ignored' THEN 'not_imported'
              WHEN move_id IS NULL THEN 'waits'
              WHEN bill_state = 'cancel' THEN 'bill_cancelled'
              WHEN is_reversed THEN 'bill_reversed'
              WHEN bill_currency_id IS DISTINCT FROM currency_id THEN 'other_currency'
              WHEN difference_untaxed = 0 AND difference_tax = 0 AND difference_total = 0
              THEN 'none'
              WHEN state <> 'imported' THEN 'waits'
              WHEN bill_fingerprint IS NULL THEN %(made_by_a_person)s
              WHEN difference_total = 0 AND difference_untaxed = 0 AND bill_tax = 0
                   AND amount_untaxed = amount_total AND %(declared)s
              THEN 'self_assessed'
              WHEN difference_total = 0 AND amount_cost > 0 AND difference_tax <> 0
                   AND abs(abs(difference_tax) + %(lost)s - (amount_cost - abs(amount_untaxed)))
                       <= GREATEST(%(least)s, %(share)s * abs(amount_tax))
              THEN 'not_recovered'
              WHEN difference_total = 0 AND difference_tax = 0
                   AND difference_untaxed = amount_untaxed + amount_tax - amount_total
              THEN 'rounding'
              WHEN %(changed_in_lucca)s THEN 'changed_in_lucca'
              WHEN is_manually_modified THEN 'bill_changed'
              WHEN accepted_reasons ?| ARRAY['tax_mismatch', 'total_mismatch', 'invalid_document']
              THEN 'booked_anyway'
              ELSE 'unexplained'
            END
            """,
            declared=audit_facts.declared(),
            lost=audit_facts.lost_by_taxes(),
            made_by_a_person=audit_facts.made_by_a_person(),
            changed_in_lucca=audit_facts.changed_in_lucca(),
            least=_COST_LEAST,
            share=_COST_SHARE,
        )

    # --- buttons --------------------------------------------------------------------------------

    def action_open_document(self):
        self.ensure_one()
        return self.document_id._action_open()

    def action_open_bill(self):
        self.ensure_one()
        return self.document_id.action_open_bill()
