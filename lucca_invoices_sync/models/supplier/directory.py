"""A directory of the partners that may be certain suppliers of Lucca, read together."""

from collections import defaultdict
from dataclasses import replace
from itertools import chain

from odoo.tools import SQL

from ...lucca.booking.parties import (
    IBAN,
    NAME,
    REGISTRY,
    UNCHECKED,
    VAT,
    WEAK,
    Agreement,
    Verdict,
    compare,
    compare_names,
    party_of,
)
from .identity import known_supplier

#: In place of a sign, if partners fit a supplier by several weak signs, such as one by its IBAN and one by its name.
EITHER = "weak"


class Directory:
    """The partners that one company sees and that share a sign with certain suppliers.

    A sign is a VAT number, registration, IBAN or name. The number of queries does not depend on the
    number of suppliers.
    """

    def __init__(self, env, mappings, parties):
        """
        :param mappings: the suppliers' mappings, of one connection and company
        :param parties: the suppliers' ``Party``s
        """
        self._env, self._company = env, mappings.company_id
        self.own = own_parties(self._company.with_env(env))
        self._mapped, self._claims = defaultdict(set), defaultdict(dict)
        self._read_mapped(mappings.connection_id)
        self._parties, self._by_key, self._users = {}, defaultdict(list), set()
        keys = frozenset().union(*(party.without(self.own).keys for party in parties))
        self.add(self._read(keys))

    def add(self, partners):
        """Add companies to the directory."""
        accounts = accounts_of(partners)
        # The current user may not be allowed to read users.
        users = self._env["res.users"].sudo().with_context(active_test=False)
        self._users |= set(users.search([("partner_id", "in", partners.ids)]).partner_id.ids)
        for partner in partners:
            party = partner._lucca_party(accounts[partner.id].mapped("acc_number"))
            self._parties[partner] = party
            for key in party.keys:
                self._by_key[key].append(partner)

    def note_mapped(self, mapping):
        """Record that a supplier has its partner, which weak signs then find for no other supplier."""
        self._mapped[mapping.partner_id.commercial_partner_id.id].add(mapping.lucca_id)

    def note_claim(self, partner, supplier):
        """Record that a supplier finds this partner by a weak sign, and no other one."""
        self._claims[partner.commercial_partner_id.id][supplier.lucca_id] = supplier

    def rivals(self, partner, supplier):
        """Return the other suppliers of Lucca that claim a partner, and have a name that fits it as well.

        Two suppliers that are one company, which Lucca has twice, are no rivals.
        """
        party = party_of(supplier).without(self.own)
        own = self.agreement(party, partner)
        claims = self._claims[partner.commercial_partner_id.id].items()
        others = {
            other: party_of(other).without(self.own)
            for key, other in claims
            if key != supplier.lucca_id
        }
        return [
            other
            for other, its in others.items()
            if not _are_one_company(its, party) and self.agreement(its, partner) >= own
        ]

    def agreement(self, party, partner):
        """Return how well the names of a supplier and of a partner's company agree: an ``Agreement``."""
        return compare_names(party, self._party(partner))

    def ibans(self, partner):
        """Return the IBANs of a partner's company and its contacts."""
        return self._party(partner).ibans

    def _party(self, partner):
        company = partner.commercial_partner_id
        if company not in self._parties:  # another addon found this partner
            self.add(company)
        return self._parties[company]

    def find(self, party, lucca_id):
        """Return ``(partners, sign)``: the partners that fit a supplier by the surest sign, or none.

        :param party: the supplier's ``Party``, without signs of our own company
        :param lucca_id: the supplier's id in Lucca; its own partner may be found again
        """
        found = defaultdict(dict)
        for partner in {one: None for key in party.keys for one in self._by_key[key]}:
            comparison = compare(party, self._parties[partner])
            is_same = comparison.verdict is Verdict.SAME
            if is_same and self._may_be(partner, comparison.sign, lucca_id):
                found[comparison.sign][partner] = comparison.is_exact
        for sign in (VAT, REGISTRY):
            if found[sign]:
                return self._union(self._best(found[sign])), sign
        return self._find_weakly(party, found)

    def _find_weakly(self, party, found):
        """Return ``(partners, sign)`` by a number that no rule checks, IBAN or name.

        Many suppliers share the IBAN of a factoring company, and people write anything in place of such a number: if
        the name is of another partner, both fit.

        :param found: ``{sign: the partners that fit by it}``; each partner fits by the surest of its signs
        """
        alike = [one for one in found[IBAN] if self.agreement(party, one) > Agreement.UNLIKE]
        if alike:
            return self._union(self._closest(party, alike)), IBAN
        signs = [sign for sign in (UNCHECKED, IBAN, NAME) if found[sign]]
        if signs == [NAME]:
            suppliers = [one for one in found[NAME] if not self._is_prospect(one)]
            return self._union(self._closest(party, suppliers or found[NAME])), NAME
        fitting = self._union(*(found[sign] for sign in signs))
        return fitting, EITHER if len(signs) > 1 else signs[0] if signs else False

    def _union(self, *groups):
        return self._env["res.partner"].union(*chain(*groups))

    def _may_be(self, partner, sign, lucca_id):
        """Return whether a sign suffices to find a partner: several companies may share a weak one."""
        if sign not in WEAK:
            return True
        is_others = self._mapped[partner.id] - {lucca_id}
        return partner.is_company and partner.id not in self._users and not is_others

    def _best(self, found):
        """Return the best of several partners that fit by a number.

        These are partners of the same establishment, else companies, else all. A contact that the other companies
        cannot use comes before one that all share, as where Odoo itself looks for the supplier of a file.

        :param found: ``{partner: whether it is the same establishment}``
        """
        exact = [partner for partner, is_exact in found.items() if is_exact]
        best = exact or [partner for partner in found if partner.is_company] or list(found)
        return [partner for partner in best if partner.company_id] or best

    def _closest(self, party, partners):
        """Return those of several partners that have a supplier's name with its legal form, else its name, else all.

        A name without a legal form does not tell which of "Moreau" and "Moreau SA" it means.
        """
        agreed = {partner: self.agreement(party, partner) for partner in partners}
        literal = [one for one, how in agreed.items() if party.forms and how is Agreement.LITERAL]
        return literal or [one for one, how in agreed.items() if how >= Agreement.SAME] or partners

    def _is_prospect(self, partner):
        """Return whether a partner has no number, account or bill."""
        party = self._parties[partner]
        return not (party.vat or party.stated or party.ibans or partner.supplier_rank)

    # --- reading --------------------------------------------------------------------------------

    def _read(self, keys):
        """Return the active companies and persons that the company sees and that have one of the keys."""
        partners = self._env["res.partner"]
        wanted = [
            ("id", "in", ids_with(self._env, keys)),
            ("id", "not in", own_companies(self._company).partner_id.ids),
            ("active", "=", True),
        ]
        domain = [*partners._check_company_domain(self._company), *wanted]
        found = partners.search(domain, order="id")
        # Read their fields by one query, including the company, which mapping one of them needs.
        found.mapped("company_id")
        return found

    def _read_mapped(self, connection):
        """Read which partners have a supplier of Lucca, and which ones are claimed by a supplier that waits."""
        domain = [
            ("connection_id", "=", connection.id),
            ("kind", "=", "supplier"),
            "|",
            ("partner_id", "!=", False),
            ("candidate_ids", "!=", False),
        ]
        for mapping in self._env["lucca.mapping"].search(domain):
            if mapping.partner_id:
                self.note_mapped(mapping)
            elif len(mapping.candidate_ids) == 1:
                self.note_claim(mapping.candidate_ids, known_supplier(mapping))


