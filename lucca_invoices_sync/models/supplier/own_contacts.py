"""Finds contacts that belong to one company alone, which it uses whatever its sister companies chose."""

from ...lucca.booking.parties import REGISTRY, VAT, party_of
from .directory import Directory
from .identity import known_supplier


def with_own_contacts(mappings, sources):
    """Return the mappings whose supplier's VAT number or registration finds a contact of their company alone.

    :param mappings: new mappings of suppliers, of one connection
    :param sources: ``{mapping: the mapping of the same supplier in another company}``, which has its data
    """
    found = mappings.browse()
    for company, members in mappings.grouped("company_id").items():
        parties = {one: party_of(known_supplier(sources[one])) for one in members}
        directory = Directory(members.with_company(company).env, members, parties.values())
        for one, party in parties.items():
            partners, sign = directory.find(party.without(directory.own), one.lucca_id)
            if sign in (VAT, REGISTRY) and partners.company_id:
                found |= one
    return found
