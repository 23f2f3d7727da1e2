"""PostgreSQL's advisory locks, for synchronising a connection, finding suppliers and storing files.

They belong to a database session: they outlive commits, lock no rows, and end with the process.
"""

import zlib
from contextlib import contextmanager

#: The first key of the locks that let one process at a time synchronise a connection.
CONNECTIONS = 1819632481
#: The first key of the locks that let one process at a time look for a supplier with a certain sign,
#: or store a file with a certain checksum.
NAMES = CONNECTIONS + 1


@contextmanager
def connection_lock(cr, connection_id):
    """Hold the lock of a connection and yield True; yield False if another process has it."""
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
    """Hold the locks of names (signs or checksums), after waiting for other processes that have them."""
    keys = _keys_of(names)
    with _unlocking(cr, NAMES, keys):
        cr.execute("SELECT pg_advisory_lock(%s, key) FROM unnest(%s::int[]) AS key", (NAMES, keys))
        yield


def lock_names(cr, names):
    """Take the locks of names as ``name_locks`` does, and hold them until the transaction ends.

    This is for the request of a user, which commits at its end.
    """
    query = "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key"
    cr.execute(query, (NAMES, _keys_of(names)))


def _keys_of(names):
    """Return the second keys of the locks of names, sorted to prevent deadlocks."""
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
