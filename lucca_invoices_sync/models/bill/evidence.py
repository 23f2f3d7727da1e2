"""What an electronic invoice that agrees with Lucca proves of a bill, and what it says beside the amounts."""

from dataclasses import replace
from decimal import Decimal

from ...lucca.booking.electronic_invoice import VatPoint, find_evidence
from ...lucca.booking.payments import is_wrong_reference
from ...lucca.booking.self_assessed import has_vat
from ...lucca.documents.dates import is_possible_due_date
from ..messages import Messages

_lt = Messages(__name__)


def prove(bill):
    """Give a ``Bill`` the ``Evidence`` of its electronic invoice; none where it and Lucca differ."""
    base, env = bill.booked.base, bill.document.env
    currency = env["res.currency"]._by_code(base.currency)
    if not (bill.electronic and currency):
        return
    if not has_vat(base):  # what is listed is not charged
        base = replace(base, taxes=())
    rules, day = env["lucca.bill.tax"], bill.booked.tax_day
    known = {one.lucca_id: rules._rate_of(one, day) for one in bill.document._mapping("tax")}
    rates = {lucca_id: rate for lucca_id, rate in known.items() if rate is not None}
    unit = Decimal(str(currency.rounding))
    tolerance = Decimal(str(bill.document.connection_id.tax_tolerance))
    bill.evidence = find_evidence(bill.electronic, base, rates, unit, tolerance)


def is_on_payment(bill):
    """Whether the VAT of a bill falls due when it is paid (BT-8); None where that is not known."""
    point = bill.electronic.vat_point if bill.evidence else None
    return point and point is VatPoint.PAYMENT


def due_date(bill):
    """The day on which it is to be paid (BT-9), where it can be."""
    day = bill.electronic.due_date if bill.evidence else None
    return day if day and is_possible_due_date(day, bill.booked.received) else None


def payment_reference(bill):
    """The reference that the supplier wants to be paid with (BT-83); empty where none can be used."""
    reference = (bill.electronic.payment_reference or "") if bill.evidence else ""
    if not is_wrong_reference(reference):
        return reference
    bill.notes.append(
        _lt(
            "The payment reference “%s” of the electronic invoice has a wrong check digit: enter the right one"
            " before you pay.",
            reference,
        )
    )
    return ""


def describe_period(bill):
    """When what a bill is for was supplied, in words; None where that is unknown, or the day of the document."""
    days = bill.electronic.service_period if bill.evidence else None
    if not days or set(days) == {bill.booked.document_date}:
        return None
    start, end = days
    if start == end:
        return _lt("on %s", start)
    if not start:
        return _lt("until %s", end)
    if not end:
        return _lt("from %s on", start)
    return _lt("from %(start)s to %(end)s", start=start, end=end)
