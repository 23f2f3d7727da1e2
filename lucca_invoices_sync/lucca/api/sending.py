"""Decide how often and how long a request is tried, and when no request is sent any more."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from .budget import Budget
from .errors import (
    MustWait,
    Offline,
    RemoteError,
    ServerFailure,
    TooSlow,
    Unreachable,
    WrongAnswer,
    WrongKey,
)

Value = TypeVar("Value")

ATTEMPTS = 3
#: Seconds in which a whole answer must come, connecting and repeats included. Before the request, a worker of
#: Odoo's scheduler may have slept for 70 s, worked for the 10 s of its slice, and waited 10 s for a token. Odoo ends
#: it after ``limit_time_real_cron``, for which ``docs/administrators.md`` recommends more than the sum.
LONGEST_JSON = 60
LONGEST_FILE = 90
#: A request is not repeated any more when it was first sent this many seconds ago.
REPEATED_WITHIN = 20
#: After this many different requests in a row without an answer, none is sent any more.
UNANSWERED = 3

_WORTH_REPEATING = (Unreachable, ServerFailure, WrongAnswer)


class Sender:
    """Sends requests as the budget allows; ``requests`` counts them.

    Once the key was refused or several requests in a row got no answer, every call raises that
    error and sends nothing.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._unanswered: set[str] = set()
        self._end: RemoteError | None = None
        self._latest = math.inf
        self.requests = 0

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give all requests within the block so many seconds together."""
        self._latest = time.monotonic() + seconds
        try:
            yield
        finally:
            self._latest = math.inf

    def send(
        self,
        request: str,
        ask: Callable[[float], Value],
        seconds: float,
        can_ask_for_less: bool = False,
    ) -> Value:
        """Return the answer to a request, sent at most ``ATTEMPTS`` times while little time has passed.

        :param request: a text that tells this request from others
        :param ask: sends it; takes the moment (``time.monotonic``) at which the answer must be there
        :param seconds: how long the answer may take, repeats included
        :param can_ask_for_less: the caller reacts to ``TooSlow`` with a smaller request, so the same
            one is not repeated
        """
        if self._end:
            raise self._end.with_traceback(None)
        try:
            return self._repeat(ask, seconds, can_ask_for_less)
        except Unreachable as error:
            self._unanswered.add(request)
            if len(self._unanswered) < UNANSWERED:
                raise
            self._end = Offline()
            raise self._end from error

    def _repeat(
        self, ask: Callable[[float], Value], seconds: float, can_ask_for_less: bool
    ) -> Value:
        self._budget.take()
        begun = time.monotonic()
        end = min(begun + seconds, self._latest)
        for attempt in range(1, ATTEMPTS):
            try:
                return self._send(ask, end)
            except _WORTH_REPEATING as error:
                is_late = time.monotonic() >= min(begun + REPEATED_WITHIN, end)
                if is_late or (can_ask_for_less and isinstance(error, TooSlow)):
                    raise
            self._budget.pause(random.uniform(0.1, 0.5) * 2**attempt)  # noqa: S311  (jitter)
            self._budget.take()
        return self._send(ask, end)

    def _send(self, ask: Callable[[float], Value], end: float) -> Value:
        self.requests += 1
        try:
            answer = ask(end)
        except Unreachable:
            raise
        except RemoteError as error:
            self._unanswered.clear()  # an error is an answer, too
            if isinstance(error, MustWait):
                self._budget.block(error.seconds)
            if isinstance(error, WrongKey):
                self._end = error
            raise
        self._unanswered.clear()
        return answer
