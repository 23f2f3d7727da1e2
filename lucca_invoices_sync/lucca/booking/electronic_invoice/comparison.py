"""Find where an electronic invoice differs from Lucca and Odoo.

A person or a machine read the invoice for Lucca, while the supplier's own program wrote the electronic
one. So a difference is a mistake of one of them, or somebody changed the invoice on its way: most
invoice fraud names another account to pay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from ...documents.booked_documents import ZERO, Amounts, BookedDocument
from ..bill_numbers import read_number
from ..ibans import read_iban, read_written_iban
from ..parties import Party, Verdict
from ..parties import compare as compare_parties
from .invoice import ElectronicInvoice, InvoiceParty


class Compared(Enum):
    """The facts that are compared."""

    #: Whether it is an invoice or a credit note; a negative invoice counts as a credit note.
    TYPE = "type"
    CURRENCY = "currency"
    #: The totals excluding taxes, of VAT and including taxes, together.
    TOTALS = "totals"
    #: The total of the bill in Odoo, which a person typed or edited; Lucca's totals are the invoice's.
    BILL = "bill"
    #: The VAT of each rate.
    VAT = "vat"
    NUMBER = "number"
    DATE = "date"
    #: The company that sends the invoice; it differs by its VAT number or registration.
    SELLER = "seller"
    #: The company that the invoice is for.
    BUYER = "buyer"
    #: The bank account to pay to.
    ACCOUNT = "account"


class Difference(NamedTuple):
    """A fact about which the electronic invoice and Lucca or Odoo differ.

    ``theirs`` is the value in the electronic invoice, ``ours`` that in Lucca or Odoo. Their type
    depends on the fact: texts, days, ``(excluding, tax, including)``, ``(currency, total)``,
    ``{rate in percent: VAT}``, whether it lowers the debt, ...
    """

    what: Compared
    theirs: object
    ours: object


@dataclass(frozen=True)
class Known:
    """What Odoo and Lucca know beside the document itself.

    :param sellers: the supplier, as Odoo and as Lucca describe it
    :param buyers: the companies that may be the buyer, such as ours and its branches
    :param ibans: the supplier's accounts that Odoo or Lucca knows, in any writing
    :param own_ibans: our own accounts, such as the one to which a credit note is paid
    :param paid_iban: the account to which the bill is paid: one that Lucca names and Odoo knows; else empty
    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id``, as far as they are known
    :param bill_total: currency and total with taxes of the bill in Odoo, if it has another total than Lucca; else None
    """

    sellers: tuple[Party, ...] = ()
    buyers: tuple[Party, ...] = ()
    ibans: tuple[str, ...] = ()
    own_ibans: frozenset[str] = frozenset()
    paid_iban: str = ""
    rates: Mapping[int, Decimal] | None = None
    bill_total: tuple[str, Decimal] | None = None


def compare(
    invoice: ElectronicInvoice, document: BookedDocument, known: Known
) -> tuple[Difference, ...]:
    """Return the differences of an electronic invoice from a document, the gravest first.

    A fact that one side does not state is no difference. The sign of an amount is none either: credit
    notes are written with both signs, and may be negative invoices.
    """
    return tuple(
        difference
        for differences in (
            _compare_account(invoice, known),
            _compare_party(
                Compared.SELLER, invoice.seller, known.sellers, _representative(invoice)
            ),
            _compare_party(Compared.BUYER, invoice.buyer, known.buyers),
            _compare_type(invoice, document),
            _compare_amounts(invoice, document.base, known),
            _compare_number(invoice, document),
            _compare_date(invoice, document),
        )
        for difference in differences
    )


def _compare_account(invoice: ElectronicInvoice, known: Known) -> Iterator[Difference]:
    """Yield a difference if the invoice names an unknown account, and accounts of the supplier are known.

    Beside the account to which the bill is paid, the invoice may name others, as many suppliers do.
    """
    ours, strange = _accounts(invoice, known)
    if ours and strange and not _names_paid_account(invoice, known):
        yield Difference(Compared.ACCOUNT, strange, ours)


def accounts_beside(invoice: ElectronicInvoice, known: Known) -> tuple[str, ...]:
    """Return the unknown accounts that an invoice names beside the one to which the bill is paid."""
    return _accounts(invoice, known)[1] if _names_paid_account(invoice, known) else ()


def _accounts(invoice: ElectronicInvoice, known: Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the known accounts of the supplier, and the accounts of the invoice that nobody knows."""
    own = {read_iban(iban) for iban in known.own_ibans}
    ours = tuple(dict.fromkeys(iban for iban in map(read_iban, known.ibans) if iban))
    theirs = filter(None, map(read_written_iban, invoice.ibans))
    return ours, tuple(iban for iban in theirs if iban not in {*ours, *own})


