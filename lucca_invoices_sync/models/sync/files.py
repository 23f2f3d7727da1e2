import errno
import io
import logging
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.api.errors import DamagedFile, RemoteError, TooLarge
from ...lucca.booking.electronic_invoice import Reading
from ...lucca.files import PDF, came_instead, check_whole, clean_name, kind_of
from ..bill.completion import compare_again, take_in
from ..bill.electronic_invoice import MOST_READINGS, find_invoice, may_hold_invoice
from ..document import telling
from ..messages import Messages, joined, sentences
from ..savepoints import LOST, Savepoint, attempt
from ..texts import explain_file
from ..troubles import OWN_FAILURES, Stopped, describe_bug

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
#: How often an incomplete file is fetched. Then it is attached as it is: it may be incomplete in Lucca, too.
PATIENCE = 5


class OtherContentError(Exception):
    """Odoo's file store has another content under the name (``name``) that this content would get."""

    def __init__(self, name):
        super().__init__(name)
        self.name = name


class _Came(NamedTuple):
    """The content of a file, with a remark for the bill (a message, or empty)."""

    content: bytes
    checksum: str
    remark: object
    reading: Reading


class LuccaSyncFiles(models.AbstractModel):
    _name = "lucca.sync.files"
    _description = "Step 4: Attach the Files"

    @api.model
    def _work(self, turn):
        """Fetch and attach the files that are due, each in a transaction of its own.

        A file of a document without a bill is attached to the document.
        """
        files, books_of = self.env["lucca.file"], {}
        due = files.search(files._domain_due(turn.connection), order="is_wanted DESC, id")
        for file_id in due.ids:
            file = files.browse(file_id)
            if file._is_due():
                self._fetch(turn, file, books_of)
                yield

    @api.model
    def _describe_progress(self, connection):
        """Return ``(what this step does, how many files it has left)``."""
        files = self.env["lucca.file"]
        return self.env._("Fetching files"), files.search_count(files._domain_due(connection))

    def _fetch(self, turn, file, books_of):
        """Get a file from Lucca, and attach it or store what is wrong with it.

        :param books_of: ``{company: CompanyBooks}``, which is filled as needed
        """
        if not file.lucca_file_id:
            told = _lt("Lucca does not say where it is.")
            turn.durably(lambda: self._leave_out(file, told))
            return
        try:
            kept = self._kept_content(file)
            content = kept or self._download(turn, file)
            remark = self._check_content(file, content, is_last=bool(kept))
        except TooLarge as error:
            told = explain_file(error)
            turn.durably(lambda: self._leave_out(file, told))
        except OWN_FAILURES as error:
            told, is_damaged = explain_file(error), isinstance(error, DamagedFile)
            turn.durably(lambda: self._fail(turn, file, told, is_damaged))
        except (RemoteError, Stopped, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise  # nothing is wrong with the file
        except Exception as error:  # noqa: BLE001  (such as a lack of memory for this one file)
            self._fail_unread(turn, file, error)
        else:
            self._take(turn, file, content, remark, books_of)

    def _take(self, turn, file, content, remark, books_of):
        """Read a content, and store it.

        The attempt to read it is counted first, and committed: a file that was made for it may kill the process.
        """
        readings = 0
        if may_hold_invoice(content):
            readings = turn.durably(lambda: self._begin_reading(file), processed=0)
        try:
            reading = find_invoice(content, readings)
        except Exception as error:  # noqa: BLE001  (such as that by which Odoo ends what takes too much time)
            self._fail_unread(turn, file, error)
            return
        # Odoo refuses a content that another process is writing to the file store at the same time.
        checksum = self.env["ir.attachment"]._compute_checksum(content)
        came = _Came(content, checksum, remark, reading)
        with turn.locked([checksum]):
            turn.durably(lambda: self._store_content(turn, file, came, books_of))

    def _fail_unread(self, turn, file, error):
        """Have an unexpected error make this file fail, and no other. To be called while it is handled."""
        _logger.warning("A file of Lucca document %s", file.document_id.id, exc_info=True)
        told = _lt(
            "It could not be read (%s). That is tried again automatically.", describe_bug(error)
        )
        turn.durably(lambda: self._fail(turn, file, told))

    def _kept_content(self, file):
        """Return the content fetched before the bill existed; empty if there is none, or it is of no use."""
        attachment = file._kept_attachment()
        content = attachment.raw
        is_whole = content and attachment._compute_checksum(content) == attachment.checksum
        # Former versions kept what came instead of a file.
        is_the_file = is_whole and not came_instead(content, kind_of(content), file.name or "")
        return content if is_the_file else b""

    def _download(self, turn, file):
        """Return the content of a file from Lucca, by one request; raise ``RemoteError``."""
        target = io.BytesIO()
        largest = turn.connection.largest_file * MEGABYTE
        turn.client.download(file.lucca_file_id, target, largest)
        return target.getvalue()

    def _check_content(self, file, content, is_last):
        """Raise ``NotTheFile`` for something else than the file, ``DamagedFile`` for an incomplete one.

        After ``PATIENCE`` incomplete ones, return a remark for the bill; it is empty for a whole file.

        :param is_last: whether the file is not fetched again
        """
        try:
            check_whole(content, kind_of(content), file.name or "")
        except DamagedFile:
            if file.damaged_attempts < PATIENCE and not is_last:
                raise
            return _lt("It seems to be damaged in Lucca, too: it is attached as it is.")
        return ""

    def _begin_reading(self, file):
        """Count a reading that did not end yet, and return how many there are."""
        if not file._is_due():
            return 0
        file.unfinished_readings += 1
        return file.unfinished_readings

    # --- storing --------------------------------------------------------------------------------

    def _store_content(self, turn, file, came, books_of):
        """Attach a content that came, then use it. An error makes this file fail, and no other.

        If it cannot be used, it stays attached and is used later.
        """
        if not file._is_due():
            return
        holder, former = file._kept_attachment().res_model, file.electronic_invoice
        tries = file.attempts
        if file.unfinished_readings <= MOST_READINGS:  # else it is never read again
            file.unfinished_readings = 0
        with self._contained(turn, file):
            self._attach_once(file, came.content, came.checksum)
            if not holder:  # else the document's attachment moves to its bill, or the bill has it
                turn.add(files=1)
            if came.remark and file.document_id.move_id and holder != "account.move":
                telling.note(file.document_id, joined([file.name, came.remark], ": "))
        if file.state == "attached":
            if tries:
                file.attempts = tries  # this is one more try if the content cannot be used
            with self._contained(turn, file):
                self._keep_electronic_invoice(file, came.reading, holder)
                is_new, is_first = file.electronic_invoice != former, holder != "account.move"
                self._use_electronic_invoice(turn, file, is_new, is_first, books_of)
                if tries:
                    file.attempts = 0

    @contextmanager
    def _contained(self, turn, file):
        """Have an error within the block make this file fail, and no other."""
        try:
            with Savepoint(self.env.cr):
                yield
                self.env.flush_all()
        except LOST:
            raise
        except OtherContentError as error:
            self._fail(turn, file, self._explain_other_content(error.name))
        except OSError as error:
            _logger.warning("A file of Lucca document %s: %s", file.document_id.id, error)
            self._fail(turn, file, self._explain_storage(error))
        except Exception as error:  # an error of another addon must not stop the other files
            _logger.warning("A file of Lucca document %s", file.document_id.id, exc_info=True)
            self._fail(turn, file, self._explain_bug(file, error))

    def _keep_electronic_invoice(self, file, reading, holder):
        """Keep the electronic invoice in a file. If it cannot be read, note it on the bill, once.

        :param reading: the ``Reading`` of the file
        :param holder: the model of the record that the file was attached to before; False if none
        """
        was_unclear = file.has_unclear_invoice
        file.electronic_invoice, file.has_unclear_invoice = reading.xml, reading.is_unclear
        is_told = was_unclear and holder == "account.move"
        if reading.is_unclear and file.document_id.move_id and not is_told:
            unclear = _lt(
                "It may hold an electronic invoice that cannot be read. Compare the bill with the file"
                " before you post it."
            )
            telling.note(file.document_id, joined([file.name, unclear], ": "))

    def _use_electronic_invoice(self, turn, file, is_new, is_first, books_of):
        """Compare the electronic invoice in a file with its document and bill, see ``take_in``.

        If the file has none, and no other is to come, compare the bill with those that are left.
        """
        document, invoice = file.document_id, file.electronic_invoice
        if invoice and take_in(file, is_new, is_first, books_of):
            turn.is_cut_short = True  # the document can be booked now, so another round is needed
        elif not invoice and document.move_id and document.files_state == "done":
            compare_again(document)

    def _attach_once(self, file, content, checksum):
        """Attach a content; if the bill has an attachment with the same content, use that one."""
        holder, kept = file.document_id.move_id or file.document_id, file._kept_attachment()
        attached = self._attachments(holder)
        twin = attached.filtered(lambda one: one.checksum == checksum)[:1]
        if not twin:
            twin = self._attach(file, content, checksum, attached.mapped("name"))
        elif kept != twin:
            kept.unlink()
        file._set_attached(twin)

    def _attachments(self, holder):
        mine = [("res_model", "=", holder._name), ("res_id", "=", holder.id)]
        return self.env["ir.attachment"].search(mine, order="id")

    def _attach(self, file, content, checksum, taken):
        """Attach a content to the bill, else to the document, and return the attachment.

        The document's own attachment moves to the bill.

        :param taken: names of attachments that are there already
        """
        move, kind = file.document_id.move_id, kind_of(content)
        holder = move or file.document_id
        values = {
            "name": clean_name(file.name or "", kind, self.env._("Lucca file"), taken),
            "res_model": holder._name,
            "res_id": holder.id,
        }
        attachment = file._kept_attachment()
        if attachment and attachment.raw == content:
            attachment.write(values)
        else:
            attachment.unlink()  # its content on the disk is damaged
            self._complete_truncated_content(content, checksum)
            attachment = self._create_attachment(content, {**values, "mimetype": kind.mimetype})
        if move:
            _show_beside(move, attachment)
        return attachment

    def _create_attachment(self, content, values):
        attachments = self.env["ir.attachment"].with_context(
            attachments_mime_plainxml=True,  # HTML and SVG may contain scripts: serve them as text
            image_no_postprocess=True,  # Odoo would shrink a large scan; it is evidence
        )
        return attachments.create({**values, "raw": content})

    def _complete_truncated_content(self, content, checksum):
        """Complete this content in Odoo's file store if a full disk truncated it.

        Odoo would take it for another content of the same checksum, and refuse to write. Writing the
        same bytes to the same places is safe, even while another process does so, and repairs other
        attachments of this content. Raise ``OtherContentError`` if other bytes are there.
        """
        attachments = self.env["ir.attachment"]
        if not content or attachments._storage() != "file":
            return
        name = f"{checksum[:2]}/{checksum}"
        path = Path(attachments._full_path(name))
        kept = path.read_bytes() if path.is_file() else content
        if not content.startswith(kept):
            raise OtherContentError(name)
        if kept != content:
            with path.open("r+b") as torn:  # not emptied first, since others may be reading it
                torn.write(content)
            attachments._mark_for_gc(name)  # Odoo deletes it if this transaction is rolled back

    def _fail(self, turn, file, told, is_damaged=False):
        if file.exists():
            turn.add(failed=1)
            file._set_failed(told, is_damaged)

    def _leave_out(self, file, told):
        """Leave a file out for good, with a note on the bill."""
        if not file._is_due():
            return
        file._leave_out(told)
        file.document_id._note_decision("file_left_out", sentences(file._describe(), told))
        file._note_left_out(told)

    def _explain_bug(self, file, error):
        """Return what to tell a person about an unexpected error, and whether the file is attached all the same."""
        words = describe_bug(error)
        if file.state != "attached":
            return words
        return _lt(
            "It is attached, but could not be compared with the bill (%s). That is tried again"
            " automatically.",
            words,
        )

    def _explain_storage(self, error):
        """Return a ``Message`` on an ``OSError`` of Odoo's file store."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _lt(
                "The disk of Odoo's file store is full: ask your administrator to make room. The"
                " file is fetched again automatically."
            )
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return _lt(
                "Odoo has no right to write to its file store: ask your administrator. The file is"
                " fetched again automatically."
            )
        return _lt(
            "Odoo could not keep the file (%s): it is fetched again automatically.",
            error.strerror or error,
        )

    def _explain_other_content(self, name):
        """Return a ``Message`` on what Odoo would call a collision of checksums."""
        return _lt(
            "Odoo's file store has a damaged file in its place: ask your administrator to remove %s"
            " from the file store. The file is then fetched again automatically.",
            name,
        )


def _show_beside(move, attachment):
    """Have the preview beside a bill show a file: the first PDF, or else the first file that can be shown.

    The field is written directly. Odoo's ``_message_set_main_attachment_id`` is where Odoo Enterprise sends
    a file to its digitisation, which would change a bill that has its amounts already. If another addon refuses
    changes of the bill, such as while it is being approved, the file stays attached without it.
    """
    main, kind = move.message_main_attachment_id, attachment.mimetype
    is_first_pdf = kind == PDF.mimetype and main.mimetype != PDF.mimetype
    if is_first_pdf or (not main and not kind.endswith(("xml", "octet-stream"))):
        with attempt(move.env) as attempted:
            move.with_context(tracking_disable=True).message_main_attachment_id = attachment
        if attempted.error:
            _logger.info("The preview of bill %s: %s", move.id, describe_bug(attempted.error))
