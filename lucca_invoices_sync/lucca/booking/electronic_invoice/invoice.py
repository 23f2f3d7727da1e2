"""An electronic invoice, in the terms of EN 16931."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from ...documents.booked_documents import Amounts
from ..parties import Party
from ..self_assessed import is_only_listed
from .types import ADVANCES, CORRECTIONS, CREDIT_NOTES, INVOICES, PRO_FORMA

#: An amount to pay that is less than the total by no more than this, in any currency, may only be rounded.
MAY_BE_ROUNDED = Decimal("0.5")


class VatPoint(Enum):
    """When VAT falls due (BT-8)."""

    ISSUE = "issue"
    DELIVERY = "delivery"
    PAYMENT = "payment"


@dataclass(frozen=True)
class InvoiceParty:
    """The seller (BG-4), the buyer (BG-7) or the payee (BG-10), as the invoice writes them.

    ``registration`` is BT-30, BT-47 or BT-61; ``registration_scheme`` is the ISO 6523 code of the
    register that it comes from, such as 0002 for the French SIRENE. ``country`` is ISO 3166-1.
    """

    name: str | None = None
    vat: str | None = None
    registration: str | None = None
    registration_scheme: str | None = None
    country: str | None = None

    def as_party(self) -> Party:
        """Return the party by its numbers alone: names are written in too many ways to count."""
        return Party.of(
            country=self.country or "", vat=self.vat or "", registration=self.registration or ""
        )


class Period(NamedTuple):
    """The days that an invoice (BG-14) or a line (BG-26) is for; either may be missing."""

    start: date | None
    end: date | None


# Other software takes a row of the VAT breakdown and a line for plain tuples of the terms that they
# had at first: it takes them apart, and compares them with tuples. So the terms that came later are
# attributes beside the tuple. They are given by name, and ``==`` does not look at them.


class _VatTerms(NamedTuple):
    category: str | None
    rate: Decimal | None
    base: Decimal | None
    tax: Decimal | None


class VatBreakdown(_VatTerms):
    """One row of the VAT breakdown (BG-23): a tuple of category (BT-118), rate, base and tax, and two more terms.

    The rate (BT-119) is in percent; the base (BT-116) and the tax (BT-117) are in the invoice's
    currency. ``exemption_reason`` (BT-120) and ``exemption_code`` (BT-121, of the VATEX list), which are
    no elements of the tuple, say why there is no VAT.
    """

    exemption_reason: str | None
    exemption_code: str | None

    def __new__(
        cls,
        category: str | None,
        rate: Decimal | None,
        base: Decimal | None,
        tax: Decimal | None,
        *,
        exemption_reason: str | None = None,
        exemption_code: str | None = None,
    ) -> VatBreakdown:
        row = super().__new__(cls, category, rate, base, tax)
        row.exemption_reason, row.exemption_code = exemption_reason, exemption_code
        return row

    def __repr__(self) -> str:
        return f"VatBreakdown({_named(self)})"

    def _replace(self, **changed: Any) -> VatBreakdown:
        return VatBreakdown(**{**_named(self), **changed})


class _LineTerms(NamedTuple):
    name: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None
    category: str | None
    rate: Decimal | None


class InvoiceLine(_LineTerms):
    """One line (BG-25): a tuple of name (BT-153), quantity, price, amount, VAT category and rate, and more terms.

    The amount (BT-131) is without VAT, in the invoice's currency, and after the line's own
    allowances and charges. The price (BT-146) is that of ``price_quantity`` (BT-149) units, of one
    unit if the invoice names none. The rate (BT-152) is in percent.

    The other terms are no elements of the tuple. ``unit`` (BT-130) is a code of UN/ECE Recommendation
    20; ``order_reference`` (BT-132) is the line of the buyer's order. ``status`` is an extension of
    Factur-X: the amount of a line with the status ``GROUP`` or ``INFORMATION`` repeats that of other
    lines, and is not part of the total.
    """

    unit: str | None
    price_quantity: Decimal | None
    period: Period | None
    order_reference: str | None
    status: str | None

    def __new__(
        cls,
        name: str | None,
        quantity: Decimal | None,
        unit_price: Decimal | None,
        amount: Decimal | None,
        category: str | None,
        rate: Decimal | None,
        *,
        unit: str | None = None,
        price_quantity: Decimal | None = None,
        period: Period | None = None,
        order_reference: str | None = None,
        status: str | None = None,
    ) -> InvoiceLine:
        line = super().__new__(cls, name, quantity, unit_price, amount, category, rate)
        line.unit, line.price_quantity, line.period = unit, price_quantity, period
        line.order_reference, line.status = order_reference, status
        return line

    def __repr__(self) -> str:
        return f"InvoiceLine({_named(self)})"

    def _replace(self, **changed: Any) -> InvoiceLine:
        return InvoiceLine(**{**_named(self), **changed})


def _named(row: VatBreakdown | InvoiceLine) -> dict[str, Any]:
    """Return ``{name: value}`` of all terms of a row, those beside its tuple included."""
    return {**row._asdict(), **vars(row)}


class AllowanceOrCharge(NamedTuple):
    """An amount without VAT that reduces (BG-20) or increases (BG-21) the whole invoice.

    The amount (BT-92, BT-99) has the sign of the file: an allowance is to be subtracted. The rate is
    in percent.
    """

    is_charge: bool
    amount: Decimal | None
    category: str | None
    rate: Decimal | None
    reason: str | None


@dataclass(frozen=True)
class ElectronicInvoice:
    """An electronic invoice. Amounts have the signs of the file, and are in its currency.

    A term is None if the file does not have it, or if its value cannot be read or contradicts itself.
    In the latter cases, ``unreadable`` has the number of the term, such as ``"BT-112"``.
    """

    number: str | None = None  # BT-1
    type_code: str | None = None  # BT-3, see ``types``
    # Whether the file is a credit note of UBL, which need not have a type.
    is_ubl_credit_note: bool = False
    issue_date: date | None = None  # BT-2
    due_date: date | None = None  # BT-9
    currency: str | None = None  # BT-5, ISO 4217
    seller: InvoiceParty = InvoiceParty()
    buyer: InvoiceParty = InvoiceParty()
    # The company to pay if it is not the seller, such as a factor.
    payee: InvoiceParty = InvoiceParty()
    tax_representative_vat: str | None = None  # BT-63
    order_reference: str | None = None  # BT-13
    preceding_invoices: tuple[str, ...] = ()  # BT-25
    delivery_date: date | None = None  # BT-72
    period: Period | None = None
    vat_point: VatPoint | None = None
    vat_point_date: date | None = None  # BT-7
    payment_means: tuple[str, ...] = ()  # BT-81, UNTDID 4461
    ibans: tuple[str, ...] = ()  # BT-84
    payment_reference: str | None = None  # BT-83
    excluding_taxes: Decimal | None = None  # BT-109
    tax: Decimal | None = None  # BT-110
    including_taxes: Decimal | None = None  # BT-112
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    due: Decimal | None = None  # BT-115
    breakdown: tuple[VatBreakdown, ...] = ()
    allowances_and_charges: tuple[AllowanceOrCharge, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def seller_vat(self) -> str | None:
        """The VAT number of the seller (BT-31), for other software: the addon reads ``seller``."""
        return self.seller.vat

    @property
    def seller_registration(self) -> str | None:
        """The registration of the seller (BT-30), for other software."""
        return self.seller.registration

    @property
    def buyer_vat(self) -> str | None:
        """The VAT number of the buyer (BT-48), for other software."""
        return self.buyer.vat

    @property
    def iban(self) -> str | None:
        """The first account that the invoice names (BT-84), written as in the file."""
        return next(iter(self.ibans), None)

    @property
    def service_period(self) -> Period | None:
        """The days that the invoice is for, None if it does not say.

        They are its own period (BG-14), else the one period of all lines (BG-26), else its delivery
        date (BT-72).
        """
        of_lines = {line.period for line in self.lines if line.period}
        if self.period or (len(of_lines) == 1 and all(line.period for line in self.lines)):
            return self.period or of_lines.pop()
        return Period(self.delivery_date, self.delivery_date) if self.delivery_date else None

    @property
    def is_advance(self) -> bool:
        """Whether it is for an advance, before the goods or services are supplied."""
        return self.type_code in ADVANCES

    @property
    def is_pro_forma(self) -> bool:
        """Whether it is only an offer in the form of an invoice, whose VAT may not be deducted."""
        return self.type_code == PRO_FORMA

    @property
    def is_correction(self) -> bool:
        """Whether it replaces an earlier invoice, which ``preceding_invoices`` names."""
        return self.type_code in CORRECTIONS

    @property
    def is_credit_note(self) -> bool | None:
        """Whether it is a credit note; None if its type is missing or not known."""
        if self.is_ubl_credit_note or self.type_code in CREDIT_NOTES:
            return True
        return False if self.type_code in INVOICES else None

    @property
    def is_refund(self) -> bool | None:
        """Whether it lowers the debt, as in ``BookedDocument.is_refund``; None if that is not known.

        It does so if it is a credit note, of any sign, or a negative invoice.
        """
        if self.is_credit_note is not False:
            return self.is_credit_note
        total = self.including_taxes or self.excluding_taxes
        return None if total is None else total < 0

    def has_type(self, is_refund: bool) -> bool:
        """Return whether it lowers the debt, or raises it, as a document does; true if that is not known."""
        return self.is_refund in (None, is_refund)

    @property
    def has_totals(self) -> bool:
        """Whether it can be compared: it has a currency, and totals excluding and including taxes."""
        return None not in (self.currency, self.excluding_taxes, self.including_taxes)

    @property
    def total_tax(self) -> Decimal | None:
        """The VAT; if the file does not have it, the difference of the totals with and without taxes."""
        if self.tax is not None or self.including_taxes is None or self.excluding_taxes is None:
            return self.tax
        return self.including_taxes - self.excluding_taxes

    def agrees_with(self, amounts: Amounts) -> bool:
        """Return whether Lucca's document, of either sign, has the same currency and totals.

        The total in Lucca may be what is left to pay: less what was paid before, and rounded. VAT
        that Lucca lists without adding it to the total is not on the supplier's invoice.
        """
        excluding, tax = self.excluding_taxes, self.total_tax
        if excluding is None or tax is None:
            return False
        if not tax and is_only_listed(amounts):
            amounts = replace(amounts, taxes=())
        return (
            (self.currency, abs(excluding), abs(tax))
            == (amounts.currency, abs(amounts.excluding_taxes), abs(amounts.total_tax))
        ) and self.has_total(amounts.including_taxes)

    def has_total(self, total: Decimal) -> bool:
        """Return whether a total, of either sign, is the invoice's with taxes, or what is left to pay of it."""
        totals = (self.including_taxes, self.left_to_pay)
        return abs(total) in {abs(one) for one in totals if one is not None}

    def costs(self, currency: str, total: Decimal) -> bool:
        """Return whether a bill of a currency and total has the invoice's."""
        return self.currency == currency and self.has_total(total)

    @property
    def left_to_pay(self) -> Decimal | None:
        """The amount to pay (BT-115), None if it does not follow from the other amounts."""
        if self.including_taxes is None:
            return None
        reckoned = self.including_taxes - self.paid_before + (self.rounding or 0)
        return reckoned if self.due == reckoned else None

    @property
    def paid_before(self) -> Decimal:
        """What was paid before, with the sign of the total; zero if the invoice does not say.

        It is BT-113. The profile MINIMUM of Factur-X has no such term, nor a VAT breakdown (BG-23): it says what
        was paid before by the amount to pay (BT-115) alone, if that is a part of the total.
        """
        is_minimum = self.prepaid is None and not (self.breakdown or self.rounding)
        if self.including_taxes is None or self.due is None or not is_minimum:
            return self.prepaid or Decimal(0)
        total, paid = abs(self.including_taxes), self.including_taxes - self.due
        is_part = MAY_BE_ROUNDED < abs(paid) <= total and abs(self.due) <= total
        return paid if is_part else Decimal(0)
