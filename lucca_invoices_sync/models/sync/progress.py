"""What people see during a synchronisation and at its end.

The users who started it see its progress, and a message at its end or when Lucca wants a pause. Who
asked for a full check waits on through pauses, and is told once it is done, or that an error ended the
synchronisation before. The screens of all users who may see its documents reload, see ``reload_screens``.
"""

import time

from odoo import fields
from odoo.fields import Domain

from .live import reload_screens

PROGRESS = "lucca_invoices_sync/progress"
FINISHED = "lucca_invoices_sync/finished"
#: The shortest time between two messages about the same step (seconds).
PAUSE = 0.5
#: The time after which screens reload during a synchronisation (seconds).
LOOK_PAUSE = 2


class Progress:
    """Shows the progress of one connection, twice a second at most for the same step."""

    def __init__(self, connection):
        self._connection = connection
        self._told, self._told_at, self._may_read = None, 0.0, {}
        self._looked_at = time.monotonic()

    def tell(self, step):
        """Show the progress to the users who wait for it. It makes one query if there are none.

        :param step: the name of the step's model, or False
        """
        now = time.monotonic()
        if now - self._looked_at >= LOOK_PAUSE:
            self._looked_at = now
            reload_screens(self._connection, is_at_work=True)
        is_soon = step == self._told and now - self._told_at < PAUSE
        if is_soon or not step:
            return
        self._told, self._told_at = step, now
        connection = self._connection
        for user in connection.env["lucca.sync.watch"]._of(connection).user_id:
            model = connection.env[step].with_context(lang=user.lang)
            words, left = model._describe_progress(connection.with_env(model.env))
            if user not in self._may_read:
                self._may_read[user] = _may_read(user, connection)
            left = left if self._may_read[user] else None  # the number covers other companies
            _send(user, PROGRESS, connection, {"step": words, "left": left})


def tell_end(connection, waits_until=False):
    """Tell the users who wait what came since they pressed the button; return whether anybody was told the end.

    Users whose full check is still to be done wait on. Of a pause they are told by their progress.

    :param waits_until: when the synchronisation continues by itself if Lucca wants a pause, else False
    """
    watches = connection.env["lucca.sync.watch"]._of(connection)
    checking = watches.filtered("is_full_check").user_id
    is_over = not checking or connection._is_asked_audit_over()
    is_to_follow = not is_over and (waits_until or _goes_on(connection))
    for user, theirs in watches.grouped("user_id").items():
        spoken = connection.with_context(lang=user.lang, tz=user.tz)
        if user in checking and is_to_follow:
            watches -= theirs
            if waits_until:
                pause = {"step": _describe_pause(spoken, waits_until), "left": None}
                _send(user, PROGRESS, connection, pause)
            continue
        result = _describe_end(spoken, theirs[0], waits_until)
        if user in checking:
            result = _add_full_check(spoken, result, is_over)
        _send(user, FINISHED, connection, result)
    is_told = bool(watches)
    watches.unlink()
    return is_told


def _send(user, kind, connection, message):
    user._bus_send(kind, {"connection_id": connection.id, "name": connection.name, **message})


def _goes_on(connection):
    """Return whether the next synchronisation does the full check that is left at the end of this one.

    It was then asked for when this one had read the list. After an error nobody knows when it can be done.
    """
    return connection._is_at_work() and not connection.last_error


def _add_full_check(connection, result, is_over):
    """Return the message at the end, which first says what became of the full check."""
    env, state = connection.env, connection.env["lucca.sync.state"]._find(connection)
    type_ = result["type"]
    if not is_over:
        told = env._("The full check is not done: start it again later.")
    elif state.are_purchases_unread:
        told = env._(
            "The full check is done for the documents, but not for all of their purchases: some could"
            " not be read. Another supplier or nature of a purchase may not be found."
        )
        type_ = "danger" if type_ == "danger" else "warning"
    else:
        told = env._("The full check is done.")
    return {**result, "type": type_, "message": f"{told} {result['message']}"}


