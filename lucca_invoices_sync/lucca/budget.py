"""How fast requests may follow each other."""

from __future__ import annotations

import time
from collections.abc import Callable

from .errors import MustWait

#: A wait up to this is slept; a longer one is given back to the caller (seconds).
LONGEST_SLEEP = 5.0


class Budget:
    """A token bucket of ``per_minute`` requests; 0 means no pacing.

    A minute can see the refill and a full bucket: a quarter more than ``per_minute``, or one more
    where that is less than one. With the default of 40 it is Lucca's documented limit of 50
    requests per 60 s and tenant.
    """

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = per_minute / 60
        self._capacity = max(per_minute / 4, 1.0)
        self._tokens = self._capacity
        self._clock, self._sleep = clock, sleep
        self._at = clock()

    def take(self) -> None:
        """Take a token, sleeping for it if that is short; raise ``MustWait`` otherwise."""
        if self._rate <= 0:
            return
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            self._wait((1 - self._tokens) / self._rate)
        self._tokens -= 1

    def pause(self, seconds: float) -> None:
        """Sleep before a request is repeated."""
        self._sleep(seconds)

    def _wait(self, seconds: float) -> None:
        if seconds > LONGEST_SLEEP:
            raise MustWait(seconds)
        self._sleep(seconds)
        self._tokens = 1.0
        self._at = self._clock()
