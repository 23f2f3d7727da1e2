"""Decide which dates of a document are possible, and which are usual."""

from __future__ import annotations

from datetime import date, timedelta

#: Lucca was founded in 2002: a document that it receives has no date before 2000, unless misread.
FIRST = date(2000, 1, 1)
#: In France VAT is deducted until 31 December of the second year that follows (CGI, annexe II, article
#: 208). A person looks at an older document before it is posted, in any country: other countries give
#: longer, but such a document is unusual there, too.
USUAL_YEARS_BACK = 2
#: Some documents are dated weeks ahead (a rent, a renewal). A person looks at one dated further ahead.
USUALLY_AHEAD = timedelta(days=31)
#: A date more than half a year ahead was misread: another year, or day and month exchanged.
FURTHEST_AHEAD = timedelta(days=183)
#: Payment is due within 60 days in the European Union (directive 2011/7, article 3). Instalments
#: and guarantees may take longer, up to two years.
LONGEST_TERM = timedelta(days=731)
#: Some invoices come after the payment: a direct debit, a deposit, a rent or subscription that is due when
#: its period begins. The longest usual period is a quarter. A wrong year is further away.
USUALLY_PAID_BEFORE = timedelta(days=92)


def is_possible_date(day: date, received: date) -> bool:
    """Return whether a document can be dated ``day`` when Lucca received it on ``received``."""
    return day >= FIRST and day - received <= FURTHEST_AHEAD


def sure_day(day: date | None, received: date) -> date | None:
    """Return the date of a document received on ``received``; None if it is missing, or if it cannot be."""
    return day if day and is_possible_date(day, received) else None


def is_usual_date(day: date, received: date) -> bool:
    """Return whether nobody needs to look at the date of a document received on ``received``."""
    return not is_old(day, received) and day - received <= USUALLY_AHEAD


def is_old(day: date, received: date) -> bool:
    """Return whether the VAT of a document dated ``day`` may be too old to be deducted when it was received."""
    return received.year - day.year > USUAL_YEARS_BACK


def is_possible_due_date(day: date, received: date) -> bool:
    """Return whether a document that Lucca received on ``received`` can be payable on ``day``."""
    return day >= FIRST and day - received <= LONGEST_TERM


def due_by_term(document_date: date | None, days: int | None, received: date) -> date | None:
    """Return the due date of a document that says none, by the payment term of its supplier.

    It is None if the term or the document date is not known, or if one of them is impossible.

    :param days: the payment term, in days after the document date
    """
    if document_date is None or days is None:
        return None
    is_usable = 0 <= days <= LONGEST_TERM.days and is_possible_date(document_date, received)
    return document_date + timedelta(days) if is_usable else None


def is_due_long_before(day: date, document_date: date) -> bool:
    """Return whether a document was payable on ``day``, unusually long before it was written."""
    return document_date - day > USUALLY_PAID_BEFORE
