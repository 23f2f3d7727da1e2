"""Advisory locks: who may synchronise a connection, make suppliers of a sign, or keep a content.

They belong to a database session: they outlive commits, block no rows, and are gone when the
process dies.
"""

import zlib
from contextlib import contextmanager

#: First key of the locks for "one synchronisation of a connection at a time".
CONNECTIONS = 1819632481
#: First key of the locks for "one process at a time looks for a supplier with this sign", or keeps a
#: file of this checksum.
NAMES = CONNECTIONS + 1


@contextmanager
def connection_lock(cr, connection_id):
    """Give True while nobody else synchronises this connection, False where somebody does."""
    cr.execute("SELECT pg_try_advisory_lock(%s, %s)", (CONNECTIONS, connection_id))
    is_alone = cr.fetchone()[0]
    with _unlocking(cr, CONNECTIONS, [connection_id] if is_alone else []):
        yield is_alone


def is_connection_locked(cr, connection_id):
    """Return whether some process synchronises the connection right now."""
    cr.execute(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
        " AND objid = %s AND database = (SELECT oid FROM pg_database WHERE datname = %s)",
        [CONNECTIONS, connection_id, cr.dbname],
    )
    return bool(cr.rowcount)


@contextmanager
def name_locks(cr, names):
    """Keep other processes from doing the same with what has these names; they wait."""
    keys = _keys_of(names)
    with _unlocking(cr, NAMES, keys):
        cr.execute("SELECT pg_advisory_lock(%s, key) FROM unnest(%s::int[]) AS key", (NAMES, keys))
        yield


def lock_names(cr, names):
    """The same until the transaction ends: for somebody's request, which commits at its end."""
    query = "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key"
    cr.execute(query, (NAMES, _keys_of(names)))


def _keys_of(names):
    """The second keys of these names, in one order for all, so that nobody waits in a circle."""
    return sorted({zlib.crc32(name.encode()) - 2**31 for name in names})


@contextmanager
def _unlocking(cr, space, keys):
    try:
        yield
    except Exception:
        cr.rollback()  # an aborted transaction could not give the lock back
        raise
    finally:
        query = "SELECT pg_advisory_unlock(%s, key) FROM unnest(%s::int[]) AS key"
        cr.execute(query, (space, keys))
