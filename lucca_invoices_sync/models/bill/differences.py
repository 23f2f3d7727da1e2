"""The differences between an electronic invoice, Lucca and the bill in Odoo, in words."""

from dataclasses import replace
from itertools import islice
from textwrap import wrap
from typing import NamedTuple

from ...lucca.booking.electronic_invoice import Compared, Known, accounts_beside, compare
from ...lucca.booking.ibans import read_iban
from ...lucca.booking.parties import party_of
from ...lucca.documents.booked_documents import Amounts
from ...lucca.errors import InvalidDocument
from ..document.electronic import ACCOUNT, SUPPLIER, TYPE
from ..messages import Message, Messages, Money, Rate, joined
from ..supplier.identity import known_supplier
from .duplicate import round_amount

_lt = Messages(__name__)

#: The most accounts or rates that a text lists: a supplier's file may have any number.
MOST_TOLD = 8
INVOICE, CREDIT = _lt("an invoice"), _lt("a credit note")
NEGATIVE = _lt("an invoice of a negative amount")
BILL_TOTAL = _lt("Total of the bill")


class DifferenceInWords(NamedTuple):
    """A difference, as a row (label, electronic invoice, Lucca or Odoo) and as a sentence.

    If it is none of an electronic invoice, the row names Lucca beside its value, and has Odoo's.
    """

    row: list
    sentence: Message
    is_of_invoice: bool = True


def find_differences(document, partner, books, bill=None):
    """Return each ``DifferenceInWords`` of a document's electronic invoices and bill once, the gravest first.

    :param partner: the supplier of the bill that exists or is to be created; may be empty
    :param books: the company's ``CompanyBooks``, with the document's electronic invoices
    :param bill: the document's ``account.move``, if its total is to be compared, too
    """
    invoices = books.electronic_invoices.get(document, ())
    if not (invoices or bill):
        return []
    try:
        booked = document._booked_document()
    except InvalidDocument:
        return []
    total, found = _other_total(bill, booked) if bill else None, {}
    if invoices:
        known = replace(_known(document, booked, partner, books), bill_total=total)
    for invoice in invoices:
        words = _Words(document, booked, partner, invoice)
        for difference in compare(invoice, booked, known):
            told = words.say(difference)
            found.setdefault(str(told.sentence), told)
    is_told = any(one.row[0] == BILL_TOTAL for one in found.values())
    if total and not is_told and not any(invoice.costs(*total) for invoice in invoices):
        found[""] = _say_other_total(booked, total)
    return list(found.values())


def describe_accounts_beside(document, partner, books):
    """Return which unknown accounts electronic invoices name beside the one to pay, as a message; None if none.

    :param partner: the supplier of the bill that exists or is to be created; may be empty
    :param books: the company's ``CompanyBooks``, with the document's electronic invoices
    """
    invoices = books.electronic_invoices.get(document)
    if not invoices:
        return None
    try:
        known = _known(document, document._booked_document(), partner, books)
    except InvalidDocument:
        return None
    found = dict.fromkeys(iban for one in invoices for iban in accounts_beside(one, known))
    if not found:
        return None
    return _lt(
        "It also names an account that neither Lucca nor Odoo knows, %(others)s. The bill is to be paid"
        " to the known account %(known)s.",
        others=_printed(found),
        known=_printed([read_iban(known.paid_iban)]),
    )


def _known(document, booked, partner, books):
    """Return what Lucca and Odoo know of the supplier and of the company, as ``Known``."""
    company, supplier = partner.commercial_partner_id, _supplier_of(document, partner)
    described = [party_of(known_supplier(supplier))] if supplier else []
    if company:
        described.append(company._lucca_party())
    named = [booked.iban, supplier.iban, known_supplier(supplier).iban if supplier else ""]
    day = booked.tax_day
    rates = {mapping.lucca_id: mapping._rate_on(day) for mapping in document._mapping("tax")}
    accounts = books.accounts_of(company).mapped("acc_number")
    paid = read_iban(booked.iban or supplier.iban or "")
    return Known(
        # Machines that read invoices may take the company's own numbers for the supplier's.
        sellers=tuple(party.without(books.own_parties) for party in described),
        buyers=tuple(books.own_parties),
        ibans=tuple(
            iban for iban in (*accounts, *filter(None, named)) if not books.is_own_iban(iban)
        ),
        own_ibans=frozenset(books.own_ibans),
        paid_iban=paid if paid in map(read_iban, accounts) else "",
        rates={lucca_id: rate for lucca_id, rate in rates.items() if rate is not None},
    )


