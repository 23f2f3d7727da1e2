import hashlib
import json
from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ...lucca.documents.booked_documents import CONFIRMED

#: A failed document is tried again after 5 minutes, then after twice as long each time.
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=24)


class Left(NamedTuple):
    """What is left to do: ``waiting`` is ``{reason: number}`` of what waits for a person."""

    has_work: bool
    waiting: dict
    changed: int


class LuccaDocument(models.Model):
    """From being listed to having its bill."""

    _inherit = "lucca.document"

    @api.model
    def _left(self, connection):
        """The ``Left`` of a connection, by one query."""
        work = ("pending", "failed")
        left = Domain("state", "in", (*work, "blocked")) | Domain("files_state", "in", work)
        left |= Domain("is_changed", "=", True)
        groups = self._read_group(
            Domain("connection_id", "=", connection.id) & left,
            ["state", "reason", "files_state", "is_changed"],
            ["__count"],
        )
        waiting = Counter()
        for state, reason, _files_state, _is_changed, count in groups:
            if state == "blocked":
                waiting[reason] += count
        return Left(
            has_work=any(group[0] in work or group[2] in work for group in groups),
            waiting=waiting,
            changed=sum(group[4] for group in groups if group[3]),
        )

    @api.model
    def _prepare_state(self, heading):
        """The state of a document as it is listed: to book, or waiting for its approval."""
        if heading.conformity_state == CONFIRMED:
            return {"state": "pending", "reason": False, "message": False}
        return {
            "state": "blocked",
            "reason": "not_approved",
            "message": self.env._(
                "Lucca lists this document although its state is “%s”: it is booked when it is"
                " approved there.",
                heading.conformity_state,
            ),
        }

    def _block(self, run, reason, message, **values):
        run._add(blocked=1)
        self.write(
            {
                "state": "blocked",
                "reason": reason,
                "message": message,
                "blocked_at": fields.Datetime.now(),
                "next_try_at": False,
                "may_be_accepted": False,
                "duplicate_move_id": False,
                **values,
            }
        )

    def _fail(self, run, message):
        """Have the document tried again later, each time after twice as long."""
        run._add(failed=1)
        self.write(
            {
                "state": "failed",
                "reason": False,
                "message": message,
                "attempts": self.attempts + 1,
                "next_try_at": self._next_try(),
            }
        )

    def _next_try(self):
        pause = FIRST_RETRY * 2 ** min(self.attempts, 10)
        return fields.Datetime.now() + min(pause, LAST_RETRY)

    def _is_accepted(self, reason):
        """Whether a person looked at what seemed wrong, and wants it booked."""
        return self.accepted_reason == reason

    def _try_again(self, is_stale=False):
        """Put documents without a bill back to be booked, and start the synchronisation.

        :param is_stale: Lucca may have corrected them: they are read again there
        """
        approved = self.filtered(
            lambda d: d.state not in ("imported", "pending") and d.conformity_state == CONFIRMED
        )
        approved.write(
            {
                "state": "pending",
                "reason": False,
                "message": False,
                "attempts": 0,
                "next_try_at": False,
                "is_resolved": False,
                "is_stale": is_stale,
                "may_be_accepted": False,
                "duplicate_move_id": False,
            }
        )
        for connection in approved.connection_id:
            connection.cron_id._trigger()
        if self.env.uid != SUPERUSER_ID:  # a person waits for what comes of it
            self.env["lucca.sync.watch"].sudo()._watch(approved.connection_id)  # nobody's to write
        return approved

    def _bill_deleted(self):
        """Remember that a person deleted the bill, so that it does not come back by itself."""
        self.write(
            {
                "state": "ignored",
                "files_state": "none",
                "next_try_at": False,
                "accepted_reason": False,
                "message": self.env._(
                    "%s deleted its bill. Press Retry to book it again.", self.env.user.name
                ),
            }
        )

    def _withdraw(self, run):
        """What Lucca no longer lists is kept: a bill is never touched, anything else waits."""
        run._add(withdrawn=len(self))
        self.is_withdrawn = True
        for document in self:
            if document.move_id:
                self.env["lucca.sync.change"]._tell_withdrawn(document)
            elif document.state != "ignored":
                document.write(
                    {
                        "state": "blocked",
                        "reason": "not_approved",
                        "next_try_at": False,
                        "message": self.env._(
                            "Lucca no longer lists this document as approved: it is booked when it"
                            " is approved there again."
                        ),
                    }
                )

    def _is_untouched(self):
        """Whether the bill is a draft that nobody worked on since it was made."""
        move = self.move_id
        return move.state == "draft" and self.bill_fingerprint == self._fingerprint(move)

    @api.model
    def _fingerprint(self, move):
        """What a person may have changed on a bill, as a short text."""
        lines = [
            (
                line.name,
                line.account_id.id,
                line.quantity,
                line.price_unit,
                line.discount,
                sorted(line.tax_ids.ids),
                line.analytic_distribution,
            )
            for line in move.invoice_line_ids.sorted("id")
        ]
        head = [
            move.partner_id.id,
            move.ref,
            move.invoice_date,
            move.invoice_date_due,
            move.invoice_payment_term_id.id,
            move.journal_id.id,
            move.currency_id.id,
            move.amount_total,
            move.narration or "",
        ]
        text = json.dumps([head, lines], default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
