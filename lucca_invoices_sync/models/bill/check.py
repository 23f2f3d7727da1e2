from collections import Counter
from decimal import Decimal

from odoo import api, models

from ..messages import Messages, Money
from ..troubles import Blocked

_lt = Messages(__name__)


class LuccaBillCheck(models.AbstractModel):
    _name = "lucca.bill.check"
    _description = "A Bill Compared with Lucca's Amounts"

    @api.model
    def _check(self, bill, move):
        """Compare a created bill with Lucca's amounts: its totals and each VAT, in both currencies.

        They may differ if a tax adds to the total what it should not, or if another addon changes the bill.

        :raises Blocked: an amount differs; a person may accept it if only converted amounts do
        """
        differences = [*_differences(move.currency_id, self._expected(bill), self._found(move))]
        if differences:
            raise self._blocked(bill, differences)
        if bill.lines[0].company_base is not None:
            self._compare_in_company_currency(bill, move)

    def _compare_in_company_currency(self, bill, move):
        """Have a person confirm a bill whose amounts in the company's currency are not Lucca's."""
        own = bill.company.currency_id
        for _what, expected, found in _differences(
            own, self._expected_company(bill), self._found_company(move)
        ):
            bill.confirm(
                "total_mismatch",
                _lt(
                    "In the company's currency the bill has %(bill)s, and Lucca has %(lucca)s.",
                    bill=Money(own.name, found),
                    lucca=Money(own.name, expected),
                ),
                _lt(
                    "Correct the document in Lucca, then press “Retry”, or press “Book Anyway” and correct"
                    " the bill."
                ),
            )

    def _blocked(self, bill, differences):
        """Return a ``Blocked`` that tells the first difference, and what a person can do about it."""
        names = {
            "untaxed": _lt("the amount without taxes"),
            "total": _lt("the total"),
        }
        what, expected, found = differences[0]
        currency = bill.booked.base.currency
        told = {
            "what": names.get(what) or _lt("the VAT"),
            "bill": Money(currency, found),
            "lucca": Money(currency, expected),
        }
        if all(one in names for one, *_amounts in differences):
            explained = _lt(
                "The VAT is right, but %(what)s of the bill would be %(bill)s instead of Lucca's %(lucca)s."
                " Another addon or a rule in Odoo changes the bill: ask your administrator to correct that,"
                " then press “Retry”.",
                **told,
            )
            return Blocked("refused_by_odoo", explained)
        taxes = self.env["account.tax"].union(*bill.taxes)
        explained = _lt(
            "With the tax %(taxes)s, %(what)s of the bill would be %(bill)s instead of Lucca's"
            " %(lucca)s: press “Other Tax”.",
            taxes=taxes or "-",
            **told,
        )
        return Blocked("total_mismatch", explained)

    def _expected(self, bill):
        """Return Lucca's amounts in the document's currency: ``{"untaxed", "total" or tax id: amount}``."""
        amounts = Counter(
            untaxed=sum((line.base for line in bill.lines), Decimal(0)),
            total=bill.booked.base.including_taxes,
        )
        for tax, printed in bill.printed_taxes():
            if printed.amount:
                amounts[tax.id] += printed.amount
        return amounts

    def _found(self, move):
        amounts = Counter(untaxed=move.amount_untaxed, total=move.amount_total)
        for line in move.line_ids:
            if line.tax_line_id:
                # The parts of a group of taxes should cancel each other: their sum is compared.
                amounts[(line.group_tax_id or line.tax_line_id).id] += (
                    move.direction_sign * line.amount_currency
                )
        return amounts

    def _expected_company(self, bill):
        return {
            "untaxed": sum(line.company_base for line in bill.lines),
            "total": sum(line.company_total for line in bill.lines),
        }

    def _found_company(self, move):
        sign = -move.direction_sign
        return {
            "untaxed": sign * move.amount_untaxed_signed,
            "total": sign * move.amount_total_signed,
        }


def _differences(currency, expected, found):
    """Yield ``(what, expected, found)`` for each amount that differs, the total first."""
    for what in dict.fromkeys(["total", "untaxed", *expected, *found]):
        if currency.compare_amounts(float(expected.get(what, 0)), found.get(what, 0)):
            yield what, expected.get(what, 0), found.get(what, 0)
