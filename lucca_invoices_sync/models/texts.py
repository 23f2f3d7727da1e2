"""Errors of the pure half as messages to an accountant: what is wrong and what to do."""

from ..lucca.api import errors
from .messages import Messages, Size, sentences

_lt = Messages(__name__)

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
        "Lucca has a technical problem (error %(status)s). It is tried again automatically."
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
    errors.RequestRefused: _lt(
        "Lucca refuses the request (error %(status)s, %(detail)s): ask Lucca's support."
    ),
    errors.MustWait: _lt(
        "Lucca asks to wait %(seconds)s seconds before the next request: the synchronisation then"
        " continues."
    ),
}

#: Of a person's test of the connection, which nothing repeats.
_TEST_TEXTS = {
    errors.ServerFailure: _lt("Lucca has a technical problem (error %(status)s): try again later."),
    errors.MustWait: _lt(
        "Lucca asks to wait %(seconds)s seconds before the next request: try again then."
    ),
}

#: Of the questions about one document: the list has come from the same host.
_QUESTION_TEXTS = {
    errors.TooLarge: _lt(
        "What Lucca says about this document is too large to be read. It is asked again automatically."
    ),
    errors.InvalidAnswer: _lt(
        "What Lucca says about this document cannot be read. It is asked again automatically."
    ),
}

_FILE_TEXTS = {
    errors.TooLarge: _lt("It has %(size)s, more than the %(limit)s that the connection allows."),
    errors.DamagedFile: _lt("It came damaged, and is fetched again."),
    errors.NotTheFile: _lt(
        "Something else came in its place, such as an error page. It is fetched again. If that goes on,"
        " leave it out, and attach the file from Lucca by hand."
    ),
    errors.NotFound: _lt("It is not found in Lucca. It is fetched again."),
    errors.AccessDenied: _lt("The API key may not read it: give it the right in Lucca."),
    errors.RemoteError: _lt("Lucca could not send it. It is fetched again. (%(error)s)"),
}

_FAULTS = {
    "missing": _lt("Lucca gives no %(what)s for this document (%(path)s)."),
    "form": _lt(
        "What Lucca gives as %(what)s of this document cannot be read: %(value)s (%(path)s)."
    ),
    "currency": _lt(
        "The amounts of this document do not have one currency in Lucca: %(value)s (%(path)s)."
    ),
    "signs": _lt(
        "The converted amounts of this document have another sign than those in its own currency."
    ),
    "rate": _lt(
        "The converted amounts of this document do not fit those in its own currency: no rate of"
        " exchange is like that."
    ),
    "decimals": _lt("%(amount)s has more decimals than its currency."),
}
#: The words of accountants for the parts of a document. The last name in a path that has an entry counts.
_PARTS = {
    "type": _lt("type (invoice or credit note)"),
    "id": _lt("identifier"),
    "documentNumber": _lt("document number"),
    "documentDate": _lt("document date"),
    "dueDate": _lt("due date"),
    "amountIncludingTaxes": _lt("amounts"),
    "excludingTaxes": _lt("amount excluding taxes"),
    "includingTaxes": _lt("amount including taxes"),
    "taxes": _lt("VAT"),
    "rateTypeId": _lt("VAT rate"),
    "counter": _lt("converted amounts"),
    "costAmount": _lt("cost"),
    "currency": _lt("currency"),
    "purchase": _lt("purchase"),
    "supplier": _lt("supplier"),
    "paymentDetails": _lt("payment details"),
    "paymentMethod": _lt("payment method"),
    "bankAccount": _lt("bank account"),
}
_CORRECT = _lt("Correct it in Lucca, then press “Retry”, or press “Enter by Hand”.")


def explain_document(error):
    """Return the ``Message`` of a ``DocumentError``: what is wrong, and what to do."""
    return sentences(explain_fault(error), _CORRECT)


def explain_fault(error):
    """Return the ``Message`` that says what is wrong with a document.

    It ends with Lucca's name of the faulty part in brackets, for questions to Lucca's support.
    """
    template = _FAULTS.get(error.values.get("fault"))
    if not template:
        return _lt("Lucca's document cannot be read: %s.", error)
    path = error.values.get("path") or ""
    if not path and error.values["fault"] in ("missing", "form"):
        return _lt("What Lucca lists here cannot be read as an invoice or a credit note.")
    names = [name.partition("[")[0] for name in reversed(path.split("."))]
    what = next((_PARTS[name] for name in names if name in _PARTS), path)
    return template.filled(**{**error.values, "what": what, "path": path})


def explain(error, host=""):
    """Return the ``Message`` of a ``LuccaError`` that no document caused.

    :param host: the connection's host, in case the error names none
    """
    return _explain(_TEXTS, error, host)


def explain_test(error, host):
    """Return the ``Message`` of a ``LuccaError`` that came when a person tested a host and a key."""
    return _explain({**_TEXTS, **_TEST_TEXTS}, error, host)


def explain_question(error, host):
    """Return the ``Message`` of a ``RemoteError`` that came when Lucca was asked about one document."""
    return _explain({**_TEXTS, **_QUESTION_TEXTS}, error, host)


def _explain(texts, error, host):
    known = {"host": host, "status": "", "error": error, **error.values}
    known["detail"] = (known.get("detail") or "-").rstrip(".")
    if "seconds" in known:
        known["seconds"] = round(known["seconds"])
    return _text_of(texts, error).filled(**known)


def explain_file(error):
    """Return the ``Message`` on a file that could not be fetched (a ``RemoteError``)."""
    size, limit = (Size(error.values.get(name)) for name in ("size", "limit"))
    return _text_of(_FILE_TEXTS, error).filled(error=error, size=size, limit=limit)


def _text_of(texts, error):
    return next(texts[kind] for kind in type(error).__mro__ if kind in texts)
