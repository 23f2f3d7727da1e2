from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import psycopg2
from markupsafe import Markup
from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.booking.amounts import check_decimals
from ...lucca.booking.bill_numbers import read_number
from ...lucca.errors import InvalidDocument
from ..messages import Messages, Money, in_words
from ..savepoints import Savepoint
from ..states import name_of_method
from ..supplier.create import doubts_of_vies
from ..supplier.directory import accounts_of
from ..texts import explain_fault
from ..troubles import Blocked, contained
from . import dates, evidence, payment, payment_by_invoice
from .archived import check_archived, refuse_archived, refuse_archived_company
from .decided import describe_decisions, note_chosen, note_company
from .deposits import read_deposits
from .differences import find_differences
from .electronic_invoice import invoices_of
from .electronic_notes import note_evidence
from .items import accounts_by_label
from .precedents import read_precedents
from .preparation import Bill

_lt = Messages(__name__)

#: The share by which Lucca's exchange rate may differ from Odoo's before the bill gets a doubt. The
#: two rates may be of different days: since 2016 the euro moved by less against the franc, the
#: dollar and the pound in any quarter. A misplaced decimal point or an inverted rate differs by more.
FAR_RATE = 0.1


class LuccaBill(models.AbstractModel):
    _name = "lucca.bill"
    _description = "Preparation of a Bill"

    @api.model
    def _prepare_batch(self, turn, documents, books):
        """Return the ``Bill``s of one company's documents; block those that need attention.

        :param books: the company's ``CompanyBooks``
        """
        self._read_for(documents, books)
        try:
            with Savepoint(self.env.cr):
                bills = self._prepare_all(turn, documents, books)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except psycopg2.Error:  # another addon's query broke the transaction for all documents
            bills = self._prepare_all(turn, documents, books, partial(Savepoint, self.env.cr))
        return self.env["lucca.bill.duplicate"]._without_duplicates(turn, bills)

    @api.model
    def _prepare_alone(self, document, books):
        """Return what ``_prepare`` returns for a single document, after reading its supplier's data."""
        self._read_for(document, books)
        return self._prepare(document, books)

    def _read_for(self, documents, books):
        """Read what the bills of a batch need of their suppliers and files into ``books``."""
        partners = documents.mapping_ids.partner_id | documents.partner_id
        self._read_ahead(partners)
        books.bank_accounts = accounts_of(partners.commercial_partner_id)
        lines = self.env["lucca.bill.line"]
        books.usual_accounts = lines._usual_accounts(books.company, partners)
        books.electronic_invoices = invoices_of(documents)
        books.label_accounts = accounts_by_label(books, partners.commercial_partner_id)
        books.precedents = read_precedents(books, documents)
        books.deposits = read_deposits(books, documents)

    def _why_blocked_by_invoice(self, document):
        """Return why a bill may not be paid by its document's electronic invoice, as a message; None if it may."""
        invoices = invoices_of(document).get(document)
        return payment_by_invoice.why_by_invoice(document, invoices[0]) if invoices else None

    def _prepare_all(self, turn, documents, books, savepoint=nullcontext):
        bills = []
        for document in documents:
            with contained(document, turn), savepoint():
                bills.append(self._prepare(document, books))
        return bills

    def _read_ahead(self, partners):
        """Prefetch the suppliers of a batch, so that they are not read again for each bill."""
        partners.mapped("active")
        partners.mapped("property_supplier_payment_term_id.early_discount")
        contacts = partners.child_ids
        (contacts | contacts.child_ids).mapped("type")  # Odoo looks for a delivery address

    @api.model
    def _prepare(self, document, books):
        """Return the ``Bill`` of a document; raise ``Blocked`` or ``DocumentError``. Other addons may extend this."""
        refuse_archived_company(document)
        booked = document._booked_document()
        bill = Bill(document, booked.absolute(), booked.is_negative_invoice)
        bill.electronic = next(iter(books.electronic_invoices.get(document, ())), None)
        dates.settle_day(bill)
        evidence.prove(bill)
        bill.values = {
            "move_type": "in_refund" if bill.is_refund else "in_invoice",
            "company_id": document.company_id.id,
            "journal_id": self._journal(document).id,
            "partner_id": self._supplier(document, books).id,
        }
        self._set_references(bill)
        dates.set_dates(bill)
        bill.values["fiscal_position_id"] = books.fiscal_position(bill.partner).id
        note_company(bill, books)
        self._note_supplier(bill)
        if bill.electronic:
            bill.differences = find_differences(document, bill.partner, books)
        self._set_terms(bill)
        self._set_payment(bill, books)
        self._set_currency(bill, books)
        self.env["lucca.bill.no_vat"]._decide(bill, books)
        self.env["lucca.bill.line"]._set_lines(bill, books)
        self.env["lucca.bill.no_vat"]._add_lost_vat(bill)
        self.env["lucca.bill.no_vat"]._doubt_part(bill, books)
        check_archived(bill, books)
        note_evidence(bill, books)
        return bill

    def _journal(self, document):
        """Return the establishment's journal, else the connection's; raise ``Blocked`` if no bill can be in it."""
        company, journal = document.company_id, document._assigned_journal()
        if not journal.filtered_domain(journal._check_company_domain(company)):
            raise Blocked(
                "unmapped_establishment",
                _lt("%s has no purchase journal: make one, then press “Retry”.", company.name),
            )
        refuse_archived(document, journal)
        return journal

    def _supplier(self, document, books):
        mapping, chosen = document._mapping("supplier"), document.partner_id
        partner = chosen or mapping.partner_id
        if mapping.is_doubtful and not chosen:
            raise Blocked("ambiguous_supplier", mapping.doubt)
        if not partner:
            raise Blocked(
                "unknown_supplier",
                _lt(
                    "“%s” has no supplier in Odoo: press “Choose the Supplier”.",
                    document.supplier_name or "?",
                ),
            )
        refuse_archived(document, partner | partner.commercial_partner_id)
        if partner.commercial_partner_id in books.own_partners:
            raise Blocked(
                "unknown_supplier",
                _lt(
                    "“%s” is our own company, which sends no invoices to itself: choose the supplier.",
                    partner.display_name,
                ),
            )
        if not partner.filtered_domain(partner._check_company_domain(document.company_id)):
            raise Blocked(
                "unknown_supplier",
                _lt(
                    "“%(supplier)s” is a supplier of another company than %(company)s: choose another.",
                    supplier=partner.display_name,
                    company=document.company_id.name,
                ),
            )
        return partner

    def _note_supplier(self, bill):
        """Add what is not sure about the supplier to the doubts of the bill."""
        mapping = bill.document._mapping("supplier")
        if bill.document.partner_id:
            note_chosen(bill, mapping)
            return
        if mapping.doubt:
            bill.doubts.append(mapping.doubt)
        bill.doubts += doubts_of_vies(mapping, bill.partner)

    def _set_references(self, bill):
        """Set the document's number as the bill's reference and payment reference; add a doubt if it is none.

        A text in place of a number, such as "N/A", tells no bill from another.
        """
        number = bill.booked.number
        is_missing = read_number(number).is_empty
        reference = "" if is_missing else number
        bill.values |= {"ref": reference, "payment_reference": reference}
        if is_missing and number:
            told = _lt(
                "Lucca has “%s” in place of a document number: complete the reference.", number
            )
            bill.doubts.append(told)
        elif is_missing:
            bill.doubts.append(_lt("Lucca has no document number: complete the reference."))

    def _set_terms(self, bill):
        """Set the due date, Lucca's or the electronic invoice's, in place of the supplier's payment term.

        If there is none of them, it is by the payment term that the supplier has in Lucca. A credit note may be used
        from its date on. A term whose early discount lowers the VAT is left out, too, since it would change the
        total; its last due date is kept.
        """
        term = bill.partner.property_supplier_payment_term_id
        lowers_vat = term.early_discount and term.early_pay_discount_computation == "mixed"
        due_date = bill.booked.due_date or evidence.due_date(bill)
        day, is_refund = bill.values["invoice_date"], bill.values["move_type"] == "in_refund"
        if is_refund:
            due_date = due_date or day
        elif lowers_vat and not due_date:
            due_date = max(line._get_due_date(day) for line in term.line_ids)
        elif not (due_date or term):
            due_date = dates.find_missing_due_date(bill)
        if due_date:
            bill.values["invoice_date_due"] = due_date
        if due_date or lowers_vat or is_refund:
            bill.values["invoice_payment_term_id"] = False
        else:  # Odoo takes the supplier's
            refuse_archived(bill.document, term)
        if lowers_vat and not is_refund:
            bill.notes.append(
                _lt(
                    "The payment term “%s” of the supplier is left out: its discount would lower the"
                    " VAT that is on the invoice. Its due date is kept if Lucca has none.",
                    term,
                )
            )

    def _set_payment(self, bill, books):
        """Set the bank account and the payment reference of a bill, as far as it may be paid by transfer."""
        is_payable = payment.is_payable(bill)
        if bill.values["move_type"] == "in_refund":
            return  # the supplier pays it
        if reference := evidence.payment_reference(bill):
            bill.values["payment_reference"] = reference
        if is_payable:
            payment.set_account(bill, books)
        else:
            bill.values["partner_bank_id"] = False
        payment.check_reference(bill)

    # --- currency -------------------------------------------------------------------------------

    def _set_currency(self, bill, books):
        """Set the currency and the exchange rate, Lucca's or else Odoo's; raise ``Blocked`` if Odoo has neither."""
        code = bill.booked.base.currency
        currency = self.env["res.currency"]._lucca_by_code(code)
        if not currency:
            raise Blocked(
                "invalid_document",
                _lt(
                    "Odoo does not know the currency %s: correct it in Lucca, then press “Retry”, or press"
                    " “Enter by Hand”.",
                    code,
                ),
            )
        refuse_archived(bill.document, currency)
        bill.values["currency_id"] = currency.id
        rate = self._luccas_rate(bill)
        if rate is None:
            self._use_odoos_rate(bill, books, currency)
            return
        if currency != bill.company.currency_id:
            self._check_rate(bill, books, currency, rate)
        bill.values["invoice_currency_rate"] = float(rate)

    def _luccas_rate(self, bill):
        """Return Lucca's rate, the document's currency per unit of the company's; None if there is no usable one."""
        own, booked = bill.company.currency_id, bill.booked
        try:
            rate = booked.company_rate(own.name)
            if rate is not None and booked.base.currency != own.name:
                check_decimals(booked.counter, own._lucca_unit())
            return rate
        except InvalidDocument as error:
            bill.confirm(
                "invalid_document",
                _lt(
                    "The amounts that Lucca converted to %(own)s cannot be used. %(fault)s",
                    own=own.name,
                    fault=explain_fault(error),
                ),
                _lt(
                    "Correct it in Lucca, then press “Retry”, or press “Book Anyway”: then Odoo's own rate"
                    " is used."
                ),
            )
        bill.booked = replace(booked, counter=None)
        return None

    def _check_rate(self, bill, books, currency, rate):
        """Add a doubt about a rate that is far from Odoo's; have a person confirm a rate of 1."""
        if rate == 1:
            bill.confirm(
                "invalid_document",
                _lt(
                    "Lucca converts %(amount)s to %(converted)s, as if both currencies were worth"
                    " the same.",
                    **self._converted(bill, rate),
                ),
                _lt("Correct the rate in Lucca, then press “Retry”, or press “Book Anyway”."),
            )
        elif doubt := self._doubt_rate(bill, books, currency, rate):
            bill.doubts.append(doubt)

    def _doubt_rate(self, bill, books, currency, rate):
        """Return the doubt about a rate that is far from Odoo's, as a message; None if there is none."""
        own, worth = bill.company.currency_id, bill.booked.base.worth
        odoos = books.exchange_rate(currency, bill.booked.tax_day)
        if not odoos or not _is_far(worth, float(rate), odoos, own):
            return None
        return _lt(
            "Lucca converts %(amount)s to %(converted)s; by Odoo's own rate it would be"
            " %(odoos)s. Compare the rate.",
            odoos=Money(own.name, float(worth) / odoos),
            **self._converted(bill, rate),
        )

    def _converted(self, bill, rate):
        """Return the document's amount, and the same converted to the company's currency, for a sentence."""
        base = bill.booked.base
        return {
            "amount": Money(base.currency, base.worth),
            "converted": Money(bill.company.currency_id.name, base.worth / rate),
        }

    def _use_odoos_rate(self, bill, books, currency):
        """Leave the conversion to Odoo; raise ``Blocked`` if Odoo has no rate, since it would convert at 1.

        Have a person confirm a rate of 1: a new row of rates in Odoo has it until another is entered.
        """
        if bill.booked.base.is_zero:
            return
        own = bill.company.currency_id.name
        odoos = books.exchange_rate(currency, bill.booked.tax_day)
        if odoos is None:
            raise Blocked(
                "inactive_currency",
                _lt(
                    "Lucca does not convert this document to %(own)s, and no exchange rate of %(currency)s is"
                    " entered in Odoo: press “Enter a Rate”, then “Retry”.",
                    currency=currency.name,
                    own=own,
                ),
            )
        if odoos == 1:
            bill.confirm(
                "inactive_currency",
                _lt(
                    "By Odoo's exchange rate, %(amount)s are %(converted)s, as if both currencies were"
                    " worth the same.",
                    **self._converted(bill, 1),
                ),
                _lt("Press “Enter a Rate”, then “Retry”, or press “Book Anyway”."),
            )
        bill.notes.append(
            _lt("Lucca does not convert this document to %s: Odoo's own rate is used.", own)
        )

    # --- the bill's chatter ---------------------------------------------------------------------

    @api.model
    def _describe(self, bill, move):
        """Return the note on a new bill as HTML: where the bill comes from, and what is unusual about it."""
        document, booked = bill.document, bill.booked
        source = _lt("From Lucca Invoices: %s.", document.display_name)
        notes = [document._lucca_link(in_words(self.env, source))]
        if document.purchase_name:
            notes.append(_lt("Purchase: %s", document.purchase_name))
        if booked.payment_method:
            method = name_of_method(booked.payment_method)
            notes.append(_lt("Payment method in Lucca: %s", method))
        if bill.is_negative:
            notes.append(
                _lt("In Lucca this is an invoice with a negative amount. In Odoo it is a refund.")
            )
        notes += [*describe_decisions(bill), *bill.notes]
        if locked := self._describe_lock(move):
            notes.append(locked)
        told = [in_words(self.env, note) for note in notes]
        return Markup("<br/>").join([*told, *self._describe_doubts(bill)])

    def _describe_doubts(self, bill):
        label, doubt_line = self.env._("To check before it is posted:"), Markup("<b>%s</b> %s")
        return [doubt_line % (label, in_words(self.env, doubt)) for doubt in bill.doubts]

    def _describe_lock(self, move):
        """Return Odoo's message about a closed period that moved the accounting date; False if none did."""
        if not move.invoice_date or move.date <= move.invoice_date:
            return False
        return move._get_lock_date_message(move.invoice_date, move._affect_tax_report())


def _is_far(amount, rate, odoos, own):
    """Return whether two exchange rates differ by more than ``FAR_RATE``, and by more than rounding explains."""
    difference = abs(float(amount) / rate - float(amount) / odoos)
    return max(rate / odoos, odoos / rate) > 1 + FAR_RATE and difference > own.rounding
