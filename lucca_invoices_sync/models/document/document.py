from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ...lucca.documents.booked_documents import CONFIRMED, CREDIT_NOTE, INVOICE, read_document
from ...lucca.documents.reading import loads
from ..states import FILES_STATES, REASONS, STATE_FIELDS, STATES
from ..times import pause_before_retry
from . import change

#: What belongs to one state alone: empty in the next one, unless that has its own.
_OF_ONE_STATE = {
    "reason": False,
    "message": False,
    "attempts": 0,
    "next_try_at": False,
    "may_be_accepted": False,
    "duplicate_move_id": False,
}
#: What a person has not said, or not of what Lucca says now.
_NOT_ACCEPTED = {"accepted_reasons": False, "difference_account_id": False}
#: What is said of a document that has no bill any more.
_WITHOUT_BILL = {
    "move_id": False,
    "bill_fingerprint": False,
    "amount_company": 0,
    **_NOT_ACCEPTED,
    "is_doubtful": False,
    "draft_reason": False,
    "is_changed": False,
    **change.NOTHING_TOLD,
}


class LuccaDocument(models.Model):
    """A document of Lucca, from being listed to having its bill."""

    _name = "lucca.document"
    _description = "Lucca Document"
    _order = "document_date desc, id desc"
    _rec_name = "number"

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
        help="The connection's, or that of the purchase's establishment.",
    )
    lucca_type = fields.Selection(
        [(INVOICE, "Invoice"), (CREDIT_NOTE, "Credit Note")],
        string="Type",
        required=True,
        readonly=True,
    )
    lucca_id = fields.Integer(
        string="Lucca ID",
        required=True,
        readonly=True,
        help="Negative where Lucca's answer holds no readable type and id.",
    )
    number = fields.Char(readonly=True)
    document_date = fields.Date(readonly=True)
    lucca_created_at = fields.Datetime(string="Created in Lucca", readonly=True)
    lucca_modified_at = fields.Datetime(string="Modified in Lucca", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_untaxed = fields.Monetary(string="Excluding Taxes", readonly=True)
    amount_tax = fields.Monetary(string="VAT", readonly=True)
    amount_total = fields.Monetary(string="Including Taxes", readonly=True)
    conformity_state = fields.Char(readonly=True)
    payment_state = fields.Char(readonly=True)
    payment_date = fields.Date(readonly=True)
    is_paid = fields.Boolean(
        string="Paid in Lucca", readonly=True, help="Lucca paid it, or a card did."
    )
    # Read one by one, when it is needed: a first import has megabytes of it.
    payload = fields.Text(
        readonly=True, prefetch=False, help="The document as Lucca gave it (JSON)."
    )
    purchase_lucca_id = fields.Integer(string="Purchase ID", readonly=True, index="btree_not_null")
    purchase_name = fields.Char(string="Purchase", readonly=True)
    supplier_name = fields.Char(string="Supplier in Lucca", readonly=True)
    mapping_ids = fields.Many2many("lucca.mapping", string="References", readonly=True)
    seen_in = fields.Integer(readonly=True, help="The number of the last whole listing with it.")
    is_withdrawn = fields.Boolean(
        string="Withdrawn in Lucca", readonly=True, help="It is no longer approved there."
    )
    is_changed = fields.Boolean(
        string="Changed in Lucca", readonly=True, help="It changed there after it became a bill."
    )
    changes = fields.Json(readonly=True, help="What changed: label, before, now.")
    purchase_changes = fields.Json(
        readonly=True, help="What changed in its purchase: label, before, now."
    )
    billed_payload = fields.Text(
        readonly=True,
        prefetch=False,
        help="What the bill was made from (JSON), where Lucca gives something else by now.",
    )
    bill_fingerprint = fields.Char(
        readonly=True,
        help="Of the bill as it was made: another one means that somebody worked on it.",
    )
    is_resolved = fields.Boolean(readonly=True, help="Its references are known.")
    is_stale = fields.Boolean(readonly=True, help="It is read again in Lucca before its next try.")
    state = fields.Selection(STATES, required=True, default="pending", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    message = fields.Text(readonly=True)
    duplicate_move_id = fields.Many2one(
        "account.move", string="Bill That Is There", readonly=True, ondelete="set null"
    )
    may_be_accepted = fields.Boolean(readonly=True, help="A person may have it booked anyway.")
    accepted_reasons = fields.Json(
        string="Booked Anyway",
        readonly=True,
        help="The reasons for which it waited, until a person looked at it.",
    )
    difference_account_id = fields.Many2one(
        "account.account",
        string="Differences Account",
        readonly=True,
        ondelete="set null",
        help="Where a difference goes that a person confirmed; empty: to the connection's account.",
    )
    is_doubtful = fields.Boolean(
        string="Doubtful",
        readonly=True,
        help="Booked with a doubt, which the notes on the bill name: it is not posted by itself.",
    )
    imported_at = fields.Datetime(string="Came to Odoo", readonly=True)
    blocked_at = fields.Datetime(string="Waits Since", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime(string="Next Try", readonly=True)
    move_id = fields.Many2one("account.move", string="Bill", readonly=True, ondelete="set null")
    file_ids = fields.One2many("lucca.file", "document_id", string="Files of the Document")
    files_state = fields.Selection(
        FILES_STATES,
        string="Files",
        compute="_compute_files_state",
        store=True,
        precompute=True,
        help="What became of its files: they come after the bill.",
    )
    needs_attention = fields.Boolean(
        compute="_compute_needs_attention", search="_search_needs_attention"
    )

    _lucca_uniq = models.UniqueIndex(
        "(connection_id, lucca_type, lucca_id)",
        "This Lucca document is known already.",
    )
    _move_uniq = models.Constraint(
        "unique(move_id)", "This bill belongs to a Lucca document already."
    )
    _imported_check = models.Constraint(
        "CHECK (state <> 'imported' OR move_id IS NOT NULL)", "A booked document has its bill."
    )
    _ignored_check = models.Constraint(
        "CHECK (state <> 'ignored' OR move_id IS NULL)", "An ignored document has no bill."
    )
    _withdrawn_check = models.Constraint(
        "CHECK (is_withdrawn IS NOT TRUE OR state NOT IN ('pending', 'failed'))",
        "A document that Lucca no longer approves is not booked.",
    )
    _reason_check = models.Constraint(
        "CHECK ((state = 'blocked') = (reason IS NOT NULL))",
        "A document that waits for a person has a reason, and no other has one.",
    )
    _accepted_check = models.Constraint(
        "CHECK (may_be_accepted IS NOT TRUE OR state = 'blocked')",
        "Only a document that waits for a person can be booked anyway.",
    )
    # Files that are to come have no next try of their own yet: they share the document's.
    _next_try_check = models.Constraint(
        "CHECK (next_try_at IS NULL OR state = 'failed')",
        "Only what failed is tried again at a time.",
    )
    _created_idx = models.Index("(connection_id, lucca_created_at) WHERE is_withdrawn IS NOT TRUE")
    _left_idx = models.Index(
        "(connection_id) WHERE state IN ('pending', 'failed', 'blocked')"
        " OR files_state IN ('pending', 'failed') OR is_changed IS TRUE"
        " OR is_left_draft IS TRUE"
    )
    _restless_idx = models.Index(
        f"(connection_id) WHERE is_stale IS TRUE OR conformity_state <> '{CONFIRMED}'"
    )

    @api.depends("number", "lucca_type", "lucca_id")
    def _compute_display_name(self):
        types = dict(self._fields["lucca_type"]._description_selection(self.env))
        for document in self:
            kind = types.get(document.lucca_type, "")
            document.display_name = f"{kind} {document.number or document.lucca_id}"

    @api.depends("connection_id")
    def _compute_company_id(self):
        for document in self:
            document.company_id = document.company_id or document.connection_id.company_id

    @api.depends("state", "is_changed", "is_left_draft")
    def _compute_needs_attention(self):
        for document in self:
            waits = document.state == "blocked"
            document.needs_attention = waits or document.is_changed or document.is_left_draft

    def _search_needs_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        waits = Domain("state", "=", "blocked") | Domain("is_changed", "=", True)
        waits |= Domain("is_left_draft", "=", True)
        return waits if True in value else ~waits

    # --- reading --------------------------------------------------------------------------------

    def _booked_document(self):
        """The payload as a ``BookedDocument``; raise ``InvalidDocument``."""
        self.ensure_one()
        return read_document(loads(self.payload))

    def _mapping(self, kind):
        return self.mapping_ids.filtered(lambda mapping: mapping.kind == kind)

    @api.model
    def _domain_to_do(self, connection):
        """What the steps may work on now."""
        return [
            ("connection_id", "=", connection.id),
            ("is_stale", "=", False),
            "|",
            ("state", "=", "pending"),
            "&",
            ("state", "=", "failed"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _still_to_do(self):
        """Those that still are: a person may have ignored some meanwhile."""
        return self.exists().filtered(lambda document: document.state in ("pending", "failed"))

    # --- states ---------------------------------------------------------------------------------

    #: ``{transition: (the states that it may come from, the state that it leads to)}``
    _TRANSITIONS = {
        "list_approved": ({"pending", "failed", "blocked"}, "pending"),
        "await_approval": ({"pending", "failed", "blocked"}, "blocked"),
        "block": ({"pending", "failed"}, "blocked"),
        "fail": ({"pending", "failed"}, "failed"),
        "book": ({"pending", "failed"}, "imported"),
        "link": ({"blocked"}, "imported"),
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
        """
        if self.payload == values["payload"] and not self.is_withdrawn:
            return
        if self.move_id:
            change.take_over(self, turn, values)
        else:
            self._list_again(values)
            self._update_files(loads(values["payload"]))

    def _list_again(self, values):
        """Begin anew with what Lucca says now; what a person ignores stays ignored."""
        values = {
            **values,
            "is_withdrawn": False,
            "is_resolved": False,
            **_NOT_ACCEPTED,
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
        turn.add(blocked=1)
        now = fields.Datetime.now()
        self._enter("block", **{"reason": reason, "message": message, "blocked_at": now, **values})
        if self.move_id:
            change.tell_unbookable(self, message)

    def _fail(self, turn, message):
        """Have the document tried again later, each time after twice as long."""
        if self.state == "ignored":
            return  # a person said so while it was worked on
        turn.add(failed=1)
        next_try_at = fields.Datetime.now() + pause_before_retry(self.attempts)
        self._enter("fail", message=message, attempts=self.attempts + 1, next_try_at=next_try_at)

    def _book_as(self, move, **values):
        """Take a bill that was made for it, or made anew, as this document's."""
        self._enter("book", **self._values_with(move), **values)

    def _link_to(self, move):
        """Take a bill that somebody made as this document's; its own draft is deleted."""
        own = self.move_id
        if own.state == "cancel":
            change.let_go(self)
        self._enter("link", **{**_WITHOUT_BILL, **self._values_with(move)})
        self._expect_files()
        if own.state == "draft":
            own.unlink()
        self.connection_id.cron_id._trigger()

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
        fit = self.filtered(lambda d: d._is_approved() and d.state in self._TRANSITIONS["retry"][0])
        fit._enter("retry", is_resolved=False, is_stale=is_stale)
        fit._start_sync()
        return fit

    def _book_anew(self):
        """Let go of bills that were cancelled in Odoo, and have the documents booked again."""
        cancelled = self.filtered(lambda d: d._is_approved() and d.move_id.state == "cancel")
        for document in cancelled:
            change.let_go(document)
        cancelled._enter("book_anew", **_WITHOUT_BILL, is_resolved=False, is_stale=True)
        cancelled._expect_files()
        cancelled._start_sync()
        return cancelled

    def _ignore(self, message, reason=""):
        """Leave documents without a bill out of Odoo, as a person says, and other bills as they are.

        :return: those for which there was something to leave
        """
        without = self.filtered(lambda document: not document.move_id)
        without._enter("ignore", message=message)
        waiting = self.filtered(lambda document: document.move_id and document.state != "imported")
        for document in waiting:
            change.note_left(document, reason)
        # The bill is a person's decision from now on: it follows no later change by itself.
        settled = {"is_changed": False, "changes": False, "bill_fingerprint": False}
        waiting._enter("keep_bill", **settled)
        change.finish_asking(waiting)
        return without | waiting

    def _lose_bill(self):
        """Let go of bills that a person is about to delete: they do not come back by themselves."""
        message = self.env._(
            "%s deleted its bill. Press Retry to book it again.", self.env.user.name
        )
        self._enter("lose_bill", **_WITHOUT_BILL, message=message)
        self._expect_files()

    def _withdraw(self, turn):
        """Keep what Lucca no longer lists: a bill is never touched, anything else waits."""
        turn.add(withdrawn=len(self))
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
            "message": self.env._(
                "Lucca no longer lists this document as approved: it is booked when it is approved"
                " there again."
            ),
        }

    def _is_approved(self):
        """Whether Lucca approves it, as far as Odoo knows."""
        return self.conformity_state == CONFIRMED and not self.is_withdrawn

    def _is_accepted(self, reason):
        """Whether a person looked at what seemed wrong, and wants it booked."""
        return reason in (self.accepted_reasons or ())

    def _accept(self):
        """Have documents booked although of what they wait for, as a person says.

        What was accepted before stays so: two doubts do not take turns.
        """
        for document in self:
            document.accepted_reasons = sorted(
                {*(document.accepted_reasons or ()), document.reason}
            )
        self._try_again()

    def _forget_accepted(self):
        """Ask again: what a person said was of what Lucca said then."""
        self.write(_NOT_ACCEPTED)

    def _start_sync(self):
        """Start the synchronisation of these documents' connections; a person sees what comes."""
        for connection in self.connection_id:
            connection.cron_id._trigger()
        if self.env.uid != SUPERUSER_ID:
            self.env["lucca.sync.watch"].sudo()._watch(self.connection_id)  # nobody's to write
