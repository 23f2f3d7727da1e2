"""Which dates a document can have."""

from __future__ import annotations

from datetime import date, timedelta

#: Lucca was founded in 2002: what it receives was issued since 2000, or its date was misread.
FIRST = date(2000, 1, 1)
#: VAT is deducted until the end of the second year that follows (France: CGI, annexe II, article
#: 208): an older document is looked at before it is posted.
USUALLY_BACK = timedelta(days=1096)
#: A document is dated ahead by weeks (a rent, a renewal), and looked at where it is by more.
USUALLY_AHEAD = timedelta(days=31)
#: By more than half a year it cannot be: another year was read, or day and month were exchanged.
FURTHEST_AHEAD = timedelta(days=183)
#: Payment is due within 60 days in the European Union (directive 2011/7, article 3). Instalments
#: and guarantees may take longer, up to two years.
LONGEST_TERM = timedelta(days=731)


def is_possible_date(day: date, received: date) -> bool:
    """Whether a document that Lucca received on a day may have been issued on this one."""
    return day >= FIRST and day - received <= FURTHEST_AHEAD


def is_usual_date(day: date, received: date) -> bool:
    """Whether nobody needs to look at the date of a document that Lucca received on a day."""
    return -USUALLY_BACK <= day - received <= USUALLY_AHEAD


def is_possible_due_date(day: date, received: date) -> bool:
    """Whether a document that Lucca received on a day may be payable on this one."""
    return day >= FIRST and day - received <= LONGEST_TERM
