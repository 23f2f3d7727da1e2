from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command

from ...lucca.booking.bill_lines import Books, plan_bill
from ...lucca.booking.electronic_invoice import items_of
from ...lucca.booking.lines import Kind, LineTax, round_to
from ...lucca.booking.recovery import lost_taxes
from ..mapping.repartition import fraction_of
from ..messages import Messages, in_words
from ..troubles import Blocked
from . import advances, items
from .archived import refuse_archived
from .charged_vat import doubt_charged_vat
from .claimed_vat import leave_claimed_out
from .evidence import describe_period
from .findings import judge, note_lost_taxes, note_unproven_rates
from .partial_vat import doubt_other_rates, leave_to_taxes
from .unmapped import tell_unmapped

_lt = Messages(__name__)


class LuccaBillLine(models.AbstractModel):
    _name = "lucca.bill.line"
    _description = "A Document's Amounts as Bill Lines"

    @api.model
    def _set_lines(self, bill, books):
        """Set the lines of a ``Bill`` to Lucca's amounts, to the cent; raise ``Blocked`` or ``DocumentError``."""
        rules = self.env["lucca.bill.tax"]
        currency = self.env["res.currency"].browse(bill.values["currency_id"])
        own, unit, tolerance = bill.company.currency_id, currency._lucca_unit(), bill.tax_tolerance
        leave_claimed_out(bill, books, unit, tolerance)
        lost = _lost(bill, unit)
        bill.has_lost_vat = bool(lost)
        mappings = rules._mappings(bill, books, lost or {})
        if leave_to_taxes(bill, books, lost, unit, tolerance):
            rules._mappings(bill, books, _lost(bill, unit) or {})
        numbers = Books(
            rates=rules._rates(bill, mappings),
            unit=unit,
            currency=own.name,
            company_unit=own._lucca_unit(),
            tolerance=tolerance,
            rounds_per_line=bill.company.tax_calculation_rounding_method == "round_per_line",
            taxed_categories=frozenset(one for one, tax in bill.category_taxes.items() if tax),
        )
        findings = self._plan(bill, books, numbers)
        common = {**self._account_values(bill, books), **self._analytic(bill, books)}
        bill.taxes = list(self._taxes_of_lines(bill, books))
        bill.values["invoice_line_ids"] = [
            Command.create({**common, **self._line_values(bill, books, line, taxes, mappings)})
            for line, taxes in zip(bill.lines, bill.taxes, strict=True)
        ]
        judge(bill, books, findings)
        note_lost_taxes(bill)
        note_unproven_rates(bill, mappings)
        doubt_charged_vat(bill, books, mappings)
        doubt_other_rates(bill, books)
        tell_unmapped(bill, books)

    def _plan(self, bill, books, numbers):
        """Set the ``lines`` of a ``Bill``, without accounts yet; return the ``Finding``s about its amounts."""
        evidence, wants_items = bill.evidence, items.are_wanted(bill)
        if evidence and wants_items and books.takes_items:
            evidence = replace(evidence, lines=_items(bill, numbers))
        plan = plan_bill(bill.booked, numbers, evidence)
        bill.lines = list(plan.lines)
        if wants_items and not bill.has_items:
            bill.notes.append(items.explain_rates(bill, books, evidence))
        return plan.findings

    def _taxes_of_lines(self, bill, books):
        """Yield the taxes of each line; its own account decides them if its label has another than the bill's."""
        rules, found = self.env["lucca.bill.tax"], {}
        for line, taxes in zip(bill.lines, rules._taxes(bill, books), strict=True):
            account, own = self._default_taxes(bill, books, line)
            if account.id == bill.account_values["account_id"]:
                yield taxes
                continue
            key = (account, line.rate_type_id)
            if key not in found:
                found[key] = rules._taxes_for(own, line, bill, books) or taxes
            yield found[key]

    @api.model
    def _default_taxes(self, bill, books, line):
        """Return the account that decides the taxes of a line, and its *Default Taxes* for purchases.

        Those of the account of last resort are left out, see ``_taxes_of_account``.
        """
        of_bill = self.env["account.account"].browse(bill.account_values["account_id"])
        account = (line.taxes and self._account_of_label(bill, books, line)) or of_bill
        if account == of_bill:
            return account, self.env["lucca.bill.tax"]._taxes_of_account(bill, books)
        own = account.tax_ids if account != self._last_account(bill) else account.tax_ids.browse()
        return account, own.filtered(lambda tax: tax.type_tax_use == "purchase")

    def _line_values(self, bill, books, line, taxes, mappings):
        """Return the values of one line, which complete or replace those that all lines have in common."""
        currency, own = (
            self.env["res.currency"].browse(bill.values["currency_id"]),
            bill.company.currency_id,
        )
        amounts = _amounts(line, taxes, currency, bill.values.get("invoice_currency_rate"), own)
        return {
            **self._own_account(bill, books, line),
            **amounts,
            **_journal_item(line, taxes, bill),
            "name": self._name_of(bill, line, mappings, amounts["quantity"]),
        }

    def _name_of(self, bill, line, mappings, quantity):
        if line.item and (label := items.label_of(self.env, line)):
            return "\n".join(filter(None, [label, items.detail_of(self.env, line, quantity)]))
        what = self._names_of_kinds().get(line.kind)
        rates = [mappings[tax.rate_type_id].name for tax in line.taxes]
        when = describe_period(bill) if line.kind in (Kind.VAT, Kind.UNTAXED) else None
        period = when and in_words(self.env, when)
        return " - ".join(filter(None, [bill.document.purchase_name, *rates, what, period]))

    def _names_of_kinds(self):
        return {
            Kind.LOST_VAT: self.env._("Non-recoverable VAT"),
            Kind.COUNTER: self.env._("Base of VAT, not on this document"),
            Kind.DEDUCTION: self.env._("Deduction without VAT"),
            Kind.PREPAID: self.env._("Paid in advance"),
            Kind.ROUNDING: self.env._("Rounding"),
            Kind.DIFFERENCE: self.env._("Difference to the printed total"),
        }

    # --- account --------------------------------------------------------------------------------

    @api.model
    def _account_values(self, bill, books):
        """Return the values that ``_account`` gave, asked once a bill; raise ``Blocked`` for an archived account."""
        if not bill.account_values:
            values = self._account(bill, books)
            account = self.env["account.account"].browse(values["account_id"])
            refuse_archived(bill.document, account)
            bill.account_values = values
            bill.is_account_chosen = account != self._last_account(bill) or account in (
                self._mapped_account(bill, books) | self._account_of_connection(bill)
            )
        return bill.account_values

    def _account(self, bill, books):
        """Return ``{"account_id"}`` for all lines of a bill, or raise ``Blocked``. Other addons may extend this.

        It is the nature's account, else the supplier's usual one, the connection's, or that of last resort.
        """
        account = (
            self._mapped_account(bill, books)
            or books.usual_accounts.get(bill.partner.id)
            or self._account_of_connection(bill)
            or self._last_account(bill)
        )
        if not account:
            raise Blocked(
                "refused_by_odoo",
                _lt(
                    "There is no expense account for this bill: give the purchase journal a default"
                    " account (“Open the Journal”), or choose one on the connection, then press “Retry”."
                ),
            )
        return {"account_id": account.id}

    def _mapped_account(self, bill, books):
        position = books.fiscal_position(bill.partner)
        return position.map_account(bill.document._mapping("nature").account_id)

    def _account_of_connection(self, bill):
        accounts = self.env["account.account"].with_company(bill.company)
        own = accounts._check_company_domain(bill.company)
        return bill.document.connection_id.expense_account_id.filtered_domain(own)

    def _last_account(self, bill):
        """Return the account of last resort, which nobody chose for this kind of purchase; may be empty."""
        journal = self.env["account.journal"].browse(bill.values["journal_id"])
        return journal.default_account_id or bill.company.expense_account_id

    def _own_account(self, bill, books, line):
        """Return the values that replace the expense account: that of the line's label, of advances or differences."""
        account = advances.account_of(bill, books, line)
        if not account:
            account = self._account_of_label(bill, books, line)
            return {"account_id": account.id} if account else {}
        analytic = {} if advances.is_expense(account) else {"analytic_distribution": False}
        return {"account_id": account.id, **analytic}

    def _account_of_label(self, bill, books, line):
        """Return the account of the supplier's last line with this label; empty if the nature has an account."""
        none = self.env["account.account"]
        if not line.item or self._mapped_account(bill, books):
            return none
        key = (bill.partner.commercial_partner_id.id, line.item.label)
        return books.label_accounts.get(key, none)

    @api.model
    def _usual_accounts(self, company, partners):
        """Return ``{partner id: account}`` with the account that Odoo itself would propose for a bill line.

        This is ``account.account._get_most_frequent_account_for_partner`` for all partners at once.
        """
        groups = self.env["account.move.line"]._read_group(
            [
                *self.env["account.move.line"]._check_company_domain(company),
                ("partner_id", "in", partners.ids),
                ("account_id.active", "=", True),
                ("account_id.internal_group", "=", "expense"),
                ("date", ">=", fields.Date.today() - items.USUAL_PERIOD),
            ],
            ["partner_id", "account_id"],
            ["__count"],
            order="__count desc",  # the default order, by the account's code, is slow in PostgreSQL
        )
        usual = {}
        for partner, account, _count in sorted(groups, key=lambda one: (-one[2], one[1].code)):
            usual.setdefault(partner.id, account)
        return usual

    # --- analytics ------------------------------------------------------------------------------

    def _analytic(self, bill, books):
        """Return the analytic distribution: one account a plan for cost centre and sections, each 100 %.

        Unmapped ones are left out. For all other plans Odoo's distribution models decide.
        """
        chosen = self._analytic_accounts(bill)
        if not chosen:
            return books.no_analytic
        key = ",".join(str(one.id) for one in chosen)
        account = self.env["account.account"].browse(bill.account_values["account_id"])
        others = books.distribution(bill.partner, account, chosen.root_plan_id)
        return {"analytic_distribution": {**others, key: 100}}

    def _analytic_accounts(self, bill):
        """Return the mapped account of each plan: the most precise one, else the cost centre's."""
        mappings = bill.document._mapping("cost_center") | bill.document._mapping("axis_section")
        chosen = {}
        for mapping in mappings.sorted(lambda one: (one.kind != "cost_center", one.id)):
            plan = mapping.analytic_account_id.root_plan_id
            other = chosen.get(plan, mapping)
            taken = mapping if _is_more_precise(mapping, other) else other
            if plan:
                chosen[plan] = taken
            if plan and mapping.analytic_account_id != other.analytic_account_id:
                self._tell_left_out(bill, taken, other if taken == mapping else mapping)
        return self.env["account.analytic.account"].union(
            *(mapping.analytic_account_id for mapping in chosen.values())
        )

    def _tell_left_out(self, bill, taken, left_out):
        """Note which of two accounts of one plan is not used; add a doubt if nothing decides between them."""
        words = _lt(
            "“%(left_out)s” is left out: “%(taken)s” is of the same analytic plan.",
            left_out=left_out.analytic_account_id.display_name,
            taken=taken.analytic_account_id.display_name,
        )
        is_clear = taken.kind != left_out.kind or _is_more_precise(taken, left_out)
        (bill.notes if is_clear else bill.doubts).append(words)


