"""Limit how fast requests follow each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from .errors import MustWait

#: Seconds that are slept at once; then the bucket is looked at again.
LONGEST_SLEEP = 5.0
#: A wait up to this many seconds is slept; the caller gets a longer one as ``MustWait``. At 6
#: requests a minute the next token is 10 s away; the rest is for a sleep that ends a little late.
LONGEST_WAIT = 10.5


@dataclass(frozen=True)
class Bucket:
    """A token bucket at the moment ``at``; moments are seconds since 1970.

    No request may be sent before ``blocked_until``, because Lucca asked for a pause.
    """

    tokens: float
    at: float
    blocked_until: float = 0.0

    def take(self, now: float, per_minute: int) -> tuple[Bucket, float]:
        """Return the bucket without one token and 0, or the bucket as it is and the seconds to wait."""
        if now < self.blocked_until:
            return self, self.blocked_until - now
        if per_minute <= 0:
            return self, 0.0
        rate, full = per_minute / 60, _capacity(per_minute)
        tokens = min(full, self.tokens + max(0.0, now - self.at) * rate)
        # A billionth less is enough. A caller that waited as told must get the token, although the
        # sum of binary fractions may be a little below 1.
        if tokens < 1 - 1e-9:
            return replace(self, tokens=tokens, at=now), (1 - tokens) / rate
        return replace(self, tokens=tokens - 1, at=now), 0.0


class Keeper(Protocol):
    """A place that keeps a bucket and has a clock, one for all processes that share the bucket."""

    def change(self, function: Callable[[Bucket | None, float], Bucket]) -> None:
        """Replace the bucket by the result of ``function``; no other process changes it meanwhile.

        :param function: takes the bucket, None if there is none yet, and the moment (seconds since
            1970)
        """


class MemoryKeeper:
    """A keeper in memory, whose bucket is shared with no other process."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._bucket: Bucket | None = None
        self._clock = clock or time.time

    def change(self, function: Callable[[Bucket | None, float], Bucket]) -> None:
        self._bucket = function(self._bucket, self._clock())


class Budget:
    """A budget of ``per_minute`` requests; 0 means no pacing.

    A minute may use a full bucket and its refill. Together they are a quarter more than
    ``per_minute``, or one more if a quarter is less than one. With the default of 40, this is
    Lucca's documented limit of 50 requests per 60 s and tenant.
    """

    def __init__(
        self,
        per_minute: int,
        keeper: Keeper | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._per_minute = per_minute
        self._keeper = keeper or MemoryKeeper()
        self._sleep = sleep or time.sleep

    def take(self) -> None:
        """Take a token. Sleep until there is one, or raise ``MustWait`` if that takes too long."""
        slept = 0.0
        while wait := self._take():
            if slept + wait > LONGEST_WAIT:
                raise MustWait(wait)
            self._sleep(min(wait, LONGEST_SLEEP))
            slept += min(wait, LONGEST_SLEEP)

    def block(self, seconds: float) -> None:
        """Keep all who share the bucket from sending requests for this many seconds."""

        def change(bucket: Bucket | None, now: float) -> Bucket:
            bucket = bucket or self._full(now)
            return replace(bucket, blocked_until=max(now + seconds, bucket.blocked_until))

        self._keeper.change(change)

    def pause(self, seconds: float) -> None:
        """Sleep before a request is repeated."""
        self._sleep(seconds)

    def _take(self) -> float:
        wait = 0.0

        def change(bucket: Bucket | None, now: float) -> Bucket:
            nonlocal wait
            bucket, wait = (bucket or self._full(now)).take(now, self._per_minute)
            return bucket

        self._keeper.change(change)
        return wait

    def _full(self, now: float) -> Bucket:
        return Bucket(_capacity(self._per_minute), now)


def _capacity(per_minute: int) -> float:
    return max(per_minute / 4, 1.0)
