"""What Lucca says about one document: its purchase, its supplier, its VAT rates."""

from ...lucca.api.errors import AccessDenied, NotFound, RequestRefused
from ...lucca.documents.reference_data import Purchase
from ...lucca.errors import DocumentError
from ..messages import Messages
from ..troubles import Blocked

_lt = Messages(__name__)

#: Errors after which a person has to map something: Lucca would refuse another request, too.
UNREADABLE = (AccessDenied, NotFound, RequestRefused)


def read_purchase(references, document, booked):
    """Return a document's purchase; raise ``Blocked`` if nobody knows its supplier.

    If a person chose the supplier for the document, the purchase may be unreadable.
    """
    try:
        purchase = _ask_purchase(references, booked)
    except Blocked:
        partner = document.partner_id
        if not partner:
            raise
        return Purchase.unread(document.supplier_name or "", partner.country_id.code or "")
    if not (purchase.supplier or document.partner_id):
        raise Blocked(
            "unknown_supplier",
            _lt(
                "“%s” is only a draft supplier in Lucca: validate it there, then press “Retry”, or"
                " press “Choose the Supplier”.",
                purchase.supplier_name or "?",
            ),
            supplier_name=purchase.supplier_name,
        )
    return purchase


def _ask_purchase(references, booked):
    if booked.purchase_id is None:
        raise Blocked(
            "unknown_supplier",
            _lt(
                "Lucca names no purchase for this document, so its supplier is unknown: press"
                " “Choose the Supplier”, or give it a purchase in Lucca, then press “Retry”."
            ),
        )
    try:
        return references.purchase(booked.purchase_id)
    except UNREADABLE as error:
        told = _describe_refusal(error) or _lt(
            "The API key may not read purchase %s in Lucca, which names the supplier: give"
            " it the right to read purchases, then press “Retry”, or press “Choose the"
            " Supplier”.",
            booked.purchase_id,
        )
        raise Blocked("unknown_supplier", told) from error


def _describe_refusal(error):
    """Return the message on an answer that refuses the request itself; None if the key lacks a right."""
    if not isinstance(error, RequestRefused):
        return None
    return _lt(
        "Lucca does not say who the supplier is: it refuses the request (error %(status)s, %(detail)s)."
        " Press “Choose the Supplier”. Or ask Lucca's support, then press “Retry”.",
        status=error.values["status"],
        detail=error.values["detail"].rstrip(".") or "-",
    )


def read_for_company(references, finding, known):
    """Read the supplier and VAT rates of a finding, unless its company has to be chosen first."""
    if finding.company:
        if finding.purchase.supplier:
            finding.supplier = _read_supplier(references, finding, known)
        finding.rates = _read_rates(references, finding, known)


def _read_supplier(references, finding, known):
    """Return Lucca's supplier; None if it cannot be read.

    A mapped supplier is read as well, since it may have become another company in Lucca. If that
    fails, its documents go on.
    """
    reference, territory = finding.purchase.supplier, finding.purchase.territory
    mapping = known.get((finding.company, "supplier", reference.lucca_id))
    if mapping and mapping.partner_id:
        return references.known_supplier(reference.lucca_id, territory)
    try:
        return references.supplier(reference.lucca_id, territory)
    except UNREADABLE as error:
        # The mapping is created anyway, so that a person can choose the partner there.
        told = _describe_refusal(error) or _lt(
            "The API key may not read supplier “%s” in Lucca: give it the right to, then press"
            " “Retry”, or press “Choose the Supplier”.",
            finding.purchase.supplier_name,
        )
        finding.trouble = Blocked("unknown_supplier", told)
        finding.trouble.__cause__ = error
        return None


def _read_rates(references, finding, known):
    """Return Lucca's VAT rates by id, of the company's country and of the supplier's if needed."""
    connection, day = finding.document.connection_id, finding.booked.tax_day
    used = {
        tax.lucca_id: known.get((finding.company, "tax", tax.lucca_id))
        for tax in finding.references["tax"]
    }
    unknown = {
        lucca_id
        for lucca_id, mapping in used.items()
        if not (mapping and mapping._knows_rate_on(day))
    }
    rates = {}
    places = [connection._territory(finding.company), finding.territory]
    for place in dict.fromkeys(filter(None, places)):
        if unknown - rates.keys():
            rates |= _rates_of(references, day, place)
    return rates


def _rates_of(references, day, territory):
    try:
        return references.tax_rates(day, territory)
    except (*UNREADABLE, DocumentError):
        return {}  # a person has to map the rate