def _other_total(bill, booked):
    """Return the currency and the total of a bill that has not Lucca's, as ``Known`` has them; else None.

    A person may type a foreign invoice in the company's currency: then it has the total that Lucca converted.
    """
    currency = bill.currency_id
    total = currency.name, abs(round_amount(currency, bill.amount_total))
    is_own = currency == bill.company_currency_id and booked.base.currency != currency.name
    amounts = booked.counter if is_own and isinstance(booked.counter, Amounts) else booked.base
    luccas = amounts.currency, abs(round_amount(currency, amounts.including_taxes))
    return None if total == luccas else total


def _say_other_total(booked, total):
    """Return the ``DifferenceInWords`` of a bill that has neither Lucca's total nor that of an electronic invoice.

    :param total: what ``_other_total`` returned
    """
    lucca = Money(booked.base.currency, abs(booked.base.including_taxes))
    odoo = Money(*total)
    told = _lt(
        "Lucca has a total of %(lucca)s. The bill has %(odoo)s. If Lucca is right, correct the bill."
    )
    # The column is that of the electronic invoice.
    row = [BILL_TOTAL, _lt("Lucca: %s", lucca), odoo]
    return DifferenceInWords(row, told.filled(lucca=lucca, odoo=odoo), False)


def _supplier_of(document, partner):
    """Return the mapping of the supplier that Lucca names; empty if the bill is of another supplier."""
    mapping = document._mapping("supplier")
    mapped = mapping.partner_id.commercial_partner_id
    is_same = not partner or not mapped or mapped == partner.commercial_partner_id
    return mapping if is_same else mapping.browse()


class _Words:
    """The words for the differences between a document and one of its electronic invoices."""

    def __init__(self, document, booked, partner, invoice):
        self._document, self._booked, self._invoice = document, booked, invoice
        self._partner = partner.commercial_partner_id

    def say(self, difference):
        """Return the ``DifferenceInWords`` of one that ``compare`` found."""
        label, sentence = _TEXTS[difference.what]
        if difference.what is Compared.ACCOUNT and self._payee:
            sentence = _OF_A_FACTOR
        theirs, ours = _VALUES[difference.what](self, difference)
        return DifferenceInWords(
            [label, theirs, ours], sentence.filled(theirs=theirs, ours=ours, payee=self._payee)
        )

    @property
    def _payee(self):
        """The payee (BG-10), if the invoice is to be paid to somebody else than the seller; else empty."""
        return self._invoice.payee.name or self._invoice.payee.registration or ""

    def _as_they_are(self, difference):
        return difference.theirs, difference.ours

    def _accounts(self, difference):
        return tuple(_printed(side) for side in (difference.theirs, difference.ours))

    def _sellers(self, difference):
        partner = self._partner
        if partner:
            ours = _company(partner.name, partner.vat, partner.company_registry)
        else:
            supplier = known_supplier(self._document._mapping("supplier"))
            ours = _company(supplier.name, supplier.vat_number, supplier.identifier)
        return _party(difference.theirs), ours

    def _buyers(self, difference):
        ours = self._document.company_id
        return _party(difference.theirs), _company(ours.name, ours.vat, ours.company_registry)

    def _types(self, _difference):
        invoice, booked = self._invoice, self._booked
        theirs = CREDIT if invoice.is_credit_note else NEGATIVE if invoice.is_refund else INVOICE
        ours = NEGATIVE if booked.is_negative_invoice else CREDIT if booked.is_refund else INVOICE
        return theirs, ours

    def _totals(self, difference):
        theirs = _totals(self._invoice.currency, *difference.theirs)
        return theirs, _totals(self._booked.base.currency, *difference.ours)

    def _bill_totals(self, difference):
        return tuple(
            Money(currency, abs(total)) for currency, total in (difference.theirs, difference.ours)
        )

    def _vat(self, difference):
        return tuple(
            joined(
                _first(
                    joined([Rate(rate / 100), Money(self._booked.base.currency, amount)], ": ")
                    for rate, amount in side.items()
                ),
                "; ",
            )
            for side in (difference.theirs, difference.ours)
        )


