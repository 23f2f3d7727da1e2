from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lucca.api.errors import InvalidDocument
from ...lucca.documents.booked_documents import read_attachments


class LuccaDocument(models.Model):
    """Its files, as a whole."""

    _inherit = "lucca.document"

    electronic_check = fields.Selection(
        [
            ("agrees", "Checked against the electronic invoice"),
            ("differs", "Not those of the electronic invoice"),
        ],
        string="Totals",
        readonly=True,
        help="Whether the electronic invoice in the PDF (Factur-X, ZUGFeRD) or beside it has"
        " Lucca's totals.",
    )
    electronic_message = fields.Text(readonly=True)
    has_stuck_files = fields.Boolean(
        compute="_compute_has_stuck_files", help="Files that failed again and again."
    )
    can_fetch_files = fields.Boolean(compute="_compute_can_fetch_files")
    files_message = fields.Text(compute="_compute_files_message")

    @api.depends("file_ids.state", "file_ids.message", "move_id")
    def _compute_files_state(self):
        for document in self:
            document.files_state = document._find_files_state()

    def _find_files_state(self):
        # Files that are left out without a reason are those of a connection that attaches none.
        of_interest = self.file_ids.filtered(lambda file: file.state != "left_out" or file.message)
        states = set(of_interest.mapped("state"))
        if not self.move_id or not states:
            return "none"
        return "failed" if "failed" in states else "pending" if "pending" in states else "done"

    @api.depends("files_state", "file_ids.attempts")
    def _compute_has_stuck_files(self):
        stuck = self.env["lucca.file"]._domain_stuck()
        for document in self:
            is_failed = document.files_state == "failed"
            document.has_stuck_files = is_failed and bool(document.file_ids.filtered_domain(stuck))

    def _compute_can_fetch_files(self):
        for document in self:
            document.can_fetch_files = bool(document.move_id and document._files_to_fetch())

    def _compute_files_message(self):
        """What is wrong with its files, a line each."""
        for document in self:
            failed = document.file_ids.filtered(lambda file: file.state == "failed")
            lines = [f"{file.name or '?'}: {file.message}" for file in failed]
            document.files_message = "\n".join(lines)

    def _files_to_fetch(self):
        return self.file_ids.filtered(lambda file: file.state != "attached")

    @api.model
    def _prepare_files(self, item):
        """The values of a row for each file of a document of Lucca's (its JSON)."""
        try:
            attachments = read_attachments(item)
        except InvalidDocument:
            return []
        named = {one.file_id or f"?{n}": one for n, one in enumerate(attachments)}
        return [{"lucca_file_id": one.file_id or False, "name": one.name} for one in named.values()]

    def _update_files(self, item):
        """Take over which files Lucca's document has by now; what is attached stays."""
        known = {file.lucca_file_id: file for file in self.file_ids}
        new, kept = [], set()
        for values in self._prepare_files(item):
            kept.add(values["lucca_file_id"])
            if file := known.get(values["lucca_file_id"]):
                file.name = values["name"]
            else:
                new.append({**values, "document_id": self.id})
        gone = self.file_ids.filtered(lambda file: file.lucca_file_id not in kept)
        gone.filtered(lambda file: file.state != "attached").unlink()
        made = self.file_ids.create(new)
        if self.move_id and not self.connection_id.attach_files:
            made._leave_out()

    def _expect_files(self):
        """Have all files fetched for the bill that these documents get, if any are attached."""
        for document in self:
            if document.connection_id.attach_files:
                document.file_ids.filtered(lambda file: file.state != "pending")._fetch_again()
            else:
                document.file_ids._leave_out()

    def _lucca_link(self, words):
        """Words, followed by a link to Lucca."""
        link = Markup('%s <a href="%s" target="_blank">%s</a>')
        return link % (words, self._lucca_url(), self.env._("Open Lucca"))

    def _lucca_url(self):
        """Where people look at it in Lucca: no address of a single document is known."""
        # Whoever sees a document may know of which account; the connection may be another company's.
        return f"{self.connection_id.sudo()._url()}/cleemy-procurement"

    def action_fetch_files(self):
        """Have the scheduler fetch first what is waited for, failed or was left out."""
        self._check_billing()
        # Billing users may have files fetched; the key and the documents are not theirs.
        documents = self.sudo().filtered("can_fetch_files")
        if not documents:
            raise UserError(
                self.env._("There are no files to fetch: all are there, or there is no bill yet.")
            )
        documents._files_to_fetch()._fetch_again(is_wanted=True)
        started = documents.connection_id.action_sync_now()
        if left := len(self) - len(documents):
            words = self.env._("Documents that have all their files, or no bill yet: %s.", left)
            started["params"]["message"] += f" {words}"
        return started
