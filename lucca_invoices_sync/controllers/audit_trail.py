import os
import tempfile

from odoo import http
from odoo.http import content_disposition, request
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from ..report.audit_pdf import write_pdf
from ..report.audit_report import AuditReport
from ..report.audit_xlsx import write_xlsx

#: ``{file name extension: (the function that writes it, its MIME type)}``
KINDS = {
    "pdf": (write_pdf, "application/pdf"),
    "xlsx": (
        write_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


class AuditTrail(http.Controller):
    @http.route(
        "/lucca_invoices_sync/audit_trail/<int:trail_id>.<string:kind>",
        type="http",
        auth="user",
    )
    def download(self, trail_id, kind):
        """Send a PDF or workbook of an audit trail that the user opened.

        It is written to a temporary file, which disappears after sending. An attachment could be
        opened by others. Raise ``NotFound`` for an unknown kind or audit trail, and ``UserError`` for a
        period with too many documents.
        """
        if kind not in KINDS:
            raise NotFound
        write, mimetype = KINDS[kind]
        trail = request.env["lucca.audit.trail"].browse(trail_id).exists()
        if not trail:
            raise NotFound  # Odoo deletes dialogs after some hours
        trail = trail.with_context(lang=request.env.user.lang)
        trail._check_reader()
        trail._check_size()  # the period may have been changed since the button checked it
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
        write(AuditReport(trail), file)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return request.make_response(
            wrap_file(request.httprequest.environ, file),
            [
                ("Content-Type", mimetype),
                ("Content-Length", str(size)),
                ("Content-Disposition", content_disposition(f"{trail._file_name()}.{kind}")),
            ],
        )
