"""Inquiries: what Lucca is asked about a document, and says of it, before any of that is stored."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.api.errors import (
    AccessDenied,
    MustWait,
    NotFound,
    Offline,
    RequestRefused,
    WrongKey,
)
from ...lucca.documents.reference_data import Purchase, Reference
from ...lucca.errors import DocumentError, InvalidDocument
from ..messages import Messages
from ..troubles import Blocked, Stopped

_lt = Messages(__name__)

#: Errors after which Lucca is not asked for more now. No document causes them.
NOT_NOW = (MustWait, Offline, WrongKey)
#: Errors after which a person has to map something: Lucca would refuse another request, too.
UNREADABLE = (AccessDenied, NotFound, RequestRefused)


@dataclass
class Inquiry:
    """What Lucca was asked about one document and its purchase, and what it said.

    :ivar document: the ``lucca.document``
    :ivar booked: its ``BookedDocument``
    :ivar purchase: its ``Purchase``
    :ivar company: the company of the bill; empty if a person has to choose it
    :ivar supplier: the supplier; None if it could not be read
    :ivar rates: ``{Lucca's id: rate}`` of the VAT rates that were read
    :ivar trouble: why the document has to wait once this is stored
    """

    document: Any
    booked: Any
    purchase: Any
    company: Any = None
    supplier: Any = None
    rates: dict = field(default_factory=dict)
    trouble: Exception | None = None

    @property
    def references(self):
        """The references that the company has mappings of: ``{kind: [Reference]}``."""
        purchase = self.purchase
        taxes = dict.fromkeys(tax.rate_type_id for tax in self.booked.base.taxes)
        return {
            "tax": [Reference(rate_type_id, "") for rate_type_id in taxes],
            "supplier": [purchase.supplier] if purchase.supplier else [],
            "nature": [purchase.nature] if purchase.nature else [],
            "cost_center": [purchase.cost_center] if purchase.cost_center else [],
            "axis_section": list(purchase.axis_sections),
        }

    @property
    def territory(self):
        """The supplier's country (ISO 3166) by its purchase, else by the partner that a person chose."""
        return self.purchase.territory or self.document.partner_id.country_id.code or ""

    @property
    def all_references(self):
        """The references of all kinds, with the establishment."""
        found = [one for references in self.references.values() for one in references]
        establishment = self.purchase.establishment
        return [*found, establishment] if establishment else found

    def keys(self, connection):
        """Return ``[((company, kind, Lucca's id), Reference)]`` of the mappings that it needs."""
        found = [
            ((self.company, kind, one.lucca_id), one)
            for kind, references in self.references.items()
            for one in references
            if self.company
        ]
        if establishment := self.purchase.establishment:
            # Establishments decide the company, so their mappings are the connection's.
            key = (connection.company_id, "establishment", establishment.lucca_id)
            found.append((key, establishment))
        return found


class Asked:
    """The answers of Lucca about a batch of documents.

    :ivar inquiries: the complete ``Inquiry`` objects
    :ivar troubles: ``{document: exception}`` of the documents that cannot be resolved
    :ivar interruption: the error after which Lucca is not asked for more now, or None
    :ivar companies: the ``CompanyFinder`` of the documents' companies
    """

    def __init__(self, turn, companies):
        self.inquiries, self.troubles, self.interruption = [], {}, None
        self.companies, self._turn = companies, turn

    @property
    def goes_on(self):
        """Whether Lucca may be asked for more in this slice of the scheduler."""
        return self._turn.has_time and not self.interruption

    @contextmanager
    def about(self, document):
        """Keep an error about a document in ``troubles``, so that the others go on."""
        try:
            yield
        except (Stopped, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        except NOT_NOW as error:
            self.interruption = error
        except Exception as trouble:  # noqa: BLE001  (it is raised again when the answers are stored)
            self.troubles[document] = trouble
            self._turn.note_work()


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
            _describe_no_supplier(purchase),
            supplier_name=purchase.supplier_name,
        )
    return purchase


def _describe_no_supplier(purchase):
    if not purchase.supplier_name:
        return _lt(
            "The purchase %s names no supplier in Lucca: press “Choose the Supplier”, or enter it in"
            " Lucca, then press “Retry”.",
            purchase.lucca_id,
        )
    return _lt(
        "“%s” is only a draft supplier in Lucca: validate it there, then press “Retry”, or"
        " press “Choose the Supplier”.",
        purchase.supplier_name,
    )


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
    """Return the message on an answer that is unreadable, or refuses the request; None if the key lacks a right."""
    if isinstance(error, InvalidDocument):
        if path := error.values["path"]:
            return _lt(
                "What Lucca says of the supplier cannot be read (%s). Correct it in Lucca, then press “Retry”,"
                " or press “Choose the Supplier”.",
                path,
            )
        return _lt(
            "What Lucca says of the supplier cannot be read. Correct it in Lucca, then press “Retry”,"
            " or press “Choose the Supplier”."
        )
    if not isinstance(error, RequestRefused):
        return None
    return _lt(
        "Lucca does not say who the supplier is: it refuses the request (error %(status)s, %(detail)s)."
        " Press “Choose the Supplier”. Or ask Lucca's support, then press “Retry”.",
        status=error.values["status"],
        detail=error.values["detail"].rstrip(".") or "-",
    )


def read_for_company(references, inquiry, known):
    """Read the supplier and VAT rates of an inquiry, unless its company has to be chosen first."""
    if inquiry.company:
        if inquiry.purchase.supplier:
            inquiry.supplier = _read_supplier(references, inquiry, known)
        inquiry.rates = _read_rates(references, inquiry, known)


def _read_supplier(references, inquiry, known):
    """Return Lucca's supplier; None if it cannot be read.

    A mapped supplier is read as well, since it may have become another company in Lucca. If that
    fails, its documents go on.
    """
    reference, territory = inquiry.purchase.supplier, inquiry.purchase.territory
    mapping = known.get((inquiry.company, "supplier", reference.lucca_id))
    if mapping and mapping.partner_id:
        return references.known_supplier(reference.lucca_id, territory)
    try:
        return references.supplier(reference.lucca_id, territory)
    except (*UNREADABLE, InvalidDocument) as error:
        # The mapping is created anyway, so that a person can choose the partner there.
        told = _describe_refusal(error) or _lt(
            "The API key may not read supplier “%s” in Lucca: give it the right to, then press"
            " “Retry”, or press “Choose the Supplier”.",
            inquiry.purchase.supplier_name,
        )
        inquiry.trouble = Blocked("unknown_supplier", told)
        inquiry.trouble.__cause__ = error
        return None


def _read_rates(references, inquiry, known):
    """Return Lucca's VAT rates by id, of the company's country and of the supplier's if needed."""
    connection, day = inquiry.document.connection_id, inquiry.booked.tax_day
    used = {
        tax.lucca_id: known.get((inquiry.company, "tax", tax.lucca_id))
        for tax in inquiry.references["tax"]
    }
    unknown = {
        lucca_id
        for lucca_id, mapping in used.items()
        if not (mapping and mapping._knows_rate_on(day))
    }
    rates = {}
    places = [connection._territory(inquiry.company), inquiry.territory]
    for place in dict.fromkeys(filter(None, places)):
        if unknown - rates.keys():
            rates |= _rates_of(references, day, place)
    return rates


def _rates_of(references, day, territory):
    try:
        return references.tax_rates(day, territory)
    except (*UNREADABLE, DocumentError):
        return {}  # a person has to map the rate
