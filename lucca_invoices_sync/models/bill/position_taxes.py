"""The taxes of a supplier's fiscal position that a bill without VAT may have in place of the usual ones."""

from decimal import Decimal
from typing import Any, NamedTuple

from ..mapping.repartition import adds_nothing
from .import_box import prefer_right_box


class Usual(NamedTuple):
    """The ``account.tax`` that are usual for a purchase, which may be empty, and their rate (a fraction)."""

    taxes: Any
    rate: Decimal


def only(taxes):
    """Return taxes if it is one, else an empty recordset."""
    return taxes if len(taxes) == 1 else taxes.browse()


def find_fitting(bill, books, position, usual):
    """Return the taxes of a fiscal position that replace ``Usual`` ones and add nothing to the total of a ``Bill``.

    The company's default tax decides among several usual ones if it is for what is bought. Charts whose taxes do not
    say that, as those of Luxembourg and Sweden, have one for services or for goods there.

    :return: one tax if there is no doubt; else those among which a person has to choose, or none
    """
    default = (usual.taxes & bill.company.account_purchase_tax_id).filtered(
        lambda tax: tax.tax_scope == bill.tax_scope
    )
    some = default
    if default:
        some = _find_replacing(bill, books, position, usual._replace(taxes=default))
    return only(some) or _find_replacing(bill, books, position, usual) or some


def _find_replacing(bill, books, position, usual):
    replaced = {one: position.map_tax(one) if position.tax_ids else one for one in usual.taxes}
    active = {one: replacing.filtered("active") for one, replacing in replaced.items()}
    found = _for_purchase(bill, books, active)
    if only(found):
        return found
    # A chart may not say which tax one replaces, as in France for services from abroad.
    chosen = books.taxes.choose_self_assessed(position, usual.rate, bill.tax_scope)
    return prefer_right_box(bill, books, chosen) or found


def find_archived(bill, books, position, usual):
    """Return the archived taxes of a fiscal position that ``find_fitting`` would return if they were active."""
    archived = books.taxes.archived_of(position)
    replaced = {
        one: archived.filtered(lambda tax, one=one: one in tax.original_tax_ids)
        for one in usual.taxes
    }
    if found := _for_purchase(bill, books, replaced):
        return found
    chosen = books.taxes.choose_archived(position, usual.rate, bill.tax_scope)
    return prefer_right_box(bill, books, chosen)


def _for_purchase(bill, books, replaced):
    """Return the replacing taxes that are for what is bought and add nothing to the total.

    Of several that replace one tax, those of its scope are taken.

    :param replaced: ``{usual tax: the taxes that replace it}``
    """
    taxes = bill.document.env["account.tax"]
    own = bill.document.env["lucca.bill.tax"]._taxes_of_account(bill, books)
    scope = books.taxes.scope_abroad(bill.tax_scope)
    for one, replacing in replaced.items():
        # The account's own tax fits what is bought, whatever its scope says.
        is_said = one in own or one.tax_scope == bill.tax_scope
        fit = replacing.filtered(
            lambda tax, is_said=is_said: is_said or tax.tax_scope in (scope, False)
        )
        fit = fit.filtered(adds_nothing)
        of_scope = fit.filtered(
            lambda tax, one=one: one.tax_scope and tax.tax_scope == one.tax_scope
        )
        taxes |= of_scope or fit
    return prefer_right_box(bill, books, taxes)
