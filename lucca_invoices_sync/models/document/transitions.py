from odoo import SUPERUSER_ID, api, fields, models

from ...lucca.documents.booked_documents import CONFIRMED
from ...lucca.documents.reading import loads
from ..bill import unmapped
from ..messages import Messages, Money, sentences
from ..states import NOT_ACCEPTED, STATE_FIELDS, name_of
from ..times import FAILURES_TO_TELL, pause_before_retry
from . import change, payment, telling
from .decision import with_former
from .electronic import NOT_COMPARED, total_of

_lt = Messages(__name__)

#: The values that belong to one state alone. They are cleared on a transition that does not set them.
_OF_ONE_STATE = {
    "reason": False,
    "message": False,
    "attempts": 0,
    "next_try_at": False,
    "may_be_accepted": False,
    "duplicate_move_id": False,
    "coming_as": False,
    "is_too_old": False,
    "is_stale": False,
}
#: The values of a document that has lost its bill.
_WITHOUT_BILL = {
    "move_id": False,
    "bill_fingerprint": False,
    "amount_company": 0,
    **NOT_ACCEPTED,
    **NOT_COMPARED,
    "doubts": False,
    "is_doubtful": False,
    "is_to_post": False,
    "draft_reason": False,
    "is_changed": False,
    **change.NOTHING_TOLD,
}


