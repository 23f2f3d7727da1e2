"""What a bill takes from an electronic invoice that agrees with Lucca: evidence, dates and payment reference."""

from dataclasses import replace

from ...lucca.booking.electronic_invoice import VatPoint, find_evidence
from ...lucca.booking.payments import is_wrong_reference
from ...lucca.booking.self_assessed import has_vat
from ...lucca.documents.dates import is_possible_due_date
from ..messages import Messages

_lt = Messages(__name__)


def prove(bill):
    """Set the ``evidence`` of a ``Bill`` by its electronic invoice; None if that does not agree with Lucca."""
    base, env = bill.booked.base, bill.document.env
    currency = env["res.currency"]._lucca_by_code(base.currency)
    if not (bill.electronic and currency):
        return
    if not has_vat(base):  # the VAT that Lucca lists is not charged
        base = replace(base, taxes=())
    rules, day = env["lucca.bill.tax"], bill.booked.tax_day
    known = {one.lucca_id: rules._rate_of(one, day) for one in bill.document._mapping("tax")}
    rates = {lucca_id: rate for lucca_id, rate in known.items() if rate is not None}
    unit = currency._lucca_unit()
    bill.evidence = find_evidence(bill.electronic, base, rates, unit, bill.tax_tolerance)


def is_on_payment(bill):
    """Return whether the VAT of a bill falls due when it is paid (BT-8); None if that is not known.

    That of an advance does, unless the supplier says something else (Directive 2006/112/EC, art. 65).
    """
    point = bill.electronic.vat_point if bill.evidence else None
    return point is VatPoint.PAYMENT if point else bill.is_advance or None


def due_date(bill):
    """Return the due date that the electronic invoice gives (BT-9); None if it is missing or impossible."""
    day = bill.electronic.due_date if bill.evidence else None
    return day if day and is_possible_due_date(day, bill.booked.received) else None


def payment_reference(bill):
    """Return the payment reference that the supplier asks for (BT-83); empty if there is none.

    One with a wrong check digit is left out, and noted on the bill.
    """
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
    """Return when goods or services were supplied, in words; None if unknown, or on the document date."""
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
