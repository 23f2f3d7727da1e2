from markupsafe import Markup
from odoo import api, models
from odoo.tools import escape_psql

from ..troubles import Blocked


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _lucca_find_or_create(self, connection, supplier):
        """The partner of a ``lucca.documents.Supplier``; raise ``Blocked`` rather than guess."""
        found = self._lucca_find(connection, supplier)
        if len(found) > 1:
            raise Blocked(
                "ambiguous_supplier",
                self.env._(
                    "“%(name)s” (VAT number: %(vat)s) fits more than one supplier in Odoo: choose the right"
                    " one in the mappings.",
                    name=supplier.name,
                    vat=supplier.vat_number or "-",
                ),
            )
        if not found and connection.supplier_policy == "match":
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "No supplier in Odoo has the VAT number or the name of “%s”: create it or choose one in the"
                    " mappings.",
                    supplier.name,
                ),
            )
        return found or self.create(self._lucca_prepare(supplier))

    @api.model
    def _lucca_find(self, connection, supplier):
        """The companies that fit a supplier: none, one, or more than one.

        To be extended by those who recognise suppliers by other data.
        """
        domain = [*self._check_company_domain(connection.company_id), ("is_company", "=", True)]
        found = self.browse()
        if supplier.vat_number:
            found = self._retrieve_partner_with_vat(supplier.vat_number, domain) or found
        if not found:  # without a VAT number that contradicts, the very same name will do
            named = self.search([*domain, ("name", "=ilike", escape_psql(supplier.name))])
            found = named.filtered(lambda one: not (one.vat and supplier.vat_number))
        return found.commercial_partner_id

    @api.model
    def _lucca_prepare(self, supplier):
        """The values of a new partner. To be extended."""
        country = self.env["res.country"].search([("code", "=", supplier.territory.upper())])
        vat, _country_code = self._run_vat_checks(
            country, supplier.vat_number, validation="setnull"
        )
        comment = Markup("<p>%s</p>") % self.env._("Created from Lucca Invoices.")
        if supplier.vat_number and not vat:
            comment += Markup("<p>%s</p>") % self.env._(
                "Its VAT number in Lucca is not valid: %s", supplier.vat_number
            )
        return {
            "name": supplier.name,
            "is_company": True,
            "supplier_rank": 1,
            "country_id": country.id,
            "vat": vat or False,
            "company_registry": supplier.identifier or False,
            "comment": comment,
        }
