from odoo import api, fields, models
from odoo.exceptions import UserError

from ..messages import MessageField, Messages, in_words
from ..times import FAILURES_TO_TELL, pause_before_retry
from ..toasts import tell_of_selection
from . import telling

_lt = Messages(__name__)


class LuccaFile(models.Model):
    """One file of a Lucca document, which is known as soon as the document is listed.

    It is fetched for the bill, or earlier if somebody looks at the document. In that case the document
    keeps it (``attached``), and the bill takes it over without another request.
    """

    _name = "lucca.file"
    _description = "File of a Lucca Document"
    _order = "document_id, id"

    document_id = fields.Many2one(
        "lucca.document", required=True, ondelete="cascade", index=True, readonly=True
    )
    lucca_file_id = fields.Char(
        string="Lucca ID", readonly=True, help="Empty if Lucca does not say where the file is."
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
    is_wanted = fields.Boolean(readonly=True, help="It is fetched before other files.")
    is_declined = fields.Boolean(
        readonly=True,
        help="A person left it out. It also stays out of a bill that is created later.",
    )
    attempts = fields.Integer(readonly=True)
    damaged_attempts = fields.Integer(readonly=True, help="Attempts that gave an incomplete file.")
    unfinished_readings = fields.Integer(
        readonly=True,
        help="How often its content was begun to be read, if that never came to an end: the process was killed,"
        " or its time was over.",
    )
    next_try_at = fields.Datetime(string="Next Try", readonly=True)
    electronic_invoice = fields.Text(
        readonly=True, prefetch=False, help="The XML of the electronic invoice that it is or holds."
    )
    has_unclear_invoice = fields.Boolean(
        string="Electronic Invoice Unclear",
        readonly=True,
        help="It may be or hold an electronic invoice that cannot be read, or not safely.",
    )
    attachment_id = fields.Many2one(
        "ir.attachment", ondelete="set null", readonly=True, index="btree_not_null"
    )

    _file_uniq = models.UniqueIndex(
        "(document_id, lucca_file_id) WHERE lucca_file_id IS NOT NULL",
        "This document has the file already.",
    )
    _next_try_is_of_failures = models.Constraint(
        "CHECK (next_try_at IS NULL OR state = 'failed')",
        "Only a file that failed has a time for its next try.",
    )
    _due_idx = models.Index("(document_id) WHERE state IN ('pending', 'failed')")

    @api.model
    def _domain_due(self, connection):
        """Return the domain of files that may be fetched now: for bills, or for somebody who looks at a document."""
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
        """Return whether the file may still be fetched: it may be attached by now, or left out, or its bill gone."""
        return bool(
            self.exists()
            and self.state in ("pending", "failed")
            and self.document_id.files_state in ("pending", "failed")
        )

    def _kept_attachment(self):
        """Return the attachment that the document or its bill has already; empty if there is none."""
        document, attachment = self.document_id, self.attachment_id
        holders = {("lucca.document", document.id), ("account.move", document.move_id.id)}
        is_kept = (attachment.res_model, attachment.res_id) in holders
        return attachment if is_kept else attachment.browse()

    def unlink(self):
        # EXTENDS 'base': an attachment that a document keeps is deleted with the last file that uses it.
        kept = self.attachment_id.filtered(lambda one: one.res_model == "lucca.document")
        result = super().unlink()
        (kept - self.search([("attachment_id", "in", kept.ids)]).attachment_id).unlink()
        return result

    @api.model
    def _domain_stuck(self):
        """Return the domain of files that failed so often that a person should look at them."""
        return [("state", "=", "failed"), ("attempts", ">=", FAILURES_TO_TELL)]

    def action_leave_out(self):
        """Leave these files out of the bills, until a person asks for them again.

        :raises UserError: none of the files is still to be fetched
        """
        self.document_id._check_billing()
        missing = self.filtered(lambda file: file.state in ("pending", "failed"))
        if not missing:
            raise UserError(self.env._("These files do not wait to be fetched."))
        told = _lt("Left out by %s.", self.env.user.name)
        by_document = missing.grouped("document_id")
        missing.document_id._note_decision(
            "file_left_out", lambda one: by_document[one]._describe()
        )
        # Billing users may leave a file out, although they may not write files.
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
        """Return a message with the names of these files."""
        return _lt("Files: %s.", [file.name or "?" for file in self])

    def _note_left_out(self, reason):
        """Note on the bill that it lacks this file, or that the file is not compared with it; link to Lucca.

        :param reason: a message that says why
        """
        document = self.document_id
        if not document.move_id:
            return
        told = _lt("The file “%(name)s” is left out. %(reason)s")
        if self._kept_attachment().res_model == "account.move":
            told = _lt(
                "The file “%(name)s” is attached, and is not compared with the bill any more."
                " %(reason)s"
            )
        told = told.filled(name=self.name or "?", reason=reason)
        telling.note(document, lambda it: it._lucca_link(in_words(it.env, told)))

    # --- transitions ----------------------------------------------------------------------------

    def _set_attached(self, attachment):
        """Record the attachment of the file, on the bill or the document; two files of one content may share it."""
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
        """Have the file tried again later, each time after twice as long.

        :param message: why it failed
        :param is_damaged: whether the file came, but incomplete
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
        """Record that the bill does not get these files, unless a person asks for them."""
        self.write(
            {"state": "left_out", "message": message, "is_wanted": False, "next_try_at": False}
        )

    def _fetch_again(self, is_wanted=False):
        """Have these files fetched as if for the first time. An attachment that a document keeps is used instead.

        :param is_wanted: whether they are fetched before other files
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
