from odoo import api, fields, models

from ...lucca.documents.booked_documents import Amounts
from ...lucca.errors import InvalidDocument
from ..mapping.mapping import LISTS
from ..messages import in_words, money
from ..states import MAPPED_BY_REASON, name_of
from .change import as_table
from .electronic import summarize


class LuccaDocument(models.Model):
    """The fields and buttons of a document that only its screens need."""

    _inherit = "lucca.document"

    changes_table = fields.Html(compute="_compute_changes_table", sanitize=False)
    paper = fields.Html(compute="_compute_paper", sanitize=False)
    payment_words = fields.Char(string="Payment", compute="_compute_words")
    conformity_words = fields.Char(string="Approval", compute="_compute_words")
    situation = fields.Char(
        compute="_compute_situation",
        help="The state of the document, or why it needs attention.",
    )
    what_to_do = fields.Text(string="What to Do", compute="_compute_what_to_do")
    at_rest = fields.Char(
        string="Why It Is Not Tried",
        compute="_compute_at_rest",
        compute_sudo=True,
        help="Why no synchronisation books the document, such as an archived connection.",
    )
    can_be_linked = fields.Boolean(compute="_compute_can_be_linked")
    can_open_duplicate = fields.Boolean(compute="_compute_can_be_linked")
    can_take_bill = fields.Boolean(
        compute="_compute_can_take_bill",
        compute_sudo=True,
        help="Whether *Link* may give the document a bill that somebody entered.",
    )
    can_open_connection = fields.Boolean(compute="_compute_can_open_connection")
    can_be_retried = fields.Boolean(compute="_compute_can_be_retried")
    waiting_mapping_ids = fields.Many2many(
        "lucca.mapping", string="To Map", compute="_compute_waiting_mapping_ids"
    )

    @api.depends(
        "state", "reason", "is_changed", "is_left_draft", "has_differences", "has_stuck_files"
    )
    @api.depends_context("lang")
    def _compute_situation(self):
        states, reasons = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("state", "reason")
        )
        for document in self:
            document.situation = (
                reasons.get(document.reason)
                or document._describe_attention()
                or states[document.state]
            )

    def _describe_attention(self):
        """Return why a person should look at a document whose bill is created; False if nobody should."""
        if self.is_withdrawn and self.is_changed:
            return self.env._("Withdrawn in Lucca")
        if self.is_changed:
            return self.env._("Changed in Lucca")
        if self.has_differences:
            rows = self.electronic_differences
            told = rows and in_words(self.env, summarize(rows[0]))
            return told or self.env._("Differs from its electronic invoice")
        if self.is_left_draft:
            return self.env._("Left as a draft")
        return self.has_stuck_files and self.env._("Files cannot be fetched")

    @api.depends("state", "files_state", "connection_id.active", "connection_id.company_id.active")
    @api.depends_context("lang")
    def _compute_at_rest(self):
        for document in self:
            is_done = document.state in ("imported", "ignored")
            waits = not is_done or document.files_state in ("pending", "failed")
            document.at_rest = waits and document.connection_id._why_at_rest()

    @api.depends(
        "message",
        "at_rest",
        "has_differences",
        "electronic_message",
        "is_left_draft",
        "draft_reason",
    )
    @api.depends_context("lang")
    def _compute_what_to_do(self):
        """Compute the document's message, else the gravest difference, else why its bill is still a draft."""
        for document in self:
            differing = document.has_differences and document.electronic_message
            told = (
                document.message
                or (differing and differing.splitlines()[0])
                or (document.is_left_draft and document.draft_reason)
            )
            document.what_to_do = " ".join(filter(None, [told, document.at_rest])) or False

    # --- what can be done -----------------------------------------------------------------------

    @api.depends("duplicate_move_id.lucca_document_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_be_linked(self):
        """Compute whether the user may open the existing bill, and link the document to it."""
        for document in self:
            twin = document.duplicate_move_id
            document.can_open_duplicate = twin and twin.has_access("read")
            # The bill may belong to a document of a company that the user does not see.
            is_free = twin and not twin.sudo().lucca_document_ids
            document.can_be_linked = is_free and twin.has_access("write")

    @api.depends("state", "move_id.state", "move_id.payment_state", "bill_fingerprint")
    def _compute_can_take_bill(self):
        # Only the form shows this, one document at a time: whether a draft is untouched takes some queries.
        for document in self:
            document.can_take_bill = document._can_take_bill()

    @api.depends("connection_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_open_connection(self):
        """Compute whether the user sees the connection, which may be of another company than the document."""
        for document in self:
            document.can_open_connection = document.connection_id.has_access("read")

    @api.depends(
        "state",
        "is_withdrawn",
        "conformity_state",
        "move_id.state",
        "move_id.payment_state",
        "connection_id.active",
        "connection_id.company_id.active",
    )
    def _compute_can_be_retried(self):
        for document in self:
            is_open = document.state in document._TRANSITIONS["retry"][0]
            # The bill may be of a company that the user does not see.
            is_undone = document.sudo().move_id._lucca_is_undone()
            document.can_be_retried = document._can_be_tried() and (is_open or is_undone)

    @api.depends("state", "reason", "mapping_ids.is_mapped")
    def _compute_waiting_mapping_ids(self):
        """Compute the unmapped references because of which the document needs attention."""
        for document in self:
            kinds = MAPPED_BY_REASON.get(document.reason, ())
            document.waiting_mapping_ids = document.mapping_ids.filtered(
                lambda mapping, kinds=kinds: mapping.kind in kinds and not mapping.is_mapped
            )

    @api.depends("draft_reason", "move_id.state")
    def _compute_is_left_draft(self):
        for document in self:
            is_draft = document.move_id.state == "draft"
            document.is_left_draft = is_draft and bool(document.draft_reason)

    # --- the paper ------------------------------------------------------------------------------

    @api.depends("changes", "purchase_changes")
    @api.depends_context("lang")
    def _compute_changes_table(self):
        for document in self:
            document.changes_table = as_table(document) or False

    @api.depends("payment_state", "conformity_state")
    @api.depends_context("lang")
    def _compute_words(self):
        for document in self:
            document.payment_words = in_words(self.env, name_of(document.payment_state))
            document.conformity_words = in_words(self.env, name_of(document.conformity_state))

    @api.depends_context("lang")
    def _compute_paper(self):
        # Only the form shows this, one document at a time. The template escapes all texts.
        for document in self:
            values = document._paper_values()
            document.paper = values and self.env["ir.qweb"]._render(
                "lucca_invoices_sync.document_paper", values
            )

    def _rate_names(self, booked):
        """Return ``{rate_type_id: name}`` of the VAT rates; a rate that is not known yet has a text that says so."""
        ids = {tax.rate_type_id for tax in booked.base.taxes}
        known = self.env["lucca.mapping"]._by_reference(self.connection_id, ids)
        names = {
            lucca_id: one.display_name
            for (_c, kind, lucca_id), one in known.items()
            if kind == "tax" and one.name
        }
        return {**dict.fromkeys(ids, self.env._("(rate not known yet)")), **names}

    def _paper_values(self):
        """Return the values for the template of the document; False if its payload cannot be read."""
        try:
            booked = self._booked_document()
        except InvalidDocument:
            return False
        both = [booked.base, booked.counter]
        amounts = [one for one in both if isinstance(one, Amounts)]
        if len(amounts) == 2 and amounts[0] == amounts[1]:
            amounts.pop()
        return {
            "document": self,
            "booked": booked,
            "amounts": amounts,
            "rate_names": self._rate_names(booked),
            "money": lambda amount, code: money(self.env, amount, code),
        }

    # --- figures --------------------------------------------------------------------------------

    @api.depends("mapping_ids")
    def _compute_references(self):
        for document in self:
            document.nature_id = document._mapping("nature")[:1]
            document.cost_center_id = document._mapping("cost_center")[:1]

    @api.depends("imported_at")
    def _compute_hours_to_odoo(self):
        for document in self:
            changed, imported = document.lucca_modified_at, document.imported_at
            is_known = changed and imported and imported > changed
            hours = (imported - changed).total_seconds() / 3600 if is_known else 0
            document.hours_to_odoo = hours

    # --- buttons that show something --------------------------------------------------------------

    def _action_open(self):
        """Return the action that shows these documents: one as a form, more as a list."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Lucca Documents"),
            "res_model": self._name,
        }
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [[False, "form"]]}
        views = [[False, "list"], [False, "form"]]
        return {**action, "domain": [("id", "in", self.ids)], "views": views}

    def action_open_mappings(self):
        """Show the references that these documents wait for, or whose mapping may be changed; else all of them."""
        mappings = self.env["lucca.mapping"].union(*(one._mappings_to_choose() for one in self))
        if len(mappings) == 1:
            return mappings.action_map()
        kinds = set(mappings.mapped("kind"))
        if len(kinds) == 1:  # the list of that kind, in which a person maps them
            name = LISTS[kinds.pop()]
            action = self.env["ir.actions.act_window"]._for_xml_id(f"lucca_invoices_sync.{name}")
            return {**action, "domain": [("id", "in", mappings.ids)]}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_mapping_action"
        )
        domain = [("id", "in", mappings.ids)] if mappings else [("document_ids", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_open_lucca(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._lucca_url(), "target": "new"}

    def action_open_bill(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def action_open_duplicate(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.duplicate_move_id.id,
            "view_mode": "form",
        }
