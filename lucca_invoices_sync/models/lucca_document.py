from datetime import timedelta, timezone

from odoo import api, fields, models

from ..lucca.documents import CONFIRMED, CREDIT_NOTE, INVOICE, read_document
from ..lucca.reading import loads
from ..states import FILES_STATES, REASONS, STATES
from ..troubles import Blocked

#: A failed document is tried again after 5 minutes, then after twice as long each time.
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=24)


class LuccaDocument(models.Model):
    _name = "lucca.document"
    _description = "Lucca Document"
    _order = "document_date desc, id desc"
    _rec_name = "number"

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
        help="The connection's, or that of the purchase's establishment.",
    )
    lucca_type = fields.Selection(
        [(INVOICE, "Invoice"), (CREDIT_NOTE, "Credit Note")],
        string="Type",
        required=True,
        readonly=True,
    )
    lucca_id = fields.Integer(
        string="Lucca ID",
        required=True,
        readonly=True,
        help="Negative where Lucca's answer holds no readable type and id.",
    )
    number = fields.Char(readonly=True)
    document_date = fields.Date(readonly=True)
    lucca_created_at = fields.Datetime(string="Created in Lucca", readonly=True)
    lucca_modified_at = fields.Datetime(string="Changed in Lucca", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_untaxed = fields.Monetary(string="Excluding Taxes", readonly=True)
    amount_tax = fields.Monetary(string="VAT", readonly=True)
    amount_total = fields.Monetary(string="Including Taxes", readonly=True)
    conformity_state = fields.Char(readonly=True)
    payment_state = fields.Char(readonly=True)
    # Read one by one, when it is needed: a first import has megabytes of it.
    payload = fields.Text(
        readonly=True, prefetch=False, help="The document as Lucca gave it (JSON)."
    )
    purchase_lucca_id = fields.Integer(string="Purchase ID", readonly=True, index="btree_not_null")
    purchase_name = fields.Char(string="Purchase", readonly=True)
    supplier_name = fields.Char(string="Supplier in Lucca", readonly=True)
    mapping_ids = fields.Many2many("lucca.mapping", string="References", readonly=True)
    is_resolved = fields.Boolean(readonly=True, help="Its references are known.")
    is_stale = fields.Boolean(readonly=True, help="It is read again in Lucca before its next try.")
    state = fields.Selection(STATES, required=True, default="pending", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    message = fields.Text(readonly=True)
    duplicate_move_id = fields.Many2one(
        "account.move", string="Bill That Is There", readonly=True, ondelete="set null"
    )
    can_be_linked = fields.Boolean(compute="_compute_can_be_linked")
    may_be_accepted = fields.Boolean(readonly=True, help="A person may have it booked anyway.")
    accepted_reason = fields.Selection(
        REASONS,
        string="Booked Anyway",
        readonly=True,
        help="What seemed wrong, until a person looked at it.",
    )
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime(string="Next Try", readonly=True)
    move_id = fields.Many2one("account.move", string="Bill", readonly=True, ondelete="set null")
    files_state = fields.Selection(
        FILES_STATES, string="Files", required=True, default="none", readonly=True
    )
    needs_attention = fields.Boolean(
        compute="_compute_needs_attention", search="_search_needs_attention"
    )

    _lucca_uniq = models.UniqueIndex(
        "(connection_id, lucca_type, lucca_id)",
        "This Lucca document is known already.",
    )
    _move_uniq = models.Constraint(
        "unique(move_id)", "This bill belongs to a Lucca document already."
    )
    _work_idx = models.Index("(connection_id, state) WHERE state IN ('pending', 'failed')")
    _files_idx = models.Index(
        "(connection_id, files_state) WHERE files_state IN ('pending', 'failed')"
    )

    @api.depends("number", "lucca_type", "lucca_id")
    def _compute_display_name(self):
        types = dict(self._fields["lucca_type"]._description_selection(self.env))
        for document in self:
            kind = types.get(document.lucca_type, "")
            document.display_name = f"{kind} {document.number or document.lucca_id}"

    @api.depends("connection_id")
    def _compute_company_id(self):
        for document in self:
            document.company_id = document.company_id or document.connection_id.company_id

    @api.depends("duplicate_move_id.lucca_document_ids")
    def _compute_can_be_linked(self):
        for document in self:
            twin = document.duplicate_move_id
            document.can_be_linked = twin and not twin.sudo().lucca_document_ids

    @api.depends("state")
    def _compute_needs_attention(self):
        for document in self:
            document.needs_attention = document.state == "blocked"

    def _search_needs_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "blocked")] if True in value else [("state", "!=", "blocked")]

    # --- reading --------------------------------------------------------------------------------

    def _booked_document(self):
        """The payload as a ``BookedDocument``; raise ``InvalidDocument``."""
        self.ensure_one()
        return read_document(loads(self.payload))

    @api.model
    def _domain_to_do(self, connection):
        """What the steps may work on now."""
        return [
            ("connection_id", "=", connection.id),
            "|",
            ("state", "=", "pending"),
            "&",
            ("state", "=", "failed"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _still_to_do(self):
        """Those that still are: a person may have ignored some meanwhile."""
        return self.exists().filtered(lambda document: document.state in ("pending", "failed"))

    def _one_by_one(self):
        """The documents, each in a recordset of its own: a commit makes Odoo read it again."""
        for document_id in self.ids:
            yield from self.browse(document_id)._still_to_do()

    def _mapping(self, kind):
        return self.mapping_ids.filtered(lambda mapping: mapping.kind == kind)

    def _journal(self):
        """The journal of the bill: the establishment's, else the connection's; or ``Blocked``."""
        _company, journal = self._mapping("establishment")._target()
        journal = journal or self.connection_id.journal_id
        if not journal.filtered_domain(journal._check_company_domain(self.company_id)):
            raise Blocked(
                "unmapped_establishment",
                self.env._(
                    "%s has no purchase journal: make one, then retry.", self.company_id.name
                ),
            )
        return journal

    # --- state ----------------------------------------------------------------------------------

    @api.model
    def _prepare_state(self, heading):
        """The state of a document as it is listed: to book, or waiting for its approval."""
        if heading.conformity_state == CONFIRMED:
            return {"state": "pending", "reason": False, "message": False}
        return {
            "state": "blocked",
            "reason": "not_approved",
            "message": self.env._(
                "Lucca lists this document although its state is “%s”: it is booked when it is"
                " approved there.",
                heading.conformity_state,
            ),
        }

    def _block(self, run, reason, message, **values):
        run._add(blocked=1)
        self.write(
            {
                "state": "blocked",
                "reason": reason,
                "message": message,
                "next_try_at": False,
                "may_be_accepted": False,
                "duplicate_move_id": False,
                **values,
            }
        )

    def _fail(self, run, message):
        """Have the document tried again later, each time after twice as long."""
        run._add(failed=1)
        self.write(
            {
                "state": "failed",
                "reason": False,
                "message": message,
                "attempts": self.attempts + 1,
                "next_try_at": self._next_try(),
            }
        )

    def _fail_files(self, run, message):
        run._add(failed=1)
        self.write(
            {
                "files_state": "failed",
                "message": message,
                "attempts": self.attempts + 1,
                "next_try_at": self._next_try(),
            }
        )

    def _first_files_state(self, booked):
        """The files' state of a document that gets its bill."""
        return "pending" if self.connection_id.attach_files and booked.attachments else "none"

    def _next_try(self):
        pause = FIRST_RETRY * 2 ** min(self.attempts, 10)
        return fields.Datetime.now() + min(pause, LAST_RETRY)

    def _is_accepted(self, reason):
        """Whether a person looked at what seemed wrong, and wants it booked."""
        return self.accepted_reason == reason

    def _try_again(self, is_stale=False):
        """Put documents without a bill back to be booked, and start the synchronisation.

        :param is_stale: Lucca may have corrected them: they are read again there
        """
        approved = self.filtered(
            lambda d: d.state not in ("imported", "pending") and d.conformity_state == CONFIRMED
        )
        approved.write(
            {
                "state": "pending",
                "reason": False,
                "message": False,
                "attempts": 0,
                "next_try_at": False,
                "is_resolved": False,
                "is_stale": is_stale,
                "may_be_accepted": False,
                "duplicate_move_id": False,
            }
        )
        for connection in approved.connection_id:
            connection.cron_id._trigger()
        return approved

    def _bill_deleted(self):
        """Remember that a person deleted the bill, so that it does not come back by itself."""
        self.write(
            {
                "state": "ignored",
                "files_state": "none",
                "next_try_at": False,
                "accepted_reason": False,
                "message": self.env._(
                    "%s deleted its bill. Press Retry to book it again.", self.env.user.name
                ),
            }
        )


def to_naive_utc(moment):
    """An aware moment as Odoo stores it."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False
