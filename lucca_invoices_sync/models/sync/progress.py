"""What people see while it synchronises, and when it ends.

Who pressed a button that starts it sees the progress, and a message at the end. All who may read
the connection have their screens read anew: see ``look_again``.
"""

import time

from odoo import fields
from odoo.fields import Domain

from .live import look_again

PROGRESS = "lucca_invoices_sync/progress"
FINISHED = "lucca_invoices_sync/finished"
#: Messages about the same step follow each other at least so much later (seconds).
PAUSE = 0.5
#: While it works, screens are told so often that there may be something new (seconds).
LOOK_PAUSE = 2


class Progress:
    """The progress of one connection, told a few times a second at most."""

    def __init__(self, connection):
        self._connection = connection
        self._told, self._told_at, self._sees = None, 0.0, {}
        self._looked_at = time.monotonic()

    def tell(self, step):
        """Show where it is to whoever waits for it; nothing is asked when nobody does."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_PAUSE:
            self._looked_at = now
            look_again(self._connection)
        is_soon = step == self._told and now - self._told_at < PAUSE
        if is_soon or not step:
            return
        self._told, self._told_at = step, now
        connection = self._connection
        for user in connection.env["lucca.sync.watch"]._of(connection).user_id:
            model = connection.env[step].with_context(lang=user.lang)
            words, left = model._describe_progress(connection.with_env(model.env))
            if user not in self._sees:
                self._sees[user] = _sees(user, connection)
            left = left if self._sees[user] else None  # the figures are the connection's
            progress = {"name": connection.name, "step": words, "left": left}
            user._bus_send(PROGRESS, {"connection_id": connection.id, **progress})


def tell_end(connection, waits_until=False):
    """Say what came since the button was pressed, with a way to see it; return whether to anyone.

    :param waits_until: when it goes on by itself, where Lucca wants a pause
    """
    watches = connection.env["lucca.sync.watch"]._of(connection)
    for user, first in watches.grouped("user_id").items():
        spoken = connection.with_context(lang=user.lang, tz=user.tz)
        result = _result(spoken, first[0], waits_until)
        user._bus_send(
            FINISHED, {"connection_id": connection.id, "name": connection.name, **result}
        )
    is_told = bool(watches)
    watches.unlink()
    return is_told


def _sees(user, connection):
    """Whether a user sees the connection; people of an establishment's company do not."""
    own = connection.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
    return own.has_access("read")


def _result(connection, watch, waits_until):
    sees = _sees(watch.user_id, connection)
    if connection.last_error and not waits_until:
        return _stopped(connection, sees)
    if sees and not connection.is_booking and not waits_until:
        return _looked(connection)
    return _outcome(connection, watch, sees, waits_until)


def _looked(connection):
    """What is told of a first look."""
    way = _way(connection.env._("First Look"), connection.action_open_look())
    return {"type": "success", "message": connection.summary, "ways": [way]}


def _stopped(connection, sees):
    """What is told of an error, which may speak of all of the connection."""
    words = connection.env._(
        "The synchronisation with Lucca stopped: who is responsible for the connection is told."
    )
    way = _way(connection.env._("Open the Connection"), connection._action_open())
    return {
        "type": "danger",
        "message": connection.last_error if sees else words,
        "ways": [way] if sees else [],
    }


def _outcome(connection, watch, sees, waits_until):
    """What came, and what needs attention by now; amber where something new does."""
    mine = Domain("connection_id", "=", connection.id)
    mine &= Domain("company_id", "in", watch._companies().ids)
    documents, since = connection.env["lucca.document"], watch.since
    booked = documents.search(
        mine & Domain("imported_at", ">=", since) & Domain("move_id", "!=", False)
    )
    attention = mine & Domain("needs_attention", "=", True)
    waiting = documents.search_count(attention)
    newly = Domain("state", "=", "blocked") & Domain("blocked_at", ">=", since)
    is_new = documents.search_count(mine & newly, limit=1)
    news = _describe_news(connection.env, len(booked), _count_new_files(connection, mine, since))
    told = news or ([] if is_new else [_nothing_new(connection, sees)])
    told += _describe_state(connection, waiting, waits_until)
    ways = list(_way_to_bills(watch.user_id, booked))
    if waiting:
        some = documents.search(attention, limit=2)
        ways.append(
            _way(connection.env._("Show What Needs Attention"), _attention_action(connection, some))
        )
    return {
        "type": "warning" if is_new else "success" if news else "info",
        "message": " ".join(told),
        "ways": ways,
    }


def _nothing_new(connection, sees):
    return connection.env._("Nothing new. %s", connection.completeness if sees else "").strip()


def _count_new_files(connection, mine, since):
    """How many files were attached to bills since the button was pressed."""
    return connection.env["lucca.file"].search_count(
        [
            ("document_id", "any", mine & Domain("move_id", "!=", False)),
            ("state", "=", "attached"),
            ("write_date", ">=", since),
        ]
    )


def _describe_news(env, booked, files):
    """What came, a sentence each."""
    parts = []
    if booked == 1:
        parts.append(env._("One new bill."))
    elif booked:
        parts.append(env._("%s new bills.", booked))
    if files == 1:
        parts.append(env._("One file was attached."))
    elif files:
        parts.append(env._("%s files were attached.", files))
    return parts


def _describe_state(connection, waiting, waits_until):
    """How it stands now: what needs attention, and when it goes on."""
    env, parts = connection.env, []
    if waiting == 1:
        parts.append(env._("One document needs attention."))
    elif waiting:
        parts.append(env._("%s documents need attention.", waiting))
    if waits_until:
        moment = fields.Datetime.context_timestamp(connection, waits_until)
        words = env._("Lucca wants a pause: it goes on by itself at %s.", f"{moment:%H:%M}")
        parts.append(words)
    return parts


def _way_to_bills(user, booked):
    # An administrator who connects need not see bills.
    if booked and booked.move_id.with_user(user).browse().has_access("read"):
        yield _way(booked.env._("Show the Bills"), _bills_action(booked))


def _way(button, action):
    return {"button": button, "action": action}


def _bills_action(documents):
    return {
        "type": "ir.actions.act_window",
        "name": documents.env._("New from Lucca"),
        "res_model": "account.move",
        "views": [
            [documents.env.ref("account.view_in_invoice_bill_tree").id, "list"],
            [False, "form"],
        ],
        "context": {"default_move_type": "in_invoice"},
        "domain": [("id", "in", documents.move_id.ids)],
    }


def _attention_action(connection, waiting):
    """Show all that needs attention: one document as its form.

    :param waiting: some of these documents
    """
    if len(waiting) == 1:
        return waiting._action_open()
    actions = connection.env["ir.actions.act_window"]
    action = actions._for_xml_id("lucca_invoices_sync.lucca_document_action")
    return {**action, "domain": [("connection_id", "=", connection.id)]}
