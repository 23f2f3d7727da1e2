"""Lucca's date-times (seven fractional digits), and the clock that a tenant lives by."""

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
    """As Lucca writes it; a text stays as it is; naive is UTC."""
    if isinstance(moment, str):
        return moment
    return as_utc(moment).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0+00:00"


def as_utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc)


def to_ticks(text: str) -> int:
    """Ticks of 100 ns since 1970, so that the seventh digit counts; ValueError without offset."""
    match = _DATE_TIME.fullmatch(text)
    if not match:
        raise ValueError("not a date-time with an offset or Z")
    seconds, fraction, zone = match.groups()
    moment = datetime.fromisoformat(seconds + zone.replace("Z", "+00:00"))
    whole = (moment - _EPOCH) // timedelta(seconds=1)
    return whole * 10**7 + int((fraction or "").ljust(7, "0")[:7])


class Clock:
    """The real time.

    byte_seconds: how long an answer that never ends takes for each byte.
    """

    byte_seconds = 0.1

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class VirtualClock(Clock):
    """A time that stands still until told otherwise; sleeping costs nothing.

    Any thread may advance it: two threads that sleep add up, as if one slept after the other.

    observers: called with the new time at each advance, in the thread that advances. No other
    thread reads or moves the clock meanwhile, so an observer must not wait for one.
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
