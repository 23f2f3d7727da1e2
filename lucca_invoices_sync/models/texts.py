"""Errors of the pure half in words for an accountant, in the user's language."""

from odoo.tools import human_size
from odoo.tools.misc import format_amount, get_lang
from odoo.tools.translate import LazyTranslate

from ..lucca.api import errors

_lt = LazyTranslate(__name__)

_TEXTS = {
    errors.InvalidHost: _lt(
        "“%(host)s” is not the address of a Lucca account: enter it as in your browser,"
        " for example acme.ilucca.net."
    ),
    errors.Unreachable: _lt(
        "%(host)s does not answer: check the host name and the network, or try again later."
    ),
    errors.Offline: _lt(
        "%(host)s does not answer: check the host name and the network, or try again later."
    ),
    errors.ServerFailure: _lt(
        "Lucca has a problem of its own (error %(status)s): nothing to do, it is tried again."
    ),
    errors.InvalidAnswer: _lt(
        "%(host)s answers, but not as Lucca Invoices does: check that the host is your Lucca account."
    ),
    errors.WrongKey: _lt(
        "Lucca does not accept the API key: copy it again from Lucca, or make a new one there."
    ),
    errors.NoKey: _lt("No API key is set for %(host)s: enter the one made in Lucca."),
    errors.TooLarge: _lt(
        "%(host)s sends more than Lucca Invoices ever does: check that the host is your Lucca"
        " account."
    ),
    errors.AccessDenied: _lt(
        "The API key lacks rights in Lucca: give it the right to read invoices, purchases and"
        " suppliers."
    ),
    errors.NotFound: _lt(
        "Lucca Invoices is not found at %(host)s: check the host, that the account uses Lucca"
        " Invoices, and the rights of the API key."
    ),
    errors.RequestRefused: _lt("Lucca refuses the request (error %(status)s): %(detail)s"),
    errors.MustWait: _lt(
        "Lucca asks to wait %(seconds)d seconds before the next request: it goes on by itself."
    ),
    errors.InvalidDocument: _lt("Lucca's document cannot be read: %(error)s."),
}

_FILE_TEXTS = {
    errors.TooLarge: _lt("It has %(size)s, more than the %(limit)s that the connection allows."),
    errors.DamagedFile: _lt("It came damaged, and is fetched again."),
    errors.NotFound: _lt("It is not found in Lucca, and is asked for again."),
    errors.AccessDenied: _lt("The API key may not read it: give it the right in Lucca."),
    errors.RemoteError: _lt("Lucca could not send it, it is fetched again (%(error)s)."),
}


def percent(env, rate):
    """A rate (a fraction) as the user's language writes it: 0.055 is "5.5 %"."""
    return f"{float(rate) * 100:.6g} %".replace(".", get_lang(env).decimal_point)


def money(env, amount, code):
    """An amount (``Decimal``) in a currency (ISO code) as the user's language writes it."""
    currency = env["res.currency"]._by_code(code)
    return format_amount(env, float(amount), currency) if currency else f"{amount} {code}"


def explain(env, error, **values):
    """One sentence for ``error`` (a ``LuccaError``): what is wrong and what to do."""
    template = _text_of(_TEXTS, error)
    known = {"host": "", "status": "", "detail": "", "error": error, **error.values, **values}
    return env._(template) % known  # pylint: disable=translation-not-lazy


def explain_file(env, error):
    """One sentence on a file that could not be fetched (a ``RemoteError``)."""
    size, limit = error.values.get("size"), error.values.get("limit")
    known = {
        "error": error,
        "size": human_size(size) if size else "?",
        "limit": human_size(limit) if limit else "?",
    }
    template = _text_of(_FILE_TEXTS, error)
    return env._(template) % known  # pylint: disable=translation-not-lazy


def _text_of(texts, error):
    return next(texts[kind] for kind in type(error).__mro__ if kind in texts)
