from odoo import api, fields, models

from ...lucca.documents.booked_documents import CONFIRMED, CREDIT_NOTE, INVOICE, read_document
from ...lucca.documents.reading import read_stored
from ..messages import MessageField, MessageTable
from ..states import ELECTRONIC_CHECKS, FILES_STATES, REASONS, STATES

#: The SQL of a number's digits from 1 to 9, ``trace`` in ``lucca.booking.bill_numbers``: equal numbers share them.
TRACE = "regexp_replace(coalesce(number, ''), '[^1-9]', '', 'g')"


def _runs_that_counted(counter, words):
    """Return a field with the synchronisations that counted a document by one of their counters."""
    return fields.Many2many(
        "lucca.sync.run",
        f"lucca_document_{counter}_run_rel",
        "document_id",
        "run_id",
        string=words,
        readonly=True,
        copy=False,
    )


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
    nature_id = fields.Many2one(
        "lucca.mapping",
        compute="_compute_references",
        store=True,
        precompute=True,
    )
    cost_center_id = fields.Many2one(
        "lucca.mapping",
        string="Cost Centre",
        compute="_compute_references",
        store=True,
        precompute=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Supplier Chosen for This Document",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Stays even if Lucca names another supplier later. The bill then has a note.",
    )
    partner_chosen_by_id = fields.Many2one(
        "res.users", string="Supplier Chosen by", readonly=True, ondelete="set null"
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
    billed_rate = fields.Float(
        readonly=True,
        digits=0,
        help=(
            "The exchange rate by which Lucca converted the document from which the bill was created, if a person has"
            " seen since that Lucca gives something else."
        ),
    )
    bill_fingerprint = fields.Char(
        readonly=True,
        help="A checksum of the bill as it was created. If it differs, somebody edited the bill.",
    )
    is_resolved = fields.Boolean(readonly=True, help="Its references are known.")
    is_stale = fields.Boolean(readonly=True, help="It is read again in Lucca before its next try.")
    coming_as = fields.Selection(
        [("in_invoice", "Bill"), ("in_refund", "Refund")],
        string="Would Become",
        readonly=True,
        help="What the first look at a new connection found: the bill is created when booking starts.",
    )
    is_too_old = fields.Boolean(
        string="Too Old",
        readonly=True,
        help="It is not imported because “Documents Since” was moved to a day after its creation in"
        " Lucca. It comes back if that is moved back.",
    )
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
    difference_account_id = fields.Many2one(
        "account.account",
        string="Differences Account",
        readonly=True,
        ondelete="set null",
        help="The account for a difference that a person confirmed. If empty, the connection's account is used.",
    )
    decision_ids = fields.One2many(
        "lucca.decision", "document_id", string="Decisions", readonly=True
    )
    # The synchronisations in which it was new, was booked, needed attention or failed.
    new_run_ids = _runs_that_counted("new", "New in Synchronisation")
    booked_run_ids = _runs_that_counted("booked", "Bill Created in Synchronisation")
    blocked_run_ids = _runs_that_counted("blocked", "Needed Attention in Synchronisation")
    failed_run_ids = _runs_that_counted("failed", "Failed in Synchronisation")
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
    draft_reason = MessageField(
        string="Why It Is Not Posted",
        readonly=True,
        help="Why its bill was not posted automatically, although the connection posts bills.",
    )
    is_left_draft = fields.Boolean(
        string="Left as a Draft", compute="_compute_is_left_draft", store=True, precompute=True
    )
    move_id = fields.Many2one("account.move", string="Bill", readonly=True, ondelete="set null")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_company = fields.Monetary(
        string="Bill, Excluding Taxes",
        currency_field="company_currency_id",
        readonly=True,
        help="Amount of the bill as it was created, in the company's currency. Refunds are negative.",
    )
    hours_to_odoo = fields.Float(
        string="Hours Until the Bill",
        compute="_compute_hours_to_odoo",
        store=True,
        precompute=True,
        aggregator="avg",
        help="From the last change in Lucca, which is usually the approval, to the creation of the bill.",
    )
    file_ids = fields.One2many("lucca.file", "document_id", string="Files of the Document")
    files_state = fields.Selection(
        FILES_STATES,
        string="Files",
        compute="_compute_files_state",
        store=True,
        precompute=True,
        help="Files are fetched after the bill is created.",
    )
    electronic_check = fields.Selection(
        ELECTRONIC_CHECKS,
        string="Electronic Invoice",
        readonly=True,
        help="What the electronic invoice in the PDF (Factur-X, ZUGFeRD) or beside it says, compared"
        " with Lucca and Odoo.",
    )
    electronic_message = MessageField(readonly=True)
    electronic_differences = MessageTable(
        readonly=True, help="What differs: label, electronic invoice, Lucca or Odoo."
    )
    has_differences = fields.Boolean(
        string="With a Difference",
        readonly=True,
        help="Its electronic invoice says something else, or its bill has another total. Nobody has seen that yet.",
    )
    compared_total = fields.Char(
        readonly=True,
        help="Currency and total of its bill when it was created, or compared with Lucca last.",
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
    _coming_check = models.Constraint(
        "CHECK (coming_as IS NULL OR state = 'pending')",
        "Only a document that is still to book would become a bill.",
    )
    _too_old_check = models.Constraint(
        "CHECK (is_too_old IS NOT TRUE OR state = 'ignored')",
        "Only a document that is not imported is too old.",
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
    _coming_idx = models.Index(f"(({TRACE})) WHERE coming_as IS NOT NULL")

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

    # --- reading --------------------------------------------------------------------------------

    def _booked_document(self):
        """Return the payload as a ``BookedDocument``; raise ``InvalidDocument`` if it cannot be read."""
        self.ensure_one()
        seen = self.create_date
        return read_document(read_stored(self.payload), seen and seen.date())

    def _billed_document(self):
        """Return what the bill was made from as a ``BookedDocument``; raise ``InvalidDocument`` if it cannot be read.

        It is what Lucca gives now, unless people have yet to see what changed.
        """
        self.ensure_one()
        return read_document(read_stored(self.billed_payload or self.payload))

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