class LuccaDocument(models.Model):
    """How a document goes from one state to another."""

    _inherit = "lucca.document"

    #: ``{transition: (the states that it may come from, the state that it leads to)}``
    _TRANSITIONS = {
        "list_approved": ({"pending", "failed", "blocked", "ignored"}, "pending"),
        "await_approval": ({"imported", "pending", "failed", "blocked", "ignored"}, "blocked"),
        "block": ({"pending", "failed", "blocked"}, "blocked"),
        "fail": ({"pending", "failed"}, "failed"),
        "book": ({"pending", "failed"}, "imported"),
        "link": ({"imported", "pending", "failed", "blocked", "ignored"}, "imported"),
        "follow_change": ({"imported", "pending", "failed", "blocked"}, "pending"),
        "keep_bill": ({"imported", "pending", "failed", "blocked"}, "imported"),
        "retry": ({"failed", "blocked", "ignored"}, "pending"),
        "book_anew": ({"imported", "pending", "failed", "blocked"}, "pending"),
        "ignore": ({"pending", "failed", "blocked", "ignored"}, "ignored"),
        "lose_bill": ({"imported", "pending", "failed", "blocked"}, "ignored"),
    }

    def _enter(self, transition, **values):
        """Change the state of documents by a transition; nothing else changes the state of a listed document.

        The values that belong to the former state alone, such as its reason and message, are cleared.

        :param transition: a key of ``_TRANSITIONS``
        :param values: other fields to write, at the same time so that the constraints of the database hold
        :raises ValueError: the transition does not start from the state of a document
        """
        origins, state = self._TRANSITIONS[transition]
        for document in self:
            if document.state not in origins:
                raise ValueError(f"{document}: no {transition!r} from {document.state!r}")
        self.write({**_OF_ONE_STATE, "state": state, **values})

    def _is_listed_as(self, values):
        """Return whether Lucca lists the document as Odoo has it.

        :param values: the values of the document's row, as ``sync.rows`` prepares them
        """
        is_same = self.payload == values["payload"] and not self.is_withdrawn
        return is_same and not self._comes_back()

    def _take_over(self, turn, values):
        """Store what Lucca lists now; ``change.take_over`` decides what becomes of a bill.

        :param values: the values of the document's row, as ``sync.rows`` prepares them
        :return: whether the electronic invoice is to be compared again: Lucca's data changed, or a file is gone
        """
        was_approved = self._is_approved()
        if self.move_id:
            payment_state, why_blocked = self.payment_state, payment.why_document_blocked(self)
            is_other = change.take_over(self, turn, values)
            payment.take_over(self, payment_state, why_blocked)
        else:
            self._list_again(values)
            is_other = self._update_files(loads(values["payload"]))
        self._note_approval(was_approved)
        return is_other

    def _note_approval(self, was_approved):
        """Record that Lucca approves the document by now, or no longer does."""
        if was_approved and not self._is_approved():
            state = name_of(self.conformity_state) or "-"
            self._note_decision("withdrawn", _lt("Its state in Lucca is now “%s”.", state))
        elif self._is_approved() and not was_approved:
            self._note_decision("approved", _lt("Lucca lists this document as approved."))

    def _list_again(self, values):
        """Begin anew with what Lucca says now of a document without a bill.

        A document that is not imported stays so, unless it was too old and no longer is. What people accepted stays
        as long as Lucca says the same.
        """
        is_same = self.payload == values["payload"]
        values = {
            **values,
            "is_withdrawn": False,
            "is_resolved": False,
            **({} if is_same else NOT_ACCEPTED),
        }
        if self.state == "ignored" and not self._comes_back():
            self.write({name: values[name] for name in values if name not in STATE_FIELDS})
        elif values["state"] == "pending":
            self._enter("list_approved", **values)
        else:
            self._enter("await_approval", **values)

    def _block(self, turn, reason, message, **values):
        """Record that the document needs attention; a bill that it has already stays, and gets a note.

        :param turn: counts what became of the documents
        :param values: the values of other fields
        """
        if self.state == "ignored":
            return  # a person decided so in the meantime
        turn.add_documents(blocked=self)
        now = fields.Datetime.now()
        self._enter("block", **{"reason": reason, "message": message, "blocked_at": now, **values})
        self._want_invoice()
        if self.move_id:
            change.tell_unbookable(self, message)

    def _fail(self, turn, message):
        """Have the document tried again later, each time after twice as long.

        :param message: why it failed; often enough in a row, the document's message says so, too
        """
        if self.state == "ignored":
            return  # a person decided so in the meantime
        turn.add_documents(failed=self)
        attempts = self.attempts + 1
        next_try_at = fields.Datetime.now() + pause_before_retry(self.attempts)
        if attempts >= FAILURES_TO_TELL:
            message = sentences(message, _describe_stuck(attempts))
        self._enter("fail", message=message, attempts=attempts, next_try_at=next_try_at)

    def _book_as(self, move, **values):
        """Record the bill that was created or rewritten for this document."""
        total = total_of(move)
        self._enter("book", **self._values_with(move), compared_total=total, **values)

    def _link_to(self, bills, message):
        """Record bills that somebody entered as those of these documents, and delete the documents' own drafts.

        :param bills: one ``account.move`` for each document, in the same order
        :param message: a message that says who decided this
        """
        own = self.move_id
        self._note_replaced(_lt("Another bill is linked to the document."))
        drafts = self.filtered(lambda document: document.move_id.state == "draft")
        drafts._note_decision("bill_deleted", _describe_deleted)
        for document, bill in zip(self, bills, strict=True):
            if document.move_id._lucca_is_undone():
                change.let_go(document)
            values = {**_WITHOUT_BILL, **document._values_with(bill)}
            document._enter("link", message=message, **values)
        self._expect_files()
        own.filtered(lambda move: move.state == "draft").unlink()
        self.connection_id._wake()

    def _values_with(self, move):
        """Return the values of a document that gets this bill.

        A person may link a bill of a branch, or of the parent company. The document then belongs to that
        company, whose people see the bill and decide about the document.
        """
        is_own = self.company_id == move.company_id
        return {
            "move_id": move.id,
            "billed_rate": 0,
            "company_id": move.company_id.id,
            # References belong to a company, and nobody looked for those of another one.
            "is_resolved": self.is_resolved and is_own,
            "imported_at": self.imported_at or fields.Datetime.now(),
            "amount_company": -move.amount_untaxed_signed,
        }

    def _keep_bill(self):
        """Record that the bill stays as it is, whatever changed in Lucca."""
        self._enter("keep_bill")

    def _follow_change(self):
        """Have the bill, an untouched draft, made anew from what Lucca says now."""
        self._enter("follow_change", is_resolved=False)

    @api.model
    def _follow_natures(self, natures):
        """Have the untouched drafts made anew that have a doubt since these natures had no account."""
        if not natures:
            return
        drafts = self.search(
            [
                ("mapping_ids", "in", natures.ids),
                ("state", "=", "imported"),
                ("is_doubtful", "=", True),
                ("move_id.state", "=", "draft"),
            ]
        )
        doubted = drafts.filtered(lambda one: unmapped.is_doubted(one) and one._can_be_tried())
        untouched = doubted.filtered(change.is_untouched)
        untouched._enter("follow_change")
        untouched._start_sync()

    def _try_again(self, is_stale=False):
        """Have documents booked that needed attention, failed or were ignored; return those.

        Documents that ``_can_be_tried`` excludes are left out.

        :param is_stale: whether they are read in Lucca first, where somebody may have corrected them
        """
        fit = self._fit_to_retry()
        fit._enter("retry", is_resolved=False, is_stale=is_stale)
        fit._start_sync()
        return fit

    def _fit_to_retry(self):
        origins, _state = self._TRANSITIONS["retry"]
        return self.filtered(lambda one: one._can_be_tried() and one.state in origins)

    def _book_anew(self):
        """Have documents booked again whose bills were cancelled or reversed in Odoo, and return these documents."""
        undone = self.filtered(lambda one: one._can_be_tried() and one.move_id._lucca_is_undone())
        undone._note_replaced(_lt("Another bill is created."))
        for document in undone:
            change.let_go(document)
        undone._enter("book_anew", **_WITHOUT_BILL, is_resolved=False, is_stale=True)
        undone._expect_files()
        undone._start_sync()
        return undone

    def _note_replaced(self, why):
        """Record that cancelled or reversed bills no longer belong to these documents.

        :param why: a message
        """
        undone = self.filtered(lambda document: document.move_id._lucca_is_undone())
        undone._note_decision("replaced", lambda one: sentences(_describe_replaced(one), why))

    def _ignore(self, message, reason=""):
        """Do not import documents without a bill; leave the bill of others as it is, if it was to follow a change.

        :param message: a message that says who decided this
        :param reason: the person's words, or a message; may be empty
        :return: the documents that this concerned
        """
        without = self.filtered(lambda document: not document.move_id)
        told = _lt("Not imported: %s", reason) if reason else _lt("Not imported.")
        without._note_decision("ignored", lambda one: with_former(told, one))
        without._enter("ignore", message=message, has_differences=False)
        waiting = self.filtered(lambda document: document.move_id and document.state != "imported")
        left = sentences(_lt("The bill stays as it is."), reason)
        waiting._note_decision("left", lambda one: with_former(left, one))
        for document in waiting:
            change.note_left(document, reason)
        # From now on a person decides about the bill: it follows no later change automatically.
        settled = {"is_changed": False, "changes": False, "bill_fingerprint": False}
        settled["has_differences"] = False
        waiting._enter("keep_bill", **settled)
        telling.finish_asking(waiting)
        return without | waiting

    def _lose_bill(self):
        """Record that a person deletes the bills of these documents, which are then not imported again.

        If Lucca has taken its approval back, that was the reason, and does not count any more once it approves again.
        """
        self._note_decision("bill_deleted", _describe_deleted)
        user, withdrawn = self.env.user.name, self.filtered(lambda one: not one._is_approved())
        message = _lt("%s deleted its bill. Press “Retry” to create it again.", user)
        (self - withdrawn)._enter("lose_bill", **_WITHOUT_BILL, message=message)
        why = withdrawn._why_withdrawn()
        why["message"] = sentences(_lt("%s deleted its bill.", user), why["message"])
        withdrawn._enter("await_approval", **_WITHOUT_BILL, **why)
        self._expect_files()

    def _remember_left_out(self):
        """Remember in place of which existing bills these documents are left out by a person."""
        for document in self.filtered("duplicate_move_id"):
            document.answered_move_id = document.duplicate_move_id

    def _withdraw(self, turn):
        """Record that Lucca no longer lists these documents. Their bills stay; documents to book need attention."""
        turn.add(withdrawn=len(self))
        self._note_decision("withdrawn", _lt("Lucca no longer lists this document as approved."))
        for document in self:
            if document.state in ("imported", "ignored"):
                document.is_withdrawn = True
            elif document.move_id:
                document._enter("keep_bill", is_withdrawn=True)
            else:
                document._enter("await_approval", is_withdrawn=True, **document._why_withdrawn())
            if document.move_id:
                change.tell_withdrawn(document)
        self._try_twins()

    def _try_twins(self):
        """Have the documents tried again that wait because of these documents' bills, to be told what to do now.

        They may replace the bill of a document that Lucca no longer approves.
        """
        waiting = [("duplicate_move_id", "in", self.move_id.ids), ("state", "=", "blocked")]
        self.search(waiting)._fit_to_retry()._enter("retry", is_resolved=False)

    def _why_withdrawn(self):
        return {
            "reason": "not_approved",
            "message": _lt(
                "Lucca no longer lists this document as approved: its bill is created when it is"
                " approved there again."
            ),
        }

    def _is_approved(self):
        """Return whether Lucca approves the document, as far as Odoo knows."""
        return self.conformity_state == CONFIRMED and not self.is_withdrawn

    def _can_be_tried(self):
        """Return whether a synchronisation would try to book the document.

        Lucca approves it, and its connection is at work. A document that became "to book" while its
        connection is archived would need nobody's attention, and never get a bill.
        """
        # The connection may be of a company that the user does not see.
        return self._is_approved() and self.sudo().connection_id._is_at_work()

    def _is_accepted(self, reason):
        """Return whether a person wants the document booked despite a reason, or asks for a preview of that."""
        asked = self.env.context.get("lucca_accepted", ())
        return reason in (self.accepted_reasons or ()) or reason in asked

    def _start_sync(self):
        """Start the synchronisation of these documents' connections; a person who did so sees how far it is."""
        connections = self.connection_id.filtered(lambda one: one._is_at_work())
        connections._wake()
        if self.env.uid != SUPERUSER_ID:
            self.env["lucca.sync.watch"].sudo()._watch(connections)  # no user may write it


def _describe_stuck(attempts):
    """Return a message that says what a person can do about a document that failed so often."""
    return _lt(
        "It failed %s times in a row, and is still tried again. If it goes on, ask your administrator"
        " or Lucca's support. You need not wait: press one of the buttons.",
        attempts,
    )


def _describe_replaced(document):
    """Return a message that names a document's bill, which no longer belongs to it."""
    bill = document.move_id
    if bill.state == "cancel":
        return _lt("The cancelled bill %s no longer belongs to the document.", bill)
    return _lt("The reversed bill %s no longer belongs to the document.", bill)


def _describe_deleted(document):
    """Return a message that names a document's bill, which is to be deleted, and its total."""
    bill = document.move_id
    return _lt(
        "Deleted: %(bill)s, %(total)s.",
        bill=bill,
        total=Money(bill.currency_id.name, bill.amount_total),
    )
