"""VAT of other countries that the company claims back there, so that it is not a part of the expense."""

from decimal import Decimal

from ...lucca.booking.amounts import one_per_rate
from ...lucca.booking.recovery import without_claimed
from ..messages import Messages, Money

_lt = Messages(__name__)


def leave_claimed_out(bill, books, unit, tolerance):
    """Take the VAT that is claimed back abroad out of Lucca's cost of a ``Bill``, and note that.

    In Lucca this VAT is part of the cost, because the company's own VAT return does not recover it.

    :param unit: smallest amount of the currency
    :param tolerance: how far VAT may be off its rate at least, beyond rounding
    """
    claimed = {
        mapping.lucca_id
        for mapping in bill.document._mapping("tax")
        if mapping.is_foreign and _is_claimed(mapping, bill, books)
    }
    if not claimed or bill.unprinted_tax is not None:
        return
    booked = without_claimed(bill.booked, claimed, unit, tolerance)
    if booked == bill.booked:
        return
    bill.booked, base = booked, booked.base
    vat = sum(
        (tax.value for tax in one_per_rate(base.taxes) if tax.rate_type_id in claimed), Decimal(0)
    )
    bill.notes.append(
        _lt(
            "Lucca's cost contains %s of another country's VAT. It is not a part of the expense here, since"
            " you claim it back in that country.",
            Money(base.currency, vat),
        )
    )


def _is_claimed(mapping, bill, books):
    """Return whether the tax of a rate holds VAT that is claimed back; one without tax waits for such a tax."""
    tax = mapping._tax_on(bill.booked.tax_day)
    return books.taxes.is_claimed_abroad(tax) if tax else bool(mapping._foreign_account())
