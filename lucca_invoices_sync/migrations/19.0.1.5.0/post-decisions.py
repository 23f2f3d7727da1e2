"""Create decisions from the notes on bills, which have the user and the moment for certain.

A decision that only the message of a document mentions gets no row, since its moment is unknown.
"""

import re

from lxml import html
from odoo import SUPERUSER_ID
from odoo.addons.lucca_invoices_sync.models.messages import Messages, named
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env
from odoo.tools.translate import get_translation

MODULE = "lucca_invoices_sync"
_lt = Messages(MODULE)
#: A sentence that only this file has, so that its translation is kept.
_BY_HAND = _lt("%(user)s enters this bill by hand for Lucca's document %(document)s.")
#: ``{kind: the beginning of the notes of earlier versions}``. The addon has their translations.
BEGINNINGS = {
    "linked": "%(user)s linked this bill to Lucca's document %(document)s.",
    "by_hand": _BY_HAND.data["term"],
    "left": "%(user)s left this bill as it is, whatever Lucca's document %(document)s says now.",
    "changed": "This document changed in Lucca after it became a bill:",
    "followed": "This document changed in Lucca: the draft, which nobody touched, follows.",
    "withdrawn": "Lucca no longer lists this document as approved: decide what becomes of the bill.",
    "approved": "Lucca lists this document as approved again.",
}
#: The kinds of decisions that only a person makes.
OF_PEOPLE = ("linked", "by_hand", "left")
NOTES = """
    SELECT document.id, document.move_id, note.create_uid, note.date, note.body
      FROM mail_message note
      JOIN lucca_document document ON document.move_id = note.res_id
     WHERE note.model = 'account.move' AND note.message_type = 'notification'
       AND note.body LIKE ANY(%s)
     ORDER BY note.id
"""


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    decisions = env["lucca.decision"]
    if decisions.search_count([], limit=1):
        return  # an interrupted upgrade created them before
    beginnings = [*_beginnings(env)]
    cr.execute(NOTES, [[f"%{_longest_part(words)}%" for _kind, words in beginnings]])
    patterns = [(kind, _pattern_of(words)) for kind, words in beginnings]
    rows = [_row_of(env, patterns, *note) for note in cr.fetchall()]
    decisions.create([row for row in rows if row])


def _beginnings(env):
    """Give ``(kind, words)`` in each installed language."""
    for code, _name in env["res.lang"].get_installed():
        for kind, source in BEGINNINGS.items():
            yield kind, get_translation(MODULE, code, source, ())


def _longest_part(words):
    """Return the longest part that HTML does not change."""
    return max(re.split(r"%\(\w+\)s|[^\w ,.:]", words), key=len)


def _pattern_of(words):
    parts = re.split(r"%\(\w+\)s", words)
    return re.compile(".+?".join(map(re.escape, parts)))


def _row_of(env, patterns, document_id, move_id, user_id, moment, body):
    """Return the values of a decision, or None if the note is not certainly about one."""
    told = html.fromstring(f"<div>{body}</div>")
    first = told.find("p")
    words = (told if first is None else first).text_content().strip()
    kind = next((kind for kind, pattern in patterns if pattern.match(words)), None)
    is_of_people = kind in OF_PEOPLE
    if not kind or (is_of_people and not user_id):
        return None
    return {
        "document_id": document_id,
        "kind": kind,
        "user_id": is_of_people and user_id != SUPERUSER_ID and user_id,
        "decided_at": moment,
        "message": "\n".join([words, *_changes_in(told)]),
        "move_id": move_id,
        "bill_name": named(env["account.move"].browse(move_id)),
    }


def _changes_in(told):
    """Return the changes in the first table of a note, a line each."""
    table = next(told.iter("table"), None)
    lines = [] if table is None else table.iter("tr")
    rows = [[cell.text_content() for cell in line.iter("td")] for line in lines]
    return [f"{row[0]}: {row[1]} → {row[2]}" for row in rows if len(row) == 3]
