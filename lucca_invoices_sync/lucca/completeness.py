"""Which part of Lucca's list must be read, so that no approved document is missing.

Approved documents stay on Lucca's approved list, so counting proves completeness: when Lucca counts
as many since the start date as we know, nothing is missing, whenever it was approved. Else the latest
moment is sought before which nothing is missing, and the list is read from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

#: Windows that are tried, latest first; the first begins this much before the last synchronisation.
OVERLAP = timedelta(hours=1)
LADDER = tuple(timedelta(days=days) for days in (1, 7, 30, 90, 365))
#: How far back a list is read whose server does not count.
UNCOUNTED = timedelta(days=90)
#: A window is not narrowed below this.
NARROWEST = timedelta(minutes=1)
#: Times that the whole list is read by one survey because documents come meanwhile.
ROUNDS = 3


@dataclass(frozen=True)
class Count:
    """Ask Lucca how many approved documents were created ``since`` then."""

    since: datetime


@dataclass(frozen=True)
class Listing:
    """Read the list of the documents created ``since`` then; ``is_whole`` from the start date on.

    After a whole one, documents that were not seen are no longer approved.
    """

    since: datetime
    is_whole: bool


@dataclass(frozen=True)
class Finished:
    """Nothing more to read now: ``known`` documents, and ``missing`` that Lucca counts but not lists.

    ``missing`` is None where the server does not count: completeness is not proven then. It
    ``is_settled`` unless documents came and went too fast: the next synchronisation looks again.
    """

    known: int
    missing: int | None
    is_settled: bool = True


Step = Count | Listing | Finished


@dataclass
class Survey:
    """What is learnt by counting and listing: ask ``next_step``, do it, tell, ask again.

    It may be interrupted between any two of these and go on from what ``as_json`` gave.

    :param start: documents created before it do not count
    :param last: when the list was last read, None for the first time
    :param known: how many documents of ours were created at a moment or later; those without a
        date of creation count at ``start`` only
    :param unlisted: how many documents an earlier synchronisation found counted but not listed
    :param is_audit: read all of the list, whatever the counts
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
    _is_doubtful: bool = False

    def next_step(self) -> Step:
        """The next thing to do; ``Finished`` at the latest after a few rounds."""
        if self.is_audit and self._listed != self.start:
            return Listing(self.start, is_whole=True)
        if self.start not in self._counts:
            return Count(self.start)
        if self._counts[self.start] is None:
            return self._uncounted()
        is_again = self._is_doubtful and len(self._whole) < ROUNDS
        missing = self._missing()
        if not is_again and (missing == 0 or self._is_doubtful):
            unlisted = missing + self.unlisted
            known = (self._counts[self.start] or 0) - unlisted
            return Finished(known, unlisted, is_settled=not self._is_doubtful)
        if is_again or missing < 0 or self._listed == self.start or not self.known(self.start):
            return Listing(self.start, is_whole=True)
        window = self._window()
        return window if isinstance(window, Count) else Listing(window, window == self.start)

    def counted(self, since: datetime, count: int | None) -> None:
        """Tell the answer of a ``Count``."""
        self._counts[since] = count

    def as_json(self) -> dict[str, Any]:
        """All that it knows but ``known``, as JSON: it outlives the process that counted."""
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
            "is_doubtful": self._is_doubtful,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any], known: Callable[[datetime], int]) -> Survey:
        """The survey that ``as_json`` described, however long ago.

        What came and went meanwhile, the next survey finds: it counts anew.
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
            _is_doubtful=value["is_doubtful"],
        )

    def restore(self, value: dict[str, Any]) -> None:
        """Be again as ``as_json`` described, where what was learnt since did not last."""
        self.__dict__.update(Survey.from_json(value, self.known).__dict__)

    def listed(self, since: datetime, unseen: int = 0) -> bool:
        """Tell that a ``Listing`` was read to its end.

        Where documents left the list meanwhile, others moved to pages that were read already: it
        is doubtful then, and read again.

        :param unseen: how many known documents a whole listing did not show
        :return: whether these are withdrawn: as many were shown as Lucca counts, or the same as
            by the whole listing before. Where all that is known was shown, and as many were not
            shown as Lucca never lists, that settles it, too.
        """
        self._listed = min(since, self._listed or since)
        self._is_doubtful, self._shrinks = self._shrinks, False
        count = self._counts.get(self.start)
        if since != self.start or count is None:
            return False
        shown = self.known(self.start) - unseen
        is_expected = not unseen and count - shown == self.unlisted
        is_settled = count == shown or is_expected or (count, shown) in self._whole[-1:]
        self._whole.append((count, shown))
        self._is_doubtful = self._is_doubtful or not is_settled
        if not self._is_doubtful:
            self.unlisted = count - shown
        return not self._is_doubtful

    def is_enough(self, since: datetime, count: int | None) -> bool:
        """Whether the pages read so far of a window hold all that was missing.

        :param count: what the last page says of how many documents the whole window has
        """
        total, before = self._counts.get(self.start), self._counts.get(since)
        if count is None:
            if total is not None:
                del self._counts[self.start]
            return False
        self._shrinks = self._shrinks or (before is not None and count < before)
        if since == self.start:
            self._counts[since] = count
        elif total is None or before is None:
            return False  # nothing was counted before this window was read
        else:
            self._counts[since], self._counts[self.start] = count, total - before + count
        return self._missing() == 0 and not self._shrinks

    # --- inside

    def _uncounted(self) -> Step:
        if self._listed is not None:
            return Finished(self.known(self.start), None)
        since = self.start if self.last is None else max(self.start, self.last - UNCOUNTED)
        return Listing(since, since == self.start)

    def _missing(self) -> int:
        return (self._counts[self.start] or 0) - self.known(self.start) - self.unlisted

    def _window(self) -> Count | datetime:
        """The latest moment before which nothing is missing, or the count that tells more."""
        bad = self.now
        for since in self._ladder():
            if since not in self._counts:
                return Count(since)
            if self._is_good(since):
                return self._narrowed(since, bad)
            bad = since
        return self._narrowed(self.start, bad)

    def _ladder(self) -> list[datetime]:
        steps = [self.now - age for age in LADDER]
        if self.last:
            steps.append(self.last - OVERLAP)
        latest = self._listed or self.now
        return sorted((step for step in steps if self.start < step < latest), reverse=True)

    def _is_good(self, since: datetime) -> bool:
        """Whether nothing is missing before ``since``, unless Lucca never lists it."""
        lucca = (self._counts[self.start] or 0) - (self._counts[since] or 0)
        return 0 <= lucca - (self.known(self.start) - self.known(since)) <= max(self.unlisted, 0)

    def _narrowed(self, good: datetime, bad: datetime) -> Count | datetime:
        """Halve the time between a good and a bad moment while that saves more than it costs."""
        while bad in self._counts and bad - good > NARROWEST:
            pages = ((self._counts[good] or 0) - (self._counts[bad] or 0)) / self.page_size
            middle = good + (bad - good) / 2
            middle = middle.replace(microsecond=0)
            if pages <= 2 or middle <= good:
                break
            if middle not in self._counts:
                return Count(middle)
            good, bad = (middle, bad) if self._is_good(middle) else (good, middle)
        return good


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
