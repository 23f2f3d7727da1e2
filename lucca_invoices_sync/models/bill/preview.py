"""What would be booked of a document that waits, if a person took its doubt."""

from typing import Any, NamedTuple

from odoo.exceptions import RedirectWarning, UserError

from ...lucca.booking.lines import Kind
from ...lucca.errors import DocumentError
from ..messages import Messages, in_words, money
from ..texts import explain_document
from ..troubles import Blocked, say
from .preparation import CompanyBooks

_lt = Messages(__name__)

#: Lines that stand for amounts as they are printed.
USUAL = (Kind.VAT, Kind.UNTAXED)


class Preview(NamedTuple):
    """A bill as it would be made; ``trouble`` is why it would wait again, and then all else is empty.

    ``lines`` are ``(name, amount, account, is it printed so)``, ``doubts`` what its notes would say, also
    of its electronic invoice.
    """

    document: Any
    supplier: str = ""
    lines: tuple = ()
    doubts: tuple = ()
    trouble: str = ""


def preview_bill(document, account, books_of):
    """Return the ``Preview`` of one document; nothing is written.

    :param account: of the lines for a difference; empty: as without
    :param books_of: ``{company: CompanyBooks}``, filled as they are needed
    """
    accepted = {"lucca_accepted": (document.reason,), "lucca_difference_account": account.id}
    if new := _new_supplier(document):
        return Preview(document, new.name or "", doubts=(in_words(new.env, _describe_new(new)),))
    company = document.company_id
    document = document.with_company(company).with_context(**accepted)
    if company not in books_of:
        books_of[company] = CompanyBooks(company.with_env(document.env))
    try:
        bill = document.env["lucca.bill"]._prepare_alone(document, books_of[company])
    except Blocked as block:
        return Preview(document, trouble=in_words(document.env, block.message))
    except (UserError, RedirectWarning) as refusal:
        return Preview(document, trouble=say(refusal))
    except DocumentError as error:
        return Preview(document, trouble=in_words(document.env, explain_document(error)))
    told = [*(difference.sentence for difference in bill.differences), *bill.doubts]
    doubts = tuple(in_words(document.env, doubt) for doubt in told)
    return Preview(document, bill.partner.display_name, tuple(_lines(bill)), doubts)


def _new_supplier(document):
    """The mapping of the supplier that is made before the bill, by a connection that only looks yet."""
    mapping = document._mapping("supplier")
    is_coming = mapping.is_to_create and not document._partner()
    return mapping if is_coming and not document.connection_id.is_booking else mapping.browse()


def _describe_new(mapping):
    return _lt(
        "The supplier “%s” is created first, when you start booking. The bill's accounts follow from it.",
        mapping.display_name,
    )


def _lines(bill):
    accounts = bill.document.env["account.account"].with_company(bill.company)
    currency = bill.booked.base.currency
    for place, (_command, _id, values) in enumerate(bill.values["invoice_line_ids"]):
        line = bill.lines[place] if place < len(bill.lines) else None
        account = accounts.browse(values["account_id"])
        yield (
            values["name"],
            money(accounts.env, line.base if line else values["price_unit"], currency),
            f"{account.code} {account.name}",
            bool(line) and line.kind in USUAL,
        )