def _is_more_precise(mapping, other):
    """Return whether a mapping is more precise than another: by Odoo's plans, else by Lucca's codes."""
    path = mapping.analytic_account_id.plan_id.parent_path or ""
    other_path = other.analytic_account_id.plan_id.parent_path or ""
    if path != other_path:
        return path.startswith(other_path)
    code, other_code = mapping.code or "", other.code or ""
    is_alike = mapping.kind == other.kind and bool(other_code)
    return is_alike and code != other_code and code.startswith(other_code)


def _lost(bill, unit):
    """Return what ``lost_taxes`` returns for a ``Bill``.

    :param unit: the currency's smallest amount
    """
    return lost_taxes(bill.booked.base, bill.booked.cost, unit, bill.tax_tolerance)


def _items(bill, numbers):
    """Return the lines of the electronic invoice; none if they do not add up to its amounts, or are too many."""
    if items.count_of(bill.electronic) > items.MOST_LINES:
        return ()
    base = bill.booked.base
    return items_of(bill.electronic, base, numbers.rates, numbers.unit, bill.evidence)


def _amounts(line, taxes, currency, rate, own):
    """Return the values of a line that hold its amounts, pinned if it has a printed tax or that of a VAT category.

    :param rate: ``currency`` per unit of ``own``, the company's currency; None if Odoo converts
    """
    printed = list(zip(taxes, line.taxes, strict=True)) if line.taxes else []
    included = sum((one.amount for tax, one in printed if tax.price_include), Decimal(0))
    quantity, price = items.quantity_and_price(line, included, currency)
    values = {"quantity": quantity, "price_unit": price}
    if line.category and taxes and not printed:
        printed = _compute_unprinted(line, taxes, currency._lucca_unit(), own._lucca_unit())
    return {
        **values,
        "tax_ids": [Command.set(taxes.ids)],
        "extra_tax_data": _pin(line, printed, values, currency, rate) if printed else False,
    }


