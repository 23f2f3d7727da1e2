"""What the electronic invoice of a document does when its file comes: it is compared, and used."""

import logging

from markupsafe import Markup
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.errors import DocumentError, InvalidDocument
from ..document import change, content
from ..messages import Messages, in_words, read_message
from ..states import SETTLED
from ..troubles import BROKEN_RULES, REFUSALS, Blocked
from . import rewriting
from .differences import find_differences
from .electronic_invoice import invoices_of, invoices_of_gone
from .preparation import CompanyBooks

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)


def take_in(file, is_new, books_of):
    """Use the electronic invoice that a document's file is or holds.

    :param is_new: nobody knew it before: a bill that is there was made without it
    :param books_of: ``{company: CompanyBooks}``, filled as they are needed
    :return: whether it has a document booked that waited
    """
    company = file.document_id.company_id
    document = file.document_id.with_company(company)
    if company not in books_of:
        books_of[company] = CompanyBooks(company.with_env(document.env))
    books = books_of[company]
    document.env["lucca.bill"]._read_for(document, books)
    if document.move_id:
        if is_new:
            former = invoices_of(document, file) or invoices_of_gone(document)
            _complete(document, books, former)
        _keep(document, document.move_id.partner_id, books)
        return False
    _keep(document, document._partner(), books)
    is_settled = document.reason in SETTLED and _agrees(document, books)
    return is_settled and bool(document._try_again())


def keep_comparison(bill, is_new_bill):
    """Keep how the electronic invoice of a ``Bill`` compares, and tell it on the bill."""
    agrees = bool(bill.electronic) and bill.electronic.agrees_with(bill.booked.base)
    bill.document._take_comparison(agrees, bill.differences, is_new_bill)


def compare_again(document):
    """Compare the electronic invoice of a document whose bill stays, though Lucca says something else now.

    Where Lucca took the invoice's file away, nothing is said of it any more.
    """
    if document.electronic_check:
        document = document.with_company(document.company_id)
        books = CompanyBooks(document.company_id.with_env(document.env))
        document.env["lucca.bill"]._read_for(document, books)
        _keep(document, document.move_id.partner_id, books)


def _keep(document, partner, books):
    differences = find_differences(document, partner, books)
    document._take_comparison(_agrees(document, books), differences)


def _agrees(document, books):
    """Whether an electronic invoice of the document has its totals."""
    try:
        amounts = document._booked_document().base
    except InvalidDocument:
        return False
    invoices = books.electronic_invoices.get(document, ())
    return any(invoice.agrees_with(amounts) for invoice in invoices)


# --- a bill that was made before ------------------------------------------------------------------


def _complete(document, books, former):
    """Have an untouched draft be what it would be had its electronic invoice come before it.

    Only what this proves is written. A bill that somebody worked on stays, and says what would be.

    :param former: the electronic invoices that the bill was made with, as ``invoices_of`` gives them
    """
    if document.state != "imported" or not document.bill_fingerprint:
        return  # it follows a change, or a person entered it
    try:
        with document.env.cr.savepoint():
            without, proven = _prepare_both(document, books, former)
            names = _changed(without.values, proven.values)
            is_free = change.is_untouched(document) and rewriting.is_alike(proven)
            if names and not is_free:
                _tell_unused(document, names)
            elif is_free and (names or without.doubts != proven.doubts):
                _rewrite(document, without, proven, names)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except (Blocked, DocumentError, *REFUSALS, *BROKEN_RULES) as refusal:
        _logger.info("Lucca document %s is not completed: %s", document.id, refusal)


def _prepare_both(document, books, former):
    """The ``Bill`` as it would be made today without the new electronic invoice, and with it."""
    bills, invoices = document.env["lucca.bill"], books.electronic_invoices
    proven = bills._prepare(document, books)
    books.electronic_invoices = former
    try:
        return bills._prepare(document, books), proven
    finally:
        books.electronic_invoices = invoices


def _changed(before, after):
    """The names of the values that are not the same."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def _rewrite(document, without, proven, names):
    move = document.move_id
    before = content.in_words(move)
    if names:
        rewriting.write(proven, names)
        document.env["lucca.bill.check"]._check(proven, move)
        document.env.flush_all()  # so that a refusal of the database is raised in here
    rewritten = content.rewritten(before, content.in_words(move))
    news = [*_more(proven.notes, without.notes), *_more(proven.doubts, without.doubts)]
    # What was told of the bill beside what is known of the document alone, such as a twin, stays.
    known = [*without.doubts, *proven.doubts]
    kept = _more([doubt for (doubt,) in document.doubts or []], known)
    proven.doubts = [*kept, *proven.doubts]
    document.write(
        {**rewriting.made_of(proven, move), "amount_company": -move.amount_untaxed_signed}
    )
    if not rewritten and not news:
        return
    told = _lt("Completed from the electronic invoice, which came after the bill was created:")
    change.note(
        document,
        lambda it: Markup("").join(
            [
                change.table(it.env, told, rewritten),
                *(Markup("<p>%s</p>") % in_words(it.env, one) for one in news),
            ]
        ),
    )


def _more(messages, others):
    """Those of some messages that are not among others."""
    others = list(map(read_message, others))
    return [one for one in messages if read_message(one) not in others]


def _tell_unused(document, names):
    """Note on a bill that somebody worked on what its electronic invoice would have changed."""
    move = document.move_id
    labels = [move._fields[name]._description_string(move.env) for name in sorted(names)]
    change.note(
        document,
        _lt(
            "The electronic invoice has data that this bill was made without. The bill stays as "
            "it is, since it is posted or somebody worked on it. Compare: %s.",
            labels,
        ),
    )
