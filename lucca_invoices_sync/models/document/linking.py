"""Linking documents to existing bills, which somebody entered by hand."""

from collections import Counter
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...lucca.booking.bill_numbers import read_number
from ...lucca.booking.duplicates import Entry, NoMatch, match_exactly
from ...lucca.documents.booked_documents import CONFIRMED, CREDIT_NOTE
from ..bill import payment as bill_payment
from ..bill.duplicate import BILLS, entry_of, round_amount
from ..bill.exchange_rate import is_without_rate
from ..messages import Messages, read_message, sentences
from ..toasts import toast
from . import payment, telling
from .change import is_disposable
from .decision import with_former

_lt = Messages(__name__)

#: The states of documents that are still to get a bill, which may be one that somebody entered.
OPEN = ("pending", "failed", "blocked")
#: The action of the dialog that links the selected documents, or all documents if none is selected.
LINK = "lucca_invoices_sync.lucca_document_link_action"

#: The values of a document that belong to a bill of the addon, and not to the one that a person made in its place.
_OF_FORMER_BILL = {
    "bill_fingerprint": False,
    "compared_total": False,
    "doubts": False,
    "is_doubtful": False,
    "is_to_post": False,
    "draft_reason": False,
}


class Matches(NamedTuple):
    """The result of matching documents with bills.

    ``links`` is ``{document: bill}``. ``left`` is ``{reason in words: number of documents without a link}``.
    """

    links: dict
    left: Counter


