"""Whether a supplier of Lucca is still the company that it was when it was mapped."""

from dataclasses import replace

from ...lucca.booking.parties import VAT, Verdict, compare, party_of
from ...lucca.documents.reference_data import Supplier

#: What identifies a supplier, as Lucca writes it.
_FACTS = ("name", "territory", "vat_number", "identifier")


def of(supplier):
    """What a mapping keeps of a supplier's identity."""
    return {name: getattr(supplier, name) for name in _FACTS}


def is_news(mapping, supplier):
    """Return whether Lucca says anything else of a supplier than when it was looked at last."""
    return mapping.identity != of(supplier)


def follow(mapping, supplier):
    """Keep what Lucca says now of a supplier; take its partner away where it is another company.

    A person chooses the partner anew then. Corrections are followed: another establishment, a number
    that was none, the number that the partner has in Odoo.
    """
    if not is_news(mapping, supplier):
        return
    before, now = mapping.identity, of(supplier)
    mapping.identity = now
    if not mapping.is_doubtful and _is_another(mapping, before, supplier):
        candidates = mapping.partner_id
        mapping.with_context(lucca_releases_later=True).write(
            {
                "partner_id": False,
                "candidate_ids": [(6, 0, candidates.ids)],
                "is_doubtful": True,
                "doubt": _describe(mapping, candidates, before, supplier),
            }
        )


def _is_another(mapping, before, supplier):
    now = _numbers(party_of(supplier))
    partner = mapping.partner_id.commercial_partner_id
    is_partner = compare(now, _numbers(partner._lucca_party())).verdict
    if is_partner is Verdict.SAME:
        return False
    if not before:  # mapped before identities were kept
        return is_partner is Verdict.OTHER and mapping.found_by != "person"
    comparison = compare(_numbers(party_of(_supplier(before))), now)
    # VAT numbers of two countries may be one company's: it is for a person to know.
    is_changed = comparison.verdict is Verdict.OTHER or comparison.sign == VAT
    if comparison.verdict is Verdict.SAME:
        return False
    had_none = not any(_has_numbers(before))
    return is_changed or (had_none and is_partner is Verdict.OTHER)


def _has_numbers(facts):
    party = _numbers(party_of(_supplier(facts)))
    return [party.vat, party.registration]


def _numbers(party):
    """The party without what changes while a company stays itself: its name, its accounts."""
    return replace(party, name="", ibans=frozenset())


def _supplier(facts):
    return Supplier(
        0, facts["name"], facts["territory"], facts["vat_number"], facts["identifier"], "", ""
    )


def _describe(mapping, partner, before, supplier):
    before = before or {"vat_number": partner.vat, "identifier": partner.company_registry}
    return mapping.env._(
        "“%(name)s” was %(before)s in Lucca, and is %(now)s there now: it was booked on %(partner)s. Choose"
        " the supplier in the mappings, the same again where it is still the same company.",
        name=supplier.name,
        before=_legal(before),
        now=_legal(of(supplier)),
        partner=partner.display_name,
    )


def _legal(facts):
    return " / ".join(filter(None, [facts["vat_number"], facts["identifier"]])) or "-"
