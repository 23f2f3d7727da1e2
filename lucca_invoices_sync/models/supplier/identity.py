"""Finds out whether a mapped supplier became another company in Lucca."""

from dataclasses import replace

from ...lucca.booking.parties import VAT, Verdict, compare, party_of
from ...lucca.documents.reference_data import Supplier
from ..messages import Messages

_lt = Messages(__name__)


def known_supplier(mapping):
    """Return the ``Supplier`` as last read from Lucca; it has only a name if it was never read."""
    data = mapping.supplier_data or {"name": mapping.name or ""}
    return Supplier.from_json(mapping.lucca_id, data)


def is_news(mapping, supplier):
    """Return whether a supplier changed in Lucca since it was last read."""
    return mapping.supplier_data != supplier.as_json()


def follow(mapping, supplier, own):
    """Store a mapped supplier's present data; remove its partner if it became another company.

    A person then chooses the partner again. Corrections keep the partner: another establishment, a
    number in place of an invalid one or our own, or the number that the partner has in Odoo.

    :param own: the ``Party``s of our own companies, as ``directory.own_parties`` returns them
    """
    if not is_news(mapping, supplier):
        return
    before = known_supplier(mapping) if mapping.supplier_data else None
    mapping.supplier_data = supplier.as_json()
    if not mapping.is_doubtful and _is_another(mapping, before, supplier, own):
        candidates = mapping.partner_id
        mapping.with_context(lucca_releases_later=True).write(
            {
                "partner_id": False,
                "candidate_ids": [(6, 0, candidates.ids)],
                "is_doubtful": True,
                "doubt": _describe(mapping, candidates, before, supplier),
            }
        )


def _is_another(mapping, former, supplier, own):
    """Return whether the supplier is neither its partner nor the company that it was before.

    :param former: the ``Supplier`` as read before; None if an early version did not store it
    """
    now = _numbers(party_of(supplier), own)
    partner = mapping.partner_id.commercial_partner_id._lucca_party()
    is_partner = compare(now, _numbers(partner, [])).verdict
    if is_partner is Verdict.SAME:
        return False
    if not former:
        return is_partner is Verdict.OTHER and mapping.found_by != "person"
    before = _numbers(party_of(former), own)
    if not (before.vat or before.registration):
        return is_partner is Verdict.OTHER
    comparison = compare(before, now)
    # One company may have VAT numbers of two countries. A person has to decide.
    is_at_odds = comparison.verdict is Verdict.UNKNOWN and comparison.sign == VAT
    return is_at_odds or comparison.verdict is Verdict.OTHER


def _numbers(party, own):
    """Return a party without name and IBANs, which a company may change."""
    return replace(party.without(own), name="", ibans=frozenset())


def _describe(mapping, partner, before, supplier):
    return _lt(
        "“%(name)s” was %(before)s in Lucca, and is %(now)s there now. Its bills in Odoo are of"
        " %(partner)s. Press “Choose the Supplier”, and choose the same one again if it is still"
        " the same company.",
        name=supplier.name,
        before=_join_numbers(before.vat_number, before.identifier)
        if before
        else _join_numbers(partner.vat, partner.company_registry),
        now=_join_numbers(supplier.vat_number, supplier.identifier),
        partner=partner.display_name,
    )


def _join_numbers(*numbers):
    return " / ".join(filter(None, numbers)) or "-"
