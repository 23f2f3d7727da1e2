import os
import tempfile

from odoo import http
from odoo.http import content_disposition, request
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from ..report.audit_pdf import write_pdf
from ..report.audit_report import AuditReport
from ..report.audit_xlsx import write_xlsx

#: ``{ending: (what writes it, its type)}``
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
        """Make the file of an audit trail that the user opened, and send it.

        It is made in a file of the operating system, which is gone when it is sent: what it says is
        no attachment that others might open.
        """
        if kind not in KINDS:
            raise NotFound
        write, mimetype = KINDS[kind]
        trail = request.env["lucca.audit.trail"].browse(trail_id).exists()
        if not trail:
            raise NotFound  # dialogs are forgotten after some hours
        trail = trail.with_context(lang=request.env.user.lang)
        trail._check_reader()
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
