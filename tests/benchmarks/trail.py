"""The time and memory of the audit trail of many documents, as a PDF and as a workbook."""

import gc
import resource
import tempfile

from odoo.tools import SQL

from tests.processes.helpers import copy, execute

from . import large
from .harness import call, measured

DOCUMENTS = 20_000
#: A person decided about one document in five.
DECIDED = 5


def run(template, documents=DOCUMENTS):
    """Return ``{kind: figures}``. Each file is made in a separate process."""
    with copy(template) as name:
        call(name, large.fill, documents=documents)
        call(name, complete)
        execute(name, "VACUUM ANALYZE")
        return {kind: call(name, write, kind=kind) for kind in ("pdf", "xlsx")}


def complete(env):
    """Give each document a file with its attachment, and some of them a decision."""
    env.cr.execute(
        """
        WITH attached AS (
            INSERT INTO ir_attachment (name, type, res_model, res_id, checksum, create_date)
            SELECT 'facture ' || number || '.pdf', 'binary', 'account.move', move_id,
                   encode(sha224(id::text::bytea), 'hex')::varchar(40), now()
              FROM lucca_document WHERE move_id IS NOT NULL
            RETURNING id, name, res_id
        )
        INSERT INTO lucca_file (document_id, lucca_file_id, name, state, attachment_id)
        SELECT document.id, attached.id::text, attached.name, 'attached', attached.id
          FROM attached JOIN lucca_document document ON document.move_id = attached.res_id
        """
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO lucca_decision (document_id, company_id, kind, user_id, decided_at, message)
            SELECT id, company_id, 'linked', 2, now(), 'Linked to the bill ' || number
              FROM lucca_document WHERE id %% %s = 0
            """,
            DECIDED,
        )
    )
    env.cr.commit()


def write(env, kind):
    """Write a file as an accounting manager. Return its costs, with the growth of the process in megabytes."""
    from odoo.addons.lucca_invoices_sync.controllers.audit_trail import KINDS
    from odoo.addons.lucca_invoices_sync.report.audit_report import AuditReport

    from tests.books import user_of

    user = user_of(env, "account.group_account_manager")
    env = env(user=user, context={"allowed_company_ids": user.company_ids.ids, "lang": "en_US"})
    lines = env["lucca.audit.line"]
    days = lines._read_group([], [], ["by_document:min", "by_document:max"])[0]
    trail = env["lucca.audit.trail"].create({"date_from": days[0], "date_to": days[1]})
    report = AuditReport(trail)
    documents = lines.search_count(trail._domain())
    env.invalidate_all()
    gc.collect()
    before = _peak()
    with tempfile.TemporaryFile() as file, measured() as figures:
        KINDS[kind][0](report, file)
        size = file.seek(0, 2) / 2**20
    return {
        **figures,
        "documents": documents,
        "grown": _peak() - before,
        "size": size,
        "checksum": report.checksum.hexdigest,
    }


def _peak():
    """Return the largest memory of the process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