def _printed(ibans):
    """Return the first account numbers in groups of four, as banks print them for people."""
    return joined([" ".join(wrap(iban, 4)) for iban in _first(ibans)], ", ")


def _first(values):
    """Return the first ``MOST_TOLD`` values, followed by an ellipsis if there are more."""
    first = list(islice(values, MOST_TOLD + 1))
    return [*first[:MOST_TOLD], "…"] if len(first) > MOST_TOLD else first


def _party(party):
    return _company(party.name, party.vat, party.registration)


def _company(name, *numbers):
    """Return the name of a company with its numbers in brackets."""
    known = [number for number in numbers if number]
    return _lt("%(name)s (%(numbers)s)", name=name or "?", numbers=known) if known else name or "?"


def _totals(currency, excluding, tax, including):
    """Return the totals of a document in words, without their signs."""
    return _lt(
        "%(excluding)s + %(tax)s VAT = %(including)s",
        excluding=Money(currency, abs(excluding)),
        tax=Money(currency, abs(tax)),
        including=Money(currency, abs(including)),
    )


#: ``{what differs: the method that returns the values of both sides for a message}``
_VALUES = {
    Compared.ACCOUNT: _Words._accounts,
    Compared.SELLER: _Words._sellers,
    Compared.BUYER: _Words._buyers,
    Compared.TYPE: _Words._types,
    Compared.CURRENCY: _Words._as_they_are,
    Compared.TOTALS: _Words._totals,
    Compared.BILL: _Words._bill_totals,
    Compared.VAT: _Words._vat,
    Compared.NUMBER: _Words._as_they_are,
    Compared.DATE: _Words._as_they_are,
}
#: ``{what differs: (label, sentence)}``
_TEXTS = {
    Compared.ACCOUNT: (
        ACCOUNT,
        _lt(
            "The electronic invoice asks for payment to another account: %(theirs)s. The account"
            " known for this supplier is %(ours)s. Invoice fraud works like this. Do not pay. Call"
            " the supplier by a number that you know, not by one on the invoice."
        ),
    ),
    Compared.SELLER: (
        SUPPLIER,
        _lt(
            "The electronic invoice comes from another company, %(theirs)s. The supplier is %(ours)s."
            " Find out whose invoice it is before you pay it."
        ),
    ),
    Compared.BUYER: (
        _lt("Customer"),
        _lt(
            "The electronic invoice is for another company, %(theirs)s, and not for %(ours)s. Its VAT"
            " may not be yours to deduct."
        ),
    ),
    Compared.TYPE: (
        TYPE,
        _lt(
            "The electronic invoice is %(theirs)s. Lucca has %(ours)s. If the electronic invoice is right,"
            " the bill is wrong by twice its total: cancel it, and enter the right one by hand."
        ),
    ),
    Compared.CURRENCY: (
        _lt("Currency"),
        _lt("The electronic invoice is in %(theirs)s. Lucca has %(ours)s."),
    ),
    Compared.TOTALS: (
        _lt("Totals"),
        _lt("The totals of the electronic invoice are %(theirs)s. Lucca has %(ours)s."),
    ),
    Compared.BILL: (
        BILL_TOTAL,
        _lt(
            "The total of the electronic invoice is %(theirs)s. The bill has %(ours)s. If the electronic invoice is"
            " right, correct the bill."
        ),
    ),
    Compared.VAT: (
        _lt("VAT of each rate"),
        _lt("The VAT of the electronic invoice is %(theirs)s. Lucca has %(ours)s."),
    ),
    Compared.NUMBER: (
        _lt("Number"),
        _lt("The electronic invoice has the number “%(theirs)s”. Lucca has “%(ours)s”."),
    ),
    Compared.DATE: (
        _lt("Document date"),
        _lt("The electronic invoice is of %(theirs)s. Lucca has %(ours)s."),
    ),
}
_OF_A_FACTOR = _lt(
    "The electronic invoice asks for payment to “%(payee)s”, account %(theirs)s. The account known"
    " for this supplier is %(ours)s. The supplier may have sold the invoice to a factor. Invoice"
    " fraud works like this, too. Do not pay before the supplier has confirmed it: call the"
    " supplier by a number that you know."
)
