from decimal import Decimal

from odoo import fields, models

from ..texts import percent


class LuccaMapping(models.Model):
    """VAT rates: what Lucca says of them, and the taxes that fit."""

    _inherit = "lucca.mapping"

    percentage = fields.Float(
        string="Rate", digits=(8, 6), help="The VAT rate in Lucca; empty where it is not known."
    )
    percentage_known = fields.Boolean()
    territory = fields.Char(readonly=True, copy=False, help="The country of the VAT rate.")
    is_foreign = fields.Boolean(
        compute="_compute_is_foreign", help="The VAT of another country than the company's."
    )
    percentages = fields.Json(
        readonly=True, copy=False, help="The VAT rate in Lucca, by month (2026-01)."
    )

    def _compute_is_foreign(self):
        for mapping in self:
            mapping.is_foreign = not mapping._is_domestic(mapping.territory or "")

    def _knows_rate_on(self, day):
        return _month(day) in (self.percentages or {})

    def _rate_on(self, day):
        """Lucca's VAT rate of a day as a fraction; None where it is not known."""
        self.ensure_one()
        known = (self.percentages or {}).get(_month(day))
        if known is None and not self.percentage_known:
            return None
        return Decimal(known or str(self.percentage))

    def _name_on(self, day):
        """The name, with the rate of a day where it was another."""
        rate = self._rate_on(day)
        if rate is None or rate == Decimal(str(self.percentage)):
            return self.display_name
        return self.env._(
            "%(name)s, %(rate)s at the time", name=self.display_name, rate=percent(self.env, rate)
        )

    def _tax_on(self, day):
        """The tax of a day: the mapped one, or the one that fits where the rate was another."""
        rate = self._rate_on(day)
        is_another = rate is not None and rate != Decimal(str(self.percentage))
        return self._only_tax(rate) if is_another and self.tax_id else self.tax_id

    def _set_rate(self, rate, day):
        """Keep a ``lucca.reference_data.TaxRate`` of a day's month.

        The newest one is mapped to the one purchase tax that fits. A rate of another country is
        only named: its VAT is not the company's to recover.
        """
        self.ensure_one()
        month, months = _month(day), self.percentages or {}
        self.percentages = {**months, month: str(rate.percentage)}
        if any(other > month for other in months):
            return
        is_domestic = self._is_domestic(rate.territory)
        is_new = rate.percentage != Decimal(str(self.percentage)) or not self.percentage_known
        tax = self._only_tax(rate.percentage) if is_domestic else self.env["account.tax"]
        place = "" if is_domestic else f" ({rate.territory})"
        self.write(
            {
                "name": f"{rate.name} {percent(self.env, rate.percentage)}{place}".strip(),
                "percentage": float(rate.percentage),
                "percentage_known": True,
                "territory": rate.territory,
                "tax_id": (tax if is_new and months else self.tax_id or tax).id,
            }
        )

    def _is_domestic(self, territory):
        return territory in ("", self.connection_id._territory(self.company_id))

    def _only_tax(self, percentage):
        """The company's default purchase tax if it fits, else the only one that does."""
        fitting = self._fitting_taxes(percentage)
        default = fitting & self.company_id.account_purchase_tax_id
        return default or (fitting if len(fitting) == 1 else fitting.browse())

    def _fitting_taxes(self, percentage):
        """The company's purchase taxes of a rate (a fraction) whose VAT is recovered."""
        taxes = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(self.company_id),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
                ("amount", "=", float(percentage * 100)),
            ]
        )
        return taxes.filtered(lambda tax: not tax.price_include and _is_plain(tax))


def _month(day):
    return f"{day:%Y-%m}"


def _is_plain(tax):
    """Whether all of the tax is recovered on one account: no reverse charge, no part of it."""
    lines = tax.invoice_repartition_line_ids.filtered(lambda r: r.repartition_type == "tax")
    return lines.mapped("factor_percent") == [100.0]
