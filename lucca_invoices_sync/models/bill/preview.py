"""A preview of the bill that would be created for a document if a person accepted its doubt."""

import logging
from typing import Any, NamedTuple

import psycopg2
from odoo.exceptions import RedirectWarning, UserError

from ...lucca.booking.lines import Kind
from ...lucca.errors import DocumentError
from ..messages import Messages, in_words, money
from ..texts import explain_document
from ..troubles import Blocked, describe_bug, say
from .books import CompanyBooks

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)

#: The kinds of lines that stand for printed amounts.
USUAL = (Kind.VAT, Kind.UNTAXED)


class Preview(NamedTuple):
    """A bill as it would be created.

    ``lines`` are ``(name, amount in words, account, whether the amount is printed)``. ``doubts`` are those that
    the bill's notes would name, those about its electronic invoice included. ``trouble`` says why the document
    would need attention again; then there is no supplier, line or doubt.
    """

    document: Any
    supplier: str = ""
    lines: tuple = ()
    doubts: tuple = ()
    trouble: str = ""


def preview_bill(document, account, books_of):
    """Return the ``Preview`` of one document; no bill is created.

    :param account: the account of lines for a difference; if empty, the connection's
    :param books_of: ``{company: CompanyBooks}``, to which missing ones are added
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
    except psycopg2.Error:
        raise  # nothing more can be read in this transaction
    except Exception as error:  # an error of another addon must not hide the other documents
        _logger.warning("Preview of Lucca document %s", document.id, exc_info=True)
        return Preview(document, trouble=describe_bug(error))
    told = [*(difference.sentence for difference in bill.differences), *bill.doubts]
    doubts = tuple(in_words(document.env, doubt) for doubt in told)
    return Preview(document, bill.partner.display_name, tuple(_lines(bill)), doubts)


def _new_supplier(document):
    """Return the mapping of a supplier that the first look left to be created; else an empty one."""
    mapping = document._mapping("supplier")
    is_coming = mapping.is_to_create and not document._partner()
    may_create = document.env["lucca.supplier"]._may_create(mapping)
    return mapping if is_coming and may_create else mapping.browse()


def _describe_new(mapping):
    name = mapping.display_name
    if mapping.connection_id.is_booking:
        return _lt("The supplier “%s” is created first. The bill's accounts follow from it.", name)
    return _lt(
        "The supplier “%s” is created first, when you start booking. The bill's accounts follow from it.",
        name,
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
