"""What a document's amounts become: bill lines, and what is unusual about the amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .electronic_invoice.items import Item

ZERO = Decimal(0)


class Kind(Enum):
    """What a bill line stands for."""

    #: A base with its taxes: the printed VAT, and what is withheld from the same base.
    VAT = "vat"
    #: What no printed VAT explains.
    UNTAXED = "untaxed"
    #: VAT that is not recovered.
    LOST_VAT = "lost_vat"
    #: Takes back a base that is not on the document, of a tax that is.
    COUNTER = "counter"
    #: What the amount excluding taxes is less than the base of its VAT.
    DEDUCTION = "deduction"
    #: What was paid before, where the total is what is left to pay.
    PREPAID = "prepaid"
    #: The rounding of the amount payable.
    ROUNDING = "rounding"
    #: What the printed total is more or less than the amounts that it is made of.
    DIFFERENCE = "difference"


#: Lines that are no purchase, on an account that may be chosen.
DIFFERENCES = (Kind.DEDUCTION, Kind.DIFFERENCE, Kind.PREPAID)


@dataclass(frozen=True)
class LineTax:
    """A printed tax amount of a line: VAT, or a negative amount that is withheld.

    ``company_amount`` is in the company's currency, None where Lucca does not know it.
    """

    rate_type_id: int
    amount: Decimal
    company_amount: Decimal | None = None


@dataclass(frozen=True)
class BillLine:
    """One bill line: a base and its printed taxes, in the document's and in the company's currency.

    ``company_base`` is None where Lucca does not know it. ``item`` is the line of the supplier's
    electronic invoice that it stands for; None for a line that is a rate's. ``category`` is the VAT
    category that an electronic invoice gives for a part without VAT, such as ``"AE"``; empty where
    none is known.
    """

    kind: Kind
    base: Decimal
    taxes: tuple[LineTax, ...] = ()
    company_base: Decimal | None = None
    item: Item | None = None
    category: str = ""

    @property
    def rate_type_id(self) -> int | None:
        """Of its VAT, or of what is withheld where it has no VAT; None for a line without tax."""
        return self.taxes[0].rate_type_id if self.taxes else None

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), ZERO)

    @property
    def company_tax(self) -> Decimal:
        return sum((tax.company_amount or ZERO for tax in self.taxes), ZERO)

    @property
    def company_total(self) -> Decimal:
        return (self.company_base or ZERO) + self.company_tax


class What(Enum):
    """What is unusual about a document's amounts."""

    #: A part is without VAT.
    UNTAXED = "untaxed"
    #: A tax needs a base that is, for the most part, not on the document.
    BASE_MISSING = "base_missing"
    #: The amount excluding taxes is less than the base of the VAT.
    DEDUCTION = "deduction"
    #: The amount payable is rounded.
    ROUNDING = "rounding"
    #: The total is not the sum of the amounts that it is made of.
    DIFFERENCE = "difference"
    #: The amount excluding taxes is none, or is the total.
    EXCLUDING = "excluding"
    #: VAT at a rate of 0 %.
    ZERO_RATE = "zero_rate"
    #: The charge is more than the total: no VAT that is not recovered explains it.
    COST = "cost"
    #: The converted amounts are not the document's in another currency.
    CONVERSION = "conversion"


TAX_MISMATCH, TOTAL_MISMATCH = "tax_mismatch", "total_mismatch"
#: Findings that concern the total; the others concern the taxes.
_OF_THE_TOTAL = (What.DIFFERENCE, What.EXCLUDING, What.CONVERSION)


@dataclass(frozen=True)
class Finding:
    """Something unusual about a document's amounts.

    ``amount`` is what is unusual: the part without VAT, the base that is missing, the difference.
    It is in the document's currency, that of a conversion in the company's.
    """

    what: What
    amount: Decimal
    must_be_confirmed: bool = True

    @property
    def reason(self) -> str:
        """By which a person's confirmation is remembered."""
        return TOTAL_MISMATCH if self.what in _OF_THE_TOTAL else TAX_MISMATCH


def gravest_reason(findings: Iterable[Finding]) -> str:
    """The reason of what a person must confirm, for all findings at once; empty for nothing."""
    reasons = {finding.reason for finding in findings if finding.must_be_confirmed}
    return TOTAL_MISMATCH if TOTAL_MISMATCH in reasons else "".join(reasons)


@dataclass(frozen=True)
class Plan:
    """The lines of a bill, whose sums are Lucca's amounts, and what is unusual about them."""

    lines: tuple[BillLine, ...]
    findings: tuple[Finding, ...] = ()


def round_to(value: Decimal, unit: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The nearest multiple of ``unit``, half away from zero as Odoo rounds."""
    return (value / unit).to_integral_value(rounding) * unit


def shared(amount: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """``amount`` in proportion to ``weights``, whose sum is not zero; the largest takes the residue."""
    whole = sum(weights, ZERO)
    shares = [round_to(amount * weight / whole, unit, ROUND_DOWN) for weight in weights]
    largest = max(range(len(weights)), key=lambda index: abs(weights[index]))
    shares[largest] += amount - sum(shares, ZERO)
    return shares


def scaled(
    amounts: Sequence[Decimal], factor: Decimal, unit: Decimal, total: Decimal
) -> list[Decimal]:
    """Each amount times ``factor``, rounded; the largest takes what is then missing of ``total``.

    What is left of one rounding goes into the next: so no amount is off by more than ``unit``, and
    hardly anything is missing, however many amounts there are.
    """
    parts: list[Decimal] = []
    whole = done = ZERO
    for amount in amounts:
        whole += amount
        parts.append(round_to(whole * factor, unit) - done)
        done += parts[-1]
    largest = max(range(len(parts)), key=lambda index: abs(parts[index]))
    parts[largest] += total - done
    return parts
