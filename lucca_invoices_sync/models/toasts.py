"""Short messages that tell a person what a button did, and what it left."""


def toast(env, message, is_whole=True):
    """Return a client action that shows a message, then reloads the screen behind it.

    :param is_whole: all that was asked for was done: the message is green, else amber
    """
    action = notification(env, message, "success" if is_whole else "warning")
    action["params"]["next"] = {"type": "ir.actions.act_window_close"}
    return action


def notification(env, message, kind):
    """Return a client action that shows a message, and leaves the screen as it is.

    :param kind: Odoo's ``type`` of it: ``success``, ``info``, ``warning`` or ``danger``
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"title": env._("Lucca Invoices"), "message": message, "type": kind},
    }


def tell_of_selection(env, done, left, why):
    """Return a toast on what was done for a selection of records, amber where some were left.

    :param done: the sentence on what was done
    :param left: how many records were left
    :param why: the sentence on why these do not fit
    """
    if not left:
        return toast(env, done)
    told = env._("%(done)s Left as they are: %(left)s. %(why)s", done=done, left=left, why=why)
    return toast(env, told, is_whole=False)
