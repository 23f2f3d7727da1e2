from odoo import api, fields, models
from odoo.exceptions import UserError

from ..messages import MessageField, Messages, in_words
from ..times import pause_before_retry
from ..toasts import tell_of_selection
from . import change

_lt = Messages(__name__)

#: A file that failed so often needs a person: some two and a half hours. It is tried on all the same.
FAILURES_TO_TELL = 6


class LuccaFile(models.Model):
    """One file of a Lucca document. It is known when its document is.

    It is fetched for the bill, or before when somebody looks at the document: then it is kept with
    the document (``attached``), and the bill takes it over without another request.
    """

    _name = "lucca.file"
    _description = "File of a Lucca Document"
    _order = "document_id, id"

    document_id = fields.Many2one(
        "lucca.document", required=True, ondelete="cascade", index=True, readonly=True
    )
    lucca_file_id = fields.Char(
        string="Lucca ID", readonly=True, help="Empty where Lucca does not say where the file is."
    )
    name = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("pending", "To Fetch"),
            ("attached", "Attached"),
            ("left_out", "Left Out"),
            ("failed", "Failed, Tried Again"),
        ],
        required=True,
        default="pending",
        readonly=True,
    )
    message = MessageField(readonly=True, help="Why it failed, or is left out.")
    is_wanted = fields.Boolean(
        readonly=True, help="It comes first: a person or its document waits for it."
    )
    is_declined = fields.Boolean(
        readonly=True, help="A person left it out, also for a bill to come."
    )
    attempts = fields.Integer(readonly=True)
    damaged_attempts = fields.Integer(
        readonly=True, help="Those of the attempts that gave something else than a whole file."
    )
    next_try_at = fields.Datetime(string="Next Try", readonly=True)
    electronic_invoice = fields.Text(
        readonly=True, prefetch=False, help="The XML of the electronic invoice that it is or holds."
    )
    attachment_id = fields.Many2one("ir.attachment", ondelete="set null", readonly=True)

    _file_uniq = models.UniqueIndex(
        "(document_id, lucca_file_id) WHERE lucca_file_id IS NOT NULL",
        "This document has the file already.",
    )
    _next_try_is_of_failures = models.Constraint(
        "CHECK (next_try_at IS NULL OR state = 'failed')",
        "Only a file that failed is tried again at a time.",
    )
    _due_idx = models.Index("(document_id) WHERE state IN ('pending', 'failed')")

    @api.model
    def _domain_due(self, connection):
        """The files that may be fetched now: of bills, and of documents that somebody looks at."""
        return [
            ("document_id.connection_id", "=", connection.id),
            ("document_id.files_state", "in", ("pending", "failed")),
            "|",
            ("state", "=", "pending"),
            "&",
            ("state", "=", "failed"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _is_due(self):
        """Whether it may still be fetched: its bill may be gone by now, or somebody attached it."""
        return bool(
            self.exists()
            and self.state in ("pending", "failed")
            and self.document_id.files_state in ("pending", "failed")
        )

    def _kept_attachment(self):
        """The attachment that was fetched before the bill was there; empty where none was."""
        document, attachment = self.document_id, self.attachment_id
        holders = {("lucca.document", document.id), ("account.move", document.move_id.id)}
        is_kept = (attachment.res_model, attachment.res_id) in holders
        return attachment if is_kept else attachment.browse()

    def unlink(self):
        # EXTENDS: what was kept with a document goes with its last file.
        kept = self.attachment_id.filtered(lambda one: one.res_model == "lucca.document")
        result = super().unlink()
        (kept - self.search([("attachment_id", "in", kept.ids)]).attachment_id).unlink()
        return result

    @api.model
    def _domain_stuck(self):
        """The files that fail again and again: somebody should look at them."""
        return [("state", "=", "failed"), ("attempts", ">=", FAILURES_TO_TELL)]

    def action_leave_out(self):
        """Let the bills go without these files, until a person asks for them again."""
        self.document_id._check_billing()
        missing = self.filtered(lambda file: file.state in ("pending", "failed"))
        if not missing:
            raise UserError(self.env._("These files do not wait to be fetched."))
        told = _lt("Left out by %s.", self.env.user.name)
        by_document = missing.grouped("document_id")
        missing.document_id._note_decision(
            "file_left_out", lambda one: by_document[one]._describe()
        )
        # Billing users may leave a file out, not change what Lucca said.
        for file in missing.sudo():
            file._leave_out(told)
            file.is_declined = True
            file._note_left_out(told)
        # As above: a bill that waits for its files may be posted by itself.
        if waiting := missing.document_id.sudo().filtered("is_to_post"):
            waiting._start_sync()
        return tell_of_selection(
            self.env,
            self.env._("Files that are left out: %s.", len(missing)),
            len(self - missing),
            self.env._("They are attached, or left out already."),
        )

    def _describe(self):
        """Return which files of a document these are."""
        return _lt("Files: %s.", [file.name or "?" for file in self])

    def _note_left_out(self, reason):
        """Say on the bill that it lacks a file, and where that is."""
        document = self.document_id
        if not document.move_id:
            return
        told = _lt(
            "The file “%(name)s” is left out. %(reason)s", name=self.name or "?", reason=reason
        )
        change.note(document, lambda it: it._lucca_link(in_words(it.env, told)))

    # --- transitions ----------------------------------------------------------------------------

    def _set_attached(self, attachment):
        """It is on the bill, or with its document: newly, or as another file of the same content."""
        self.write(
            {
                "state": "attached",
                "attachment_id": attachment.id,
                "message": False,
                "is_wanted": False,
                "attempts": 0,
                "damaged_attempts": 0,
                "next_try_at": False,
            }
        )

    def _set_failed(self, message, is_damaged=False):
        """Have it tried again later, each time after twice as long.

        :param is_damaged: something came that is not a whole file of its kind
        """
        self.write(
            {
                "state": "failed",
                "message": message,
                "is_wanted": False,
                "attempts": self.attempts + 1,
                "damaged_attempts": self.damaged_attempts + is_damaged,
                "next_try_at": fields.Datetime.now() + pause_before_retry(self.attempts),
            }
        )

    def _leave_out(self, message=False):
        """The bill goes without these files, unless a person asks for them."""
        self.write(
            {"state": "left_out", "message": message, "is_wanted": False, "next_try_at": False}
        )

    def _fetch_again(self, is_wanted=False):
        """Have these files fetched as if for the first time; what is with a document is taken over.

        :param is_wanted: a person waits: they come before all others
        """
        of_a_bill = self.filtered(lambda file: file.attachment_id.res_model != "lucca.document")
        of_a_bill.attachment_id = False
        self.write(
            {
                "state": "pending",
                "message": False,
                "is_wanted": is_wanted,
                "is_declined": False,
                "attempts": 0,
                "damaged_attempts": 0,
                "next_try_at": False,
            }
        )