def _may_read(user, connection):
    """Return whether a user may read the connection: users of an establishment's company may not."""
    own = connection.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
    return own.has_access("read")


def _describe_end(connection, watch, waits_until):
    may_read = _may_read(watch.user_id, connection)
    if connection.last_error and not waits_until:
        return _describe_error(connection, may_read)
    if may_read and not connection.is_booking and not waits_until:
        return _describe_first_look(connection)
    return _describe_outcome(connection, watch, may_read, waits_until)


def _describe_first_look(connection):
    """Return the message at the end of a first look."""
    way = _way(connection.env._("First Look"), connection.action_open_look())
    return {"type": "success", "message": connection.summary, "ways": [way]}


def _describe_error(connection, may_read):
    """Return the message on an error, whose words only users who may read the connection get."""
    words = connection.env._(
        "The synchronisation with Lucca stopped. The connection's responsible is informed."
    )
    way = _way(connection.env._("Open the Connection"), connection._action_open())
    return {
        "type": "danger",
        "message": connection.last_error if may_read else words,
        "ways": [way] if may_read else [],
    }


def _describe_outcome(connection, watch, may_read, waits_until):
    """Return the message on what came and what needs attention, amber if that is new."""
    mine = Domain("connection_id", "=", connection.id)
    mine &= Domain("company_id", "in", watch._companies().ids)
    documents, since = connection.env["lucca.document"], watch.since
    booked = documents.search(
        mine
        & Domain("imported_at", ">=", since)
        & Domain("move_id.state", "in", ("draft", "posted"))
    )
    attention = mine & Domain("needs_attention", "=", True)
    waiting = documents.search_count(attention)
    newly = Domain("state", "=", "blocked") & Domain("blocked_at", ">=", since)
    is_new = documents.search_count(mine & newly, limit=1)
    news = _describe_news(connection.env, len(booked), _count_new_files(connection, mine, since))
    # Before a pause, Lucca may not have been asked for all that is new.
    has_nothing_new = not (news or is_new or waits_until)
    told = [_describe_nothing_new(connection, may_read)] if has_nothing_new else news
    told = [*told, *_describe_state(connection, waiting, waits_until)]
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


def _describe_nothing_new(connection, may_read):
    return connection.env._("Nothing new. %s", connection.completeness if may_read else "").strip()


def _count_new_files(connection, mine, since):
    """Return how many files were attached to bills since a moment."""
    return connection.env["lucca.file"].search_count(
        [
            ("document_id", "any", mine & Domain("move_id", "!=", False)),
            ("state", "=", "attached"),
            ("write_date", ">=", since),
        ]
    )


def _describe_news(env, booked, files):
    """Return a sentence each on the new bills and files, if there are any."""
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
    """Return sentences on what needs attention, and on when the synchronisation continues."""
    env, parts = connection.env, []
    if waiting == 1:
        parts.append(env._("One document needs attention."))
    elif waiting:
        parts.append(env._("%s documents need attention.", waiting))
    if waits_until:
        parts.append(_describe_pause(connection, waits_until))
    return parts


def _describe_pause(connection, waits_until):
    moment = fields.Datetime.context_timestamp(connection, waits_until)
    return connection.env._(
        "Lucca asks for a pause: the synchronisation continues at %s.", f"{moment:%H:%M}"
    )


def _way_to_bills(user, booked):
    # An administrator who connects may not be allowed to read bills.
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
    """Return the action that shows what needs attention: a form for one document, else a list.

    :param waiting: the documents, or two of them
    """
    if len(waiting) == 1:
        return waiting._action_open()
    actions = connection.env["ir.actions.act_window"]
    action = actions._for_xml_id("lucca_invoices_sync.lucca_document_action")
    return {**action, "domain": [("connection_id", "=", connection.id)]}
