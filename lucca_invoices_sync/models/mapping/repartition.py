"""At which rate a tax of Odoo has VAT, and on which accounts, as its repartition lines say."""

from decimal import Decimal


def fraction_of(tax):
    """Return the rate of a tax of Odoo as a fraction, 0.2 for 20 %; zero for an empty one."""
    return Decimal(str(tax.amount)) / 100


def tax_lines(tax):
    """Return the repartition lines that say on which accounts the amount of a tax goes on an invoice."""
    return tax.invoice_repartition_line_ids.filtered(lambda one: one.repartition_type == "tax")


def is_recovered(tax, lines):
    """Return whether all VAT of a tax is deducted on one account; without an account it is part of the charge."""
    if lines.mapped("factor_percent") != [100.0]:
        return False
    if not tax.amount:
        return True
    return lines.account_id.internal_group not in (False, "income", "expense")


def is_self_assessed(tax):
    """Return whether the buyer owes a tax, so that its parts cancel each other."""
    factors = tax_lines(tax).mapped("factor_percent")
    return bool(tax.amount) and min(factors, default=0) < 0 and abs(sum(factors)) < 1e-6


def adds_nothing(tax):
    """Return whether a bill's total is the same with a tax as without it.

    The parts of a group may cancel each other, as in Switzerland for services from abroad.
    """
    parts = _parts(tax)
    if not parts or set(parts.mapped("amount_type")) != {"percent"}:
        return False
    added = sum(part.amount * sum(tax_lines(part).mapped("factor_percent")) for part in parts)
    return abs(added) < 1e-6


def owed_rate(tax):
    """Return the rate (a fraction) at which a tax that adds nothing to the total declares VAT; zero for none."""
    return max(map(fraction_of, _parts(tax)), default=Decimal(0))


def deduction_account(tax):
    """Return the account on which a self-assessed tax is deducted; may be empty."""
    lines = tax_lines(deducted_parts(tax))
    return lines.filtered(lambda one: one.factor_percent > 0).account_id[:1]


def _parts(tax):
    """Return the taxes of a group, or the tax itself."""
    return tax.children_tax_ids if tax.amount_type == "group" else tax


def deducted_parts(tax):
    """Return the parts of a self-assessed tax that deduct its VAT; in a group, others of a negative rate owe it."""
    return _parts(tax).filtered(lambda one: one.amount > 0)


def lost_share(lines):
    """Return the share of a tax (0 to 1) that is not deducted, and becomes part of the charge."""
    lost = lines.filtered(
        lambda one: (
            one.factor_percent > 0 and one.account_id.internal_group in (False, "income", "expense")
        )
    )
    return Decimal(str(sum(lost.mapped("factor_percent")))) / 100
