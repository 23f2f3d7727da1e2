"""How fast requests may follow each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from .errors import MustWait

#: A wait up to this is slept; a longer one is given back to the caller (seconds).
LONGEST_SLEEP = 5.0


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
    """Where a bucket is kept."""

    def change(self, function: Callable[[Bucket | None], Bucket]) -> None:
        """Replace the bucket by what ``function`` makes of it, with nobody in between."""


class Memory:
    """A bucket of its own, for as long as it lives."""

    def __init__(self) -> None:
        self._bucket: Bucket | None = None

    def change(self, function: Callable[[Bucket | None], Bucket]) -> None:
        self._bucket = function(self._bucket)


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
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._per_minute = per_minute
        self._keeper = keeper or Memory()
        self._clock, self._sleep = clock or time.time, sleep or time.sleep

    def take(self) -> None:
        """Take a token, sleeping for it if that is short; raise ``MustWait`` otherwise."""
        slept = 0.0
        while wait := self._take():
            if slept + wait > LONGEST_SLEEP:
                raise MustWait(wait)
            self._sleep(wait)
            slept += wait

    def block(self, seconds: float) -> None:
        """Have nobody send for so long."""
        until = self._clock() + seconds
        self._keeper.change(
            lambda bucket: replace(
                bucket or self._full(),
                blocked_until=max(until, bucket.blocked_until if bucket else 0),
            )
        )

    def pause(self, seconds: float) -> None:
        """Sleep before a request is repeated."""
        self._sleep(seconds)

    def _take(self) -> float:
        wait = 0.0

        def change(bucket: Bucket | None) -> Bucket:
            nonlocal wait
            bucket, wait = (bucket or self._full()).take(self._clock(), self._per_minute)
            return bucket

        self._keeper.change(change)
        return wait

    def _full(self) -> Bucket:
        return Bucket(_capacity(self._per_minute), self._clock())


def _capacity(per_minute: int) -> float:
    return max(per_minute / 4, 1.0)
