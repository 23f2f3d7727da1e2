"""Reads the documents of an audit trail with their bills, files and decisions, a thousand at a time."""

from typing import Any, NamedTuple

from odoo.tools import SQL, split_every

from ..models.messages import read_message

#: How many documents are in memory at once.
BATCH = 1000
#: The values of a document and its bill that are listed and are part of the checksum, in this order.
#: ``own_total`` is the total in the bill's currency, even if the bill counts as zero.
LISTED = (
    "lucca_type",
    "lucca_id",
    "number",
    "supplier_name",
    "document_date",
    "lucca_created_at",
    "lucca_modified_at",
    "currency",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "state",
    "reason",
    "is_withdrawn",
    "is_changed",
    "bill_type",
    "bill_name",
    "bill_state",
    "journal",
    "bill_date",
    "payment_state",
    "bill_currency",
    "bill_untaxed",
    "bill_tax",
    "bill_total",
    "own_total",
    "explanation",
)


class File(NamedTuple):
    """A file of a document.

    :ivar checksum: Odoo's SHA-1 of the content, in hexadecimal; empty for a file that is not attached
    """

    name: str
    state: str
    checksum: str


class Decision(NamedTuple):
    """A decision about a document.

    :ivar message: the decision in the reader's language
    :ivar stored: the message as it is stored, independent of languages
    """

    decided_at: Any
    user: str
    kind: str
    message: str
    stored: str


class AuditEntry(NamedTuple):
    """One document of an audit trail.

    :ivar line: ``{name: value}`` of its ``lucca.audit.line``
    :ivar files: its ``File``s
    :ivar decisions: its ``Decision``s, the first one first
    :ivar message: its own message, if its bill differs
    """

    line: dict
    files: list
    decisions: list
    message: str

    def content(self):
        """Return what is part of the checksum as plain JSON, independent of languages."""
        line = [_to_json(self.line[name]) for name in LISTED]
        files = [list(file) for file in self.files]
        decided = [
            [_to_json(one.decided_at), one.user, one.kind, one.stored] for one in self.decisions
        ]
        return [line, files, decided]


def read_entries(lines):
    """Give the ``AuditEntry`` of each audit line, in their order.

    :param lines: ``lucca.audit.line`` records that the user may read, which is not checked again
    """
    for ids in split_every(BATCH, lines.ids):
        documents = lines.env["lucca.document"].browse(ids)
        read = {line["id"]: line for line in lines_of(lines, ids)}
        files, decisions = _files_of(documents), _decisions_of(documents)
        told = documents.filtered(lambda one, read=read: read[one.id]["explanation"] != "none")
        messages = {document.id: str(document.message or "") for document in told}
        for document_id in ids:
            yield AuditEntry(
                read[document_id],
                files.get(document_id, []),
                decisions.get(document_id, []),
                messages.get(document_id, ""),
            )
        lines.env.invalidate_all()


def lines_of(lines, ids):
    """Return the values of lines, with the names of their currencies and journals, by one query."""
    return lines.env.execute_query_dict(
        SQL(
            """
            SELECT line.*, currency.name AS currency, bill_currency.name AS bill_currency,
                   COALESCE(currency.rounding, 0.01) AS rounding, journal.code AS journal
              FROM %s line
              LEFT JOIN res_currency currency ON currency.id = line.currency_id
              LEFT JOIN res_currency bill_currency ON bill_currency.id = line.bill_currency_id
              LEFT JOIN account_journal journal ON journal.id = line.journal_id
             WHERE line.id = ANY(%s)
            """,
            lines._table_sql,
            list(ids),
        )
    )


def _files_of(documents):
    """Return ``{document id: its files}``.

    The rights to read attachments are not checked, as names and checksums reveal no contents.
    """
    rows = documents.env.execute_query(
        SQL(
            """
            SELECT file.document_id, COALESCE(file.name, ''), file.state,
                   COALESCE(attachment.checksum, '')
              FROM lucca_file file
              LEFT JOIN ir_attachment attachment ON attachment.id = file.attachment_id
             WHERE file.document_id = ANY(%s) ORDER BY file.id
            """,
            documents.ids,
        )
    )
    return _grouped((document_id, File(*values)) for document_id, *values in rows)


def _grouped(pairs):
    """Return ``{key: [values]}`` of ``(key, value)`` pairs."""
    found = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _to_json(value):
    """Return a value of a database row as JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _decisions_of(documents):
    """Return ``{document id: its decisions}``, the first one first."""
    found = documents.env["lucca.decision"].search(
        [("document_id", "in", documents.ids)], order="decided_at, id"
    )
    # The reader may not be allowed to read the users who decided.
    users = {user.id: user.name for user in found.sudo().user_id}
    return _grouped((one.document_id.id, _read_decision(one, users)) for one in found)


def _read_decision(one, users):
    message = one.message or ""
    stored = read_message(message).as_text() if message else ""
    user = users.get(one.user_id.id, "")
    return Decision(one.decided_at, user, one.kind, str(message), stored)
