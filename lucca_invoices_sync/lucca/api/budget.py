"""How fast requests may follow each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from .errors import MustWait

#: Seconds that are slept at once: the bucket is looked at again then.
LONGEST_SLEEP = 5.0
#: A wait up to this is slept; a longer one is given back to the caller (seconds). The next token is
#: 10 s away at 6 requests a minute; the rest is for a sleep that is a little late.
LONGEST_WAIT = 10.5


@dataclass(frozen=True)
class Bucket:
    """A token bucket at a moment; moments are seconds since 1970.

    Nobody may send before ``blocked_until``: Lucca said so.
    """

    tokens: float
    at: float
    blocked_until: float = 0.0

    def take(self, now: float, per_minute: int) -> tuple[Bucket, float]:
        """The bucket without one token and 0, or the bucket as it is and the seconds to wait."""
        if now < self.blocked_until:
            return self, self.blocked_until - now
        if per_minute <= 0:
            return self, 0.0
        rate, full = per_minute / 60, _capacity(per_minute)
        tokens = min(full, self.tokens + max(0.0, now - self.at) * rate)
        # A billionth: who waited as told must not miss the token by a rounding.
        if tokens < 1 - 1e-9:
            return replace(self, tokens=tokens, at=now), (1 - tokens) / rate
        return replace(self, tokens=tokens - 1, at=now), 0.0


class Keeper(Protocol):
    """Where a bucket is kept, and what time it is there: all who share it go by one clock."""

    def change(self, function: Callable[[Bucket | None, float], Bucket]) -> None:
        """Replace the bucket by what ``function`` makes of it, with nobody in between.

        The function is called with the bucket, None where there is none yet, and the moment
        (seconds since 1970).
        """


class Memory:
    """A bucket of its own, for as long as it lives."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._bucket: Bucket | None = None
        self._clock = clock or time.time

    def change(self, function: Callable[[Bucket | None, float], Bucket]) -> None:
        self._bucket = function(self._bucket, self._clock())


class Budget:
    """A token bucket of ``per_minute`` requests; 0 means no pacing.

    A minute can see the refill and a full bucket: a quarter more than ``per_minute``, or one more
    where that is less than one. With the default of 40 it is Lucca's documented limit of 50
    requests per 60 s and tenant.
    """

    def __init__(
        self,
        per_minute: int,
        keeper: Keeper | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._per_minute = per_minute
        self._keeper = keeper or Memory()
        self._sleep = sleep or time.sleep

    def take(self) -> None:
        """Take a token, sleeping for it if that is short; raise ``MustWait`` otherwise."""
        slept = 0.0
        while wait := self._take():
            if slept + wait > LONGEST_WAIT:
                raise MustWait(wait)
            self._sleep(min(wait, LONGEST_SLEEP))
            slept += min(wait, LONGEST_SLEEP)

    def block(self, seconds: float) -> None:
        """Have nobody send for so long."""

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
