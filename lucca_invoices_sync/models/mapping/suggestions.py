"""Suggestions of what references of Lucca are in Odoo, found for many references together."""

from typing import Any, NamedTuple

from ...lucca.booking.names import forms_differ, read_name
from ...lucca.booking.parties import Verdict, compare
from ...lucca.booking.suggestions import Names, only_namesake
from ..supplier.directory import own_companies
from ..supplier.identity import known_supplier
from ..supplier.supplier import is_unlike
from .purchase_taxes import PurchaseTaxes

#: The types of accounts that purchases are booked on.
EXPENSES = ("expense", "expense_direct_cost", "asset_fixed")


class Suggestion(NamedTuple):
    """The record that a reference probably is in Odoo; ``is_sure`` tells that it is beyond doubt."""

    record: Any
    is_sure: bool


def find_suggestions(mappings):
    """Return ``{mapping: Suggestion}`` of the unmapped mappings for which anything is found.

    The number of queries for each kind and company does not depend on the number of mappings.
    Only records that the user may see are suggested.
    """
    found = {}
    open_ones = mappings.filtered(lambda one: one._origin and not one.is_mapped)
    for kind, members in open_ones.grouped("kind").items():
        for company, own in members.grouped("company_id").items():
            found |= _FINDERS[kind](own, company)
    return found


# --- VAT rates ----------------------------------------------------------------------------------


def _find_taxes(mappings, company):
    """Suggest the only tax that fits a rate, except for rates of other countries, whose VAT is not recovered."""
    taxes, found = PurchaseTaxes(company), {}
    for mapping in mappings.filtered(lambda one: one.percentage_known and not one.is_foreign):
        # The connection may be of a company that the user does not see.
        scope = mapping.connection_id.sudo().tax_scope
        fitting = taxes.choose(mapping._fraction(), scope)
        of_rate = fitting or taxes.of_rate(mapping._fraction(), scope)
        if len(of_rate) == 1:
            found[mapping] = Suggestion(of_rate, is_sure=bool(fitting))
    return found


# --- suppliers ----------------------------------------------------------------------------------


def _find_suppliers(mappings, company):
    """Suggest the partner that a synchronisation would find, else one with a similar name.

    A supplier that became another company in Lucca has no suggestion: a person chooses its partner.
    """
    found, parties = {}, {}
    clear = mappings.filtered(lambda mapping: not mapping.is_doubtful)
    for _connection, members in clear.grouped("connection_id").items():
        suppliers = {mapping: known_supplier(mapping) for mapping in members}
        # All partners are compared, and only those that the user may see are suggested.
        finder = mappings.env["lucca.supplier"].sudo()._looking_for(members, suppliers.values())
        for mapping, supplier in suppliers.items():
            parties[mapping] = finder._party(supplier)
            partners, sign = finder._find(mapping, supplier)
            if len(partners) == 1:
                is_doubtful = is_unlike(supplier, partners, sign)
                rivals = finder._rivals(supplier, partners, sign)
                found[mapping] = Suggestion(partners, is_sure=not (is_doubtful or rivals))
            elif partners:
                found[mapping] = _choose(parties[mapping], supplier, partners)
    strangers = {mapping: party for mapping, party in parties.items() if mapping not in found}
    found |= _find_alike(strangers, company) if strangers else {}
    return _visible(found)


def _choose(party, supplier, partners):
    """Suggest one of several partners that fit: the only one of the same name, else one of exactly the same spelling.

    The second is not beyond doubt. The suggestion has no record if neither exists.
    """
    place = only_namesake(party, [partner._lucca_party() for partner in partners])
    if place is not None:
        return Suggestion(partners[place], is_sure=True)
    literal = partners.filtered(lambda one: _letters(one.name) == _letters(supplier.name))
    return Suggestion(literal if len(literal) == 1 else partners.browse(), is_sure=False)


def _letters(name):
    return " ".join((name or "").casefold().split())


def _find_alike(strangers, company):
    """Suggest vendors with the most similar names, unless a number shows that they are other companies.

    :param strangers: ``{mapping: Party}`` of suppliers that no partner was found for, of one company
    """
    partners = company.env["res.partner"]
    domain = [
        *partners._check_company_domain(company),
        ("is_company", "=", True),
        ("supplier_rank", ">", 0),
        ("id", "not in", own_companies(company).partner_id.ids),
    ]
    vendors = partners.search_fetch(domain, ["lucca_name_key"])
    names = Names({vendor.id: vendor.lucca_name_key for vendor in vendors})
    ids = {mapping: names.most_alike(party.name) for mapping, party in strangers.items()}
    alike = {vendor.id: vendor for vendor in partners.browse(set(ids.values()) - {None})}
    return {
        mapping: Suggestion(alike[vendor_id], is_sure=False)
        for mapping, vendor_id in ids.items()
        if vendor_id
        and compare(strangers[mapping], alike[vendor_id]._lucca_party()).verdict
        is not Verdict.OTHER
    }


def _visible(found):
    """Return the suggestions whose records the user may see."""
    records = {mapping: one.record.with_env(mapping.env) for mapping, one in found.items()}
    if not records:
        return {}
    visible = set(next(iter(records.values())).union(*records.values())._filtered_access("read"))
    return {
        mapping: Suggestion(records[mapping], one.is_sure)
        for mapping, one in found.items()
        if records[mapping] in visible
    }


# --- accounts, analytic accounts, companies -------------------------------------------------------


def _find_accounts(mappings, company):
    accounts = mappings.env["account.account"]
    domain = [*accounts._check_company_domain(company), ("account_type", "in", EXPENSES)]
    return _find_named(mappings, accounts.search_fetch(domain, ["name"]))


def _find_analytic_accounts(mappings, company):
    """Suggest the account of the same code, else by name; it is not sure if another account has the name."""
    analytic = mappings.env["account.analytic.account"]
    records = analytic.search_fetch(analytic._check_company_domain(company), ["name", "code"])
    by_code = records.filtered("code").grouped(lambda one: one.code.casefold())
    found = _find_named(mappings, records)
    for mapping in mappings.filtered("code"):
        coded = by_code.get(mapping.code.casefold(), analytic)
        if len(coded) == 1:
            named = found.get(mapping)
            is_other = bool(named and named.is_sure and named.record != coded)
            found[mapping] = Suggestion(coded, is_sure=not is_other)
    return found


def _find_companies(mappings, _company):
    """Suggest companies by their names, among those that the user works for."""
    companies = mappings.env["res.company"]
    own = [] if mappings.env.su else [("id", "in", mappings.env.user.company_ids.ids)]
    return _find_named(mappings, companies.search_fetch(own, ["name"]))


def _find_named(mappings, records):
    """Suggest the only record of the same name, else the one with the most similar name.

    Nothing is suggested if several records have the same name.
    """
    called = {record.id: read_name(record.name or "") for record in records}
    names, found = Names({key: one.key for key, one in called.items()}), {}
    for mapping in mappings:
        name = read_name(mapping.name or "")
        namesakes = names.named(name.key)
        exact = [
            one
            for one in namesakes
            if called[one].spellings & name.spellings
            and not forms_differ(called[one].forms, name.forms)
        ]
        best = exact[0] if len(exact) == 1 else None if namesakes else names.most_alike(name.key)
        if best:
            found[mapping] = Suggestion(records.browse(best), is_sure=bool(exact))
    return found


_FINDERS = {
    "tax": _find_taxes,
    "supplier": _find_suppliers,
    "nature": _find_accounts,
    "cost_center": _find_analytic_accounts,
    "axis_section": _find_analytic_accounts,
    "establishment": _find_companies,
}
