"""How often a request is sent, for how long, and when none is sent any more."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
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
#: Seconds in which a whole answer must come, repeats included. Odoo ends a worker of the scheduler
#: that takes more than 120 s (``limit_time_real``): its slice has 10 s before, and 10 s may be a
#: wait for a token.
LONGEST_JSON = 60
LONGEST_FILE = 90
#: Seconds after which a request is not repeated.
REPEATED_WITHIN = 20
#: So many different requests in a row must remain unanswered before none is sent any more.
UNANSWERED = 3

_WORTH_REPEATING = (Unreachable, ServerFailure, WrongAnswer)


class Sender:
    """Sends requests as the budget allows; ``requests`` counts them.

    Once the key was refused, or several requests in a row remained unanswered, every call raises
    that and sends nothing.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._unanswered: set[str] = set()
        self._end: RemoteError | None = None
        self.requests = 0

    def send(
        self,
        request: str,
        ask: Callable[[float], Value],
        seconds: float,
        can_ask_for_less: bool = False,
    ) -> Value:
        """Send until it is answered, at most ``ATTEMPTS`` times, and while little time was spent.

        :param request: what tells it from others
        :param ask: called with the moment at which its answer must have come
        :param seconds: how long that is from now
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
        for attempt in range(1, ATTEMPTS):
            try:
                return self._send(ask, begun + seconds)
            except _WORTH_REPEATING as error:
                is_late = time.monotonic() - begun >= REPEATED_WITHIN
                if is_late or (can_ask_for_less and isinstance(error, TooSlow)):
                    raise
            self._budget.pause(random.uniform(0.1, 0.5) * 2**attempt)  # noqa: S311  (jitter)
            self._budget.take()
        return self._send(ask, begun + seconds)

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
