from markupsafe import Markup
from odoo import fields, models


class LuccaDocument(models.Model):
    """The files of its bill."""

    _inherit = "lucca.document"

    left_out_files = fields.Json(
        readonly=True, help="Lucca's ids of files that the bill goes without: too large, or twins."
    )
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
    can_fetch_files = fields.Boolean(compute="_compute_can_fetch_files")

    def _compute_can_fetch_files(self):
        for document in self:
            document.can_fetch_files = document.move_id and (
                document.files_state in ("pending", "failed") or document.left_out_files
            )

    def _first_files_state(self, booked):
        """The files' state of a document that gets its bill."""
        return "pending" if self.connection_id.attach_files and booked.attachments else "none"

    def _go_without(self, file_id):
        """Let the bill go without a file, for good."""
        self.left_out_files = [*(self.left_out_files or ()), file_id]

    def _fail_files(self, message):
        self.write(
            {
                "files_state": "failed",
                "message": message,
                "attempts": self.attempts + 1,
                "next_try_at": self._next_try(),
            }
        )

    def _complete_files(self):
        self.write({"files_state": "done", "message": False, "attempts": 0, "next_try_at": False})

    def _lucca_link(self, words):
        """Words, followed by a link to Lucca: no address of a single document is known."""
        link = Markup('%s <a href="%s/cleemy-procurement" target="_blank">%s</a>')
        return link % (words, self.connection_id._url(), self.env._("Open Lucca"))

    def action_fetch_files(self):
        """Fetch now what is waited for, failed or was left out."""
        self._check_billing()
        # Billing users may have files fetched; the key and the documents are not theirs.
        documents = self.sudo().filtered("can_fetch_files")
        for connection, members in documents.grouped("connection_id").items():
            step = documents.env["lucca.sync.files"].with_company(connection.company_id)
            step._fetch_now(connection, members)
