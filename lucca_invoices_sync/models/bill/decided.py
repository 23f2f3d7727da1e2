"""The notes and doubts on a bill about what people decided for its document, and what nobody decided."""

import re

from ...lucca.booking.lines import Kind
from ..messages import Messages, Money

_lt = Messages(__name__)


def note_company(bill, books):
    """Add a doubt about a company that nobody chose, if the Lucca account has bills of several companies.

    :param books: the company's ``CompanyBooks``
    """
    document = bill.document
    connection, establishment = document.connection_id, document._mapping("establishment")
    if not establishment:
        _note_unknown_company(bill, books)
        return
    if establishment._target_company():
        return
    is_elsewhere = bill.company != connection.company_id
    if is_elsewhere or books.is_one_of_several(connection):
        bill.doubts.append(
            _lt(
                "The establishment “%(establishment)s” has no company yet, and this Lucca account"
                " has bills of several companies. This bill was created in %(company)s. Choose the"
                " company under Establishments. This note then no longer appears. If it is another"
                " company, cancel this bill, and press “Retry” on its document.",
                establishment=establishment.display_name,
                company=bill.company.name,
            )
        )


def _note_unknown_company(bill, books):
    """Add a doubt about the company if Lucca's purchase, which names the establishment, could not be read."""
    document = bill.document
    if document.partner_id and books.is_one_of_several(document.connection_id):
        bill.doubts.append(
            _lt(
                "Lucca names no readable establishment for this document, and this Lucca account"
                " has bills of several companies. This bill was created in %(company)s. If it is"
                " for another company, cancel it, and enter it there.",
                company=bill.company.name,
            )
        )


def note_chosen(bill, mapping):
    """Add a doubt if a person chose the supplier of the document, and Lucca names another one by now.

    :param mapping: the mapping of the supplier that Lucca names; may be empty
    """
    partner = bill.partner
    if not mapping or mapping.partner_id.commercial_partner_id == partner.commercial_partner_id:
        return
    bill.doubts.append(
        _lt(
            "Lucca now names the supplier “%(named)s”. The bill keeps “%(chosen)s”, which was"
            " chosen for this document. If Lucca is right, change the supplier of this bill.",
            named=mapping.display_name,
            chosen=partner.display_name,
        )
    )


def describe_decisions(bill):
    """Return the notes on the chosen supplier and taxes, and on the comparison of the amounts, as messages."""
    document = bill.document
    supplier = document._mapping("supplier")
    signs = dict(supplier._fields["found_by"]._description_selection(document.env))
    decisions = []
    if document.partner_id:
        decisions.append(_describe_chosen(document))
    elif supplier.found_by:
        decisions.append(
            _lt(
                "Supplier: %(name)s (%(sign)s)",
                name=supplier.partner_id.display_name,
                sign=_in_small_letters(signs[supplier.found_by]),
            )
        )
    names = {one.lucca_id: one.display_name for one in document._mapping("tax")}
    used = {printed.rate_type_id: tax for tax, printed in bill.printed_taxes()}
    decisions += [
        _lt("VAT: %(rate)s is %(tax)s", rate=names[rate_type_id], tax=tax)
        for rate_type_id, tax in used.items()
    ]
    decisions.append(_describe_check(bill))
    return decisions


def _in_small_letters(words):
    """Return the label of a choice for use within a sentence: "By VAT Number" becomes "by VAT number"."""
    return re.sub(r"\w+", lambda word: word[0] if _is_acronym(word[0]) else word[0].lower(), words)


def _is_acronym(word):
    return len(word) > 1 and word.isupper()


def _describe_check(bill):
    if any(line.kind is Kind.LOST_VAT for line in bill.lines):
        return _lt(
            "The totals were checked: they are Lucca's. So is each VAT amount, apart from the VAT that is not"
            " recovered."
        )
    if not bill.listed_vat:
        return _lt("The totals and each VAT amount were checked: they are Lucca's.")
    return _lt(
        "The total was checked: it is Lucca's. It does not contain the %s of VAT that Lucca lists.",
        Money(bill.booked.base.currency, bill.listed_vat),
    )


def _describe_chosen(document):
    """Return the note on who chose the supplier of a document."""
    user = document.partner_chosen_by_id
    if not user:
        return _lt("Supplier: %s (chosen for this document)", document.partner_id.display_name)
    return _lt(
        "Supplier: %(name)s (chosen for this document by %(user)s)",
        name=document.partner_id.display_name,
        user=user.name,
    )
