"""What the people who pressed "Sync now" see while it synchronises, and when it ends."""

import time

from odoo import fields

PROGRESS = "lucca_invoices_sync/progress"
FINISHED = "lucca_invoices_sync/finished"
#: Messages about the same step follow each other at least so much later (seconds).
PAUSE = 0.5


class Progress:
    """The progress of one connection, told a few times a second at most."""

    def __init__(self, connection):
        self._connection = connection
        self._told, self._told_at, self._sees = None, 0.0, {}

    def tell(self, step):
        """Show where it is to whoever waits for it; nothing is asked when nobody does."""
        now = time.monotonic()
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
    """Say what came since the button was pressed, with a way to see it.

    :param waits_until: when it goes on by itself, where Lucca wants a pause
    """
    watches = connection.env["lucca.sync.watch"]._of(connection)
    for user in watches.user_id:
        spoken = connection.with_context(lang=user.lang, tz=user.tz)
        result = _result(spoken, user, watches[0].since, waits_until)
        user._bus_send(FINISHED, {"connection_id": connection.id, **result})
    watches.unlink()


def _sees(user, connection):
    """Whether a user sees the connection; people of an establishment's company do not."""
    own = connection.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
    return own.has_access("read")


def _result(connection, user, since, waits_until):
    sees = _sees(user, connection)
    if connection.last_error and not waits_until:
        return _stopped(connection, sees)
    if sees and not connection.is_booking and not waits_until:
        return _looked(connection)
    new = _new_documents(connection, user, since)
    booked, waiting = new.filtered("move_id"), new.filtered("needs_attention")
    parts = _count(connection, booked, waiting, _new_files(connection, user, since), waits_until)
    nothing = connection.env._("Nothing new. %s", connection.completeness if sees else "").strip()
    return {
        "type": "warning" if waiting else "success",
        "message": " ".join(parts) or nothing,
        "sticky": bool(waiting),
        "ways": _ways_to(user, booked, waiting),
    }


def _looked(connection):
    """What is told of a first look."""
    way = _way(connection.env._("First Look"), connection.action_open_look())
    return {"type": "success", "message": connection.summary, "sticky": True, "ways": [way]}


def _stopped(connection, sees):
    """What is told of an error, which may speak of all of the connection."""
    words = connection.env._(
        "The synchronisation with Lucca stopped: who is responsible for the connection is told."
    )
    way = _way(connection.env._("Open the Connection"), connection._action_open())
    return {
        "type": "danger",
        "message": connection.last_error if sees else words,
        "sticky": True,
        "ways": [way] if sees else [],
    }


def _new_documents(connection, user, since):
    """What was booked, or came to wait for a person, in a user's companies since the button."""
    return connection.env["lucca.document"].search(
        [
            ("connection_id", "=", connection.id),
            ("company_id", "in", user.company_ids.ids),
            "|",
            ("imported_at", ">=", since),
            "&",
            ("state", "=", "blocked"),
            ("blocked_at", ">=", since),
        ]
    )


def _new_files(connection, user, since):
    """The files that were attached in a user's companies since the button was pressed."""
    return connection.env["lucca.file"].search(
        [
            ("document_id.connection_id", "=", connection.id),
            ("document_id.company_id", "in", user.company_ids.ids),
            ("state", "=", "attached"),
            ("write_date", ">=", since),
        ]
    )


def _count(connection, booked, waiting, files, waits_until):
    """What came, a sentence each."""
    env, parts = connection.env, []
    if len(booked) == 1:
        parts.append(env._("One new bill."))
    elif booked:
        parts.append(env._("%s new bills.", len(booked)))
    if len(waiting) == 1:
        parts.append(env._("One document waits for you."))
    elif waiting:
        parts.append(env._("%s documents wait for you.", len(waiting)))
    if len(files) == 1:
        parts.append(env._("One file was attached."))
    elif files:
        parts.append(env._("%s files were attached.", len(files)))
    if waits_until:
        moment = fields.Datetime.context_timestamp(connection, waits_until)
        words = env._("Lucca wants a pause: it goes on by itself at %s.", f"{moment:%H:%M}")
        parts.append(words)
    return parts


def _ways_to(user, booked, waiting):
    ways = []
    # An administrator who connects need not see bills.
    if booked and booked.move_id.with_user(user).browse().has_access("read"):
        ways.append(_way(booked.env._("Show the Bills"), _bills_action(booked)))
    if waiting:
        ways.append(_way(waiting.env._("Show What Waits"), waiting._action_open()))
    return ways


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
