"""Give stored messages the texts of this version, so that they stay translated.

A text that this version does not have would be shown in English. Two rows of changes with the former and
the present label of one value would not be merged, either. Odoo runs the scripts of the folder 0.0.0 at each upgrade.
"""

import json
import re
from pathlib import Path

from odoo.addons.lucca_invoices_sync.models.messages import MessageField, MessageTable
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env
from odoo.tools import SQL, split_every

#: ``{former text: present text}``, with the same placeholders.
PRESENT = json.loads(Path(__file__).with_name("former-texts.json").read_text("utf-8"))
#: A text in stored JSON, as ``Message.as_text`` and PostgreSQL write it.
TERM = re.compile(r'("term": )("(?:[^"\\]|\\.)*")')
BATCH = 1000


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    for model in env.values():
        for field in model._fields.values():
            if model._auto and field.store and isinstance(field, MessageField | MessageTable):
                _rewrite(env, model._table, field)


def _rewrite(env, table, field):
    """Rewrite the messages in a column."""
    start, type_ = ("[", "jsonb") if isinstance(field, MessageTable) else ("{", "text")
    names = {"table": SQL.identifier(table), "column": SQL.identifier(field.name)}
    found = env.execute_query(
        SQL(
            "SELECT id, %(column)s::text FROM %(table)s WHERE %(column)s::text LIKE %(term)s",
            term=f'{start}%"term": %',
            **names,
        )
    )
    rewritten = [(row_id, TERM.sub(_present, words)) for row_id, words in found]
    changed = [row for row, (_id, before) in zip(rewritten, found, strict=True) if row[1] != before]
    for rows in split_every(BATCH, changed, list):
        env.execute_query(
            SQL(
                """
                UPDATE %(table)s SET %(column)s = present.words::%(type)s
                  FROM (VALUES %(rows)s) AS present (id, words)
                 WHERE %(table)s.id = present.id
                RETURNING present.id
                """,
                rows=SQL(", ").join(SQL("(%s, %s)", *row) for row in rows),
                type=SQL.identifier(type_),
                **names,
            )
        )


def _present(match):
    """Return a text of stored JSON, replaced if this version has another one for it."""
    former = json.loads(match[2])
    return match[1] + json.dumps(PRESENT.get(former, former), ensure_ascii=False)
