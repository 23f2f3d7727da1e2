"""Which documents need attention, and the buttons by which a person can deal with one: its ways out."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..asking import BILLING, MANAGER
from ..states import kinds_to_choose
from ..times import FAILURES_TO_TELL

_lt = LazyTranslate(__name__)


class Way(NamedTuple):
    """A button: the method of ``lucca.document`` that it calls, and the group of users that it is for.

    ``fits`` is the name of the method that says whether a document has the button; empty for all documents.
    """

    method: str
    label: object
    group: str = BILLING
    fits: str = ""


LINK_IT = Way("action_link_bill", _lt("Link to It"), fits="_proposed_bill")
LINK_MANY = Way("action_link_exact", _lt("Link All Exact Matches"), fits="_proposed_bill")
LINK = Way("action_link", _lt("Link"))
BOOK_ANYWAY = Way("action_ask_to_book", _lt("Book Anyway"), fits="_may_be_booked")
BY_HAND = Way("action_enter_by_hand", _lt("Enter by Hand"), fits="_can_be_entered")
RETRY = Way("action_retry", _lt("Retry"), fits="_can_be_tried")
RETRY_ALIKE = Way("action_retry_alike", _lt("Retry All Like This"), fits="_can_be_tried")
IGNORE = Way("action_ask_to_ignore", _lt("Do Not Import"))
TAX = Way("action_open_mappings", _lt("Choose the Tax"), MANAGER, "_mappings_to_choose")
OTHER_TAX = Way("action_open_mappings", _lt("Other Tax"), MANAGER, "_taxes_to_choose")
OTHER_ACCOUNT = Way("action_open_mappings", _lt("Other Account"), MANAGER, "_mappings_to_choose")
SUPPLIER = Way("action_open_mappings", _lt("Choose the Supplier"), MANAGER, "_mappings_to_choose")
SUPPLIER_HERE = Way("action_choose_supplier", _lt("Choose the Supplier"), fits="_lacks_reference")
CREATE = Way("action_create_supplier", _lt("Create from Lucca"), MANAGER, "_suppliers_to_create")
COMPANY = Way("action_open_mappings", _lt("Choose the Company"), MANAGER, "_mappings_to_choose")
CHOOSE = Way("action_open_mappings", _lt("Choose"), MANAGER, "_mappings_to_choose")
CURRENCY = Way("action_activate_currency", _lt("Activate the Currency"), MANAGER, "_is_inactive")
RATE = Way("action_open_currency", _lt("Enter a Rate"), MANAGER, "_lacks_rate")
JOURNAL = Way("action_open_journal", _lt("Open the Journal"), MANAGER, "_lacks_journal")

#: The ways out of almost every reason.
ALWAYS = (BY_HAND, LINK, IGNORE)
#: ``{reason: its ways out}``, the best one first. Every reason has one that any billing user can
#: take alone.
WAYS_OUT = {
    "unknown_supplier": (SUPPLIER, SUPPLIER_HERE, CREATE, RETRY, RETRY_ALIKE, *ALWAYS),
    "ambiguous_supplier": (SUPPLIER, RETRY, *ALWAYS),
    "unmapped_tax": (TAX, RETRY, *ALWAYS),
    "archived_account": (OTHER_ACCOUNT, RETRY, RETRY_ALIKE, *ALWAYS),
    "tax_mismatch": (BOOK_ANYWAY, OTHER_TAX, RETRY, *ALWAYS),
    "total_mismatch": (BOOK_ANYWAY, OTHER_TAX, RETRY, *ALWAYS),
    "inactive_currency": (CURRENCY, RATE, BOOK_ANYWAY, RETRY, RETRY_ALIKE, *ALWAYS),
    "duplicate_bill": (LINK_IT, LINK_MANY, BOOK_ANYWAY, RETRY, *ALWAYS),
    "closed_period": (RETRY, RETRY_ALIKE, *ALWAYS),
    "unmapped_establishment": (JOURNAL, COMPANY, RETRY, RETRY_ALIKE, *ALWAYS),
    "invalid_document": (BOOK_ANYWAY, BY_HAND, RETRY, LINK, IGNORE),
    "not_approved": (LINK, IGNORE),
    "doubtful_date": (BOOK_ANYWAY, RETRY, *ALWAYS),
    "refused_by_odoo": (JOURNAL, RETRY, RETRY_ALIKE, *ALWAYS),
}
#: The ways out of a document that fails again and again, which needs no reason of its own.
OF_FAILURES = (RETRY, *ALWAYS)
#: The ways out of a reason that another addon has added without ways out of its own.
OF_OTHERS = (CHOOSE, BOOK_ANYWAY, RETRY, RETRY_ALIKE, *ALWAYS)


class LuccaDocument(models.Model):
    _inherit = "lucca.document"

    is_stuck = fields.Boolean(
        compute="_compute_is_stuck", help="It failed again and again, and is still tried again."
    )
    needs_attention = fields.Boolean(
        compute="_compute_needs_attention", search="_search_needs_attention"
    )
    ways_out = fields.Json(
        compute="_compute_ways_out",
        help="The buttons for the user: the method's name and the words, the best one first.",
    )

    #: ``{reason: ways out}``. Another addon adds those of its own reasons.
    _WAYS_OUT = WAYS_OUT

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

    def _compute_ways_out(self):
        groups = {group: self.env.user.has_group(group) for group in (BILLING, MANAGER)}
        for document in self:
            document.ways_out = [
                # ``_lt`` has declared the label for translation.
                {"name": way.method, "label": self.env._(way.label)}  # pylint: disable=translation-not-lazy
                for way in document._ways()
                if groups[way.group]
            ]

    def _ways(self):
        """Return the ways out for this document; whether the user may take them is not considered."""
        if not (self.state == "blocked" or self.is_stuck):
            return []
        ways = OF_FAILURES if self.is_stuck else self._WAYS_OUT.get(self.reason, OF_OTHERS)
        return [way for way in ways if not way.fits or getattr(self, way.fits)()]

    # --- which of them fit ----------------------------------------------------------------------

    def _may_be_booked(self):
        return self.may_be_accepted and self._can_be_tried()

    def _mappings_to_choose(self):
        """Return the references that this document waits for, else those whose mapping may be changed."""
        if self.waiting_mapping_ids:
            return self.waiting_mapping_ids
        kinds = kinds_to_choose(self.reason)
        found = self.mapping_ids.filtered(lambda mapping: mapping.kind in kinds)
        # The record may be of a company that the user does not see.
        archived = found.sudo().filtered(lambda mapping: mapping._has_archived_target())
        if archived or self.reason != "archived_account":
            return archived.with_env(self.env) or found
        # The account is the connection's or the journal's: only a nature has another in its place.
        return found.filtered(lambda mapping: mapping.kind == "nature")

    def _taxes_to_choose(self):
        """Return the VAT rates that may get another tax; False if the reason is the total, which no tax changes."""
        is_of_the_total = self.reason == "total_mismatch" and self.may_be_accepted
        return not is_of_the_total and self._mappings_to_choose()

    def _lacks_reference(self):
        """Return whether Lucca names no supplier of the document that could be mapped."""
        return self.can_choose_supplier

    def _suppliers_to_create(self):
        waiting = self.waiting_mapping_ids
        return waiting.filtered(lambda mapping: mapping.can_create_supplier)

    def _is_inactive(self):
        return self.currency_id and not self.currency_id.active

    def _lacks_rate(self):
        return self.currency_id.active

    def _lacks_journal(self):
        # The connection may belong to a company that the user does not see.
        return bool(self.company_id) and not self.sudo()._usual_journal()

    # --- buttons that lead somewhere ------------------------------------------------------------

    def action_ask_to_book(self):
        """Show what would be booked, and ask whether to book it."""
        return self._ask_about("lucca_invoices_sync.lucca_document_accept_action")

    def action_choose_supplier(self):
        """Ask for the supplier of these documents alone."""
        return self._ask_about("lucca_invoices_sync.lucca_document_supplier_action")

    def action_create_supplier(self):
        """Create a partner for the supplier that this document waits for; it counts for all of its documents."""
        return self._suppliers_to_create().action_create_supplier()

    def action_ask_to_ignore(self):
        """Ask whether, and why, these documents are not imported."""
        return self._ask_about("lucca_invoices_sync.lucca_document_ignore_action")

    def _ask_about(self, name):
        """Return the action of a dialog about these documents.

        :param name: the XML id of the action
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        return {**action, "context": {"active_model": self._name, "active_ids": self.ids}}

    def action_open_currency(self):
        """Show the document's currency, for a person to enter an exchange rate."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.currency",
            "res_id": self.currency_id.id,
            "views": [[False, "form"]],
        }

    def action_open_journal(self):
        """Show the journal that the bill would be in; else the company's purchase journals, to create one."""
        self.ensure_one()
        self.check_access("read")
        # The connection may be another company's; the user's rights on journals apply all the same.
        journal = self.sudo()._assigned_journal()
        # A branch may use the journals of its parent companies.
        usable = journal._check_company_domain(self.company_id)
        action = {"type": "ir.actions.act_window", "res_model": "account.journal"}
        if journal.filtered_domain(usable):
            return {**action, "res_id": journal.id, "views": [[False, "form"]]}
        return {
            **action,
            "name": self.env._("Purchase Journals"),
            "views": [[False, "list"], [False, "form"]],
            "domain": [("type", "=", "purchase"), *usable],
            "context": {
                "default_type": "purchase",
                "default_company_id": self.company_id.id,
                "active_test": False,
            },
        }
