from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from ...lucca.booking.amounts import one_per_rate
from ...lucca.booking.lines import Kind
from ...lucca.booking.recovery import keep_recovered
from ..texts import money, percent
from ..troubles import Blocked


class LuccaBillTax(models.AbstractModel):
    _name = "lucca.bill.tax"
    _description = "The Taxes of a Bill"

    @api.model
    def _mappings(self, bill, books, lost):
        """``{rate_type_id: mapping}`` of the printed VAT; raise ``Blocked`` for one without tax.

        VAT that is ``lost`` as a whole needs no tax, nor does the zero VAT of a bill under reverse
        charge: the connection's tax is taken.
        """
        base = bill.booked.base
        if self._reverse_charge_tax(bill, books):
            bill.booked = replace(bill.booked, base=replace(base, taxes=()))
            return {}
        day = bill.booked.document_date
        known = {mapping.lucca_id: mapping for mapping in bill.document._mapping("tax")}
        # No VAT at a rate above zero is no line: it needs no tax.
        taxes = [
            tax
            for tax in one_per_rate(keep_recovered(base, lost).taxes)
            if tax.value or not known[tax.rate_type_id]._rate_on(day)
        ]
        unmapped = [tax for tax in taxes if not known[tax.rate_type_id]._tax_on(day)]
        if unmapped:
            raise Blocked("unmapped_tax", self._explain_unmapped(unmapped, known, bill))
        for tax in taxes:
            self._check_tax(known[tax.rate_type_id], day)
        return known

    @api.model
    def _rates(self, bill, mappings):
        """``{rate_type_id: fraction}``: Lucca's, else the tax's; none for what has neither."""
        day = bill.booked.document_date
        rates = {}
        for lucca_id, mapping in mappings.items():
            rate = _signed_rate(mapping, day)
            if rate is None and mapping.tax_id:
                rate = Decimal(str(mapping.tax_id.amount)) / 100
            if rate is not None:
                rates[lucca_id] = rate
        return rates

    def _explain_unmapped(self, taxes, known, bill):
        day, currency = bill.booked.document_date, bill.booked.base.currency
        return self.env._(
            "Choose Odoo's tax for the VAT rate: %(rates)s.",
            rates=", ".join(
                self.env._(
                    "“%(name)s” (VAT of %(amount)s)",
                    name=known[tax.rate_type_id]._name_on(day),
                    amount=money(self.env, tax.value, currency),
                )
                for tax in taxes
            ),
        )

    def _check_tax(self, mapping, day):
        """Raise ``Blocked`` for a tax that cannot hold a printed VAT, or is of another rate."""
        tax, rate = mapping._tax_on(day), _signed_rate(mapping, day)
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
        if rate is not None and abs(tax.amount - float(rate) * 100) > 1e-4:
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
        """The taxes of each line of a ``Bill``, empty for a line without VAT.

        They are those of ``line.taxes``, one for each, in this order.
        """
        reverse = self._reverse_charge_tax(bill, books)
        if reverse:
            # What was bought, not the rounding of the total or a difference to it.
            bought = [line.kind is Kind.UNTAXED for line in bill.lines]
            return [reverse if is_bought else reverse.browse() for is_bought in bought]
        self._tell_reverse_charge(bill, books)
        none = self.env["account.tax"]
        position = books.fiscal_position(bill.partner)
        found = {
            lucca_id: self._through(position, mapping._tax_on(bill.booked.document_date), bill)
            for lucca_id, mapping in mappings.items()
        }
        return [
            none.concat(*(found[tax.rate_type_id] for tax in line.taxes)) for line in bill.lines
        ]

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

    def _reverse_charge_tax(self, bill, books):
        """The connection's tax for a bill without VAT of a supplier from another EU country."""
        connection = bill.document.connection_id
        is_goods = bill.document._mapping("nature").is_goods
        tax = connection[f"reverse_charge_{'goods' if is_goods else 'services'}_tax_id"]
        if not self._may_be_reverse_charged(bill, books):
            return self.env["account.tax"]
        return tax.filtered_domain(tax._check_company_domain(bill.company))

    def _may_be_reverse_charged(self, bill, books):
        has_vat = any(tax.value for tax in bill.booked.base.taxes)
        return not has_vat and books.is_intra_community(bill.partner)

    def _tell_reverse_charge(self, bill, books):
        """Note where no tax is set for what probably is to be declared by the company."""
        if self._may_be_reverse_charged(bill, books):
            bill.notes.append(
                self.env._(
                    "No VAT is on the invoice, and its supplier is in another country of the EU:"
                    " the connection has no reverse-charge tax for it. Choose the tax on the bill."
                )
            )


def _signed_rate(mapping, day):
    """Lucca's rate of a day; negative where the tax is withheld: how Lucca writes it is not known."""
    rate = mapping._rate_on(day)
    is_withheld = rate is not None and mapping._tax_on(day).amount < 0
    return -abs(rate) if is_withheld else rate
