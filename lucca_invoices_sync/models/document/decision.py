"""The record of what was decided about documents, and of what happened to them."""

import logging
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..messages import MessageField, Messages, named, sentences

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)

#: The kinds of decisions. The creation of a bill is none: the document (``imported_at``) records it.
KINDS = [
    ("linked", "Linked to an Existing Bill"),
    ("linked_again", "Linked Again"),
    ("booked_anyway", "Booked Anyway"),
    ("by_hand", "Entered by Hand"),
    ("ignored", "Not Imported"),
    ("left", "Bill Left as It Is"),
    ("retried", "Retried"),
    ("supplier_chosen", "Supplier Chosen"),
    ("replaced", "Bill Replaced"),
    ("bill_deleted", "Bill Deleted"),
    ("file_left_out", "File Left Out"),
    ("file_wanted", "File Fetched After All"),
    ("seen", "Seen"),
    ("changed", "Changed in Lucca"),
    ("followed", "Draft Follows Lucca"),
    ("withdrawn", "Withdrawn in Lucca"),
    ("approved", "Approved in Lucca"),
]
#: The system parameter with the number of years for which decisions are kept.
YEARS = "lucca_invoices_sync.decision_years"
#: Accounting documents and vouchers are kept for ten years (Code de commerce, art. L123-22).
USUAL_YEARS = 10
#: A number of years that nobody means: it is refused, and read as 0, which is for ever.
FOR_EVER = 1000
#: The number of decisions that are deleted in one transaction.
PORTION = 1000


class LuccaDecision(models.Model):
    """A decision about a document, or an event. Rows are only added, and deleted when they are old enough."""

    _name = "lucca.decision"
    _description = "Decision about a Lucca Document"
    _order = "decided_at desc, id desc"
    _rec_name = "kind"

    document_id = fields.Many2one(
        "lucca.document", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one(
        related="document_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KINDS, string="Decision", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        readonly=True,
        ondelete="restrict",
        help="Empty if the synchronisation did it or found it in Lucca.",
    )
    decided_at = fields.Datetime(
        string="When", required=True, default=fields.Datetime.now, readonly=True
    )
    message = MessageField(string="What", readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Bill", readonly=True, ondelete="set null", index="btree_not_null"
    )
    bill_name = MessageField(
        string="Name of the Bill",
        readonly=True,
        help="The bill's name at that time. The bill may have been deleted since.",
    )

    def write(self, vals):
        # EXTENDS 'base': nobody changes a decision.
        self._refuse("write")
        return super().write(vals)

    def unlink(self):
        # EXTENDS 'base': only ``_forget_old`` deletes decisions, by their age.
        self._refuse("unlink")
        return super().unlink()

    def _refuse(self, operation):
        """Raise ``AccessError``, or ``UserError`` for a user who passes the check of access rights."""
        self.check_access(operation)
        if self:
            raise UserError(
                self.env._(
                    "Decisions about documents are a proof: nobody changes or deletes them. Under"
                    " Settings an administrator says for how many years they are kept."
                )
            )

    # --- how long -------------------------------------------------------------------------------

    @api.model
    def _years_kept(self):
        """Return for how many years decisions are kept; 0, as any value that is no number of years, means for ever."""
        # Only administrators may read parameters, and this number is no secret.
        text = self.env["ir.config_parameter"].sudo().get_param(YEARS, str(USUAL_YEARS))
        years = int(text) if text.isdecimal() else 0
        return years if years < FOR_EVER else 0

    @api.model
    def _keep_for(self, years):
        """Set for how many years decisions are kept, 0 for ever. Only administrators may do so."""
        if not 0 <= years < FOR_EVER:
            raise UserError(
                self.env._(
                    "Enter for how many years decisions about Lucca documents are kept, or 0 to keep"
                    " them for ever."
                )
            )
        if years != self._years_kept():
            # Not by ``config_parameter`` of a settings field, which would delete the parameter for 0.
            self.env["ir.config_parameter"].set_param(YEARS, str(years))

    @api.autovacuum
    def _forget_old(self):
        """Delete a portion of the old decisions; return how many, and whether more may be left."""
        expired = self._domain_expired()
        old = self.search(expired, order="id", limit=PORTION)
        if old:
            _logger.info(
                "%s decisions are deleted, the last one of %s", len(old), old[:1].decided_at
            )
            old._delete()
        return len(old), len(old) == PORTION

    @api.model
    def _forget_events(self, documents):
        """Delete what happened to documents about which no person decided, and which are deleted next."""
        self.search([("document_id", "in", documents.ids), ("user_id", "=", False)])._delete()

    def _delete(self):
        """Delete these rows by SQL, since ``unlink`` refuses it to everybody."""
        self.env.execute_query(SQL("DELETE FROM lucca_decision WHERE id = ANY(%s)", self.ids))
        self.env.invalidate_all()

    @api.model
    def _domain_expired(self):
        """Return the domain of decisions whose years are over, counted from the end of a fiscal year.

        It is the fiscal year of the decision, or that of the bill if that is later. Decisions about a
        document that may still get a bill are kept.
        """
        years = self._years_kept()
        if not years:
            return Domain.FALSE
        day = fields.Date.context_today(self) - relativedelta(years=years)
        companies = [
            one for (one,) in self._read_group([("company_id", "!=", False)], ["company_id"])
        ]
        is_settled = Domain("document_id.state", "in", ("imported", "ignored"))
        return is_settled & Domain.OR(
            Domain("company_id", "=", company.id)
            & _domain_before(company.compute_fiscalyear_dates(day)["date_from"])
            for company in companies
        )


def _domain_before(start):
    """Return the domain of decisions from before a fiscal year, whose bills are from before it, too.

    :param start: the first day of that year
    """
    # In the time zone of the company, the year may begin up to a day earlier than in UTC.
    moment = datetime.combine(start, time.min) - timedelta(days=1)
    has_no_bill = Domain("document_id.move_id", "=", False)
    is_of_old_bill = has_no_bill | Domain("document_id.move_id.date", "<", start)
    return Domain("decided_at", "<", moment) & is_of_old_bill


class LuccaDocument(models.Model):
    """The decisions about a document."""

    _inherit = "lucca.document"

    def _note_decision(self, kind, message):
        """Record that something was decided about these documents, or happened to them.

        The decision names the bill that each document has now.

        :param kind: a key of ``KINDS``
        :param message: what was decided, as a message, or a function that returns it for a document
        """
        is_somebody = self.env.uid != SUPERUSER_ID  # a synchronisation runs as the superuser
        # Users who decide may not write decisions, and the bill may be another company's.
        documents = self.sudo()
        documents.env["lucca.decision"].create(
            [
                {
                    "document_id": document.id,
                    "kind": kind,
                    "user_id": is_somebody and self.env.uid,
                    "message": message(document) if callable(message) else message,
                    "move_id": document.move_id.id,
                    "bill_name": document.move_id and named(document.move_id),
                }
                for document in documents
            ]
        )


def with_former(told, document):
    """Return a message of what was decided, followed by the message that the document had before."""
    return sentences(told, document.message and _lt("Before: %s", document.message))
