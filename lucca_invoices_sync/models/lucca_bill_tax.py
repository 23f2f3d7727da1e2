from dataclasses import replace

from odoo import api, models

from ..lucca.amounts import one_per_rate
from ..texts import money, percent
from ..troubles import Blocked


class LuccaBillTax(models.AbstractModel):
    _name = "lucca.bill.tax"
    _description = "The Taxes of a Bill"

    @api.model
    def _mappings(self, bill):
        """``{rate_type_id: mapping}`` of the printed VAT; raise ``Blocked`` for one without tax.

        The zero VAT of a bill under reverse charge needs none: the connection's tax is taken.
        """
        base = bill.booked.base
        if self._reverse_charge_tax(bill):
            bill.booked = replace(bill.booked, base=replace(base, taxes=()))
            return {}
        known = {mapping.lucca_id: mapping for mapping in bill.document._mapping("tax")}
        taxes = one_per_rate(base.taxes)
        unmapped = [tax for tax in taxes if not known[tax.rate_type_id].tax_id]
        if unmapped:
            raise Blocked("unmapped_tax", self._explain_unmapped(unmapped, known, base.currency))
        mappings = {tax.rate_type_id: known[tax.rate_type_id] for tax in taxes}
        for mapping in mappings.values():
            self._check_tax(mapping)
        return mappings

    def _explain_unmapped(self, taxes, known, currency):
        return self.env._(
            "Choose Odoo's tax in the mappings for the VAT rate: %(rates)s.",
            rates=", ".join(
                self.env._(
                    "“%(name)s” (VAT of %(amount)s)",
                    name=known[tax.rate_type_id].display_name,
                    amount=money(self.env, tax.value, currency),
                )
                for tax in taxes
            ),
        )

    def _check_tax(self, mapping):
        """Raise ``Blocked`` for a tax that cannot hold a printed VAT, or is of another rate."""
        tax = mapping.tax_id
        if tax.amount_type != "percent":
            raise Blocked(
                "unmapped_tax",
                self.env._(
                    "The tax “%(tax)s” of the VAT rate “%(rate)s” is a group of taxes or not a"
                    " percentage: choose a single percentage in the mappings.",
                    tax=tax.name,
                    rate=mapping.display_name,
                ),
            )
        if mapping.percentage_known and abs(tax.amount - mapping.percentage * 100) > 1e-4:
            raise Blocked(
                "tax_mismatch",
                self.env._(
                    "The tax “%(tax)s” is of %(percentage)s, the VAT rate in Lucca is “%(rate)s”:"
                    " choose another tax in the mappings.",
                    tax=tax.name,
                    percentage=percent(self.env, tax.amount / 100),
                    rate=mapping.display_name,
                ),
            )

    @api.model
    def _taxes(self, bill, books, mappings):
        """The tax of each line of a ``Bill``, empty for a line without VAT."""
        reverse = self._reverse_charge_tax(bill)
        if reverse:
            return [reverse for _line in bill.lines]
        none = self.env["account.tax"]
        partner = self.env["res.partner"].browse(bill.values["partner_id"])
        position = books.fiscal_position(partner)
        found = {
            lucca_id: self._through(position, mapping.tax_id, bill)
            for lucca_id, mapping in mappings.items()
        }
        return [found.get(line.rate_type_id, none) for line in bill.lines]

    def _through(self, position, tax, bill):
        """The tax that the supplier's fiscal position makes of ``tax``, as far as VAT is printed."""
        mapped = position.map_tax(tax)
        if mapped == tax:
            return tax
        is_alike = (
            len(mapped) == 1
            and (mapped.amount_type, mapped.amount) == (tax.amount_type, tax.amount)
            and not mapped.has_negative_factor
        )
        if is_alike:
            return mapped
        bill.notes.append(
            self.env._(
                "The fiscal position “%(position)s” of the supplier would change the tax “%(tax)s”:"
                " it stays, since this VAT is on the invoice.",
                position=position.name,
                tax=tax.name,
            )
        )
        return tax

    # --- reverse charge -------------------------------------------------------------------------

    def _reverse_charge_tax(self, bill):
        """The connection's tax for a bill without VAT of a supplier from another EU country."""
        connection = bill.document.connection_id
        is_goods = bill.document._mapping("nature").is_goods
        tax = connection[f"reverse_charge_{'goods' if is_goods else 'services'}_tax_id"]
        own = tax._check_company_domain(bill.company)
        has_vat = any(tax.value for tax in bill.booked.base.taxes)
        if has_vat or not tax.filtered_domain(own) or not self._is_intra_community(bill):
            return self.env["account.tax"]
        return tax

    def _is_intra_community(self, bill):
        partner = self.env["res.partner"].browse(bill.values["partner_id"])
        here = bill.company.account_fiscal_country_id
        there = partner.commercial_partner_id.country_id
        union = self.env.ref("base.europe").country_ids
        return here != there and here in union and there in union