def _compute_unprinted(line, taxes, unit, own_unit):
    """Return ``(tax, LineTax)`` of taxes that are not printed, with the amounts that Odoo computes from the base."""
    company_base = line.base if line.company_base is None else line.company_base
    found = []
    for tax in taxes.flatten_taxes_hierarchy():
        rate = fraction_of(tax)
        own = round_to(company_base * rate, own_unit)
        found.append((tax, LineTax(0, round_to(line.base * rate, unit), own)))
    return found


def _journal_item(line, taxes, bill):
    """Return the values that Odoo would compute for the line's journal item, so that it need not write them later.

    Odoo computes them all the same, and corrects what differs.
    """
    if "invoice_currency_rate" not in bill.values:
        return {}  # Odoo converts by its own rate
    is_refund = bill.values["move_type"] == "in_refund"
    sign = -1 if is_refund else 1
    company_base = line.base if line.company_base is None else line.company_base
    return {
        "amount_currency": sign * float(line.base),
        "balance": sign * float(company_base),
        "tax_tag_ids": [Command.set(taxes.get_tax_tags(is_refund, "base").ids)],
    }


def _pin(line, printed, values, currency, rate):
    """Return the ``extra_tax_data`` that keeps Odoo from recomputing the line's amounts.

    Odoo reads it in ``account.tax._import_base_line_extra_tax_data`` as long as currency, price,
    discount and quantity are those given here. Without ``rate`` Odoo computes the company amounts.

    :param printed: pairs of an ``account.tax`` and a ``LineTax``
    :param values: the line's quantity and price
    """
    base = float(line.base)
    manual = {
        str(tax.id): {"base_amount_currency": base, "tax_amount_currency": float(one.amount)}
        for tax, one in printed
    }
    pinned = {
        "currency_id": currency.id,
        "discount": 0.0,
        **values,
        "manual_total_excluded_currency": base,
        "manual_tax_amounts": manual,
    }
    if rate:
        company_base = float(line.base if line.company_base is None else line.company_base)
        for tax, one in printed:
            company_tax = one.amount if one.company_amount is None else one.company_amount
            manual[str(tax.id)] |= {"base_amount": company_base, "tax_amount": float(company_tax)}
        pinned |= {"rate": rate, "manual_total_excluded": company_base}
    return pinned
