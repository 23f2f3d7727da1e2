from odoo import api, fields, models
from odoo.fields import Domain

from ...lucca.documents.booked_documents import CONFIRMED, CREDIT_NOTE, INVOICE, read_document
from ...lucca.documents.reading import loads
from ..messages import MessageField, MessageTable
from ..states import FILES_STATES, REASONS, STATES
from ..times import FAILURES_TO_TELL


class LuccaDocument(models.Model):
    """A document of Lucca, from its first listing to its bill."""

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
        help="The connection's company, or the company of the purchase's establishment.",
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
        help="Negative if Lucca's answer has no readable type and id.",
    )
    number = fields.Char(readonly=True)
    document_date = fields.Date(readonly=True)
    lucca_created_at = fields.Datetime(string="Created in Lucca", readonly=True)
    lucca_modified_at = fields.Datetime(string="Modified in Lucca", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_untaxed = fields.Monetary(string="Excluding Taxes", readonly=True)
    amount_tax = fields.Monetary(string="VAT", readonly=True)
    amount_total = fields.Monetary(string="Including Taxes", readonly=True)
    amount_cost = fields.Monetary(
        string="Cost",
        readonly=True,
        help="What it costs the company according to Lucca: excluding taxes plus the VAT that is"
        " not recovered. Zero if Lucca does not say it in the document's currency.",
    )
    conformity_state = fields.Char(readonly=True)
    payment_state = fields.Char(readonly=True)
    payment_date = fields.Date(readonly=True)
    is_paid = fields.Boolean(
        string="Paid in Lucca", readonly=True, help="It was paid in Lucca or by card."
    )
    # Not prefetched, since the payloads of a first import take megabytes.
    payload = fields.Text(
        readonly=True, prefetch=False, help="The document as Lucca gave it (JSON)."
    )
    purchase_lucca_id = fields.Integer(string="Purchase ID", readonly=True, index="btree_not_null")
    purchase_name = fields.Char(string="Purchase", readonly=True)
    supplier_name = fields.Char(string="Supplier in Lucca", readonly=True)
    # Without its mappings, a bill could not be compared with its purchase or be made again.
    mapping_ids = fields.Many2many(
        "lucca.mapping", string="References", readonly=True, ondelete="restrict"
    )
    seen_in = fields.Integer(
        readonly=True, help="The number of the last whole listing that had this document."
    )
    is_withdrawn = fields.Boolean(
        string="Withdrawn in Lucca", readonly=True, help="It is no longer approved in Lucca."
    )
    is_changed = fields.Boolean(
        string="Changed in Lucca",
        readonly=True,
        help="It changed in Lucca after its bill was created.",
    )
    changes = MessageTable(readonly=True, help="What changed: label, before, now.")
    purchase_changes = MessageTable(
        readonly=True, help="What changed in its purchase: label, before, now."
    )
    billed_payload = fields.Text(
        readonly=True,
        prefetch=False,
        help=(
            "The document from which the bill was created (JSON), if Lucca gives something else"
            " now."
        ),
    )
    bill_fingerprint = fields.Char(
        readonly=True,
        help="A checksum of the bill as it was created. If it differs, somebody edited the bill.",
    )
    is_resolved = fields.Boolean(readonly=True, help="Its references are known.")
    is_stale = fields.Boolean(readonly=True, help="It is read again in Lucca before its next try.")
    state = fields.Selection(STATES, required=True, default="pending", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    message = MessageField(readonly=True)
    duplicate_move_id = fields.Many2one(
        "account.move",
        string="Existing Bill",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    answered_move_id = fields.Many2one(
        "account.move",
        string="Bill in Its Place",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The existing bill because of which a person left the document out.",
    )
    reversal_move_id = fields.Many2one(
        "account.move",
        string="Refund of Its Former Bill",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The refund by which a person reversed its former bill, to create another one in its place.",
    )
    may_be_accepted = fields.Boolean(
        readonly=True, help="A person may have its bill created anyway."
    )
    accepted_reasons = fields.Json(
        string="Booked Anyway",
        readonly=True,
        help="The reasons for which it needed attention, until a person looked at it.",
    )
    doubts = MessageTable(
        readonly=True,
        help=(
            "What is doubtful about its bill, one doubt a row. The notes on the bill say the same."
        ),
    )
    is_doubtful = fields.Boolean(
        string="Doubtful",
        readonly=True,
        help="The notes on the bill name a doubt about it: it is not posted automatically.",
    )
    imported_at = fields.Datetime(string="Bill Created On", readonly=True)
    blocked_at = fields.Datetime(string="Needs Attention Since", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime(string="Next Try", readonly=True)
    is_to_post = fields.Boolean(
        string="To Post",
        readonly=True,
        help="Its bill is posted automatically when its files are attached.",
    )
    move_id = fields.Many2one("account.move", string="Bill", readonly=True, ondelete="set null")
    file_ids = fields.One2many("lucca.file", "document_id", string="Files of the Document")
    files_state = fields.Selection(
        FILES_STATES,
        string="Files",
        compute="_compute_files_state",
        store=True,
        precompute=True,
        help="Files are fetched after the bill is created.",
    )
    is_stuck = fields.Boolean(
        compute="_compute_is_stuck", help="It failed again and again, and is still tried again."
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
    _imported_check = models.Constraint(
        "CHECK (state <> 'imported' OR move_id IS NOT NULL)",
        "A document whose bill is created has that bill.",
    )
    _ignored_check = models.Constraint(
        "CHECK (state <> 'ignored' OR move_id IS NULL)",
        "A document that is not imported has no bill.",
    )
    _withdrawn_check = models.Constraint(
        "CHECK (is_withdrawn IS NOT TRUE OR state NOT IN ('pending', 'failed'))",
        "No bill is created for a document that Lucca no longer approves.",
    )
    _reason_check = models.Constraint(
        "CHECK ((state = 'blocked') = (reason IS NOT NULL))",
        "A document that needs attention has a reason, and no other has one.",
    )
    _accepted_check = models.Constraint(
        "CHECK (may_be_accepted IS NOT TRUE OR state = 'blocked')",
        "Only a document that needs attention can be booked anyway.",
    )
    _next_try_check = models.Constraint(
        "CHECK (next_try_at IS NULL OR state = 'failed')",
        "Only a document that failed has a time for its next try.",
    )
    _created_idx = models.Index("(connection_id, lucca_created_at) WHERE is_withdrawn IS NOT TRUE")
    # PostgreSQL answers figures, grouped lists and pivots from these indexes, without the wide rows.
    _state_idx = models.Index("(connection_id, state, company_id)")
    _groups_idx = models.Index("(company_id, document_date, supplier_name) INCLUDE (state)")
    _amounts_idx = models.Index("(company_id, nature_id, document_date) INCLUDE (amount_company)")
    _order_idx = models.Index("(document_date DESC, id DESC)")
    _left_idx = models.Index(
        "(connection_id) WHERE state IN ('pending', 'failed', 'blocked')"
        " OR files_state IN ('pending', 'failed') OR is_changed IS TRUE"
        " OR is_left_draft IS TRUE OR has_differences IS TRUE OR is_to_post IS TRUE"
    )
    _restless_idx = models.Index(
        f"(connection_id) WHERE is_stale IS TRUE OR conformity_state <> '{CONFIRMED}'"
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

    @api.model
    def _domain_stuck(self):
        """Return the domain of documents that failed so often that a person should look at them."""
        return Domain("state", "=", "failed") & Domain("attempts", ">=", FAILURES_TO_TELL)

    @api.depends("state", "attempts")
    def _compute_is_stuck(self):
        stuck = self.filtered_domain(self._domain_stuck())
        for document in self:
            document.is_stuck = document in stuck

    @api.depends(
        "state", "is_stuck", "is_changed", "is_left_draft", "has_differences", "has_stuck_files"
    )
    def _compute_needs_attention(self):
        for document in self:
            waits = document.state == "blocked" or document.is_stuck or document.has_stuck_files
            is_told = document.is_changed or document.has_differences
            document.needs_attention = waits or is_told or document.is_left_draft

    def _search_needs_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        waits = Domain("state", "=", "blocked") | Domain("is_changed", "=", True)
        waits |= Domain("is_left_draft", "=", True) | Domain("has_differences", "=", True)
        waits |= self._domain_stuck()
        stuck = self.env["lucca.file"]._domain_stuck()
        waits |= Domain("files_state", "=", "failed") & Domain("file_ids", "any", stuck)
        return waits if True in value else ~waits

    # --- reading --------------------------------------------------------------------------------

    def _booked_document(self):
        """Return the payload as a ``BookedDocument``; raise ``InvalidDocument`` if it cannot be read."""
        self.ensure_one()
        seen = self.create_date
        return read_document(loads(self.payload), seen and seen.date())

    def _mapping(self, kind):
        """Return the mappings of the references of a kind that the document has; may be empty."""
        return self.mapping_ids.filtered(lambda mapping: mapping.kind == kind)

    @api.model
    def _domain_to_do(self, connection):
        """Return the domain of the documents that the steps of a synchronisation may work on now."""
        return [
            ("connection_id", "=", connection.id),
            *([] if connection.is_booking else [("coming_as", "=", False)]),
            ("is_stale", "=", False),
            "|",
            ("state", "=", "pending"),
            "&",
            ("state", "=", "failed"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _still_to_do(self):
        """Return the documents that are still to be booked: a person may have decided about some meanwhile."""
        return self.exists().filtered(lambda document: document.state in ("pending", "failed"))