def _are_one_company(one, other):
    """Return whether two suppliers are one company by VAT number or registration, or differ by the IBAN at most."""
    comparison = compare(one, other)
    have_one_number = comparison.verdict is Verdict.SAME and comparison.sign not in WEAK
    return have_one_number or replace(one, ibans=other.ibans) == other


def ids_with(env, keys):
    """Return the ids of the companies that have, or whose contacts have, one of the keys.

    :param keys: ``(sign, key)`` pairs, see ``lucca.booking.parties``
    """
    partners = env["res.partner"]
    partners.flush_model(
        ["lucca_vat_key", "lucca_registry_key", "lucca_name_key", "commercial_partner_id"]
    )
    env["res.partner.bank"].flush_model(["sanitized_acc_number", "partner_id", "active"])
    columns = {
        VAT: SQL("partner.lucca_vat_key"),
        REGISTRY: SQL("partner.lucca_registry_key"),
        NAME: SQL("partner.lucca_name_key"),
        IBAN: SQL("account.sanitized_acc_number"),
    }
    bank = SQL(
        "JOIN res_partner_bank account ON account.partner_id = partner.id AND account.active"
    )
    queries = [
        SQL(
            "SELECT partner.commercial_partner_id FROM res_partner partner %s WHERE %s = ANY(%s)",
            bank if sign == IBAN else SQL(),
            column,
            [key for kind, key in keys if kind == sign],
        )
        for sign, column in columns.items()
    ]
    rows = env.execute_query(SQL(" UNION ").join(queries))
    return [partner_id for (partner_id,) in rows if partner_id]


def own_companies(company):
    """Return a company with its parents and branches, which are no suppliers."""
    # The current user may not see each branch.
    companies = company.sudo().with_context(active_test=False)
    return companies.search([("id", "child_of", companies.root_id.id)])


def own_parties(company):
    """Return the ``Party``s of a company, its parents and branches: their signs identify no supplier."""
    partners = own_companies(company).partner_id
    accounts = accounts_of(partners)
    return [partner._lucca_party(accounts[partner.id].mapped("acc_number")) for partner in partners]


def accounts_of(partners):
    """Return ``{partner id: res.partner.bank}`` of companies, with their contacts' accounts last."""
    banks = partners.env["res.partner.bank"]
    accounts = banks.search_fetch(
        [("partner_id.commercial_partner_id", "in", partners.ids)],
        ["acc_number", "partner_id", "company_id"],
    )
    grouped = accounts.grouped(lambda account: account.partner_id.commercial_partner_id.id)
    return {
        partner.id: grouped.get(partner.id, banks).sorted(
            lambda account, partner=partner: account.partner_id != partner
        )
        for partner in partners
    }
