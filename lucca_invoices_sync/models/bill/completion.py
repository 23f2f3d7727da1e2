"""Comparing a document with its electronic invoice and its bill, and using the electronic invoice for the bill."""

import logging

from markupsafe import Markup
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.errors import DocumentError, InvalidDocument
from ..document import change, content, lost_rates, telling
from ..document.electronic import total_of
from ..document.payment import BLOCK, block, keep_open
from ..messages import Messages, in_words, read_message
from ..savepoints import Savepoint
from ..states import SETTLED
from ..troubles import BROKEN_RULES, REFUSALS, Blocked
from . import rewriting
from .books import CompanyBooks
from .differences import describe_accounts_beside, find_differences
from .electronic_invoice import invoices_of, invoices_of_gone
from .payment_by_invoice import block_kept

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)


def take_in(file, is_new, is_first, books_of):
    """Use the electronic invoice that a document's file is or holds: compare it, and complete the bill.

    :param file: a ``lucca.file``
    :param is_new: whether the invoice was not known before, so that a bill was created without it
    :param is_first: whether the bill did not have the file before
    :param books_of: ``{company: CompanyBooks}``, to which missing ones are added
    :return: whether a document that needed attention is to be booked because of it
    """
    company = file.document_id.company_id
    document = file.document_id.with_company(company)
    if company not in books_of:
        books_of[company] = CompanyBooks(company.with_env(document.env))
    books = books_of[company]
    lost_rates.link_again(document)
    document.env["lucca.bill"]._read_for(document, books)
    if document.move_id:
        if not document.bill_fingerprint:  # a person entered the bill
            for invoice in books.electronic_invoices.get(document, ())[: is_new or is_first]:
                block_kept(document, invoice)
        elif is_new:
            former = invoices_of(document, file) or invoices_of_gone(document)
            _complete(document, books, former)
        if is_new and document.move_id.move_type == "in_refund":
            # The invoice may say which bill it corrects.
            refunds = document.env["lucca.bill.refund"]
            refunds._link(document, refunds._purchases_of(document))
        _compare(document, document.move_id.partner_id, books)
        return False
    _compare(document, document._partner(), books)
    is_settled = document.reason in SETTLED and _agrees(document, books)
    return is_settled and bool(document._try_again())


def keep_comparison(bill, books, is_new_bill):
    """Store how the electronic invoice of a ``Bill`` compares with Lucca and Odoo, and note it on the bill.

    :param books: the company's ``CompanyBooks``
    :param is_new_bill: whether no note on the bill says so yet
    """
    agrees = bill.electronic.agrees_with(bill.booked.base) if bill.electronic else None
    document, differences = bill.document, bill.differences
    beside = describe_accounts_beside(document, bill.partner, books)
    if not is_new_bill:  # its total may be another than Lucca's, as it was linked or edited
        move = document._bill_to_compare()
        differences = find_differences(document, bill.partner, books, move)
    document._take_comparison(agrees, differences, beside, is_new_bill)


def compare_again(document):
    """Compare electronic invoice and bill again for a document that changed in Lucca while its bill stays.

    If Lucca no longer has the invoice's file, the stored comparison is cleared.
    """
    if document.electronic_check or document.electronic_differences:
        document = document.with_company(document.company_id)
        books = CompanyBooks(document.company_id.with_env(document.env))
        document.env["lucca.bill"]._read_for(document, books)
        _compare(document, document.move_id.partner_id, books)


def compare_totals(documents):
    """Compare the bills of documents with Lucca and the electronic invoices if they have another total than before.

    A bill may have been linked, or a person edited it. Who reads a difference is not told of it again until the total
    is another one.
    """
    other = documents.filtered(
        lambda one: one.compared_total != total_of(one.move_id) and one._bill_to_compare()
    )
    other.fetch(["payload"])  # by one query, as this field is not prefetched
    for company, members in other.grouped("company_id").items():
        members = members.with_company(company)
        books = CompanyBooks(company.with_env(members.env))
        members.env["lucca.bill"]._read_for(members, books)
        for document in members:
            _compare(document, document.move_id.partner_id, books)
            document.compared_total = total_of(document.move_id)


def _compare(document, partner, books):
    differences = find_differences(document, partner, books, document._bill_to_compare())
    beside = describe_accounts_beside(document, partner, books)
    document._take_comparison(_agrees(document, books), differences, beside)


