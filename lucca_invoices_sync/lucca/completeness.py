"""Decide which part of Lucca's list must be read so that no approved document is missing.

Approved documents stay on Lucca's approved list, so counting proves completeness: if Lucca counts
as many documents since the start date as are known here, none is missing, whenever it was approved.
If not, the survey looks for the latest moment before which nothing is missing, and the list is read
from that moment on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

#: One of the windows that are tried begins this long before the last synchronisation.
OVERLAP = timedelta(hours=1)
#: The other windows begin this long ago. The latest window is tried first.
LADDER = tuple(timedelta(days=days) for days in (1, 7, 30, 90, 365))
#: If a server does not count, the list is read from this long before the last synchronisation.
UNCOUNTED = timedelta(days=90)
#: The search for the beginning of a window stops at this precision.
NARROWEST = timedelta(minutes=1)
#: One survey reads the whole list at most this often when documents come and go meanwhile.
MOST_WHOLE_LISTINGS = 3


@dataclass(frozen=True)
class Count:
    """A task: ask Lucca how many approved documents were created at ``since`` or later."""

    since: datetime


@dataclass(frozen=True)
class Listing:
    """A task: read the list of the approved documents that were created at ``since`` or later.

    ``is_whole`` says that this is the start date. Known documents that a whole listing does not
    show may have been withdrawn: ``Survey.record_listing`` returns whether they were.
    """

    since: datetime
    is_whole: bool


@dataclass(frozen=True)
class Finished:
    """The answer in place of a task: the survey has ended, and there is nothing more to read now.

    ``known`` is the number of known documents. ``missing`` is the number of documents that Lucca
    counts but does not list; it is None if the server does not count, and completeness is not
    proven then. ``is_settled`` is False if documents came and went too fast: the next
    synchronisation looks again.
    """

    known: int
    missing: int | None
    is_settled: bool = True


Task = Count | Listing | Finished


@dataclass
class Survey:
    """The search for missing documents by counting and listing.

    Ask for the ``next_task``, do it, report the result by ``record_count`` or ``record_listing``, and
    ask again until it is ``Finished``. While a list is read, report each page by ``record_page``;
    when it ``is_enough``, the other pages need not be read. ``as_json`` and ``from_json`` let another
    process go on after any call.

    :param start: documents created before this moment do not count
    :param last: when the list was last read, None if it never was
    :param known: returns how many known documents were created at a moment or later; those without
        a date of creation count at ``start`` only
    :param unlisted: how many documents Lucca counted but did not list in an earlier synchronisation
    :param is_audit: read the whole list, whatever the counts say
    """

    start: datetime
    now: datetime
    last: datetime | None
    known: Callable[[datetime], int]
    unlisted: int = 0
    is_audit: bool = False
    page_size: int = 100
    _counts: dict[datetime, int | None] = field(default_factory=dict)
    _listed: datetime | None = None
    _whole: list[tuple[int, int]] = field(default_factory=list)
    _shrinks: bool = False
    _is_outdated: bool = False
    _is_doubtful: bool = False

    def next_task(self) -> Task:
        """Return what to do next; it is ``Finished`` after a few whole listings at the latest."""
        if self.is_audit and self._listed != self.start:
            return Listing(self.start, is_whole=True)
        if self.start not in self._counts:
            return Count(self.start)
        if self._counts[self.start] is None:
            return self._task_without_count()
        is_last = len(self._whole) >= MOST_WHOLE_LISTINGS
        is_again = self._is_doubtful and not is_last
        missing = self._missing()
        if is_last or (missing == 0 and not is_again):
            unlisted = missing + self.unlisted
            # It is ``known(self.start)``. ``_missing`` has asked the database for it, so it is not asked again.
            known = (self._counts[self.start] or 0) - unlisted
            is_settled = missing == 0 and not self._is_doubtful
            return Finished(known, unlisted, is_settled)
        if is_again or missing < 0 or self._listed == self.start or not self.known(self.start):
            return Listing(self.start, is_whole=True)
        window = self._window()
        return window if isinstance(window, Count) else Listing(window, window == self.start)

    def record_count(self, since: datetime, count: int | None) -> None:
        """Record the answer to a ``Count``; ``count`` is None if the server does not count."""
        self._counts[since] = count

    def as_json(self) -> dict[str, Any]:
        """Return the whole survey but ``known`` as JSON, which outlives the process that counted."""
        return {
            "start": self.start.isoformat(),
            "now": self.now.isoformat(),
            "last": _text(self.last),
            "unlisted": self.unlisted,
            "is_audit": self.is_audit,
            "page_size": self.page_size,
            "counts": [[since.isoformat(), count] for since, count in self._counts.items()],
            "listed": _text(self._listed),
            "whole": [list(listing) for listing in self._whole],
            "shrinks": self._shrinks,
            "is_outdated": self._is_outdated,
            "is_doubtful": self._is_doubtful,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any], known: Callable[[datetime], int]) -> Survey:
        """Return the survey that ``as_json`` described, however long ago.

        The next survey finds the documents that came or went since then: it counts anew.
        """
        moment = datetime.fromisoformat
        return cls(
            start=moment(value["start"]),
            now=moment(value["now"]),
            last=_moment(value["last"]),
            known=known,
            unlisted=value["unlisted"],
            is_audit=value["is_audit"],
            page_size=value["page_size"],
            _counts={moment(since): count for since, count in value["counts"]},
            _listed=_moment(value["listed"]),
            _whole=[(count, shown) for count, shown in value["whole"]],
            _shrinks=value["shrinks"],
            _is_outdated=value["is_outdated"],
            _is_doubtful=value["is_doubtful"],
        )

    def restore(self, value: dict[str, Any]) -> None:
        """Go back to the state that ``as_json`` described, because the work since is done again."""
        former = Survey.from_json(value, self.known)
        for one in fields(self):
            setattr(self, one.name, getattr(former, one.name))

    def record_listing(self, since: datetime, unseen: int = 0, unread: int = 0) -> bool:
        """Record that a ``Listing`` was read to its end.

        If documents left the list during the reading, others moved to pages that had been read
        already. Such a listing is doubtful, and the list is read again.

        :param unseen: how many known documents a whole listing did not show
        :param unread: how many documents of a listing could not be read. The unseen ones may be among them,
            so none is withdrawn, and what the counts differ by is expected until the next whole listing
        :return: whether the unseen documents are withdrawn. They are if the listing showed as many
            documents as Lucca counts, or if the whole listing before it gave the same two numbers.
            Pages without a count do not show whether documents left the list: then only the latter
            counts. A listing that shows all known documents is also settled if it lacks only as many
            as Lucca never lists.
        """
        # Earlier windows have the same unread documents, so the whole list is read next.
        self._listed = self.start if unread else min(since, self._listed or since)
        self._is_doubtful = self._shrinks
        self._shrinks = False  # of the next listing, no page was read yet
        count, is_outdated = self._counts.get(self.start), self._is_outdated
        if is_outdated:
            del self._counts[self.start]  # so Lucca is asked for it again
            self._is_outdated = False
        if count is None:
            self._is_doubtful = self._is_doubtful or bool(unseen)
        if since != self.start or count is None:
            return False
        shown = self.known(self.start) - unseen
        is_expected = not unseen and count - shown == self.unlisted
        is_equal = count == shown and not (is_outdated and unseen)
        is_explained = unread > 0 and count - shown - unread in (0, self.unlisted)
        is_again = (count, shown) in self._whole[-1:]
        is_settled = is_equal or is_expected or is_explained or is_again
        self._whole.append((count, shown))
        if is_outdated and not (is_settled or unseen):
            return False  # documents may have come since the count: the next one tells
        self._is_doubtful = self._is_doubtful or not is_settled
        if not self._is_doubtful:
            self.unlisted = count - shown - (unseen if unread else 0)
        return not (self._is_doubtful or unread)

    def record_page(self, since: datetime, count: int | None) -> None:
        """Record the count that a page of a listing gives.

        :param since: the beginning of the window that is being read
        :param count: how many documents the whole window has. None if the page does not say so: the count
            from before the listing then becomes outdated
        """
        total, before = self._counts.get(self.start), self._counts.get(since)
        if count is None:
            self._is_outdated = total is not None
            return
        if before is not None and count < before:
            self._shrinks = True
        if since == self.start:
            self._counts[since] = count
        elif total is not None and before is not None:
            self._counts[since], self._counts[self.start] = count, total - before + count

    def is_enough(self, since: datetime) -> bool:
        """Return whether the pages read so far hold all that was missing.

        Without a count from before the reading there is nothing to compare, and it is False.
        """
        if self._counts.get(self.start) is None or self._counts.get(since) is None:
            return False
        return self._missing() == 0 and not (self._shrinks or self._is_outdated)

    # --- inside

    def _task_without_count(self) -> Task:
        if self._listed is not None:
            return Finished(self.known(self.start), None)
        since = self.start if self.last is None else max(self.start, self.last - UNCOUNTED)
        return Listing(since, since == self.start)

    def _missing(self) -> int:
        return (self._counts[self.start] or 0) - self.known(self.start) - self.unlisted

    def _window(self) -> Count | datetime:
        """Return the latest moment before which nothing is missing, or the count to ask for next."""
        bad = self.now
        for since in self._ladder():
            if since not in self._counts:
                return Count(since)
            if self._is_complete_before(since):
                return self._narrowed(since, bad)
            bad = since
        return self._narrowed(self.start, bad)

    def _ladder(self) -> list[datetime]:
        moments = [self.now - age for age in LADDER]
        if self.last:
            moments.append(self.last - OVERLAP)
        latest = self._listed or self.now
        return sorted((one for one in moments if self.start < one < latest), reverse=True)

    def _is_complete_before(self, since: datetime) -> bool:
        """Return whether nothing is missing before ``since`` but what Lucca never lists."""
        lucca = (self._counts[self.start] or 0) - (self._counts[since] or 0)
        return 0 <= lucca - (self.known(self.start) - self.known(since)) <= max(self.unlisted, 0)

    def _narrowed(self, good: datetime, bad: datetime) -> Count | datetime:
        """Return a good moment as near as possible to a bad one, or the count to ask for next.

        Nothing is missing before a good moment, and something is missing before a bad one. The time
        between them is halved while the pages that this saves are worth the count that it costs.
        """
        while bad in self._counts and bad - good > NARROWEST:
            pages = ((self._counts[good] or 0) - (self._counts[bad] or 0)) / self.page_size
            middle = good + (bad - good) / 2
            middle = middle.replace(microsecond=0)
            if pages <= 2 or middle <= good:
                break
            if middle not in self._counts:
                return Count(middle)
            good, bad = (middle, bad) if self._is_complete_before(middle) else (good, middle)
        return good


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
