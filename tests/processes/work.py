"""Run in Odoo's shell: synchronise one connection again and again, until nothing is left to do."""

# pylint: disable=undefined-variable
import os
import time
from contextlib import suppress

import psycopg2

connection = env["lucca.connection"].browse(int(os.environ["LUCCA_CONNECTION"]))
print("STARTED", flush=True)
while True:
    # What failed waits for minutes, and Lucca is left alone after a 429; here it is always time.
    with suppress(psycopg2.errors.SerializationFailure):
        env.cr.execute(
            "UPDATE lucca_document SET next_try_at = now() AT TIME ZONE 'UTC'"
            " WHERE next_try_at IS NOT NULL AND connection_id = %s",
            [connection.id],
        )
        env.cr.execute("UPDATE lucca_budget SET blocked_until = 0")
        env.cr.commit()
    env.cr.rollback()
    is_done = connection._sync()
    left = env["lucca.document"].search_count(
        [
            ("connection_id", "=", connection.id),
            "|",
            ("state", "in", ("pending", "failed")),
            ("files_state", "in", ("pending", "failed")),
        ]
    )
    env.cr.rollback()
    if is_done and not left:
        break
    time.sleep(0.05)
print("DONE", flush=True)
