"""Whether a supplier of Lucca is still the company that it was when it was mapped."""

from dataclasses import replace

from ...lucca.booking.parties import VAT, Verdict, compare, party_of
from ...lucca.documents.reference_data import Supplier
from ..messages import Messages

_lt = Messages(__name__)


def known_supplier(mapping):
    """The supplier as Lucca had it last; of one that nobody could read, its name alone."""
    data = mapping.supplier_data or {"name": mapping.name or ""}
    return Supplier.from_json(mapping.lucca_id, data)


def is_news(mapping, supplier):
    """Return whether Lucca says anything else of a supplier than when it was looked at last."""
    return mapping.supplier_data != supplier.as_json()


def follow(mapping, supplier, own):
    """Keep what Lucca says now of a supplier; take its partner away where it is another company.

    A person chooses the partner anew then. Corrections are followed: another establishment, a number
    that was none or our own, the number that the partner has in Odoo.

    :param own: what is known of ourselves, as ``directory.own_parties`` gives it
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
    """Whether the supplier is another company than it was, and than its partner.

    :param former: what Lucca said before; None where it was mapped before that was kept
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
    # VAT numbers of two countries may be one company's: it is for a person to know.
    is_at_odds = comparison.verdict is Verdict.UNKNOWN and comparison.sign == VAT
    return is_at_odds or comparison.verdict is Verdict.OTHER


def _numbers(party, own):
    """The party without what changes while a company stays itself: its name, its accounts."""
    return replace(party.without(own), name="", ibans=frozenset())


def _describe(mapping, partner, before, supplier):
    return _lt(
        "“%(name)s” was %(before)s in Lucca, and is %(now)s there now. Its bills in Odoo are of"
        " %(partner)s. Press “Choose the Supplier”, and choose the same again where it is still the"
        " same company.",
        name=supplier.name,
        before=_legal(before.vat_number, before.identifier)
        if before
        else _legal(partner.vat, partner.company_registry),
        now=_legal(supplier.vat_number, supplier.identifier),
        partner=partner.display_name,
    )


def _legal(*numbers):
    return " / ".join(filter(None, numbers)) or "-"
