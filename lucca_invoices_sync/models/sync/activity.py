"""The one activity of a connection, which lists all that needs attention."""

from markupsafe import Markup

from .. import asking

_LINK = Markup('<a href="%s">%s</a>')
#: The address of the action that links many documents to existing bills.
_LINK_ADDRESS = "/odoo/lucca-link"


def update(connection, left, may_end=True):
    """Schedule, change, reassign or end the connection's activity, and reassign those on its bills.

    :param left: what needs attention now, as ``left.find_left`` returns it
    :param may_end: whether the activity ends if nothing needs attention now
    """
    asked, on_bills = asking.find_asked_with_bills(connection)
    if _describe(connection, left):
        _ask(connection, left, asked)
    elif may_end:
        asked.action_feedback(feedback=connection.env._("Nothing needs attention any more."))
    asking.reassign_on_bills(connection, on_bills)


def _ask(connection, left, asked):
    responsible, groups = connection.responsible_id, _groups_to_act(connection, left)

    def describe(env):
        translated = connection.with_env(env)
        return _summarise(translated), _describe(translated, left)

    if asked:
        asking.reassign(connection, asked, responsible, groups)
        summary, note = describe(asking.env_of(connection, asked[0].user_id))
        told = {"summary": summary, "note": note}
        changed = {name: words for name, words in told.items() if asked[0][name] != words}
        if changed:
            asked[0].write(changed)
    else:
        asking.ask(connection, responsible, describe, groups)


def _summarise(connection):
    """Return a summary that names the connection and its company."""
    name = f"{connection.name} ({connection.company_id.name})"
    if connection.is_booking:
        return connection.env._("%s needs attention", name)
    return connection.env._("%s: check the first look, then start booking", name)


def _groups_to_act(connection, left):
    """Return the groups (XML ids), one of which is needed to do what the activity asks for.

    Documents, bills and files are for billing users. An error of the connection alone is for
    administrators, too. In a first look, those who may start booking can do the rest as well.
    """
    if not connection.is_booking:
        return (asking.MANAGER, asking.SYSTEM)
    if left.waiting or left.changed or left.differing or left.failing or left.stuck:
        return (asking.BILLING,)
    return (asking.BILLING, asking.SYSTEM)


def _describe(connection, left):
    """Return what needs attention as an HTML list; False if nothing does."""
    env = connection.env
    lines = [connection.last_error] if connection.last_error else []
    if not connection.is_booking:
        lines.append(_describe_look(connection, left))
    if connection.unlisted_count > 0:
        lines.append(
            env._(
                "Documents that Lucca counts and does not list: %s. Look for them in Lucca, and enter"
                " by hand those that are missing in Odoo.",
                connection.unlisted_count,
            )
        )
    lines += [
        env._("%(reason)s: %(count)s", reason=reason, count=count)
        for reason, count in _waiting_by_reason(env, left)
    ]
    if left.waiting["duplicate_bill"]:
        lines.append(_LINK % (_LINK_ADDRESS, env._("Link all exact matches")))
    if not lines:
        return False
    items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
    return Markup("<ul>%s</ul>") % items


def _describe_look(connection, left):
    """Return what the first look found, with a link to its page."""
    link = Markup('<a href="/odoo/lucca-first-look/%s">%s</a>')
    way = link % (connection.id, connection.env._("Open the First Look"))
    return Markup("%s %s") % (connection._describe_look(left.coming), way)


def _waiting_by_reason(env, left):
    """Return ``[(words, number)]`` of what needs attention, the most frequent reason first."""
    words = dict(env["lucca.document"]._fields["reason"]._description_selection(env))
    waiting = [(words.get(why, "-"), number) for why, number in left.waiting.most_common()]
    if left.changed:
        waiting.append((env._("Changed in Lucca after the bill was created"), left.changed))
    if left.differing:
        waiting.append((env._("Differ from their electronic invoices or bills"), left.differing))
    if left.drafts:
        waiting.append((env._("Bills that were not posted automatically"), left.drafts))
    if left.failing:
        waiting.append((env._("Documents that fail again and again"), left.failing))
    if left.stuck:
        waiting.append((env._("Files that cannot be fetched"), left.stuck))
    return waiting
