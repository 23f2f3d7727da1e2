from decimal import Decimal

from odoo import api, fields, models

from ...lucca.booking.vat_areas import has_same_vat
from ...lucca.documents.territories import country_code
from ..messages import Messages, Rate, percent
from .purchase_taxes import PurchaseTaxes

_lt = Messages(__name__)


class LuccaMapping(models.Model):
    """VAT rates: Lucca's data on them, and the taxes that fit."""

    _inherit = "lucca.mapping"

    is_foreign = fields.Boolean(
        compute="_compute_is_foreign", help="The VAT of another country than the company's."
    )
    fitting_tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes That Fit",
        compute="_compute_fitting_tax_ids",
        help="The company's purchase taxes of this rate whose VAT is recovered; for another country's"
        " rate those that do not deduct it as the company's own.",
    )

    @api.depends("territory", "company_id", "connection_id")
    def _compute_is_foreign(self):
        for mapping in self:
            mapping.is_foreign = not mapping._is_domestic(mapping.territory or "")

    @api.depends("kind", "percentage", "percentage_known", "territory", "company_id")
    def _compute_fitting_tax_ids(self):
        for company, members in self.grouped("company_id").items():
            taxes = PurchaseTaxes(company)
            for mapping in members:
                is_known = mapping.kind == "tax" and mapping.percentage_known
                mapping.fitting_tax_ids = is_known and mapping._taxes_that_fit(taxes)

    def _taxes_that_fit(self, taxes):
        """Return the taxes that fit the rate, among the company's ``PurchaseTaxes``."""
        if self.is_foreign:
            return taxes.holding_foreign(self._fraction(), self._country())
        # The connection may be of a company that the user does not see.
        return taxes.of_rate(self._fraction(), self.connection_id.sudo().tax_scope)

    def _fraction(self):
        return Decimal(str(self.percentage))

    def _knows_rate_on(self, day):
        return _month(day) in (self.percentages or {})

    def _rate_on(self, day):
        """Return Lucca's VAT rate of a day as a fraction; None if it is not known."""
        self.ensure_one()
        known = (self.percentages or {}).get(_month(day))
        if known is None and not self.percentage_known:
            return None
        return Decimal(known) if known else self._fraction()

    def _name_on(self, day):
        """Return the name of the VAT rate, with the percentage of a day if it was another one then."""
        rate = self._rate_on(day)
        name = self.display_name if self.name else _lt("rate %s", self.lucca_id)
        if rate is None or rate == self._fraction():
            return name
        return _lt("%(name)s, %(rate)s at the time", name=name, rate=Rate(rate))

    def _tax_on(self, day):
        """Return the tax of a day: the mapped one, or the only one that fits if the rate was another one then."""
        rate = self._rate_on(day)
        is_another = rate is not None and rate != self._fraction()
        if not (is_another and self.tax_id):
            return self.tax_id
        return self._find_foreign_taxes(rate)[:1] if self.is_foreign else self._only_tax(rate)

    def _set_rate(self, rate, day):
        """Store the ``lucca.documents.reference_data.TaxRate`` of a day for the month of that day.

        The newest rate is mapped to the only purchase tax that fits what the connection says most
        purchases are. A rate of another country is not mapped, since the company does not recover it.
        """
        self.ensure_one()
        month, months = _month(day), self.percentages or {}
        self.percentages = {**months, month: str(rate.percentage)}
        if any(other > month for other in months):
            return
        is_domestic = self._is_domestic(rate.territory)
        is_new = months and (rate.percentage != self._fraction() or not self.percentage_known)
        place = "" if is_domestic else f" ({rate.territory})"
        values = {
            "name": f"{rate.name} {percent(self.env, rate.percentage)}{place}".strip(),
            "percentage": float(rate.percentage),
            "percentage_known": True,
            "territory": rate.territory,
        }
        if is_new or not self.tax_id:
            tax = self._only_tax(rate.percentage) if is_domestic else self.env["account.tax"]
            values.update(tax_id=tax.id, found_by=False)
        self.write(values)

    def _map_by_scope(self):
        """Map the rates again for which no person chose a tax, after the connection's scope of purchases changed."""
        for mapping in self.filtered(lambda one: one.percentage_known and not one.is_foreign):
            if mapping.found_by != "person":
                tax = mapping._only_tax(mapping._fraction())
                mapping.write({"tax_id": tax.id, "found_by": False})

    def _is_domestic(self, territory):
        # The connection may be of a company that the user does not see.
        own = self.connection_id.sudo()._territory(self.company_id)
        return not territory or has_same_vat(own, country_code(territory) or territory)

    def _country(self):
        """Return the ISO 3166 code of the country of the VAT rate; Lucca's own code if it is of no known country."""
        return country_code(self.territory or "") or self.territory or ""

    def _only_tax(self, percentage):
        """Return the only purchase tax of a rate (a fraction) that fits most purchases; else an empty one.

        The company's default tax does not count more than others: in some charts of accounts it is
        for goods for resale.
        """
        taxes = PurchaseTaxes(self.company_id)
        fitting = taxes.choose(percentage, self.connection_id.tax_scope)
        return fitting if len(fitting) == 1 else fitting.browse()


def _month(day):
    return f"{day:%Y-%m}"
