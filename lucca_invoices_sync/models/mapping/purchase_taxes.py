"""A company's purchase taxes, as far as they decide which one is meant."""

import re
from decimal import Decimal
from functools import cached_property

from odoo.fields import Domain

from ...lucca.booking import taxes as rules
from ...lucca.booking.vat_areas import ABROAD, DOMESTIC, INTRA_COMMUNITY, has_same_vat

#: How the charts name the taxes of prices with VAT: "20% G INC" in France, "21% S.TTC" in Belgium.
_TAX_INCLUDED = re.compile(r"[ .](INC|TTC)$")


class PurchaseTaxes:
    """The purchase taxes of one company, read by a few queries when the first is asked for."""

    def __init__(self, company):
        self.company = company
        self._none = company.env["account.tax"]

    def of_rate(self, rate, scope):
        """The taxes of a rate (a fraction) whose VAT is recovered, the most fitting ones first."""
        found = rules.of_rate(self._domestic, rate)
        best = rules.of_scope(found, scope)
        return self._records(sorted(found, key=lambda one: one not in best))

    def choose(self, rate, scope, among=None):
        """The taxes of a rate that fit what is bought; one where there is no doubt.

        :param scope: see ``lucca.booking.taxes``
        :param among: taxes that somebody chose beforehand; they need not be recovered
        """
        if among is None:
            found = rules.of_rate(self._domestic, rate)
            fitting = rules.of_scope(found, scope)
            # What is exempt or withheld need not be so for what is bought.
            return self._records(fitting or (found if rate <= 0 else []))
        given = [self._all[tax.id] for tax in among if tax.id in self._all]
        found = [tax for tax in given if rules.same_rate(tax.rate, rate)]
        return self._records(rules.of_scope(found, scope) or found)

    def choose_self_assessed(self, position, rate, scope, **lost):
        """The taxes of a fiscal position that the buyer owes, of a rate and for what is bought.

        :param lost: see ``lucca.booking.taxes.self_assessed``
        """
        given = [self._all[tax.id] for tax in position.tax_ids if tax.id in self._all]
        return self._records(rules.self_assessed(given, rate, scope, **lost))

    def due_at(self, rate, scope, *, is_on_payment):
        """The taxes of a rate that fit what is bought, and are deducted when the supplier's VAT falls due."""
        found = rules.of_rate(self._domestic, rate)
        return self._records(
            rules.of_scope(rules.due_at(found, is_on_payment=is_on_payment), scope)
        )

    def without_vat(self, scope):
        """The taxes of 0 % for a purchase at home that is exempt, for what is bought and nothing else."""
        return self._records(rules.of_scope(rules.of_rate(self._domestic, Decimal(0)), scope))

    def own_self_assessed(self, rate, scope, places=None):
        """The company's taxes that the buyer owes, of a rate and for what is bought.

        :param places: of the suppliers that they may be for (see ``lucca.booking.vat_areas``); None for any.
            A tax without fiscal position is for all, one that a person has to choose is for those at home.
        """
        found = rules.self_assessed([*self._all.values(), *self._groups], rate, scope)
        taxes = self._records(found)
        return taxes.filtered(lambda tax: places is None or self._is_for(tax, places))

    def _is_for(self, tax, places):
        positions = tax.fiscal_position_ids
        return not positions or any(self._place_of(one) in places for one in positions)

    def _place_of(self, position):
        """Where the suppliers are that a fiscal position is for; at home those that a person gives it to."""
        here = self.company.account_fiscal_country_id.code or ""
        there = position.country_id.code
        if not position.auto_apply or (there and has_same_vat(here, there)):
            return DOMESTIC
        countries = position.country_group_id.country_ids.mapped("code")
        return INTRA_COMMUNITY if "IE" in countries else ABROAD

    def is_recovered(self, tax):
        """Whether all VAT of a tax is deducted."""
        return tax.id in self._all and self._all[tax.id].is_recovered

    def is_of_other_scope(self, tax, scope):
        """Whether a tax says that it is for something else than what is bought."""
        return tax.id in self._all and rules.is_of_other_scope(self._all[tax.id], scope)

    def holding_foreign(self, rate, country):
        """The taxes of a rate (a fraction) that may hold the VAT of another country (its ISO code)."""
        found = [tax for tax in self._all.values() if rules.same_rate(tax.rate, rate)]
        return self._records([one for one in found if rules.holds_foreign(one, country)])

    def holds_foreign(self, tax, country):
        """Whether a tax, active or not, may hold the VAT of another country."""
        return rules.holds_foreign(self._traits(tax), country)

    def archived(self, rate, scope):
        """The archived taxes that would fit."""
        found = [
            one
            for one in map(self._traits, self._search(("active", "=", False)))
            if one.is_recovered
        ]
        return self._records(rules.of_scope(rules.of_rate(found, rate), scope))

    @cached_property
    def _all(self):
        return {tax.id: self._traits(tax) for tax in self._search(("active", "=", True))}

    @cached_property
    def _groups(self):
        """The taxes of several parts that cancel each other, as Switzerland's of services from abroad."""
        groups = self._none.search(
            [
                *self._none._check_company_domain(self.company),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "group"),
            ]
        )
        return [
            rules.PurchaseTax(
                key=tax.id,
                rate=Decimal(str(max(tax.children_tax_ids.mapped("amount")))) / 100,
                scope=tax.tax_scope or "",
                is_recovered=False,
                is_self_assessed=True,
            )
            for tax in groups
            if adds_nothing(tax)
        ]

    @cached_property
    def _domestic(self):
        """Those for a purchase at home; a tax of another country or position is not proposed."""
        # A branch without country has its parents' taxes, and their domestic position.
        family = self.company.parent_ids
        country = family.account_fiscal_country_id
        taxes = self._none.browse(list(self._all)).filtered(lambda one: one.country_id in country)
        # Not by ``is_domestic``: Odoo gets it wrong for a tax that is made with its positions.
        position = family.domestic_fiscal_position_id
        domestic = [
            self._all[tax.id]
            for tax in taxes
            if not tax.fiscal_position_ids or position & tax.fiscal_position_ids
        ]
        # Odoo finds no domestic position where the company has no country.
        is_known = any(one.rate and one.is_recovered for one in domestic)
        return domestic if is_known else [self._all[tax.id] for tax in taxes]

    @cached_property
    def _usual_account(self):
        """Where the VAT of the company's default tax is deducted."""
        return _lines(self.company.account_purchase_tax_id).account_id

    @cached_property
    def _foreign_accounts(self):
        """Where the VAT of other countries goes that is claimed back there."""
        # The connection may be of a company that the user does not see.
        connections = self.company.env["lucca.connection"].sudo().with_context(active_test=False)
        return set(connections.search([]).foreign_vat_account_id.ids)

    def _is_claimed_abroad(self, tax, lines):
        """Whether all of a tax goes to accounts that no tax closing of the company empties."""
        is_owed_or_lost = _lost_share(lines) or min(lines.mapped("factor_percent"), default=0) <= 0
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

    def _traits(self, tax):
        lines, usual = _lines(tax), self._usual_account
        is_owed = is_self_assessed(tax)
        return rules.PurchaseTax(
            key=tax.id,
            rate=Decimal(str(tax.amount)) / 100,
            scope=tax.tax_scope or "",
            is_recovered=_is_recovered(tax, lines),
            is_self_assessed=is_owed,
            lost_share=_lost_share(lines),
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


def _lines(tax):
    """What becomes of a tax's amount on an invoice."""
    return tax.invoice_repartition_line_ids.filtered(lambda one: one.repartition_type == "tax")


def _is_recovered(tax, lines):
    """Whether all of it is deducted on one account; without an account it is part of the charge."""
    if lines.mapped("factor_percent") != [100.0]:
        return False
    if not tax.amount:
        return True
    return lines.account_id.internal_group not in (False, "income", "expense")


def is_self_assessed(tax):
    """Whether the tax is owed by the buyer: its parts cancel each other."""
    factors = _lines(tax).mapped("factor_percent")
    return bool(tax.amount) and min(factors, default=0) < 0 and abs(sum(factors)) < 1e-6


def adds_nothing(tax):
    """Whether a bill's total is the same with the tax as without.

    Switzerland's tax of services from abroad is a group of two that cancel each other.
    """
    parts = tax.children_tax_ids if tax.amount_type == "group" else tax
    if not parts or set(parts.mapped("amount_type")) != {"percent"}:
        return False
    added = sum(part.amount * sum(_lines(part).mapped("factor_percent")) for part in parts)
    return abs(added) < 1e-6


def deduction_account(tax):
    """Where a self-assessed tax is deducted."""
    return _lines(tax).filtered(lambda one: one.factor_percent > 0).account_id[:1]


def _lost_share(lines):
    """How much of a tax is not deducted (0 to 1): it becomes part of the charge."""
    lost = lines.filtered(
        lambda one: (
            one.factor_percent > 0 and one.account_id.internal_group in (False, "income", "expense")
        )
    )
    return Decimal(str(sum(lost.mapped("factor_percent")))) / 100
