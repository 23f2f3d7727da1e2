"""A database as after years: many documents with their bills, some of which wait for a person."""

from odoo.tools import SQL

from . import accounts
from .harness import only_steps

#: Documents of a supplier.
REGULAR = 50
#: Bills that are really made, of so many suppliers: the others are copies of them.
MADE, SOME = 60, 4
#: One supplier in so many is unknown in Odoo.
UNKNOWN = 25


def fill(env, documents):
    """List and resolve an account, book some documents, and give the others copies of their bills."""
    from tests.books import archive_twins  # known inside Odoo only

    archive_twins(env)
    with accounts.virtual_time() as time_, accounts.served(time_, 0) as (tenant, server):
        accounts.fill(tenant, documents, regular=REGULAR)
        connection = accounts.connect(env, server, attach_files=False)
        with only_steps(env, "lucca.sync.list", "lucca.sync.resolve"):
            accounts.synchronise(env, connection, time_)
        suppliers = env["lucca.mapping"].search([("kind", "=", "supplier")], order="id")
        made = suppliers[:SOME].document_ids[:MADE]
        env.cr.execute("UPDATE lucca_document SET is_resolved = id IN %s", [made._ids])
        env.invalidate_all()
        connection.cron_id._trigger()
        with only_steps(env, "lucca.sync.book"):
            accounts.synchronise(env, connection, time_)
    _forget(suppliers[SOME:])
    _copy_bills(env)
    env.cr.commit()


def _forget(suppliers):
    """Have the documents of some of these suppliers wait for a person."""
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
    env.cr.execute(
        """
        CREATE TEMP TABLE copied AS
          WITH made AS (
            SELECT move_id AS id, row_number() OVER () - 1 AS place
              FROM lucca_document WHERE move_id IS NOT NULL
          )
        SELECT document.id AS document_id, made.id AS origin_id,
               nextval('account_move_id_seq') AS move_id, mapping.partner_id
          FROM lucca_document document
          JOIN made ON made.place = document.id % (SELECT count(*) FROM made)
          JOIN lucca_document_lucca_mapping_rel link ON link.lucca_document_id = document.id
          JOIN lucca_mapping mapping
            ON mapping.id = link.lucca_mapping_id AND mapping.kind = 'supplier'
         WHERE document.move_id IS NULL AND document.state = 'pending'
        """
    )
    supplier = {"partner_id": "copied.partner_id", "commercial_partner_id": "copied.partner_id"}
    _copy(env, "account_move", "id", {"id": "copied.move_id", "name": "NULL", **supplier})
    line = {"id": "nextval('account_move_line_id_seq')", "move_id": "copied.move_id"}
    _copy(env, "account_move_line", "move_id", {**line, "partner_id": "copied.partner_id"})
    env.cr.execute(
        """
        UPDATE lucca_document document
           SET state = 'imported', move_id = copied.move_id, imported_at = now(),
               is_resolved = TRUE
          FROM copied WHERE copied.document_id = document.id
        """
    )
    env.invalidate_all()


def _copy(env, table, origin, replaced):
    """Copy the rows of a table that belong to the bills that were made.

    :param origin: the column that says which bill a row belongs to
    :param replaced: ``{column: SQL}`` of what a copy has of its own
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
    )
    same = [name for (name,) in env.cr.fetchall() if name not in replaced]
    names = [*map(SQL.identifier, [*replaced, *same])]
    values = [*map(SQL, replaced.values()), *(SQL.identifier("origin", name) for name in same)]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM copied JOIN %s origin ON %s = copied.origin_id",
            SQL.identifier(table),
            SQL(", ").join(names),
            SQL(", ").join(values),
            SQL.identifier(table),
            SQL.identifier("origin", origin),
        )
    )
