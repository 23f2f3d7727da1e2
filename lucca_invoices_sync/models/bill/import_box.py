"""The box of the Belgian VAT return for imports of goods, in which the VAT of services is wrong.

The chart's fiscal position for suppliers outside the European Union gives services “21% EX”, which declares the VAT in
box 57. That of services is in box 56, as with “21% S.Cocont”, which the chart has for co-contractors only.
"""

from ...lucca.booking.taxes import SERVICES
from ..mapping.repartition import owed_rate
from ..messages import Messages, quoted, sentences

_lt = Messages(__name__)

#: The boxes of the Belgian VAT return for VAT that the buyer owes: on imports of goods, and on the work of a
#: co-contractor or services from outside the European Union.
IMPORT_BOX, SERVICES_BOX = "57", "56"


def drop_wrong_box(bill, books, taxes):
    """Return taxes without those that declare the VAT of the services of a ``Bill`` in the box of imports."""
    if taxes and _is_for_services(bill, books):
        return taxes.filtered(lambda tax: not _has_box(tax, IMPORT_BOX))
    return taxes


def prefer_right_box(bill, books, taxes):
    """Return what ``drop_wrong_box`` does, or all taxes if none would be left."""
    return drop_wrong_box(bill, books, taxes) or taxes


def has_wrong_box(bill, books, taxes):
    """Return whether there are taxes, and all declare the VAT of the services of a ``Bill`` in the box of imports."""
    return bool(taxes) and not drop_wrong_box(bill, books, taxes)


def find_right_box(books, tax):
    """Return the active taxes, else the archived ones, with the box that is right in place of a tax's wrong one.

    They recover the same part of the VAT as the tax.
    """
    for active in (True, False):
        lost = books.taxes.lost_share(tax)
        found = books.taxes.own_self_assessed(
            owed_rate(tax), SERVICES, active=active, lost_share=lost
        )
        if right := found.filtered(lambda one: _has_box(one, SERVICES_BOX)):
            return right
    return tax.browse()


def doubt_import_box(bill, books, taxes, *, is_chosen=False):
    """Add a doubt if the tax of a ``Bill``, or the taxes that would be offered for it, have the wrong box.

    :param is_chosen: whether a person mapped the rate of 0 % to the tax
    """
    if has_wrong_box(bill, books, taxes):
        bill.doubt_once(describe_import_box(bill, books, taxes[0], is_chosen=is_chosen))


def describe_import_box(bill, books, tax, *, is_chosen=False):
    """Describe that a tax has the wrong box and which one is right; unless a person chose it, also what helps for good.

    :param is_chosen: whether a person mapped the rate of 0 %, so that no fiscal position decides the next bills
    """
    right = find_right_box(books, tax)
    advice = _lt("Create a tax for that, and choose it on the bill.")
    if right:
        advice = _lt("Unarchive %s if necessary, and choose it on the bill.", quoted(right))
    told = _lt(
        "“%s” declares the VAT in box 57 of the VAT return, which is for imports of goods. For services from outside"
        " the European Union, it is box 56.",
        tax,
    )
    if is_chosen:
        return sentences(told, advice)
    return sentences(
        told,
        advice,
        _lt(
            "To have it on the next bills, add the fiscal position of the supplier to it. If you also import goods, set"
            " the tax scope of “%s” to “Goods”; if not, it should be archived.",
            tax,
        ),
    )


def _is_for_services(bill, books):
    """Return whether services are bought: the default taxes of the account say so, else the scope of the bill."""
    own = bill.document.env["lucca.bill.tax"]._taxes_of_account(bill, books)
    scopes = set(own.mapped("tax_scope")) - {False}
    return SERVICES in scopes if scopes else bill.tax_scope == SERVICES


def _has_box(tax, box):
    """Return whether a tax declares VAT in a box of the Belgian VAT return."""
    is_belgian = tax.country_id.code == "BE"
    return is_belgian and box in {tag.name.strip("+-") for tag in tax.repartition_line_ids.tag_ids}
