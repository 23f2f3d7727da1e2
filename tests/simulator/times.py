"""Lucca's date-times (seven fractional digits), and the clock of a tenant."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from threading import RLock
from typing import Any

_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_text(moment: datetime | str) -> str:
    """Return a moment as Lucca writes it. A text stays as it is; a naive moment is UTC."""
    if isinstance(moment, str):
        return moment
    return as_utc(moment).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0+00:00"


def as_utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc)


def to_ticks(text: str) -> int:
    """Return ticks of 100 ns since 1970, so that the seventh digit counts. Raise ValueError without an offset."""
    match = _DATE_TIME.fullmatch(text)
    if not match:
        raise ValueError("not a date-time with an offset or Z")
    seconds, fraction, zone = match.groups()
    moment = datetime.fromisoformat(seconds + zone.replace("Z", "+00:00"))
    whole = (moment - _EPOCH) // timedelta(seconds=1)
    return whole * 10**7 + int((fraction or "").ljust(7, "0")[:7])


class Clock:
    """The real time.

    byte_seconds: the seconds that each byte of an endless answer takes.
    """

    byte_seconds = 0.1

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class VirtualClock(Clock):
    """A time that moves only when something sleeps. Sleeping takes no real time.

    Any thread may advance it: the sleeps of two threads add up.

    observers: called with the new time at each advance, in the thread that advances. No other
    thread can read or move the clock then, so an observer must not wait for another thread.
    """

    byte_seconds = 5.0

    def __init__(self, start: datetime) -> None:
        self.observers: list[Callable[[datetime], Any]] = []
        self._now = start
        # An observer may read the clock, too.
        self._lock = RLock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += timedelta(seconds=seconds)
            for observer in list(self.observers):
                observer(self._now)

    advance = sleep