def _agrees(document, books):
    """Return whether one of the document's electronic invoices has Lucca's totals; None if it has no invoice."""
    invoices = books.electronic_invoices.get(document)
    if not invoices:
        return None
    try:
        amounts = document._booked_document().base
    except InvalidDocument:
        return False
    return any(invoice.agrees_with(amounts) for invoice in invoices)


# --- a bill that was made before ------------------------------------------------------------------


def _complete(document, books, former):
    """Rewrite an untouched draft as if its electronic invoice had come before it.

    Only values that depend on the invoice are written. A bill that somebody worked on stays as it
    is, and a note names the fields to compare.

    :param former: the electronic invoices that the bill was made with, as ``invoices_of`` returns them
    """
    if document.state != "imported":
        return  # the draft is about to follow a change in Lucca
    try:
        with Savepoint(document.env.cr):
            without, proven = _prepare_both(document, books, former)
            names = _changed(without.values, proven.values)
            is_free = change.is_untouched(document) and rewriting.is_alike(proven)
            if not is_free:
                _use_on_kept(document, proven, names)
            elif names or without.doubts != proven.doubts:
                _rewrite(document, without, proven, names)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except (Blocked, DocumentError, *REFUSALS, *BROKEN_RULES) as refusal:
        _logger.info("Lucca document %s is not completed: %s", document.id, refusal)


def _prepare_both(document, books, former):
    """Return two ``Bill``s as they would be made now: without the new electronic invoice, and with it."""
    bills, invoices = document.env["lucca.bill"], books.electronic_invoices
    proven = bills._prepare(document, books)
    books.electronic_invoices = former
    try:
        return bills._prepare(document, books), proven
    finally:
        books.electronic_invoices = invoices


def _changed(before, after):
    """Return the names of the values that differ."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def _rewrite(document, without, proven, names):
    """Write the values of ``names`` on the draft, and note what the electronic invoice changed.

    :param without: the ``Bill`` without the electronic invoice; ``proven`` is the one with it
    """
    move = document.move_id
    before = content.in_words(move)
    if names:
        rewriting.write(proven, names)
        if BLOCK in names and move[BLOCK]:
            keep_open(move)
        document.env["lucca.bill.check"]._check(proven, move)
        document.env.flush_all()  # a refusal of the database is raised here, in the savepoint
    rewritten = content.rewritten(before, content.in_words(move))
    news = [*_without(proven.notes, without.notes), *_without(proven.doubts, without.doubts)]
    # Doubts that a preparation does not find, such as one about a duplicate bill, stay.
    known = [*without.doubts, *proven.doubts]
    kept = _without([doubt for (doubt,) in document.doubts or []], known)
    proven.doubts = [*kept, *proven.doubts]
    document.write(
        {**rewriting.made_of(proven, move), "amount_company": -move.amount_untaxed_signed}
    )
    if not rewritten and not news:
        return
    told = _lt("Completed from the electronic invoice, which came after the bill was created:")
    telling.note(
        document,
        lambda it: Markup("").join(
            [
                change.table(it.env, told, rewritten),
                *(Markup("<p>%s</p>") % in_words(it.env, one) for one in news),
            ]
        ),
    )


def _without(messages, others):
    """Return the messages that are not among ``others``."""
    others = list(map(read_message, others))
    return [one for one in messages if read_message(one) not in others]


def _use_on_kept(document, proven, names):
    """Block the payment of a bill if its electronic invoice says so; note which other fields that would change.

    :param proven: the ``Bill`` with the electronic invoice
    :param names: the values by which it differs from the one without
    """
    move, why = document.move_id, proven.values[BLOCK]
    if BLOCK in names and why and not move._lucca_is_undone():
        block(document, why)
        # On a bill that Odoo paid already, the block says nothing: a person is to compare.
        names = names - {BLOCK} if move.payment_state == "blocked" else names
    if names:
        _tell_unused(document, names)


def _tell_unused(document, names):
    move = document.move_id
    labels = [move._fields[name]._description_string(move.env) for name in sorted(names)]
    telling.note(
        document,
        _lt(
            "The electronic invoice has data that this bill was created without. The bill stays as"
            " it is, since it is posted or somebody edited it. Compare: %s.",
            labels,
        ),
    )
