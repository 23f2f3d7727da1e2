"""Bills that a person enters by hand for documents that the addon cannot book."""

from contextlib import suppress

from odoo import fields, models
from odoo.exceptions import UserError

from ...lucca.booking.bill_numbers import read_number
from ...lucca.documents.dates import sure_day
from ...lucca.errors import InvalidDocument
from ..bill.books import CompanyBooks
from ..bill.by_hand import prepare_by_hand, sure_rate
from ..messages import Messages, Money, Reason, in_words, read_message, sentences
from . import payment, telling
from .decision import with_former
from .linking import OPEN

_lt = Messages(__name__)


class LuccaDocument(models.Model):
    _inherit = "lucca.document"

    def action_enter_by_hand(self):
        """Create a draft with what is certain, for a person to complete; link it to the document, and open it.

        A person who needs the bill of a document that Lucca does not approve creates one in Odoo, and links the
        document to it.

        :raises UserError: nobody approved the document, so that it may not be paid, or Odoo would convert its amounts
            as if they were in the company's currency
        """
        self.ensure_one()
        self._check_billing()
        if not self._can_be_entered():
            raise UserError(
                self.env._(
                    "Only a document that Lucca approves and that has no bill can be entered by hand."
                )
            )
        values, notes = self._known_values()
        bill = self.env["account.move"].with_company(self.company_id).create(values)
        note = in_words(telling.spoken(self).env, self._describe_by_hand(notes))
        decided = with_former(_lt("Entered by hand as %s.", bill), self)
        # Billing users may decide this, although they may not write documents.
        document = self.sudo()
        document._link_to(bill.sudo(), _lt("%s entered it by hand.", self.env.user.name))
        document._note_decision("by_hand", decided)
        # If the document cannot be read as a whole, what Lucca says of its payment may be known all the same.
        if not bill[payment.BLOCK]:
            payment.take_over_linked(document)
        document.env["lucca.bill.refund"]._link_entered(document)
        bill._message_log(body=note)
        return self.action_open_bill()

    def _can_be_entered(self):
        return self.state in OPEN and not self.move_id and self._is_approved()

    def _known_values(self):
        """Return the values of a draft that are certain, and the notes on them; a person enters the others."""
        number = "" if read_number(self.number or "").is_empty else self.number
        values = {
            "move_type": "in_refund" if self._is_refund() else "in_invoice",
            "company_id": self.company_id.id,
            "ref": number,
            "payment_reference": number,
            "partner_id": self._sure_supplier().id,
            "invoice_date": self._sure_date(),
        }
        # The connection and the references may belong to a company that the user does not see.
        document = self.sudo().with_company(self.company_id)
        if journal := document._usual_journal():
            values["journal_id"] = journal.id
        books, rate, notes = CompanyBooks(document.company_id), None, []
        with suppress(InvalidDocument):
            bill = prepare_by_hand(document, values, books)
            rate, notes = sure_rate(bill, self.currency_id, books), bill.notes
            values |= bill.values
        if self.currency_id:
            values |= self._known_currency(rate, books)
        return values, notes

    def _known_currency(self, rate, books):
        """Return the values of the document's currency.

        :param rate: the rate by which Lucca converts it, if that can be used
        :raises UserError: the currency is not active, or there is no exchange rate
        """
        currency, values = self.currency_id, {"currency_id": self.currency_id.id}
        if not currency.active:
            raise UserError(
                self.env._(
                    "The currency %s is not active in Odoo: activate it under Configuration > Currencies, then press"
                    " “Enter by Hand”.",
                    currency.name,
                )
            )
        own = books.company.currency_id
        if currency == own:
            return values
        if rate:
            return {**values, "invoice_currency_rate": rate}
        if not books.exchange_rate(currency, self._sure_date() or fields.Date.today()):
            raise UserError(
                self.env._(
                    "Odoo has no exchange rate of %(currency)s, and would book this document as if %(currency)s and"
                    " %(own)s were worth the same: enter a rate of %(currency)s under Configuration > Currencies, then"
                    " press “Enter by Hand”.",
                    currency=currency.name,
                    own=own.name,
                )
            )
        return values

    def _sure_supplier(self):
        """Return the supplier that was chosen or found; empty if it is doubtful, or no bill can have it."""
        partner, mapping = self._partner(), self._mapping("supplier")
        is_unsure = mapping.is_doubtful and not self.partner_id
        is_own = partner.commercial_partner_id == self.company_id.partner_id
        if is_unsure or is_own or not partner.active:
            return partner.browse()
        return partner.filtered_domain(partner._check_company_domain(self.company_id))

    def _sure_date(self):
        """Return the document's date; False if it is missing or impossible."""
        received = self.lucca_created_at or fields.Datetime.now()
        return sure_day(self.document_date, received.date()) or False

    def _assigned_journal(self):
        """Return the establishment's journal, else the connection's, even if it is archived or another company's."""
        journal = self._mapping("establishment")._journal_of(self.company_id)
        return journal or self.connection_id.journal_id

    def _usual_journal(self):
        """Return the active journal for a bill of this document in its company; empty if there is none."""
        journal = self._assigned_journal()
        fit = journal.filtered_domain(journal._check_company_domain(self.company_id))
        return fit.filtered("active")

    def _describe_by_hand(self, notes):
        """Return the note on the bill: whose amounts it has, Lucca's total, and why the document was not booked.

        :param notes: what is to be known of the values that are certain
        """
        told = [
            _lt(
                "%(user)s enters this bill by hand for Lucca's document %(document)s. The amounts"
                " are entered by that person, and no change in Lucca is written on this bill. If Lucca's"
                " total can be read, the bill's is compared with it when it is posted.",
                user=self.env.user.name,
                document=self.display_name,
            )
        ]
        if self.currency_id:
            total = Money(self.currency_id.name, self.amount_total)
            told.append(_lt("Lucca's total is %s.", total))
        else:
            told.append(_lt("Lucca's currency cannot be read: choose it on this draft."))
        if len(self._possible_groups()) > 1:
            told.append(
                _lt(
                    "Lucca names no readable establishment. If the bill is not for %(company)s, enter it in"
                    " its company, delete this draft, and press “Link” on the document.",
                    company=self.company_id.name,
                )
            )
        return sentences(*told, *self._describe_trouble(), *notes)

    def _describe_trouble(self):
        """Return why the document was not booked, without the buttons by which a person could have had it booked."""
        if not self.reason:
            return []
        told = _lt("Why the addon did not create it: %s.", Reason(self.reason))
        message = read_message(self.message or "").data
        # What a person may accept is followed by one sentence about what to do.
        is_doubt = self.may_be_accepted and isinstance(message, dict)
        return [told, *(message.get("joined", [])[:-1] if is_doubt else [])]
