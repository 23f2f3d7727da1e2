import tempfile

from odoo import api, fields, models
from odoo.tools.mimetypes import guess_mimetype

from ..lucca.errors import InvalidAnswer
from ..troubles import OWN_FAILURES

#: No scanned invoice comes near it (bytes); one file at a time is in memory.
LARGEST_FILE = 25 * 1024 * 1024


class LuccaSyncFiles(models.AbstractModel):
    _name = "lucca.sync.files"
    _description = "Step 4: Attach the Files"

    @api.model
    def _run(self, run, client):
        """Fetch and attach the files of the bills that lack them, committed file by file."""
        for document in self.env["lucca.document"].search(
            self._domain(run.connection_id), order="id"
        ):
            self._complete(run, client, document.browse(document.id))
            self.env["lucca.sync"]._checkpoint(1)

    def _complete(self, run, client, document):
        """Attach what a bill lacks; one bad file does not withhold the others."""
        troubles = []
        for attachment in self._missing(document):
            try:
                content = self._fetch(client, attachment)
            except OWN_FAILURES as error:
                troubles.append(f"{attachment.name}: {error}")
            else:
                self.env["lucca.sync"]._checkpoint()  # see the bill as it is by now
                self._attach(document, attachment, content)
        if troubles:
            message = self.env._("Some files could not be fetched: %s", ", ".join(troubles))
            document._fail_files(run, message)
        else:
            document.write({"files_state": "done", "message": False, "next_try_at": False})

    def _domain(self, connection):
        return [
            ("connection_id", "=", connection.id),
            ("move_id", "!=", False),
            "|",
            ("files_state", "=", "pending"),
            "&",
            ("files_state", "=", "failed"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _missing(self, document):
        """The files of a document that its bill does not have yet."""
        attached = set(
            self.env["ir.attachment"]
            .search([("res_model", "=", "account.move"), ("res_id", "=", document.move_id.id)])
            .mapped("lucca_file_id")
        )
        files = document._booked_document().attachments
        return [attachment for attachment in files if attachment.file_id not in attached]

    def _fetch(self, client, attachment):
        """The content; raise a ``RemoteError``, also for an error page in its place."""
        with tempfile.SpooledTemporaryFile(max_size=LARGEST_FILE) as target:
            client.download(attachment.file_id, target, LARGEST_FILE)
            target.seek(0)
            content = target.read()
        is_page = attachment.name.lower().endswith((".htm", ".html"))
        if guess_mimetype(content).endswith("html") and not is_page:
            raise InvalidAnswer("An HTML page came instead of the file")
        return content

    def _attach(self, document, attachment, content):
        move = document.move_id
        # Pages and drawings may hold scripts: Odoo serves them as plain text.
        attachments = self.env["ir.attachment"].with_context(attachments_mime_plainxml=True)
        record = attachments.create(
            {
                "name": attachment.name or self.env._("Lucca file"),
                "raw": content,
                "res_model": "account.move",
                "res_id": move.id,
                "lucca_file_id": attachment.file_id,
            }
        )
        # The preview beside the bill shows the main attachment: a PDF wherever there is one.
        move._message_set_main_attachment_id(record, force=record.mimetype == "application/pdf")
