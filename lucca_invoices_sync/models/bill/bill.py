from contextlib import nullcontext

import psycopg2
from markupsafe import Markup
from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.booking.suppliers import iban_key
from ..texts import money
from ..troubles import Blocked, contained
from .preparation import Bill


class LuccaBill(models.AbstractModel):
    _name = "lucca.bill"
    _description = "A Document as the Values of a Bill"

    @api.model
    def _prepare_batch(self, turn, documents, books):
        """The ``Bill`` of each of one company's documents; those that must wait are blocked.

        :param books: the company's ``CompanyBooks``
        """
        partners = documents.mapping_ids.partner_id
        self._read_ahead(partners)
        lines = self.env["lucca.bill.line"]
        books.usual_accounts = lines._usual_accounts(books.company, partners)
        try:
            with self.env.cr.savepoint():
                bills = self._prepare_all(turn, documents, books)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except psycopg2.Error:  # of an addon's own query: nothing can be written after it
            bills = self._prepare_all(turn, documents, books, self.env.cr.savepoint)
        return self.env["lucca.bill.duplicate"]._without_duplicates(turn, bills)

    def _prepare_all(self, turn, documents, books, savepoint=nullcontext):
        bills = []
        for document in documents:
            with contained(document, turn), savepoint():
                bills.append(self._prepare(document, books))
        return bills

    def _read_ahead(self, partners):
        """Have the suppliers of a batch read together, not again for each bill."""
        partners.mapped("active")
        partners.mapped("property_supplier_payment_term_id.early_discount")
        partners.commercial_partner_id.bank_ids.mapped("acc_number")
        contacts = partners.child_ids
        (contacts | contacts.child_ids).mapped("type")  # a delivery address is looked for

    @api.model
    def _prepare(self, document, books):
        """The ``Bill`` of a document; raise ``Blocked`` or ``DocumentError``. To be extended."""
        booked = document._booked_document()
        bill = Bill(document, booked.absolute(), booked.is_negative_invoice)
        bill.values = {
            "move_type": "in_refund" if booked.is_refund else "in_invoice",
            "company_id": document.company_id.id,
            "journal_id": self._journal(document).id,
            "partner_id": self._supplier(document).id,
            "invoice_date": booked.document_date,
            "ref": booked.number,
            "payment_reference": booked.number,
        }
        bill.values["fiscal_position_id"] = books.fiscal_position(bill.partner).id
        self._set_terms(bill)
        self._set_bank_account(bill)
        self._set_currency(bill)
        self.env["lucca.bill.line"]._set_lines(bill, books)
        return bill

    def _journal(self, document):
        """The journal of the bill: the establishment's, else the connection's; or ``Blocked``."""
        _company, journal = document._mapping("establishment")._target()
        journal = journal or document.connection_id.journal_id
        company = document.company_id
        if not journal.filtered_domain(journal._check_company_domain(company)):
            raise Blocked(
                "unmapped_establishment",
                self.env._("%s has no purchase journal: make one, then retry.", company.name),
            )
        return journal

    def _supplier(self, document):
        partner = document._mapping("supplier").partner_id
        if not partner:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "“%s” has no supplier in Odoo: choose one in the mappings.",
                    document.supplier_name or "?",
                ),
            )
        if not partner.active:
            raise Blocked(
                "unknown_supplier",
                self.env._(
                    "The supplier “%s” is archived in Odoo: unarchive it, then retry, or choose"
                    " another in the mappings.",
                    partner.display_name,
                ),
            )
        return partner

    def _set_terms(self, bill):
        """Lucca's due date wins over the payment term that the supplier has in Odoo.

        So does its total: a term whose discount lowers the VAT at once would change it.
        """
        term = self._supplier(bill.document).property_supplier_payment_term_id
        lowers_vat = term.early_discount and term.early_pay_discount_computation == "mixed"
        if bill.booked.due_date:
            bill.values["invoice_date_due"] = bill.booked.due_date
        if bill.booked.due_date or lowers_vat or bill.values["move_type"] == "in_refund":
            bill.values["invoice_payment_term_id"] = False
        if lowers_vat:
            bill.notes.append(
                self.env._(
                    "The payment term “%s” of the supplier is left out: its discount would lower the"
                    " VAT that is on the invoice.",
                    term.name,
                )
            )

    def _set_bank_account(self, bill):
        """Have the account paid that Lucca names, if the supplier has it in Odoo; else tell.

        It is never added by itself: a changed account is how invoice fraud works.
        """
        if bill.values["move_type"] == "in_refund":
            return  # it is paid to us
        mapping = bill.document._mapping("supplier")
        iban = iban_key(bill.booked.iban or mapping.iban or "")
        if not iban:
            return
        accounts = mapping.partner_id.commercial_partner_id.bank_ids.filtered(
            lambda account: account.company_id <= bill.company
        )
        known = accounts.filtered(lambda account: iban_key(account.acc_number) == iban)
        if known:
            bill.values["partner_bank_id"] = known[0].id
        else:
            bill.notes.append(
                self.env._(
                    "Lucca's IBAN %s is not among the supplier's bank accounts in Odoo: ask the"
                    " supplier, by a number you know, before you pay it.",
                    iban,
                )
            )

    # --- currency -------------------------------------------------------------------------------

    def _set_currency(self, bill):
        """Currency and rate: Lucca's own where it converted to the company's currency."""
        code = bill.booked.base.currency
        currency = self.env["res.currency"]._by_code(code)
        if not currency:
            raise Blocked("invalid_document", self.env._("Currency %s is unknown to Odoo.", code))
        if not currency.active:
            raise Blocked(
                "inactive_currency",
                self.env._("Currency %s is not active in Odoo: activate it.", code),
            )
        bill.values["currency_id"] = currency.id
        rate = bill.booked.company_rate(bill.company.currency_id.name)
        if rate is None:
            self._use_odoos_rate(bill, currency)
        else:
            self._check_rate(bill, rate)
            bill.values["invoice_currency_rate"] = float(rate)

    def _check_rate(self, bill, rate):
        """Raise ``Blocked`` where two currencies seem to be worth the same."""
        own, base = bill.company.currency_id.name, bill.booked.base
        if (
            rate == 1
            and base.currency != own
            and not bill.document._is_accepted("invalid_document")
        ):
            raise Blocked(
                "invalid_document",
                self.env._(
                    "Lucca converts %(amount)s to %(converted)s, as if both currencies were worth"
                    " the same: correct the rate in Lucca, or book it anyway.",
                    amount=money(self.env, base.including_taxes, base.currency),
                    converted=money(self.env, base.including_taxes, own),
                ),
                may_be_accepted=True,
            )

    def _use_odoos_rate(self, bill, currency):
        """Leave the conversion to Odoo, if it has a rate at all."""
        if not bill.booked.base.including_taxes:
            return
        if not self._has_rate(bill.company, currency):
            raise Blocked(
                "inactive_currency",
                self.env._(
                    "Neither Lucca nor Odoo has an exchange rate from %(currency)s to %(own)s:"
                    " enter one in Odoo, then retry.",
                    currency=currency.name,
                    own=bill.company.currency_id.name,
                ),
            )
        bill.notes.append(
            self.env._(
                "Lucca does not convert this document to %s: Odoo's own rate is used.",
                bill.company.currency_id.name,
            )
        )

    def _has_rate(self, company, currency):
        """Without any rate on either side, Odoo takes both currencies for the same."""
        rates = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "in", (currency | company.currency_id).ids),
                ("company_id", "in", (False, company.root_id.id)),
            ],
            limit=1,
        )
        return bool(rates)

    # --- the bill's chatter ---------------------------------------------------------------------

    @api.model
    def _describe(self, bill, move):
        """The note on a new bill: where it comes from and what is unusual about it."""
        document, booked = bill.document, bill.booked
        source = self.env._("From Lucca Invoices: %s.", document.display_name)
        notes = [document._lucca_link(source)]
        if document.purchase_name:
            notes.append(self.env._("Purchase: %s", document.purchase_name))
        if booked.payment_method:
            notes.append(self.env._("Payment method in Lucca: %s", booked.payment_method))
        if not booked.number:
            notes.append(self.env._("Lucca has no document number: complete the reference."))
        if bill.is_negative:
            notes.append(
                self.env._("An invoice of a negative amount in Lucca: booked as a refund.")
            )
        notes += [*self._describe_decisions(document), *bill.notes]
        if locked := self._describe_lock(move):
            notes.append(locked)
        return Markup("<br/>").join(notes)

    def _describe_decisions(self, document):
        """What was decided, and that the figures were compared."""
        supplier = document._mapping("supplier")
        words = dict(supplier._fields["found_by"]._description_selection(self.env))
        decisions = []
        if supplier.found_by:
            decisions.append(
                self.env._(
                    "Supplier: %(name)s (%(sign)s)",
                    name=supplier.partner_id.display_name,
                    sign=words[supplier.found_by].lower(),
                )
            )
        decisions += [
            self.env._("VAT: %(rate)s is %(tax)s", rate=tax.display_name, tax=tax.tax_id.name)
            for tax in document._mapping("tax")
            if tax.tax_id
        ]
        decisions.append(self.env._("The totals and each VAT amount are Lucca's: checked."))
        return decisions

    def _describe_lock(self, move):
        """Odoo's words for a closed period, where one moved the accounting date."""
        if move.date <= move.invoice_date:
            return False
        return move._get_lock_date_message(move.invoice_date, move._affect_tax_report())
