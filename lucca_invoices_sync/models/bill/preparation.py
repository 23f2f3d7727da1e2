"""The data of a bill while it is prepared."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from ...lucca.booking.amounts import Evidence
from ...lucca.booking.electronic_invoice import ElectronicInvoice
from ...lucca.booking.lines import BillLine
from ...lucca.documents.booked_documents import BookedDocument
from ..messages import Message, sentences
from ..troubles import Blocked
from .differences import DifferenceInWords


@dataclass
class Bill:
    """A ``lucca.document`` on its way to a bill, which the functions of the preparation fill one after the other.

    :param booked: the document with a total that is not negative
    :param is_negative: whether Lucca has it as an invoice of a negative amount
    :param electronic: the supplier's electronic invoice, if a file of the document is or holds one
    :param evidence: what that invoice proves if it agrees with Lucca; nothing else of it may be used
    :param differences: where that invoice says something else than Lucca or Odoo
    :param lines: Lucca's amounts as lines; those of the electronic invoice, if the connection wants them
    :param taxes: ``account.tax`` of each line; printed ones are in the order of ``line.taxes``
    :param values: what the bill is created with
    :param notes: facts for the bill's chatter: messages, or words of other addons
    :param doubts: what is not certain, likewise for the chatter; such a bill is not posted automatically
    :param account_values: the account of all lines
    :param is_account_chosen: false if that is only the account of last resort
    :param rate_taxes: ``{rate_type_id: tax}`` of the printed VAT
    :param has_lost_vat: whether Lucca's cost contains VAT that is not recovered
    :param unprinted_tax: if no VAT is printed, the tax of all lines or an empty one; else None
    :param category_scope: what the VAT category of an electronic invoice says is bought: a scope of
        ``lucca.booking.taxes``, or empty
    :param category_taxes: ``{category: tax}`` of the parts without VAT of an electronic invoice; the tax
        is empty if none declares the VAT
    :param listed_vat: the VAT that Lucca lists although the total does not contain it
    :param lost_self_assessed: how much of the VAT that the company owes it does not recover, in the
        document's currency; zero if the tax itself takes that into account
    """

    document: Any
    booked: BookedDocument
    is_negative: bool = False
    electronic: ElectronicInvoice | None = None
    evidence: Evidence | None = None
    differences: list[DifferenceInWords] = field(default_factory=list)
    lines: list[BillLine] = field(default_factory=list)
    taxes: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[Message | str] = field(default_factory=list)
    doubts: list[Message | str] = field(default_factory=list)
    account_values: dict[str, Any] = field(default_factory=dict)
    is_account_chosen: bool = False
    rate_taxes: dict[int, Any] = field(default_factory=dict)
    has_lost_vat: bool = False
    unprinted_tax: Any = None
    category_scope: str = ""
    category_taxes: dict[str, Any] = field(default_factory=dict)
    listed_vat: Decimal = Decimal(0)
    lost_self_assessed: Decimal = Decimal(0)

    @property
    def tax_scope(self):
        """What is bought: a scope of ``lucca.booking.taxes``.

        The nature decides, then the VAT category of the electronic invoice, then the connection.
        """
        document = self.document
        of_nature = document._mapping("nature").tax_scope
        return of_nature or self.category_scope or document.connection_id.tax_scope

    @property
    def is_marked_as_owed(self):
        """Whether the company owes the VAT according to Lucca: its flag says so, or VAT is only listed."""
        return bool(self.listed_vat) or self.booked.is_self_assessed

    @property
    def has_items(self):
        """Whether the lines are those of the electronic invoice, not one for each VAT rate."""
        return any(line.item for line in self.lines)

    @property
    def is_refund(self):
        """Whether the bill lowers the debt: a credit note, or an invoice that is negative in Lucca."""
        return self.is_negative or self.booked.is_refund

    @property
    def witness(self):
        """The electronic invoice, if it has the type and the totals of the document; else None."""
        invoice = self.electronic
        is_alike = invoice and invoice.agrees_with(self.booked.base)
        return invoice if is_alike and invoice.has_type(self.is_refund) else None

    @property
    def is_advance(self):
        """Whether the bill is for an advance, by its electronic invoice."""
        return bool(self.electronic and self.electronic.is_advance and self.witness)

    @property
    def prepaid(self):
        """What was paid before, not negative, by the electronic invoice; Lucca's total may be without it."""
        return abs(self.witness.paid_before) if self.witness else Decimal(0)

    def printed_taxes(self):
        """Yield ``(account.tax, LineTax)`` of the printed taxes of all lines.

        The tax of a line without printed VAT, which adds nothing to the total, is left out.
        """
        for line, taxes in zip(self.lines, self.taxes, strict=True):
            yield from zip(taxes, line.taxes, strict=bool(line.taxes))

    def confirm(self, reason, doubt, advice, **values):
        """Add a doubt that a person accepted.

        :param reason: the reason for which the document needs attention until then
        :param doubt: a sentence that stays true on the bill
        :param advice: what a person can do, which the document says after the doubt
        :param values: the values of other fields of the document that needs attention
        :raises Blocked: nobody accepted the reason
        """
        if not self.document._is_accepted(reason):
            raise Blocked(reason, sentences(doubt, advice), may_be_accepted=True, **values)
        self.doubts.append(doubt)

    def doubt_once(self, doubt):
        """Add a doubt that another part of the preparation may have added already."""
        if doubt not in self.doubts:
            self.doubts.append(doubt)

    def become(self, other):
        """Replace all fields by those of another preparation of the same document; add the doubts of this one."""
        doubts = [*other.doubts, *(doubt for doubt in self.doubts if doubt not in other.doubts)]
        for one in fields(self):
            setattr(self, one.name, getattr(other, one.name))
        self.doubts = doubts

    @property
    def company(self):
        return self.document.company_id

    @property
    def tax_tolerance(self):
        """By how much the VAT may differ from its rate, if that is more than rounding explains."""
        return Decimal(str(self.document.connection_id.tax_tolerance))

    @property
    def supplier_mapping(self):
        """The mapping of the supplier that Lucca names; empty if a person chose another for the document."""
        mapping = self.document._mapping("supplier")
        return mapping.browse() if self.document.partner_id else mapping

    @property
    def partner(self):
        return self.document.env["res.partner"].browse(self.values["partner_id"])
