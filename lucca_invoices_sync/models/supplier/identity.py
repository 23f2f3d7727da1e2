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


def follow(mapping, supplier, own):
    """Keep what Lucca says now of a supplier; take its partner away where it is another company.

    A person chooses the partner anew then. Corrections are followed: another establishment, a number
    that was none or our own, the number that the partner has in Odoo.

    :param own: what is known of ourselves, as ``directory.own_parties`` gives it
    """
    if not is_news(mapping, supplier):
        return
    before, now = mapping.identity, of(supplier)
    mapping.identity = now
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


def _is_another(mapping, facts, supplier, own):
    """Whether the supplier is another company than it was, and than its partner.

    :param facts: what Lucca said before; None where it was mapped before that was kept
    """
    now = _numbers(party_of(supplier), own)
    partner = mapping.partner_id.commercial_partner_id._lucca_party()
    is_partner = compare(now, _numbers(partner, [])).verdict
    if is_partner is Verdict.SAME:
        return False
    if not facts:
        return is_partner is Verdict.OTHER and mapping.found_by != "person"
    before = _numbers(party_of(_supplier(facts)), own)
    if not (before.vat or before.registration):
        return is_partner is Verdict.OTHER
    comparison = compare(before, now)
    # VAT numbers of two countries may be one company's: it is for a person to know.
    is_at_odds = comparison.verdict is Verdict.UNKNOWN and comparison.sign == VAT
    return is_at_odds or comparison.verdict is Verdict.OTHER


def _numbers(party, own):
    """The party without what changes while a company stays itself: its name, its accounts."""
    return replace(party.without(own), name="", ibans=frozenset())


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
