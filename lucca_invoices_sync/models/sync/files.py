import io
from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lucca.api.errors import DamagedFile, LuccaError, TooLarge
from ...lucca.files import PDF, check_whole, clean_name, kind_of
from ..texts import explain_file
from ..troubles import OWN_FAILURES

MEGABYTE = 1024 * 1024
#: So often a damaged file is fetched; then it is attached as it is: it may be so in Lucca, too.
PATIENCE = 5


class LuccaSyncFiles(models.AbstractModel):
    _name = "lucca.sync.files"
    _description = "Step 4: Attach the Files"

    @api.model
    def _run(self, run, client):
        """Fetch and attach the files of the bills that lack them, committed file by file."""
        documents = self.env["lucca.document"].search(self._domain(run.connection_id), order="id")
        for document_id in documents.ids:
            document = documents.browse(document_id)
            self._complete(client, document)
            run._add(failed=document.files_state == "failed")
            self.env["lucca.sync"]._checkpoint(1)

    @api.model
    def _complete(self, client, document):
        """Attach what a bill lacks, one file in memory at a time.

        One bad file does not withhold the others.
        """
        troubles = []
        for attachment in self._missing(document):
            try:
                content = self._fetch(client, document, attachment)
            except TooLarge as error:
                self._leave_out(document, attachment, explain_file(self.env, error))
            except OWN_FAILURES as error:
                troubles.append(f"{attachment.name}: {explain_file(self.env, error)}")
            else:
                self.env["lucca.sync"]._checkpoint()  # see the bill as it is by now
                self._take(document, attachment, content)
        if troubles:
            document._fail_files("\n".join(troubles))
        else:
            document._complete_files()

    @api.model
    def _fetch_now(self, connection, documents):
        """Fetch the files of some bills for a person who waits, or raise ``UserError``."""
        sync = self.env["lucca.sync"]
        with sync._alone(connection) as alone:
            if not alone:
                raise UserError(self.env._("A synchronisation is running: it brings the files."))
            documents.write({"files_state": "pending", "left_out_files": False})
            sync._checkpoint()
            try:
                with closing(connection._client()) as client:
                    for document in documents:
                        self._complete(client, document)
                        sync._checkpoint()
            except LuccaError as error:
                raise UserError(connection._explain(error)) from error

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
        """The files of a document that its bill neither has nor goes without."""
        settled = {
            *self._attached(document).mapped("lucca_file_id"),
            *(document.left_out_files or ()),
        }
        missing = []
        for attachment in document._booked_document().attachments:
            if not attachment.file_id and "" not in settled:
                words = self.env._("Lucca does not say where it is.")
                self._leave_out(document, attachment, words)
            elif attachment.file_id not in settled:
                missing.append(attachment)
            settled.add(attachment.file_id)
        return missing

    def _attached(self, document):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", document.move_id.id)]
        )

    def _fetch(self, client, document, attachment):
        """The content; raise a ``RemoteError``, also for what is not a whole file."""
        target = io.BytesIO()
        client.download(attachment.file_id, target, document.connection_id.largest_file * MEGABYTE)
        content = target.getvalue()
        try:
            check_whole(content, kind_of(content), attachment.name)
        except DamagedFile:
            if document.attempts < PATIENCE:
                raise
            words = self.env._("It seems to be damaged in Lucca, too: it is attached as it is.")
            document.move_id._message_log(body=f"{attachment.name}: {words}")
        return content

    def _take(self, document, attachment, content):
        """Attach a content once: the same as another file, or as one typed in by hand, is that one."""
        attached = self._attached(document)
        checksum = attached._compute_checksum(content)
        twin = attached.filtered(lambda one: one.checksum == checksum)[:1]
        if not twin:
            self._attach(document, attachment, content, attached.mapped("name"))
        elif twin.lucca_file_id:
            document._go_without(attachment.file_id)
        else:
            twin.lucca_file_id = attachment.file_id
        self.env["lucca.electronic.invoice"]._check(document, content)

    def _attach(self, document, attachment, content, taken):
        move, kind = document.move_id, kind_of(content)
        attachments = self.env["ir.attachment"].with_context(
            attachments_mime_plainxml=True,  # pages and drawings may hold scripts: served as text
            image_no_postprocess=True,  # Odoo would shrink a large scan; it is a voucher
        )
        record = attachments.create(
            {
                "name": clean_name(attachment.name, kind, self.env._("Lucca file"), taken),
                "mimetype": kind.mimetype,
                "raw": content,
                "res_model": "account.move",
                "res_id": move.id,
                "lucca_file_id": attachment.file_id,
            }
        )
        # The preview beside the bill shows the main attachment: the first PDF, where there is one.
        has_pdf = move.message_main_attachment_id.mimetype == PDF.mimetype
        move._message_set_main_attachment_id(record, force=kind is PDF and not has_pdf)

    def _leave_out(self, document, attachment, words):
        """Let the bill go without a file, for good, and say so there."""
        document._go_without(attachment.file_id)
        document.move_id._message_log(
            body=document._lucca_link(
                self.env._(
                    "The file “%(name)s” is left out. %(reason)s",
                    name=attachment.name or "?",
                    reason=words,
                )
            )
        )
