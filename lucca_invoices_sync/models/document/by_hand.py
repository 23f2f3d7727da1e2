"""Bills that a person enters by hand for documents that the addon cannot book."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...lucca.booking.bill_numbers import read_number
from ...lucca.documents.dates import is_possible_date
from ..messages import Messages, Money, in_words, sentences
from . import payment, telling
from .decision import with_former
from .linking import OPEN

_lt = Messages(__name__)


class LuccaDocument(models.Model):
    _inherit = "lucca.document"

    def action_enter_by_hand(self):
        """Create a draft with what is certain, for a person to complete; link it to the document, and open it.

        A document that Lucca does not approve is refused with ``UserError``, since nobody said that it
        may be paid. A person who needs its bill all the same creates one in Odoo, and links the document to it.
        """
        self.ensure_one()
        self._check_billing()
        if not self._can_be_entered():
            raise UserError(
                self.env._(
                    "Only a document that Lucca approves and that has no bill can be entered by hand."
                )
            )
        bill = self.env["account.move"].with_company(self.company_id).create(self._known_values())
        note = in_words(telling.spoken(self).env, self._describe_by_hand())
        decided = with_former(_lt("Entered by hand as %s.", bill), self)
        # Billing users may decide this, although they may not write documents.
        document = self.sudo()
        document._link_to(bill.sudo(), _lt("%s entered it by hand.", self.env.user.name))
        document._note_decision("by_hand", decided)
        payment.take_over_linked(document)
        bill._message_log(body=note)
        return self.action_open_bill()

    def _can_be_entered(self):
        return self.state in OPEN and not self.move_id and self._is_approved()

    def _known_values(self):
        """Return the values of a draft that are certain; a person enters the others."""
        values = {
            "move_type": "in_refund" if self._is_refund() else "in_invoice",
            "company_id": self.company_id.id,
            "ref": "" if read_number(self.number or "").is_empty else self.number,
            "partner_id": self._sure_supplier().id,
            "invoice_date": self._sure_date(),
        }
        # The connection may belong to a company that the user does not see.
        journal = self.sudo()._usual_journal()
        if journal:
            values["journal_id"] = journal.id
        if self.currency_id.active:
            values["currency_id"] = self.currency_id.id
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
        received = (self.lucca_created_at or fields.Datetime.now()).date()
        day = self.document_date
        return day if day and is_possible_date(day, received) else False

    def _assigned_journal(self):
        """Return the establishment's journal, else the connection's, even if it is archived or another company's."""
        journal = self._mapping("establishment")._journal_of(self.company_id)
        return journal or self.connection_id.journal_id

    def _usual_journal(self):
        """Return the active journal for a bill of this document in its company; empty if there is none."""
        journal = self._assigned_journal()
        fit = journal.filtered_domain(journal._check_company_domain(self.company_id))
        return fit.filtered("active")

    def _describe_by_hand(self):
        """Return the note on the bill: whose amounts it has, Lucca's total, and why the document was not booked."""
        told = [
            _lt(
                "%(user)s enters this bill by hand for Lucca's document %(document)s. The amounts"
                " are entered by that person: they are not compared with Lucca's, and no change in"
                " Lucca is written on this bill.",
                user=self.env.user.name,
                document=self.display_name,
            )
        ]
        if self.currency_id:
            total = Money(self.currency_id.name, self.amount_total)
            told.append(_lt("Lucca's total is %s.", total))
        if len(self._possible_groups()) > 1:
            told.append(
                _lt(
                    "Lucca names no readable establishment. If the bill is not for %(company)s, enter it in"
                    " its company, delete this draft, and press “Link” on the document.",
                    company=self.company_id.name,
                )
            )
        return sentences(*told, self.message)
