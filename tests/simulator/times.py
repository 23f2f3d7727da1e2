"""Lucca's date-times (seven fractional digits), and the clock that a tenant lives by."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone

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
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class VirtualClock(Clock):
    """A time that stands still until told otherwise; sleeping costs nothing."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    advance = sleep
