"""Where the supplier of a bill is for VAT, as far as Odoo, its electronic invoice and Lucca tell."""

from typing import NamedTuple

from ...lucca.booking.electronic_invoice import InvoiceParty
from ...lucca.booking.parties import party_of
from ...lucca.booking.vat_areas import DOMESTIC, UNKNOWN
from ..supplier.identity import known_supplier


class SupplierPlace(NamedTuple):
    """A country (ISO 3166 code, empty if it is not known), and the VAT number that is known, as it is written."""

    country: str
    vat_number: str


def find_place(bill, books):
    """Return the ``SupplierPlace`` of the supplier of a ``Bill``.

    If Odoo has no country, it is the one of the electronic invoice that agrees with Lucca (BT-40), of Lucca, and of
    the VAT numbers, without those of the own company. If these are not in the same place for VAT, no country is known.

    :param books: the company's ``CompanyBooks``
    """
    supplier = bill.partner.commercial_partner_id
    if supplier.country_id:
        return SupplierPlace(supplier.country_id.code, supplier.vat or "")
    seller = bill.electronic.seller if bill.evidence else InvoiceParty()
    luccas = known_supplier(bill.supplier_mapping) if bill.supplier_mapping else None
    parties = [supplier._lucca_party(), *([party_of(luccas)] if luccas else [])]
    numbers = [party.without(books.own_parties).vat for party in parties]
    named = [
        seller.country or "",
        luccas.territory if luccas else "",
        *(number.country for number in numbers if number),
    ]
    written = supplier.vat or seller.vat or (luccas.vat_number if luccas else "")
    places = [SupplierPlace(country, written) for country in named if country]
    relations = {books.relation_to(*place, bill.tax_scope) for place in places}
    return places[0] if len(relations) == 1 else SupplierPlace("", written)


def find_abroad_in_lucca(bill, books):
    """Return the ``SupplierPlace`` that Lucca's data of the supplier of a ``Bill`` name, if it is not at home.

    It is that of the valid VAT number, else that of the territory. Its VAT number is empty if the territory alone is
    abroad. The company's own VAT number does not count. None if Lucca has the supplier at home, or nowhere.
    """
    if not bill.supplier_mapping:
        return None
    luccas = known_supplier(bill.supplier_mapping)
    number, written = party_of(luccas).without(books.own_parties).vat, luccas.vat_number
    named = [
        *([SupplierPlace(number.country, number.written)] if number else []),
        SupplierPlace(luccas.territory, ""),
    ]
    for place in named:
        if books.relation_to(place.country, written, bill.tax_scope) not in (DOMESTIC, UNKNOWN):
            return place
    return None


def find_relation(bill, books):
    """Return where the supplier of a ``Bill`` is, see ``lucca.booking.vat_areas.relation``."""
    return books.relation_to(*find_place(bill, books), bill.tax_scope)


def chosen_position(bill):
    """Return the fiscal position that a person gave the supplier of a ``Bill``; may be empty."""
    return bill.partner.with_company(bill.company).property_account_position_id


def is_chosen(position, bill):
    """Return whether a person gave the supplier this fiscal position."""
    return bool(position) and position == chosen_position(bill)
