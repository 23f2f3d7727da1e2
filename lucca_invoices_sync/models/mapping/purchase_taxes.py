"""A company's purchase taxes, with what decides which of them a bill has."""

import re
from decimal import Decimal
from functools import cached_property

from odoo.fields import Domain

from ...lucca.booking import taxes as rules
from ...lucca.booking.vat_areas import ABROAD, DOMESTIC, INTRA_COMMUNITY, has_same_vat
from . import repartition

#: How charts of accounts name taxes for prices with VAT: "20% G INC" in France, "21% S.TTC" in Belgium.
_TAX_INCLUDED = re.compile(r"[ .](INC|TTC)$")


class PurchaseTaxes:
    """The purchase taxes of one company, read by a few queries at the first use.

    Rates are fractions (0.2 for 20 %). A scope is what is bought, see ``lucca.booking.taxes``.
    """

    def __init__(self, company):
        self.company = company
        self._none = company.env["account.tax"]
        self._positions = {}

    def of_rate(self, rate, scope):
        """Return the taxes of a rate whose VAT is recovered, those that fit what is bought first.

        Those with another box of the VAT return than that of what is bought are left out.
        """
        found = rules.without_own_box(rules.of_rate(self._domestic, rate), scope)
        best = rules.of_scope(found, scope)
        return self._records(sorted(found, key=lambda one: one not in best))

    def has_rate(self, rate):
        """Return whether a tax of the company's own country has a rate, whatever is bought."""
        return bool(rules.of_rate(self._domestic, rate))

    def choose(self, rate, scope, among=None):
        """Return the taxes of a rate that fit what is bought; if it is one, there is no doubt.

        :param among: taxes that somebody chose before, whose VAT need not be recovered; None for all
        """
        if among is None:
            found = rules.of_rate(self._domestic, rate)
            fitting = rules.of_scope(found, scope)
            # A tax of 0 % or one that is withheld counts for whatever is bought, within its box of the VAT return.
            others = rules.without_own_box(found, scope) if rate <= 0 else []
            return self._records(fitting or others)
        given = [self._all[tax.id] for tax in among if tax.id in self._all]
        found = [tax for tax in given if rules.same_rate(tax.rate, rate)]
        return self._records(rules.of_scope(found, scope) or found)

    def choose_self_assessed(self, position, rate, scope, **lost):
        """Return the taxes of a fiscal position that the buyer owes, of a rate and for what is bought.

        :param lost: see ``lucca.booking.taxes.self_assessed``
        """
        active = self._of_position(position, active=True)
        return self._records(rules.self_assessed(active, rate, self.scope_abroad(scope), **lost))

    def archived_of(self, position):
        """Return the archived purchase taxes of a fiscal position."""
        return self._records(self._of_position(position, active=False))

    def choose_archived(self, position, rate, scope, **lost):
        """Return the archived taxes of which ``choose_self_assessed`` would return the active ones."""
        archived = self._of_position(position, active=False)
        return self._records(rules.self_assessed(archived, rate, self.scope_abroad(scope), **lost))

    def only_for_all(self, position, rate, scope):
        """Return the only tax of a fiscal position, whatever it is for, see ``lucca.booking.taxes.only_for_all``."""
        given = self._whole_position(position)
        found = self._records(rules.only_for_all(given, rate, self.scope_abroad(scope)))
        return found.filtered("active")

    def declares(self, position):
        """Return whether a fiscal position has taxes that the buyer owes, active or archived."""
        return any(one.is_self_assessed for one in self._whole_position(position))

    def _whole_position(self, position):
        return [
            *self._of_position(position, active=True),
            *self._of_position(position, active=False),
        ]

    def _of_position(self, position, *, active):
        """Return the active or the archived purchase taxes of a fiscal position.

        A position for all suppliers at home gives none: it does not say that the buyer owes the VAT, although in
        Switzerland it has the tax of services from abroad.
        """
        if (position, active) not in self._positions:
            taxes = position.with_context(active_test=False).tax_ids.filtered(
                lambda tax: (
                    tax.active == active
                    and tax.type_tax_use == "purchase"
                    and tax.amount_type in ("percent", "group")
                )
            )
            found = [] if self._is_for_all_at_home(position) else map(self._traits, taxes)
            self._positions[position, active] = list(found)
        return self._positions[position, active]

    def _is_for_all_at_home(self, position):
        here = self.company.account_fiscal_country_id.code or ""
        countries = position.country_id or position.country_group_id.country_ids
        codes = countries.mapped("code")
        return position.auto_apply and codes and all(has_same_vat(here, code) for code in codes)

    def scope_abroad(self, scope):
        """Return the scope of the taxes that the buyer owes for what is bought, see ``taxes.scope_abroad``."""
        if scope != rules.INVESTMENTS:
            return scope  # without reading the archived taxes
        return rules.scope_abroad([*self._all.values(), *self._archived], scope)

    def due_at(self, rate, scope, *, is_on_payment):
        """Return the taxes of a rate that fit what is bought, and deduct the VAT on payment, or on the invoice."""
        found = rules.of_rate(self._domestic, rate)
        return self._records(
            rules.of_scope(rules.due_at(found, is_on_payment=is_on_payment), scope)
        )

    def without_vat(self, scope):
        """Return the taxes of 0 % for exempt purchases at home that fit what is bought."""
        return self._records(rules.of_scope(rules.of_rate(self._domestic, Decimal(0)), scope))

    def own_self_assessed(self, rate, scope, places=None, *, active=True, **lost):
        """Return all active (or archived) taxes of the company that the buyer owes, of a rate and for what is bought.

        :param places: where suppliers are (see ``lucca.booking.vat_areas``) that the tax must be for; None for any.
            A tax without fiscal position is for all places. A position that a person assigns is for those at home.
        :param lost: see ``choose_self_assessed``
        """
        owed = [*self._all.values(), *self._groups] if active else self._archived
        given = [
            one
            for one, tax in zip(owed, self._records(owed), strict=True)
            if places is None or self._is_for(tax, places)
        ]
        return self._records(rules.self_assessed(given, rate, self.scope_abroad(scope), **lost))

    def _is_for(self, tax, places):
        positions = tax.fiscal_position_ids
        return not positions or any(self._place_of(one) in places for one in positions)

    def _place_of(self, position):
        """Return where the suppliers are that a fiscal position is for: at home, if a person assigns it."""
        here = self.company.account_fiscal_country_id.code or ""
        there = position.country_id.code
        if not position.auto_apply or (there and has_same_vat(here, there)):
            return DOMESTIC
        countries = position.country_group_id.country_ids.mapped("code")
        return INTRA_COMMUNITY if "IE" in countries else ABROAD

    def is_recovered(self, tax):
        """Return whether all VAT of a tax is deducted."""
        return tax.id in self._all and self._all[tax.id].is_recovered

    def lost_share(self, tax):
        """Return the share of a tax's VAT (0 to 1) that is not deducted, and becomes part of the charge."""
        known = self._all.get(tax.id) or (tax and self._traits(tax))  # a group is not among them
        return known.lost_share if known else Decimal(0)

    def losing(self, rate, scope, shares):
        """Return the taxes of a rate that fit what is bought, and lose one of some shares (0 to 1) of their VAT."""
        given = self._of_country(self._all.values())
        return self._records(rules.of_scope(rules.losing(given, rate, shares), scope))

    def is_of_other_scope(self, tax, scope):
        """Return whether the scope of a tax says that it is for something else than what is bought."""
        return tax.id in self._all and rules.is_of_other_scope(self._all[tax.id], scope)

    def holding_foreign(self, rate, country):
        """Return the taxes of a rate that may hold the VAT of another country (ISO 3166 code)."""
        found = [tax for tax in self._all.values() if rules.same_rate(tax.rate, rate)]
        return self._records([one for one in found if rules.holds_foreign(one, country)])

    def holds_foreign(self, tax, country):
        """Return whether a tax, active or not, may hold the VAT of another country (ISO 3166 code)."""
        return rules.holds_foreign(self._traits(tax), country)

    def is_claimed_abroad(self, tax):
        """Return whether all VAT of a tax goes to an account from which another country pays it back."""
        return self._traits(tax).is_claimed_abroad

    def archived(self, rate, scope):
        """Return the archived taxes of a rate for purchases at home that would fit what is bought."""
        found = rules.of_rate(self._archived_domestic, rate)
        return self._records(rules.of_scope(found, scope))

    def stands_in(self, tax, scope):
        """Return whether a tax is for something else than what is bought, taken for want of a better one."""
        return tax.id in self._all and rules.stands_in(self._all[tax.id], scope)

    def archived_better(self, tax, scope):
        """Return the archived taxes that a tax stands in for, and that deduct the VAT at another time."""
        if not self.stands_in(tax, scope):
            return self._none
        stand_in = self._all[tax.id]
        return self._records(rules.better_timed(self._archived_domestic, stand_in, scope))

    @cached_property
    def _all(self):
        return {tax.id: self._traits(tax) for tax in self._search(("active", "=", True))}

    @cached_property
    def _archived(self):
        return [self._traits(tax) for tax in self._search(("active", "=", False))]

    @cached_property
    def _groups(self):
        """The groups of taxes whose parts cancel each other, such as Switzerland's for services from abroad."""
        groups = self._none.search(
            [
                *self._none._check_company_domain(self.company),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "group"),
            ]
        )
        return [self._traits_of_group(tax) for tax in groups if repartition.adds_nothing(tax)]

    @cached_property
    def _domestic(self):
        """The active taxes for purchases at home."""
        return self._at_home(self._all.values())

    @cached_property
    def _archived_domestic(self):
        """The archived taxes for purchases at home."""
        return self._at_home(self._archived)

    def _at_home(self, given):
        """Return the taxes for purchases at home, without those of other countries and fiscal positions."""
        taxes = self._of_country(given)
        return self._of_domestic_position(taxes) if self._has_domestic_position else taxes

    @cached_property
    def _has_domestic_position(self):
        """Whether fiscal positions tell which taxes are domestic. Odoo finds none for a company without a country."""
        found = self._of_domestic_position(self._of_country(self._all.values()))
        return any(one.rate and one.is_recovered for one in found)

    def _of_country(self, given):
        # A branch without a country has the taxes of its parents, and their domestic position.
        country = self.company.parent_ids.account_fiscal_country_id
        pairs = zip(given, self._records(given), strict=True)
        return [one for one, tax in pairs if tax.country_id in country]

    def _of_domestic_position(self, given):
        # ``is_domestic`` is not used: Odoo computes it wrongly for a tax that is created with its positions.
        position = self.company.parent_ids.domestic_fiscal_position_id
        pairs = zip(given, self._records(given), strict=True)
        return [
            one
            for one, tax in pairs
            if not tax.fiscal_position_ids or position & tax.fiscal_position_ids
        ]

    @cached_property
    def _usual_account(self):
        """The account on which the VAT of the company's default tax is deducted."""
        return repartition.tax_lines(self.company.account_purchase_tax_id).account_id

    @cached_property
    def _foreign_accounts(self):
        """The ids of the accounts for the VAT of other countries that is claimed back there."""
        # The connection may be of a company that the user does not see.
        connections = self.company.env["lucca.connection"].sudo().with_context(active_test=False)
        return set(connections.search([]).foreign_vat_account_id.ids)

    def _is_claimed_abroad(self, tax, lines):
        """Return whether all VAT of a tax goes to accounts that no tax closing of the company empties.

        :param lines: the tax's own repartition lines, see ``_tax_lines``
        """
        is_owed_or_lost = (
            repartition.lost_share(lines) or min(lines.mapped("factor_percent"), default=0) <= 0
        )
        if not tax.amount or is_owed_or_lost:
            return False
        own = lines.filtered(
            lambda one: one.use_in_tax_closing and one.account_id.id not in self._foreign_accounts
        )
        return not own

    def _search(self, *domain):
        domain = Domain.AND(
            [
                self._none._check_company_domain(self.company),
                [("type_tax_use", "=", "purchase"), ("amount_type", "=", "percent"), *domain],
            ]
        )
        return self._none.with_context(active_test=False).search(domain)

    def _traits_of_group(self, tax):
        rate = repartition.owed_rate(tax)
        return rules.PurchaseTax(
            key=tax.id,
            rate=rate,
            scope=tax.tax_scope or "",
            is_recovered=False,
            is_self_assessed=rate > 0 and repartition.adds_nothing(tax),
            lost_share=repartition.lost_share(
                repartition.tax_lines(repartition.deducted_parts(tax))
            ),
        )

    def _traits(self, tax):
        if tax.amount_type == "group":
            return self._traits_of_group(tax)
        lines, usual = repartition.tax_lines(tax), self._usual_account
        is_owed = repartition.is_self_assessed(tax)
        return rules.PurchaseTax(
            key=tax.id,
            rate=repartition.fraction_of(tax),
            scope=tax.tax_scope or "",
            is_recovered=repartition.is_recovered(tax, lines),
            is_self_assessed=is_owed,
            replaces=_replaced_scopes(tax) if is_owed else frozenset(),
            lost_share=repartition.lost_share(lines),
            is_claimed_abroad=self._is_claimed_abroad(tax, lines),
            country=tax.country_id.code or "",
            effect=(tuple(lines.account_id.ids), tax.tax_exigibility),
            is_on_payment=tax.tax_exigibility == "on_payment",
            has_own_account=bool(usual and lines.account_id)
            and not is_owed
            and lines.account_id != usual,
            is_tax_included=tax.price_include_override == "tax_included"
            or bool(_TAX_INCLUDED.search(tax.name)),
        )

    def _records(self, traits):
        return self._none.browse([one.key for one in traits])


def _replaced_scopes(tax):
    """Return the scopes of the taxes that a tax replaces in its fiscal positions, also of archived ones."""
    replaced = tax.with_context(active_test=False).original_tax_ids
    return frozenset(filter(None, replaced.mapped("tax_scope")))
