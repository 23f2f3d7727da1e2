"""Toasts: short messages that say what a button did, and what it left undone."""


def toast(env, message, is_whole=True):
    """Return a client action that shows a message, then reloads the screen behind it.

    :param is_whole: whether everything was done: the message is green, else amber
    """
    action = notification(env, message, "success" if is_whole else "warning")
    action["params"]["next"] = {"type": "ir.actions.act_window_close"}
    return action


def notification(env, message, kind):
    """Return a client action that shows a message and does not reload the screen.

    :param kind: Odoo's ``type`` of the message: ``success``, ``info``, ``warning`` or ``danger``
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"title": env._("Lucca Invoices"), "message": message, "type": kind},
    }


def tell_of_selection(env, done, left, why):
    """Return a toast about a button pressed for a selection of records, amber if it skipped some.

    :param done: a sentence that says what was done
    :param left: how many records were skipped
    :param why: a sentence that says why they were skipped
    """
    if not left:
        return toast(env, done)
    told = env._("%(done)s Left as they are: %(left)s. %(why)s", done=done, left=left, why=why)
    return toast(env, told, is_whole=False)
