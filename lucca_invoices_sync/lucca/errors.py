"""The base of all errors of this package, and what can be wrong with a document."""

from __future__ import annotations

from typing import Any


class LuccaError(Exception):
    """Base of all errors of this package.

    ``values`` are the figures and names behind the error, for a text in the user's language.
    """

    def __init__(self, message: str = "", **values: Any) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.values = values


class DocumentError(LuccaError):
    """A document cannot be booked as it is; ``reason`` is the state's technical name."""

    reason = "invalid_document"


class InvalidDocument(DocumentError):
    """A document, or a reference it uses, does not have the documented form.

    ``values`` have the ``fault``, one of ``FAULTS``, with the ``path`` of what is wrong in the JSON
    and its ``value``, shortened, or with an ``amount`` (text), as far as they are known.
    """

    #: Nothing there; not of its kind; amounts of several currencies, or of none; a converted amount
    #: of another sign; an amount that its currency cannot have.
    FAULTS = ("missing", "form", "currency", "signs", "decimals")
