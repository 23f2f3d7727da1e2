"""Create a row for each file of a document, and a state for each connection."""

from odoo.addons.lucca_invoices_sync.lucca.documents.reading import loads
from odoo.addons.lucca_invoices_sync.models.messages import Messages
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env
from odoo.tools import split_every

_lt = Messages("lucca_invoices_sync")

#: How many documents are read at once. Each has some kilobytes of JSON.
BATCH = 1000
READ = """
    SELECT document.id, document.payload, document.move_id IS NOT NULL AS has_bill,
           before.files_state, before.attempts, before.next_try_at, before.message,
           coalesce(before.left_out_files, '[]') AS left_out,
           (SELECT coalesce(
                       json_object_agg(lucca_file_id, json_build_array(attachment.id, name)), '{}')
              FROM ir_attachment attachment
             WHERE attachment.res_model = 'account.move'
               AND attachment.res_id = document.move_id
               AND attachment.lucca_file_id IS NOT NULL) AS attached
      FROM lucca_document document
      LEFT JOIN lucca_document_files_before before ON before.id = document.id
     WHERE document.id IN %s
"""


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    documents = env["lucca.document"].search([], order="id")
    for ids in split_every(BATCH, documents.ids):
        _create_files(env, documents.browse(ids))
    cr.execute("DROP TABLE lucca_document_files_before")
    # No synchronisation runs during an upgrade, so a run without an end was killed.
    env["lucca.sync.run"].search([("end", "=", False)])._interrupt()
    _create_states(env)
    _explain_withdrawn(documents)


def _create_files(env, documents):
    env.cr.execute(READ, [tuple(documents.ids)])
    rows = env.cr.dictfetchall()
    env["lucca.file"].create([file for row in rows for file in _prepare_files(env, row)])
    # The column of documents without files has values of the older version, too.
    env.add_to_compute(documents._fields["files_state"], documents)
    env.flush_all()
    env.invalidate_all()  # frees the memory of this batch


def _prepare_files(env, row):
    """Return the values of a document's files in Lucca, and of those that only its bill still has."""
    files = env["lucca.document"]._prepare_files(loads(row["payload"] or "null"))
    gone = row["attached"].keys() - {file["lucca_file_id"] for file in files}
    files += [{"lucca_file_id": file_id, "name": row["attached"][file_id][1]} for file_id in gone]
    return [{"document_id": row["id"], **file, **_find_state(row, file)} for file in files]


def _find_state(row, file):
    """Return the state of a file, derived from what was known about all files of its document."""
    file_id = file["lucca_file_id"]
    if file_id in row["attached"]:
        return {"state": "attached", "attachment_id": row["attached"][file_id][0]}
    if (file_id or "") in row["left_out"]:
        return {"state": "left_out", "message": _why_left_out(file_id)}
    if row["has_bill"] and not row["files_state"]:  # the connection attached no files
        return {"state": "left_out"}
    if row["files_state"] == "done":  # a person removed it from the bill
        return {"state": "attached"}
    # A change of the document removed the next try, and its files were never tried again.
    if row["files_state"] == "failed" and row["next_try_at"]:
        return {
            "state": "failed",
            "attempts": row["attempts"],
            "next_try_at": row["next_try_at"],
            "message": _own_message(row["message"] or "", file["name"]),
        }
    return {"state": "pending"}


def _why_left_out(file_id):
    if not file_id:
        return _lt("Lucca does not say where it is.")
    return _lt("Left out before: it was too large, or the same as another file of the bill.")


def _own_message(message, name):
    """Return what the document's message says about one file, which had a line if it failed."""
    start = f"{name}: "
    lines = [line for line in message.splitlines() if line.startswith(start)]
    return lines[0].removeprefix(start) if lines else message


def _create_states(env):
    """Keep the number of the last listing, which its documents have.

    The place of an interrupted listing is not kept: the list is read from its beginning.
    """
    env.cr.execute("SELECT id, coalesce(listing_number, 0) FROM lucca_connection ORDER BY id")
    env["lucca.sync.state"].create(
        [
            {"connection_id": connection_id, "listing_number": number}
            for connection_id, number in env.cr.fetchall()
        ]
    )


def _explain_withdrawn(documents):
    """Write why documents are blocked that the older version would have booked."""
    silent = [("is_withdrawn", "=", True), ("reason", "=", "not_approved"), ("message", "=", False)]
    for document in documents.search(silent):
        document.message = document._why_withdrawn()["message"]
