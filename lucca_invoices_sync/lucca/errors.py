"""The base class of all errors of this package, and the errors of documents."""

from __future__ import annotations

from typing import Any


class LuccaError(Exception):
    """Base of all errors of this package.

    ``values`` are the figures and names of the error, for a text in the user's language.
    """

    #: The message of an error that is raised without one. It is for logs, and not translated.
    usual_message = "Lucca or its data is not as expected"

    def __init__(self, message: str = "", **values: Any) -> None:
        super().__init__(message or self.usual_message)
        self.values = values


class DocumentError(LuccaError):
    """A document cannot be booked as it is; ``reason`` is the technical name of the reason."""

    reason = "invalid_document"
    usual_message = "The document cannot be booked as it is"


class InvalidDocument(DocumentError):
    """A document, or a reference it uses, does not have the documented form.

    ``values`` hold the ``fault``, one of ``FAULTS``. As far as they are known, they also hold the
    ``path`` of the wrong value in the JSON and the ``value`` itself, shortened, or an ``amount``
    (text).
    """

    usual_message = "The document does not have the documented form"
    #: In this order: a value is missing; a value has another form; the currency is invalid or not
    #: the same everywhere; a converted amount has the other sign; the rate of exchange makes an
    #: amount too large; an amount has more decimals than its currency.
    FAULTS = ("missing", "form", "currency", "signs", "rate", "decimals")
