from collections import Counter
from decimal import Decimal

from odoo import api, models

from ..texts import money
from ..troubles import Blocked


class LuccaBillCheck(models.AbstractModel):
    _name = "lucca.bill.check"
    _description = "A Bill Compared with Lucca's Amounts"

    @api.model
    def _check(self, bill, move):
        """Raise ``Blocked`` unless the bill has Lucca's amounts, each VAT and in both currencies.

        Some taxes pay themselves back, and another addon may change what bills are made of.
        """
        self._compare(bill, move.currency_id, self._expected(bill), self._found(move))
        if bill.lines[0].company_base is not None:
            own = bill.company.currency_id
            self._compare(bill, own, self._expected_company(bill), self._found_company(move))

    def _compare(self, bill, currency, expected, found):
        for what in dict.fromkeys(["total", "untaxed", *expected, *found]):
            if currency.compare_amounts(float(expected.get(what, 0)), found.get(what, 0)):
                self._refuse(bill, currency, what, expected.get(what, 0), found.get(what, 0))

    def _refuse(self, bill, currency, what, expected, found):
        names = {
            "untaxed": self.env._("the amount without taxes"),
            "total": self.env._("the total"),
        }
        taxes = self.env["account.tax"].union(*bill.taxes)
        raise Blocked(
            "total_mismatch",
            self.env._(
                "With the tax %(taxes)s, %(what)s of the bill would be %(bill)s instead of Lucca's"
                " %(lucca)s: choose another tax in the mappings.",
                taxes=", ".join(taxes.mapped("name")) or "-",
                what=names.get(what) or self.env._("the VAT"),
                bill=money(self.env, found, currency.name),
                lucca=money(self.env, expected, currency.name),
            ),
        )

    def _expected(self, bill):
        """``{"untaxed", "total", tax id: amount}`` in the document's currency."""
        amounts = Counter(
            untaxed=sum((line.base for line in bill.lines), Decimal(0)),
            total=bill.booked.base.including_taxes,
        )
        for line, taxes in zip(bill.lines, bill.taxes, strict=True):
            for tax, printed in zip(taxes, line.taxes, strict=bool(line.taxes)):
                if printed.amount:
                    amounts[tax.id] += printed.amount
        return amounts

    def _found(self, move):
        amounts = Counter(untaxed=move.amount_untaxed, total=move.amount_total)
        for line in move.line_ids:
            if line.tax_line_id:
                amounts[line.tax_line_id.id] += move.direction_sign * line.amount_currency
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
