"""A database as after years of use: many documents with bills, some of which need attention."""

from odoo.tools import SQL

from . import accounts
from .harness import only_steps

#: The documents of a supplier. One is listed and resolved as in production, the others are copies of it.
REGULAR = 50
#: The most bills that are really created. The others are copies of them.
MADE = 60
#: One supplier in 25 is unknown in Odoo.
UNKNOWN = 25
#: The reference of a bill that does not come from Lucca.
ANOTHER_BILL = "Not of Lucca"


def fill(env, documents):
    """List and resolve a document of each supplier, book some, and copy the others with bills of their own."""
    from tests.books import archive_twins  # Only an Odoo process can import it.

    archive_twins(env)
    with accounts.virtual_time() as time_, accounts.served(time_, 0) as (tenant, server):
        accounts.fill(tenant, documents // REGULAR, regular=1)
        connection = accounts.connect(env, server, attach_files=False)
        with only_steps(env, "lucca.sync.list", "lucca.sync.resolve"):
            accounts.synchronise(env, connection, time_)
        suppliers = env["lucca.mapping"].search([("kind", "=", "supplier")], order="id")
        number = min(MADE, len(suppliers) // 2)
        made = suppliers[:number].document_ids
        env.cr.execute("UPDATE lucca_document SET is_resolved = id IN %s", [made._ids])
        env.invalidate_all()
        connection.cron_id._trigger()
        with only_steps(env, "lucca.sync.book"):
            accounts.synchronise(env, connection, time_)
    _copy_documents(env)
    _forget(suppliers[number:])
    _copy_bills(env)
    _make_another_bill(env)
    env.cr.commit()


def _copy_documents(env):
    """Add copies of each document in earlier months."""
    env.cr.execute(
        """
        CREATE TEMP TABLE earlier AS
        SELECT id AS origin_id, nextval('lucca_document_id_seq') AS id, months,
               (SELECT max(lucca_id) FROM lucca_document) + row_number() OVER () AS lucca_id
          FROM lucca_document, generate_series(1, %s) AS months
        """,
        [REGULAR - 1],
    )
    before = "origin.{} - earlier.months * interval '1 month'"
    _insert(
        env,
        "lucca_document",
        "earlier JOIN lucca_document origin ON origin.id = earlier.origin_id",
        {
            "id": "earlier.id",
            "lucca_id": "earlier.lucca_id",
            "number": "'F-' || earlier.lucca_id",
            "state": "'pending'",
            "move_id": "NULL",
            "imported_at": "NULL",
            **{
                name: before.format(name)
                for name in ("document_date", "lucca_created_at", "lucca_modified_at")
            },
        },
    )
    env.cr.execute(
        """
        INSERT INTO lucca_document_lucca_mapping_rel (lucca_document_id, lucca_mapping_id)
        SELECT earlier.id, link.lucca_mapping_id
          FROM earlier
          JOIN lucca_document_lucca_mapping_rel link ON link.lucca_document_id = earlier.origin_id
        """
    )
    env.invalidate_all()


def _forget(suppliers):
    """Make the documents of some of these suppliers wait for a person."""
    env = suppliers.env
    forgotten = suppliers[::UNKNOWN]
    waiting = forgotten.document_ids
    forgotten.write({"partner_id": False, "found_by": False})
    env.flush_all()
    env.cr.execute(
        """
        UPDATE lucca_document
           SET state = 'blocked', reason = 'unknown_supplier', blocked_at = now(),
               message = 'No supplier in Odoo has its VAT number, registration, IBAN or name.'
         WHERE id IN %s
        """,
        [waiting._ids],
    )


def _copy_bills(env):
    """Give each document that needs no attention a posted bill with a number, as after years of use."""
    env.cr.execute(
        """
        CREATE TEMP TABLE copied AS
          WITH made AS (
            SELECT move_id AS id, row_number() OVER () - 1 AS place
              FROM lucca_document WHERE move_id IS NOT NULL
          )
        SELECT document.id AS document_id, document.number, document.document_date AS date,
               to_char(document.document_date, '"BILL/"YYYY/MM/') AS prefix,
               row_number() OVER (PARTITION BY to_char(document.document_date, 'YYYYMM')
                                  ORDER BY document.document_date) + 1000 AS place,
               made.id AS origin_id, nextval('account_move_id_seq') AS move_id, mapping.partner_id
          FROM lucca_document document
          JOIN made ON made.place = document.id % (SELECT count(*) FROM made)
          JOIN lucca_document_lucca_mapping_rel link ON link.lucca_document_id = document.id
          JOIN lucca_mapping mapping
            ON mapping.id = link.lucca_mapping_id AND mapping.kind = 'supplier'
         WHERE document.move_id IS NULL AND document.state = 'pending'
        """
    )
    _insert(
        env,
        "account_move",
        "copied JOIN account_move origin ON origin.id = copied.origin_id",
        {
            "id": "copied.move_id",
            "name": "copied.prefix || copied.place",
            "sequence_prefix": "copied.prefix",
            "sequence_number": "copied.place",
            "ref": "copied.number",
            "state": "'posted'",
            "posted_before": "TRUE",
            "date": "copied.date",
            "invoice_date": "copied.date",
            "partner_id": "copied.partner_id",
            "commercial_partner_id": "copied.partner_id",
        },
    )
    _insert(
        env,
        "account_move_line",
        "copied JOIN account_move_line origin ON origin.move_id = copied.origin_id",
        {
            "id": "nextval('account_move_line_id_seq')",
            "move_id": "copied.move_id",
            "move_name": "copied.prefix || copied.place",
            "parent_state": "'posted'",
            "date": "copied.date",
            "invoice_date": "copied.date",
            "partner_id": "copied.partner_id",
        },
    )
    env.cr.execute(
        """
        UPDATE lucca_document document
           SET state = 'imported', move_id = copied.move_id, imported_at = now(),
               is_resolved = TRUE
          FROM copied WHERE copied.document_id = document.id
        """
    )
    env.invalidate_all()


def _make_another_bill(env):
    """Create a posted bill that does not come from Lucca, to compare with."""
    bill = env["account.move"].search([("state", "=", "posted")], limit=1).copy()
    bill.write({"ref": ANOTHER_BILL, "invoice_date": bill.create_date, "date": bill.create_date})
    bill.action_post()


def _insert(env, table, origin, replaced):
    """Insert copies of rows with other values in some columns.

    :param origin: SQL of the rows to copy, which it names ``origin``
    :param replaced: ``{column: SQL}`` of the other values
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
    )
    same = [name for (name,) in env.cr.fetchall() if name not in replaced]
    names = [*map(SQL.identifier, [*replaced, *same])]
    values = [*map(SQL, replaced.values()), *(SQL.identifier("origin", name) for name in same)]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s",
            SQL.identifier(table),
            SQL(", ").join(names),
            SQL(", ").join(values),
            SQL(origin),
        )
    )
