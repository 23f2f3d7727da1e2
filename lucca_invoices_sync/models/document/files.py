from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lucca.api.hosts import root_url
from ...lucca.documents.booked_documents import read_attachments
from ...lucca.documents.reading import loads
from ...lucca.errors import InvalidDocument
from ..asking import BILLING


class LuccaDocument(models.Model):
    """The files of a document as a whole."""

    _inherit = "lucca.document"

    has_stuck_files = fields.Boolean(
        compute="_compute_has_stuck_files", help="Files that failed again and again."
    )
    can_fetch_files = fields.Boolean(compute="_compute_can_fetch_files")
    can_show_files = fields.Boolean(
        compute="_compute_can_fetch_files",
        help="When the user opens the document, its files are fetched.",
    )
    preview = fields.Json(
        compute="_compute_preview",
        help="The files that were fetched, in the form that Odoo's preview reads.",
    )
    files_message = fields.Text(compute="_compute_files_message")

    @api.depends("file_ids.state", "file_ids.message", "file_ids.is_wanted", "move_id", "state")
    def _compute_files_state(self):
        for document in self:
            document.files_state = document._find_files_state()

    def _find_files_state(self):
        states = set(self._files_of_interest().mapped("state"))
        if not states:
            return "none"
        return "failed" if "failed" in states else "pending" if "pending" in states else "done"

    def _files_of_interest(self):
        """Return the files that the bill has or is to have; without a bill, those that somebody asked for."""
        if self.move_id:
            # Files that are left out without a message belong to a connection that attaches none.
            return self.file_ids.filtered(lambda file: file.state != "left_out" or file.message)
        if self.state == "ignored":
            return self.file_ids.browse()
        return self.file_ids.filtered(
            lambda file: file.is_wanted or file.state in ("attached", "failed")
        )

    @api.depends("files_state", "file_ids.attempts")
    def _compute_has_stuck_files(self):
        stuck = self.env["lucca.file"]._domain_stuck()
        for document in self:
            is_failed = document.files_state == "failed"
            document.has_stuck_files = is_failed and bool(document.file_ids.filtered_domain(stuck))

    @api.depends_context("uid")
    def _compute_can_fetch_files(self):
        may_act = self.env.su or self.env.user.has_group(BILLING)
        for document in self:
            is_of_use = document.move_id or document.state != "ignored"
            document.can_fetch_files = bool(is_of_use and document._files_to_fetch())
            document.can_show_files = bool(may_act and document._files_to_show())

    def _files_to_show(self):
        """Return the files that may be fetched before there is a bill, and that nobody asked for yet."""
        if self.move_id or self.state == "ignored":
            return self.file_ids.browse()
        # Only administrators may read scheduled actions, and the connection may be another company's.
        if not self.sudo().connection_id.cron_id.active:
            return self.file_ids.browse()
        return self.file_ids.filtered(
            lambda file: file.state == "pending" and not file.is_wanted and file.lucca_file_id
        )

    def _compute_preview(self):
        """Compute the attachments that the user may read; the main one is shown first."""
        for document in self:
            files = document.file_ids.attachment_id._filtered_access("read")
            main = document._main_file(files)
            document.preview = [
                {
                    "id": one.id,
                    "name": one.name,
                    "mimetype": one.mimetype,
                    "checksum": one.checksum,
                    "is_main": one == main,
                }
                for one in files
            ]

    def _main_file(self, files):
        """Return the attachment that is shown first, as on a bill: the first PDF, else the first picture."""
        pdf = files.filtered(lambda one: one.mimetype == "application/pdf")
        picture = files.filtered(lambda one: (one.mimetype or "").startswith("image/"))
        return (pdf or picture)[:1]

    @api.depends("file_ids.state", "file_ids.message")
    @api.depends_context("lang")
    def _compute_files_message(self):
        """Compute the text that says what is wrong with the files, a line for each."""
        for document in self:
            failed = document.file_ids.filtered(lambda file: file.state == "failed")
            lines = [f"{file.name or '?'}: {file.message}" for file in failed]
            document.files_message = "\n".join(lines)

    def _files_to_fetch(self):
        """Return the files that are not attached, or whose attachment somebody deleted, as far as Lucca has them."""
        left = self.file_ids.filtered(lambda file: file.state != "attached")
        deleted = (self.file_ids - left).filtered(lambda file: not file.attachment_id)
        return left | (deleted and deleted - deleted.document_id._files_gone())

    @api.model
    def _prepare_files(self, item):
        """Return the values of a ``lucca.file`` for each file of a document (Lucca's JSON)."""
        try:
            attachments = read_attachments(item)
        except InvalidDocument:
            return []
        named = {one.file_id or f"?{n}": one for n, one in enumerate(attachments)}
        return [{"lucca_file_id": one.file_id or False, "name": one.name} for one in named.values()]

    def _update_files(self, item):
        """Update which files Lucca's document (its JSON) has by now; files on the bill stay there.

        :return: whether files are gone, and no other is to be fetched in their place
        """
        known = {file.lucca_file_id: file for file in self.file_ids}
        new, kept = [], set()
        for values in self._prepare_files(item):
            kept.add(values["lucca_file_id"])
            if file := known.get(values["lucca_file_id"]):
                file.name = values["name"]
            else:
                new.append({**values, "document_id": self.id})
        gone = self.file_ids.filtered(lambda file: file.lucca_file_id not in kept)
        stays = gone.filtered(lambda file: file.state == "attached" and self.move_id)
        stays.electronic_invoice = False  # the document no longer has this invoice
        (gone - stays).unlink()
        made = self.file_ids.create(new)
        if self.move_id and not self.connection_id.attach_files:
            made._leave_out()
        return bool(gone) and "pending" not in made.mapped("state")

    def _files_gone(self):
        """Return the attached files that Lucca's document no longer has."""
        gone = self.file_ids.browse()
        for document in self:
            in_lucca = document._prepare_files(loads(document.payload))
            kept = {values["lucca_file_id"] for values in in_lucca}
            attached = document.file_ids.filtered(lambda file: file.state == "attached")
            gone |= attached.filtered(lambda file, kept=kept: file.lucca_file_id not in kept)
        return gone

    def _expect_files(self):
        """Have all files fetched for the bills that these documents get, if their connection attaches files.

        Files that a person left out are not fetched, and a note on the bill says so.
        """
        for document in self:
            declined = document.file_ids.filtered("is_declined")
            if document.connection_id.attach_files:
                expected = document.file_ids - declined
                again = expected.filtered(lambda file: file.state != "pending")
                # Files that the document keeps come to the bill before those that need a request.
                kept = again.filtered(lambda file: file._kept_attachment())
                kept._fetch_again(is_wanted=True)
                (again - kept)._fetch_again()
                for file in declined:
                    file._note_left_out(file.message)
            else:
                (document.file_ids - declined)._leave_out()

    def _lucca_link(self, words):
        """Return HTML of words, followed by a link to Lucca."""
        link = Markup('%s <a href="%s" target="_blank">%s</a>')
        return link % (words, self._lucca_url(), self.env._("Open Lucca"))

    def _lucca_url(self):
        """Return the address of the documents in Lucca; that of a single document is not known.

        An administrator may have taken the host from those that may get the key: people may still open it.
        """
        # A user who sees the document may know its Lucca account; the connection may be another company's.
        return f"{root_url(self.connection_id.sudo().host)}/cleemy-procurement"

    def action_show_files(self):
        """Have the scheduler fetch the files of documents without a bill that a person looks at.

        Each file is asked for once, within the connection's request budget.
        """
        self._check_billing()
        # Billing users may have files fetched, although they may not write documents.
        for document in self.sudo():
            if files := document._files_to_show():
                files.is_wanted = True
                document.connection_id._wake()

    def action_fetch_files(self):
        """Have the scheduler fetch the files of documents that are not attached, before other files.

        :raises UserError: there are no files to fetch
        """
        self._check_billing()
        # Billing users may have files fetched, although they may not write documents.
        documents = self.sudo().filtered("can_fetch_files")
        if not documents:
            raise UserError(
                self.env._("There are no files to fetch: all are there, or they are not needed.")
            )
        files = documents._files_to_fetch()
        declined = files.filtered("is_declined").grouped("document_id")
        documents.browse().union(*declined)._note_decision(
            "file_wanted", lambda one: declined[one]._describe()
        )
        files._fetch_again(is_wanted=True)
        started = documents.connection_id.action_sync_now()
        if left := len(self) - len(documents):
            words = self.env._("Documents that have all their files, or need none: %s.", left)
            started["params"]["message"] += f" {words}"
        return started