def _names_paid_account(invoice: ElectronicInvoice, known: Known) -> bool:
    paid = read_iban(known.paid_iban)
    return bool(paid) and paid in map(read_written_iban, invoice.ibans)


def _compare_party(
    what: Compared, written: InvoiceParty, ours: tuple[Party, ...], *others: Party
) -> Iterator[Difference]:
    """Yield a difference if the written company is another one than those that are known.

    :param ours: the known companies
    :param others: representatives of the written company, which may be known in its place
    """
    party = written.as_party()
    is_known = any(
        compare_parties(it, one).verdict is Verdict.SAME for it in (party, *others) for one in ours
    )
    is_other = any(compare_parties(party, one).verdict is Verdict.OTHER for one in ours)
    if is_other and not is_known:
        yield Difference(what, written, ours)


def _representative(invoice: ElectronicInvoice) -> Party:
    """Return the seller's tax representative, whose VAT number people may keep as the seller's."""
    return Party.of(vat=invoice.tax_representative_vat or "")


def _compare_type(invoice: ElectronicInvoice, document: BookedDocument) -> Iterator[Difference]:
    """Yield a difference if one of them raises the debt and the other lowers it."""
    if not invoice.has_type(document.is_refund):
        yield Difference(Compared.TYPE, invoice.is_refund, document.is_refund)


def _compare_amounts(
    invoice: ElectronicInvoice, base: Amounts, known: Known
) -> Iterator[Difference]:
    """Yield the first difference of currency, totals and VAT by rate: others would follow from it.

    The total of the bill is compared if Lucca's totals are the invoice's.
    """
    if invoice.currency and invoice.currency != base.currency:
        yield Difference(Compared.CURRENCY, invoice.currency, base.currency)
    elif invoice.has_totals and not invoice.agrees_with(base):
        theirs = (invoice.excluding_taxes, invoice.total_tax, invoice.including_taxes)
        ours = (base.excluding_taxes, base.total_tax, base.including_taxes)
        yield Difference(Compared.TOTALS, theirs, ours)
    elif invoice.has_totals:
        yield from _compare_bill(invoice, known.bill_total)
        yield from _compare_vat(invoice, base, known.rates or {})


def _compare_bill(
    invoice: ElectronicInvoice, bill_total: tuple[str, Decimal] | None
) -> Iterator[Difference]:
    """Yield a difference if the bill in Odoo has another total than the invoice."""
    if bill_total and not invoice.costs(*bill_total):
        yield Difference(Compared.BILL, (invoice.currency, invoice.including_taxes), bill_total)


def _compare_vat(
    invoice: ElectronicInvoice, base: Amounts, rates: Mapping[int, Decimal]
) -> Iterator[Difference]:
    """Yield a difference of the VAT by rate, if both sides state the rates of all VAT."""
    charged = [tax for tax in base.taxes if tax.value]
    rows = [row for row in invoice.breakdown if row.tax]
    if any(tax.rate_type_id not in rates for tax in charged) or any(r.rate is None for r in rows):
        return
    ours = _sums((rates[tax.rate_type_id] * 100, tax.value) for tax in charged)
    theirs = _sums((row.rate or ZERO, row.tax or ZERO) for row in rows)
    if rows and ours != theirs:
        yield Difference(Compared.VAT, theirs, ours)


def _sums(amounts: Iterable[tuple[Decimal, Decimal]]) -> dict[Decimal, Decimal]:
    """Return the absolute amount of each rate, without zeros."""
    sums: dict[Decimal, Decimal] = defaultdict(Decimal)
    for rate, amount in amounts:
        sums[rate] += amount
    return {rate: abs(amount) for rate, amount in sorted(sums.items()) if amount}


def _compare_number(invoice: ElectronicInvoice, document: BookedDocument) -> Iterator[Difference]:
    """Yield a difference of the number, unless it is only written differently or without a prefix."""
    theirs, ours = read_number(invoice.number or ""), read_number(document.number)
    if not (theirs.is_empty or ours.is_empty or theirs.same_but_for_prefix(ours)):
        yield Difference(Compared.NUMBER, invoice.number, document.number)


def _compare_date(invoice: ElectronicInvoice, document: BookedDocument) -> Iterator[Difference]:
    """Yield a difference of the date. The invoice may have any of the days that Lucca's date stands for."""
    theirs = invoice.issue_date
    if theirs and document.document_date and theirs not in document.possible_days:
        yield Difference(Compared.DATE, theirs, document.document_date)