class LuccaDocument(models.Model):
    _inherit = "lucca.document"

    # --- one ------------------------------------------------------------------------------------

    def action_link_bill(self, bill_id=False):
        """Link a document to a bill; of several documents, link those that match a bill beyond doubt.

        One document may also be linked if it is not imported, or if its own bill is a draft that nobody edited, which
        is then deleted, or is cancelled or reversed.

        :param bill_id: the id of the bill that a person chose; without it the proposed one is linked
        :raises UserError: the bill cannot be the document's, or no document matches a bill
        """
        if len(self) > 1 and not bill_id:
            return self._link_exact()
        self.ensure_one()
        self._check_billing()
        bill = self.env["account.move"].browse(bill_id or self._proposed_bill().id)
        if why := self._why_not_linked(bill):
            raise UserError(why)
        # Billing users may decide this, although they may not write documents.
        document = self.sudo()
        document._check_own_bill()
        document._link(bill)
        return None

    def action_link(self):
        """Ask to which bill the document is linked."""
        self.ensure_one()
        return self._ask_about(LINK)

    def action_link_exact(self):
        """Ask whether to link all documents that match a bill beyond doubt."""
        self.check_access("read")
        return self.browse()._ask_about(LINK)

    def _proposed_bill(self):
        """Return the existing bill that a document seems to duplicate, if the user may link it; else an empty one."""
        is_waiting = self.state == "blocked" and self.reason == "duplicate_bill"
        return (
            self.duplicate_move_id if is_waiting and self.can_be_linked else self.move_id.browse()
        )

    def _exact_or_proposed_bill(self):
        """Return the bill that matches the document exactly, else the proposed one; may be empty."""
        return self._match_bills().links.get(self) or self._proposed_bill()

    def _why_not_linked(self, bill):
        """Return why a bill cannot become the document's, in words; False if it can."""
        env = self.env
        if not bill.exists():
            return env._("There is no bill that this document could be linked to.")
        bill.check_access("write")
        name = bill.display_name
        # The document that it belongs to may be another company's.
        if others := bill.sudo().lucca_document_ids:
            return env._(
                "%(bill)s belongs to %(document)s of Lucca already: choose another bill.",
                bill=name,
                document=others[0].display_name,
            )
        if bill.move_type not in BILLS:
            return env._("%s is not a vendor bill: choose a bill or a refund of a supplier.", name)
        is_refund = entry_of(bill.sudo()).is_refund  # a bill of a negative total is one, too
        if is_refund and self._is_certain_invoice():
            return env._("%s is a refund, and this document is an invoice: choose its bill.", name)
        if not is_refund and self._is_refund():
            return env._(
                "%s is no refund, but this document is a credit note: choose its refund.", name
            )
        if bill.state == "cancel":
            return env._("%s is cancelled: reset it to draft, or choose another bill.", name)
        if bill._lucca_is_undone():
            return env._("%s is reversed: choose another bill.", name)
        if bill.company_id.root_id not in self._possible_groups():
            return env._(
                "%(bill)s is a bill of %(other)s, the document is for %(company)s.",
                bill=name,
                other=bill.company_id.name,
                company=self.company_id.name,
            )
        return False

    def _possible_groups(self):
        """Return the top companies of those whose bill the document may be.

        Usually it is that of the document's company. If Lucca names no readable establishment, which decides the
        company, it may be any company in which the connection creates bills.
        """
        # The connection may belong to a company that the user does not see.
        document = self.sudo()
        companies = document.company_id
        if not document._mapping("establishment"):
            mappings = document.env["lucca.mapping"]
            companies |= mappings._companies_of(document.connection_id)
        return companies.root_id

    def _check_own_bill(self):
        """Raise ``UserError`` if the document has a bill that linking another one must not delete."""
        own = self.move_id
        if not self._can_take_bill():
            raise UserError(
                self.env._(
                    "This document has a bill already, %(bill)s, that is posted or that somebody"
                    " edited. Cancel that bill, then link the document.",
                    bill=own.display_name,
                )
            )

    def _can_take_bill(self):
        """Return whether the document may get a bill that somebody entered: it has none that must not be deleted."""
        own = self.move_id
        return not own or own._lucca_is_undone() or is_disposable(self)

    def _link(self, bills):
        """Link these documents to bills, one for each in the same order, and note that on both."""
        user = self.env.user.name
        decided = {
            document.id: with_former(_lt("Linked to %s.", bill), document)
            for document, bill in zip(self, bills, strict=True)
        }
        self._link_to(bills, _lt("%s linked it to an existing bill.", user))
        self._note_decision("linked", lambda one: decided[one.id])
        told = _lt("%(user)s linked this bill to Lucca's document %(document)s.")
        telling.note_each(
            self,
            lambda one: sentences(
                told.filled(user=user, document=one.display_name), _describe_rate(one.move_id)
            ),
        )
        self.fetch(["payload"])  # by one query, as this field is not prefetched
        for document in self:
            payment.take_over_linked(document)
        bill_payment.block_linked(self)
        self.env["lucca.bill.refund"]._link_entered(self)
        self.move_id._lucca_compare_totals()

    def _replace_bill(self, bill):
        """Record that a bill takes the place of this document's, which a person reverses.

        The new bill is a copy for that person to correct. It gets the files, and what blocks the payment of the old
        one. Without a document, nothing is done.
        """
        if not self:
            return
        former, user = self.move_id, self.env.user.name
        told = _lt(
            "%(user)s reversed %(old)s, and created %(new)s in its place.",
            user=user,
            old=former,
            new=bill,
        )
        telling.finish_asking(self)
        telling.note(self, told)
        self.reversal_move_id = former.reversal_move_ids.sorted("id")[-1:]
        self._enter("keep_bill", message=told, **_OF_FORMER_BILL, **self._values_with(bill))
        self._note_decision("linked", told)
        self._expect_files()
        self.connection_id._wake()
        telling.note(
            self,
            _lt(
                "%(user)s reversed %(old)s, and created this bill in its place for Lucca's document"
                " %(document)s. Later changes in Lucca are noted here, and do not change this bill.",
                user=user,
                old=former,
                document=self.display_name,
            ),
        )
        if why := former.lucca_payment_block:
            payment.block(self, read_message(why))

    # --- many -----------------------------------------------------------------------------------

    @api.model
    def _domain_linkable(self):
        """Return the domain of documents that Lucca approves and that have no bill."""
        return Domain(
            [
                ("state", "in", OPEN),
                ("move_id", "=", False),
                ("is_withdrawn", "=", False),
                ("conformity_state", "=", CONFIRMED),
            ]
        )

    def _link_exact(self):
        """Link those of these documents that match one bill beyond doubt; return a toast that counts the others."""
        self._check_billing()
        matches = self._match_bills()
        if not matches.links:
            raise UserError(self.env._("No existing bill is certain to be one of these documents."))
        documents = self.browse().union(*matches.links)
        bills = self.env["account.move"].concat(*(matches.links[one] for one in documents))
        # Billing users may decide this, although they may not write documents.
        documents.sudo()._link(bills)
        done = self.env._("Documents that were linked to their bills: %s.", len(documents))
        if not matches.left:
            return toast(self.env, done)
        left = ", ".join(f"{count} ({why})" for why, count in matches.left.most_common())
        told = self.env._("%(done)s Not linked: %(left)s.", done=done, left=left)
        return toast(self.env, told, is_whole=False)

    def _match_bills(self):
        """Return the ``Matches`` of these documents with bills, found by a few queries for all of them.

        Other documents of the same totals are compared, too: a bill that matches two documents is left.
        """
        fit = self.filtered_domain(self._domain_linkable())
        near = fit._with_bill_of_their_total()
        left = Counter(
            {
                self.env._("their bill is created, or they are not approved"): len(self - fit),
                self._describe_no_bill(): len(fit - near),
            }
        )
        totals = list(set(near.mapped("amount_total")))
        rivals = self.search(self._domain_linkable() & Domain("amount_total", "in", totals))
        links = {}
        for members in (near | rivals).grouped(lambda one: one.company_id.root_id).values():
            found, others = self._match_within(members)
            links.update((one, bill) for one, bill in found.items() if one in near)
            left.update(self._describe_no_match(one, why) for one, why in others if one in near)
        may_write = self.env["account.move"].union(*links.values())._filtered_access("write")
        for document in [one for one, bill in links.items() if bill not in may_write]:
            del links[document]
            left[self.env._("you may not change the bill")] += 1
        return Matches(links, +left)

    def _with_bill_of_their_total(self):
        """Return those of these documents whose total a bill without a document has, by one query.

        Most of many new documents have no such bill, and need no further comparison.
        """
        self.flush_model(["amount_total", "move_id"])
        self.env["account.move"].flush_model(["amount_total", "move_type", "state"])
        query = SQL(
            """
            SELECT document.id
              FROM lucca_document document
             WHERE document.id = ANY(%(ids)s)
               AND abs(document.amount_total) IN (
                   SELECT move.amount_total FROM account_move move
                    WHERE move.move_type IN %(bills)s AND move.state <> 'cancel'
                      AND NOT EXISTS (SELECT FROM lucca_document o WHERE o.move_id = move.id)
               )
            """,
            ids=self.ids,
            bills=BILLS,
        )
        found = {document_id for (document_id,) in self.env.execute_query(query)}
        return self.filtered(lambda document: document.id in found)

    def _match_within(self, documents):
        """Return ``{document: bill}`` and ``[(document, NoMatch)]`` of documents of a company and its branches."""
        entries = [document._entry() for document in documents]
        bills = self._find_free_bills(entries, documents[:1].company_id.root_id)
        found, others = match_exactly(entries, [entry_of(bill) for bill in bills])
        return (
            {documents[place]: bills[bill] for place, bill in found.items()},
            [(documents[place], why) for place, why in others.items()],
        )

    def _find_free_bills(self, entries, company):
        """Return the bills of a company and its branches without a document, of the suppliers and totals of entries."""
        found = self.env["account.move"].search(
            [
                ("company_id", "child_of", company.id),
                ("move_type", "in", BILLS),
                ("state", "!=", "cancel"),
                ("commercial_partner_id", "in", list({entry.supplier for entry in entries})),
                ("amount_total", "in", list({float(entry.total) for entry in entries})),
                ("lucca_document_ids", "=", False),
            ],
            order="id",
        )
        return found.filtered(lambda bill: not bill._lucca_is_undone())

    def _entry(self):
        """Return the document as an ``Entry``, as far as it is known before it is booked."""
        currency = self.currency_id
        return Entry(
            supplier=self._partner().commercial_partner_id.id or 0,
            is_refund=self._is_refund(),
            number=read_number(self.number or ""),
            currency=currency.name or "",
            total=round_amount(currency, abs(self.amount_total)),
            day=self._sure_date() or None,  # one that cannot be tells no bill from another
            is_lucca=True,
        )

    def _is_refund(self):
        """Return whether the bill is a refund: of a credit note, or of an invoice of a negative amount."""
        return self.lucca_type == CREDIT_NOTE or self.amount_total < 0

    def _is_certain_invoice(self):
        """Return whether the bill is no refund; one of an unreadable amount, which may be negative, is not certain."""
        return self.lucca_type != CREDIT_NOTE and self.amount_total > 0

    def _describe_no_bill(self):
        return self.env._("no bill of their supplier has their number and total")

    def _describe_no_match(self, document, why):
        env = self.env
        if not document._partner():
            return env._("their supplier is not chosen yet")
        return {
            NoMatch.NONE: self._describe_no_bill(),
            NoMatch.SEVERAL: env._("more than one bill fits"),
            NoMatch.CLAIMED: env._("another document fits the same bill"),
        }[why]


def _describe_rate(bill):
    """Return that a bill is converted at the rate 1 for want of another, as a message; None if it is not."""
    if not is_without_rate(bill):
        return None
    return _lt(
        "Odoo has no exchange rate of %(currency)s: this bill is converted as if %(currency)s and %(own)s were worth"
        " the same. Correct its rate.",
        currency=bill.currency_id.name,
        own=bill.company_id.currency_id.name,
    )
