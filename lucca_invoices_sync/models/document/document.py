from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...lucca.documents.booked_documents import CONFIRMED, CREDIT_NOTE, INVOICE, read_document
from ...lucca.documents.reading import loads
from ..states import FILES_STATES, MAPPED_BY_REASON, REASONS, STATES
from ..times import to_naive_utc
from ..troubles import Blocked


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
    lucca_modified_at = fields.Datetime(string="Modified in Lucca", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_untaxed = fields.Monetary(string="Excluding Taxes", readonly=True)
    amount_tax = fields.Monetary(string="VAT", readonly=True)
    amount_total = fields.Monetary(string="Including Taxes", readonly=True)
    conformity_state = fields.Char(readonly=True)
    payment_state = fields.Char(readonly=True)
    payment_date = fields.Date(readonly=True)
    # Read one by one, when it is needed: a first import has megabytes of it.
    payload = fields.Text(
        readonly=True, prefetch=False, help="The document as Lucca gave it (JSON)."
    )
    purchase_lucca_id = fields.Integer(string="Purchase ID", readonly=True, index="btree_not_null")
    purchase_name = fields.Char(string="Purchase", readonly=True)
    supplier_name = fields.Char(string="Supplier in Lucca", readonly=True)
    mapping_ids = fields.Many2many("lucca.mapping", string="References", readonly=True)
    seen_in = fields.Integer(readonly=True, help="The number of the last whole listing with it.")
    is_withdrawn = fields.Boolean(
        string="Withdrawn in Lucca", readonly=True, help="It is no longer approved there."
    )
    is_changed = fields.Boolean(
        string="Changed in Lucca", readonly=True, help="It changed there after it became a bill."
    )
    changes = fields.Json(readonly=True, help="What changed: label, before, now.")
    bill_fingerprint = fields.Char(
        readonly=True,
        help="Of the bill as it was made: another one means that somebody worked on it.",
    )
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
    imported_at = fields.Datetime(string="Came to Odoo", readonly=True)
    blocked_at = fields.Datetime(string="Waits Since", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime(string="Next Try", readonly=True)
    move_id = fields.Many2one("account.move", string="Bill", readonly=True, ondelete="set null")
    files_state = fields.Selection(
        FILES_STATES, string="Files", required=True, default="none", readonly=True
    )
    waiting_mapping_ids = fields.Many2many(
        "lucca.mapping", string="To Map", compute="_compute_waiting_mapping_ids"
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
    _created_idx = models.Index("(connection_id, lucca_created_at) WHERE is_withdrawn IS NOT TRUE")
    _left_idx = models.Index(
        "(connection_id) WHERE state IN ('pending', 'failed', 'blocked')"
        " OR files_state IN ('pending', 'failed') OR is_changed IS TRUE"
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

    @api.depends("duplicate_move_id.lucca_document_ids")
    def _compute_can_be_linked(self):
        for document in self:
            twin = document.duplicate_move_id
            # It may be linked to a document of a company that the user does not see.
            document.can_be_linked = twin and not twin.sudo().lucca_document_ids

    @api.depends("state", "reason", "mapping_ids.is_mapped")
    def _compute_waiting_mapping_ids(self):
        """What this document waits for, as far as a mapping is what it takes."""
        for document in self:
            kinds = MAPPED_BY_REASON.get(document.reason, ())
            document.waiting_mapping_ids = document.mapping_ids.filtered(
                lambda mapping, kinds=kinds: mapping.kind in kinds and not mapping.is_mapped
            )

    @api.depends("state", "is_changed")
    def _compute_needs_attention(self):
        for document in self:
            document.needs_attention = document.state == "blocked" or document.is_changed

    def _search_needs_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        waits = Domain("state", "=", "blocked") | Domain("is_changed", "=", True)
        return waits if True in value else ~waits

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
            ("is_stale", "=", False),
            "|",
            ("state", "=", "pending"),
            "&",
            ("state", "=", "failed"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _still_to_do(self):
        """Those that still are: a person may have ignored some meanwhile."""
        return self.exists().filtered(lambda document: document.state in ("pending", "failed"))

    @api.model
    def _link_mappings(self, links):
        """Link documents to the references that they use: two queries for all of them.

        :param links: ``{document: mappings}``; written one by one, each document takes two
        """
        field = self._fields["mapping_ids"]
        table, one, other = map(SQL.identifier, (field.relation, field.column1, field.column2))
        documents = self.union(*links)
        pairs = [SQL("(%s, %s)", d.id, m.id) for d, mappings in links.items() for m in mappings]
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM %s WHERE %s IN %s", table, one, documents._ids))
        if pairs:
            values = SQL(", ").join(pairs)
            self.env.cr.execute(SQL("INSERT INTO %s (%s, %s) VALUES %s", table, one, other, values))
        documents.invalidate_recordset(["mapping_ids"], flush=False)
        self.env["lucca.mapping"].invalidate_model(["document_ids"], flush=False)
        documents.modified(["mapping_ids"])

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

    @api.model
    def _counts(self, connections, domain):
        """``{connection: number}`` of the documents of a domain."""
        mine = [("connection_id", "in", connections.ids), *domain]
        return dict(self._read_group(mine, ["connection_id"], ["__count"]))

    @api.model
    def _count_purchases(self, connection):
        """How many purchases the documents of a connection have."""
        query = self._search([("connection_id", "=", connection.id)])
        sql = query.select(SQL("count(DISTINCT purchase_lucca_id)"))
        return self.env.execute_query(sql)[0][0]

    # --- completeness ---------------------------------------------------------------------------

    @api.model
    def _domain_known(self, connection):
        """What Lucca counts as approved since the start date, as far as Odoo knows."""
        return [
            ("connection_id", "=", connection.id),
            ("is_withdrawn", "=", False),
            "|",
            ("lucca_created_at", "=", False),
            ("lucca_created_at", ">=", connection._start_moment().replace(tzinfo=None)),
        ]

    @api.model
    def _count_known(self, connection, since):
        """How many were created at an aware moment or later; without a date: at the start."""
        domain = self._domain_known(connection)
        if since > connection._start_moment():
            domain.append(("lucca_created_at", ">=", to_naive_utc(since)))
        return self.search_count(domain)

    @api.model
    def _restless(self, connection):
        """What is read again whatever Lucca counts: ``(doubtful, stale)``.

        The first is the oldest document that Lucca listed although its own state was not the
        approved one, the others those that a person wants retried.
        """
        doubtful = Domain("state", "in", ("blocked", "ignored"))
        doubtful &= Domain("conformity_state", "not in", (CONFIRMED, False))
        doubtful &= Domain(self._domain_known(connection))
        stale = Domain("is_stale", "=", True) & Domain("connection_id", "=", connection.id)
        found = self.search(doubtful | stale, order="lucca_created_at NULLS FIRST")
        return found.filtered_domain(doubtful)[:1], found.filtered("is_stale")

    @api.model
    def _unseen_in(self, connection, number):
        """The known documents that a whole listing of this number did not show."""
        return self.search([*self._domain_known(connection), ("seen_in", "<", number)])

    def _mark_seen(self, number):
        if number:
            self.filtered(lambda one: one.seen_in != number).seen_in = number
