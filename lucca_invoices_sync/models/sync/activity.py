"""One activity a connection tells the responsible all that waits for a person."""

from markupsafe import Markup

ACTIVITY = "mail.mail_activity_data_todo"


def update(connection, left):
    """Make, change or end the connection's only activity.

    :param left: what waits now, as ``left.find_left`` gives it
    """
    env = connection.env
    note = _describe(connection, left)
    activity = connection.activity_ids.filtered("automated")[:1]
    if not note:
        activity.action_feedback(feedback=env._("Nothing waits any more."))
    elif not activity:
        connection.activity_schedule(
            ACTIVITY,
            summary=env._("Lucca Invoices needs you"),
            note=note,
            user_id=(connection.responsible_id or env.ref("base.user_admin")).id,
        )
    elif activity.note != note:
        activity.note = note


def _describe(connection, left):
    """What needs a person, as a list; empty when nothing does."""
    env = connection.env
    lines = [connection.last_error] if connection.last_error else []
    if connection.unlisted_count > 0:
        lines.append(
            env._(
                "Documents that Lucca counts and does not list: %s. Look for them in Lucca, and enter"
                " what Odoo lacks by hand.",
                connection.unlisted_count,
            )
        )
    lines += [f"{reason}: {count}" for reason, count in _waiting_by_reason(env, left)]
    if not lines:
        return False
    items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
    return Markup("<ul>%s</ul>") % items


def _waiting_by_reason(env, left):
    """``(reason in words, number of documents)``, the most frequent first."""
    words = dict(env["lucca.document"]._fields["reason"]._description_selection(env))
    waiting = [(words.get(why, "-"), number) for why, number in left.waiting.most_common()]
    if left.changed:
        waiting.append((env._("Changed in Lucca after they became bills"), left.changed))
    return waiting
