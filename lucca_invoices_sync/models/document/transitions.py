from odoo import SUPERUSER_ID, fields, models

from ...lucca.documents.booked_documents import CONFIRMED
from ...lucca.documents.reading import loads
from ..messages import Messages, Money, sentences
from ..states import NOT_ACCEPTED, STATE_FIELDS, name_of
from ..times import pause_before_retry
from . import change
from .decision import with_former
from .electronic import NOT_COMPARED

_lt = Messages(__name__)

#: What belongs to one state alone: empty in the next one, unless that has its own.
_OF_ONE_STATE = {
    "reason": False,
    "message": False,
    "attempts": 0,
    "next_try_at": False,
    "may_be_accepted": False,
    "duplicate_move_id": False,
    "coming_as": False,
}
#: What is said of a document that has no bill any more.
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
        "list_approved": ({"pending", "failed", "blocked"}, "pending"),
        "await_approval": ({"pending", "failed", "blocked"}, "blocked"),
        "block": ({"pending", "failed"}, "blocked"),
        "fail": ({"pending", "failed"}, "failed"),
        "book": ({"pending", "failed"}, "imported"),
        "link": ({"pending", "failed", "blocked"}, "imported"),
        "follow_change": ({"imported", "pending", "failed", "blocked"}, "pending"),
        "keep_bill": ({"imported", "pending", "failed", "blocked"}, "imported"),
        "retry": ({"failed", "blocked", "ignored"}, "pending"),
        "book_anew": ({"imported", "pending", "failed", "blocked"}, "pending"),
        "ignore": ({"pending", "failed", "blocked", "ignored"}, "ignored"),
        "lose_bill": ({"imported", "pending", "failed", "blocked"}, "ignored"),
    }

    def _enter(self, transition, **values):
        """Go through a transition: nothing else writes the state of a document that is listed.

        What belongs to the state that is left ends with it: its reason, its message, its next try.
        :param values: of other fields, written at once, so that the database's checks hold
        """
        origins, state = self._TRANSITIONS[transition]
        for document in self:
            if document.state not in origins:
                raise ValueError(f"{document}: no {transition!r} from {document.state!r}")
        self.write({**_OF_ONE_STATE, "state": state, **values})

    def _take_over(self, turn, values):
        """Take over what Lucca lists now; a bill is the accountant's, see ``change.take_over``.

        :param values: of the document's row, as ``sync.rows`` prepares them
        :return: whether what its electronic invoice is compared with changed, or the file is gone
        """
        if self.payload == values["payload"] and not self.is_withdrawn:
            return False
        was_approved = self._is_approved()
        if self.move_id:
            is_other = change.take_over(self, turn, values)
        else:
            self._list_again(values)
            is_other = self._update_files(loads(values["payload"]))
        self._note_approval(was_approved)
        return is_other

    def _note_approval(self, was_approved):
        """Keep that Lucca approves it by now, or does so no longer."""
        if was_approved and not self._is_approved():
            state = name_of(self.conformity_state) or "-"
            self._note_decision("withdrawn", _lt("Its state in Lucca is “%s” by now.", state))
        elif self._is_approved() and not was_approved:
            self._note_decision("approved", _lt("Lucca lists this document as approved."))

    def _list_again(self, values):
        """Begin anew with what Lucca says now; what a person ignores stays ignored."""
        values = {
            **values,
            "is_withdrawn": False,
            "is_resolved": False,
            **NOT_ACCEPTED,
        }
        if self.state == "ignored":
            self.write({name: values[name] for name in values if name not in STATE_FIELDS})
        elif values["state"] == "pending":
            self._enter("list_approved", **values)
        else:
            self._enter("await_approval", **values)

    def _block(self, turn, reason, message, **values):
        """Have the document wait for a person; the bill that it may have stays, and says so.

        :param turn: counts what became of the documents
        """
        if self.state == "ignored":
            return  # a person said so while it was worked on
        turn.add_documents(blocked=self)
        now = fields.Datetime.now()
        self._enter("block", **{"reason": reason, "message": message, "blocked_at": now, **values})
        self._want_invoice()
        if self.move_id:
            change.tell_unbookable(self, message)

    def _fail(self, turn, message):
        """Have the document tried again later, each time after twice as long."""
        if self.state == "ignored":
            return  # a person said so while it was worked on
        turn.add_documents(failed=self)
        next_try_at = fields.Datetime.now() + pause_before_retry(self.attempts)
        self._enter("fail", message=message, attempts=self.attempts + 1, next_try_at=next_try_at)

    def _book_as(self, move, **values):
        """Take a bill that was made for it, or made anew, as this document's."""
        self._enter("book", **self._values_with(move), **values)

    def _link_to(self, bills, message):
        """Take bills that somebody made as these documents'; their own drafts are deleted.

        :param bills: one ``account.move`` for each document, in their order
        :param message: who said so
        """
        own = self.move_id
        self._note_replaced(_lt("Another bill is linked to the document."))
        drafts = self.filtered(lambda document: document.move_id.state == "draft")
        drafts._note_decision("bill_deleted", _describe_deleted)
        for document, bill in zip(self, bills, strict=True):
            if document.move_id.state == "cancel":
                change.let_go(document)
            document.write({**_WITHOUT_BILL, **document._values_with(bill)})
        self._enter("link", message=message)
        self._expect_files()
        own.filtered(lambda move: move.state == "draft").unlink()
        for connection in self.connection_id:
            connection.cron_id._trigger()

    def _values_with(self, move):
        """The values of a document that has this bill."""
        return {
            "move_id": move.id,
            "imported_at": self.imported_at or fields.Datetime.now(),
            "amount_company": -move.amount_untaxed_signed,
        }

    def _keep_bill(self):
        """Leave the bill as it is, whatever changed in Lucca."""
        self._enter("keep_bill")

    def _follow_change(self):
        """Have the bill, an untouched draft, made anew from what changed in Lucca."""
        self._enter("follow_change", is_resolved=False)

    def _try_again(self, is_stale=False):
        """Put documents without a bill back to be booked, and start the synchronisation.

        What Lucca does not approve (any more) is left out, whoever asks.

        :param is_stale: Lucca may have corrected them: they are read again there
        """
        fit = self._fit_to_retry()
        fit._enter("retry", is_resolved=False, is_stale=is_stale)
        fit._start_sync()
        return fit

    def _fit_to_retry(self):
        origins, _state = self._TRANSITIONS["retry"]
        return self.filtered(lambda one: one._is_approved() and one.state in origins)

    def _book_anew(self):
        """Let go of bills that were cancelled in Odoo, and have the documents booked again."""
        cancelled = self.filtered(lambda d: d._is_approved() and d.move_id.state == "cancel")
        cancelled._note_replaced(_lt("Another bill is created."))
        for document in cancelled:
            change.let_go(document)
        cancelled._enter("book_anew", **_WITHOUT_BILL, is_resolved=False, is_stale=True)
        cancelled._expect_files()
        cancelled._start_sync()
        return cancelled

    def _note_replaced(self, why):
        """Keep which cancelled bills are no longer these documents'."""
        cancelled = self.filtered(lambda document: document.move_id.state == "cancel")
        cancelled._note_decision(
            "replaced",
            lambda one: sentences(
                _lt("The cancelled bill %s no longer belongs to the document.", one.move_id), why
            ),
        )

    def _ignore(self, message, reason=""):
        """Leave documents without a bill out of Odoo, as a person says, and other bills as they are.

        :return: those for which there was something to leave
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
        # The bill is a person's decision from now on: it follows no later change by itself.
        settled = {"is_changed": False, "changes": False, "bill_fingerprint": False}
        settled["has_differences"] = False
        waiting._enter("keep_bill", **settled)
        change.finish_asking(waiting)
        return without | waiting

    def _lose_bill(self):
        """Let go of bills that a person is about to delete: they do not come back by themselves."""
        message = _lt("%s deleted its bill. Press “Retry” to create it again.", self.env.user.name)
        self._note_decision("bill_deleted", _describe_deleted)
        self._enter("lose_bill", **_WITHOUT_BILL, message=message)
        self._expect_files()

    def _withdraw(self, turn):
        """Keep what Lucca no longer lists: a bill is never touched, anything else waits."""
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

    def _why_withdrawn(self):
        return {
            "reason": "not_approved",
            "message": _lt(
                "Lucca no longer lists this document as approved: its bill is created when it is"
                " approved there again."
            ),
        }

    def _is_approved(self):
        """Whether Lucca approves it, as far as Odoo knows."""
        return self.conformity_state == CONFIRMED and not self.is_withdrawn

    def _is_accepted(self, reason):
        """Whether a person looked at what seemed wrong, and wants it booked, or asks what would be."""
        asked = self.env.context.get("lucca_accepted", ())
        return reason in (self.accepted_reasons or ()) or reason in asked

    def _start_sync(self):
        """Start the synchronisation of these documents' connections; a person sees what comes."""
        for connection in self.connection_id:
            connection.cron_id._trigger()
        if self.env.uid != SUPERUSER_ID:
            self.env["lucca.sync.watch"].sudo()._watch(self.connection_id)  # nobody's to write


def _describe_deleted(document):
    """Return what is lost with a document's bill."""
    bill = document.move_id
    return _lt(
        "Deleted: %(bill)s, %(total)s.",
        bill=bill,
        total=Money(bill.currency_id.name, bill.amount_total),
    )
