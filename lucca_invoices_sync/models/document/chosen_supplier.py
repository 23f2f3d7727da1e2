from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..messages import Messages
from ..supplier.directory import own_companies

_lt = Messages(__name__)


class LuccaDocument(models.Model):
    """The supplier that a person chooses for one document, if Lucca names none that could be mapped.

    Lucca names none for a draft supplier, which has no id in Lucca, for a purchase that the key may
    not read, and for a document without a purchase.
    """

    _inherit = "lucca.document"

    can_choose_supplier = fields.Boolean(compute="_compute_can_choose_supplier")

    @api.depends(
        "state",
        "reason",
        "is_resolved",
        "is_withdrawn",
        "conformity_state",
        "partner_id",
        "coming_as",
        "connection_id.active",
        "connection_id.company_id.active",
    )
    def _compute_can_choose_supplier(self):
        for document in self:
            # A resolved document has the mapping of its supplier, and the person completes that.
            is_unnamed = document.reason == "unknown_supplier" and not document.is_resolved
            is_unnamed = is_unnamed and not document.waiting_mapping_ids
            is_open = document.state in document._TRANSITIONS["retry"][0] or document.coming_as
            may_be_chosen = is_unnamed or (is_open and bool(document.partner_id))
            document.can_choose_supplier = may_be_chosen and document._can_be_tried()

    def _choose_supplier(self, partner):
        """Have those of these documents that may have a chosen supplier booked on the one that a person chooses.

        :param partner: ``res.partner``; an empty one takes the choice back
        :raises UserError: none of the documents may have a chosen supplier, or no bill can have this one
        :raises AccessError: the user may not choose, or may not see the supplier
        """
        self._check_billing()
        self._check_at_work()
        self._check_may_see(partner)
        # Billing users may decide this, although they may not write documents.
        documents = self.sudo().filtered("can_choose_supplier")
        if not partner:
            documents = documents.filtered("partner_id")
        if not documents:
            raise UserError(self._explain_no_choice(partner))
        for company in documents.company_id:
            documents._check_supplier_of(company, partner.sudo())  # only compared
        documents._note_decision("supplier_chosen", lambda one: one._describe_supplier(partner))
        user = self.env.user if partner else self.env["res.users"]
        documents.write({"partner_id": partner.id, "partner_chosen_by_id": user.id})
        documents._try_again()
        documents._look_again([("id", "in", documents.ids)]).is_resolved = False

    def _describe_supplier(self, partner):
        if partner:
            return _lt("Supplier: %s.", partner.sudo().display_name)  # the user may see it
        return _lt("The choice of %s is taken back.", self.partner_id.display_name)

    def _partner(self):
        """Return the supplier in Odoo: the one chosen for the document, else Lucca's; may be empty."""
        return self.partner_id or self._mapping("supplier").partner_id

    def _check_may_see(self, partner):
        """Raise ``AccessError`` for a supplier that the user may not see in any of the user's companies."""
        companies = self.env.user.company_ids
        if partner and not partner.with_context(allowed_company_ids=companies.ids).has_access(
            "read"
        ):
            raise AccessError(
                self.env._("You may only choose a supplier that you may see yourself.")
            )

    def _explain_no_choice(self, partner):
        if not partner:
            return self.env._("Choose a supplier.")
        return self.env._(
            "Lucca names the supplier of these documents, or they need something else. Choose the"
            " supplier under Suppliers, for all of its documents."
        )

    def _check_supplier_of(self, company, partner):
        """Raise ``UserError`` for a supplier that no bill of a company can have."""
        if not partner:
            return
        values = {"supplier": partner.display_name, "company": company.name}
        if not partner.active:
            raise UserError(self.env._("“%(supplier)s” is archived: unarchive it first.", **values))
        if partner.commercial_partner_id in own_companies(company).partner_id:
            raise UserError(
                self.env._(
                    "“%(supplier)s” is our own company, which sends no invoices to itself.",
                    **values,
                )
            )
        if not partner.filtered_domain(partner._check_company_domain(company)):
            raise UserError(
                self.env._(
                    "“%(supplier)s” is a supplier of another company than %(company)s.", **values
                )
            )
