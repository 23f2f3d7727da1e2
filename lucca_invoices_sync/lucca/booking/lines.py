"""The lines of a planned bill, and the findings about unusual amounts of the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import Enum
from typing import TYPE_CHECKING

from ..documents.booked_documents import ZERO

if TYPE_CHECKING:
    from .electronic_invoice.items import Item


class Kind(Enum):
    """What a bill line stands for."""

    #: A base with its taxes: the printed VAT, and what is withheld from the same base.
    VAT = "vat"
    #: An amount that no printed VAT explains.
    UNTAXED = "untaxed"
    #: VAT that is not recovered.
    LOST_VAT = "lost_vat"
    #: The base of a tax with the sign reversed, if this base is not on the document.
    COUNTER = "counter"
    #: The negative amount by which the amount excluding taxes is less than the base of its VAT.
    DEDUCTION = "deduction"
    #: The negative amount that was paid before, if the total is what is left to pay.
    PREPAID = "prepaid"
    #: The rounding of the amount payable.
    ROUNDING = "rounding"
    #: The difference between the printed total and the sum of the document's amounts.
    DIFFERENCE = "difference"


#: The kinds of lines that are no purchase, and whose account a person may choose.
DIFFERENCES = (Kind.DEDUCTION, Kind.DIFFERENCE, Kind.PREPAID)


@dataclass(frozen=True)
class LineTax:
    """A printed tax amount of a line: VAT, or a negative amount that is withheld.

    ``company_amount`` is in the company's currency, None if Lucca does not give it.
    """

    rate_type_id: int
    amount: Decimal
    company_amount: Decimal | None = None


@dataclass(frozen=True)
class BillLine:
    """One bill line: a base and its printed taxes, in the document's and in the company's currency.

    ``company_base`` is None if Lucca does not give it. ``item`` is the line of the supplier's
    electronic invoice that this line stands for; it is None if the line stands for a whole rate.
    ``category`` is the VAT category that an electronic invoice gives for a part without VAT, such as
    ``"AE"``; it is empty if none is known.
    """

    kind: Kind
    base: Decimal
    taxes: tuple[LineTax, ...] = ()
    company_base: Decimal | None = None
    item: Item | None = None
    category: str = ""

    @property
    def rate_type_id(self) -> int | None:
        """The rate type of the VAT, else of what is withheld; None for a line without tax."""
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


class Unusual(Enum):
    """What is unusual about a document's amounts."""

    #: A part is without VAT.
    UNTAXED = "untaxed"
    #: A small part is without VAT by the rate in Lucca; by another usual rate, there is no such part.
    OTHER_RATE = "other_rate"
    #: Most of the base of a tax is not on the document.
    BASE_MISSING = "base_missing"
    #: The amount excluding taxes is less than the base of the VAT.
    DEDUCTION = "deduction"
    #: The amount payable is rounded.
    ROUNDING = "rounding"
    #: The total is not the sum of the amounts of the document.
    DIFFERENCE = "difference"
    #: The amount excluding taxes is zero, or is the total.
    EXCLUDING = "excluding"
    #: There is VAT at a rate of 0 %.
    ZERO_RATE = "zero_rate"
    #: The charge is not explained by VAT that is not recovered.
    COST = "cost"
    #: The charge is less than the amount excluding taxes, which is a part of it.
    LOW_COST = "low_cost"
    #: It is not known which rate the VAT belongs to that is not recovered.
    LOST_RATE = "lost_rate"
    #: The converted amounts do not add up as those of the document do.
    CONVERSION = "conversion"
    #: The converted VAT is not the document's VAT in another currency.
    CONVERTED_VAT = "converted_vat"


TAX_MISMATCH, TOTAL_MISMATCH = "tax_mismatch", "total_mismatch"
#: Findings that concern the total; the others concern the taxes.
_OF_THE_TOTAL = (
    Unusual.DIFFERENCE,
    Unusual.EXCLUDING,
    Unusual.CONVERSION,
    Unusual.CONVERTED_VAT,
)
#: The bill can be created without an answer, but a person checks these before it is posted.
_TO_CHECK = (Unusual.OTHER_RATE, Unusual.LOW_COST, Unusual.LOST_RATE)


@dataclass(frozen=True)
class Finding:
    """Something unusual about a document's amounts.

    ``amount`` is the part without VAT, the missing base, the difference, ... It is in the document's
    currency; for ``Unusual.CONVERSION`` and ``Unusual.CONVERTED_VAT``, it is in the company's. ``rate`` is
    the other rate (a fraction) of ``Unusual.OTHER_RATE``.
    """

    what: Unusual
    amount: Decimal
    must_be_confirmed: bool = True
    rate: Decimal | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether a person checks it, before the bill is created or before it is posted."""
        return self.must_be_confirmed or self.what in _TO_CHECK

    @property
    def reason(self) -> str:
        """The reason by which a person's confirmation is remembered."""
        return TOTAL_MISMATCH if self.what in _OF_THE_TOTAL else TAX_MISMATCH


def gravest_reason(findings: Iterable[Finding]) -> str:
    """Return the one reason for all findings that a person must confirm, empty if there are none."""
    reasons = {finding.reason for finding in findings if finding.must_be_confirmed}
    return TOTAL_MISMATCH if TOTAL_MISMATCH in reasons else "".join(reasons)


@dataclass(frozen=True)
class Plan:
    """The lines of a bill, whose sums are Lucca's amounts, and the findings about the amounts."""

    lines: tuple[BillLine, ...]
    findings: tuple[Finding, ...] = ()


def round_to(value: Decimal, unit: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Return the nearest multiple of ``unit``; by default, half goes away from zero as in Odoo."""
    return (value / unit).to_integral_value(rounding) * unit


def shared(amount: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Return ``amount`` shared in proportion to ``weights``, whose sum is not zero.

    The share of the largest weight takes what rounding leaves over.
    """
    whole = sum(weights, ZERO)
    shares = [round_to(amount * weight / whole, unit, ROUND_DOWN) for weight in weights]
    largest = max(range(len(weights)), key=lambda index: abs(weights[index]))
    shares[largest] += amount - sum(shares, ZERO)
    return shares


def scaled(
    amounts: Sequence[Decimal], factor: Decimal, unit: Decimal, total: Decimal
) -> list[Decimal]:
    """Return each amount times ``factor``, rounded; the largest takes what is missing of ``total``.

    What one rounding leaves over goes into the next. So no amount is off by more than ``unit``, and
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
