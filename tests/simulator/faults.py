"""Intended faults: errors, broken answers, slowness, an exhausted request budget."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from threading import Lock
from typing import Any

from .damages import DAMAGES
from .messages import Answer, Call, ProblemError, html_answer, json_answer, title
from .times import Clock

# The forms in which Lucca, or a proxy before it, writes an error.
BODIES: dict[str, Callable[[int, str], Answer]] = {
    "problem": lambda status, path: ProblemError(status, "A simulated fault.").answer(path),
    "old": lambda status, path: json_answer({"Status": status, "Message": title(status)}, status),
    "html": lambda status, path: html_answer(status),
    "empty": lambda status, path: Answer(status),
}
# Select requests by their query.
Where = Callable[[Mapping[str, str]], Any]


@dataclass
class Fault:
    """A fault of the next `times` (None: all) requests whose path contains `path`.

    where: a condition on the query, a mapping of names to texts.
    rate: the share of these requests that it strikes, at random.
    """

    path: str = ""
    times: int | None = 1
    rate: float = 1.0
    where: Where | None = None
    delay: tuple[float, float] = (0.0, 0.0)
    status: int = 0
    body: str = "problem"
    retry_after: int | str | datetime | None = None
    damage: str = ""

    def concerns(self, call: Call) -> bool:
        return self.path in call.path and (not self.where or bool(self.where(dict(call.query))))

    def apply(self, answer: Callable[[], Answer], call: Call) -> Answer:
        """Return the failure in place of the answer, or the damaged answer."""
        if self.damage:
            return DAMAGES[self.damage](answer(), call)
        failure = BODIES[self.body](self.status, call.path)
        return replace(failure, headers=_retry_after(self.retry_after))


@dataclass
class Faults:
    """Faults that strike in the order in which they were added, and delays, which have an order of their own.

    happened: how often each status and kind of damage struck.
    """

    random: Random = field(default_factory=lambda: Random(0))
    happened: Counter[int | str] = field(default_factory=Counter)
    _failures: list[Fault] = field(default_factory=list)
    _delays: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def fail(
        self,
        status: int = 503,
        times: int | None = 1,
        path: str = "",
        body: str = "problem",
        retry_after: int | str | datetime | None = None,
        rate: float = 1.0,
        where: Where | None = None,
    ) -> None:
        """Answer an error in a form of BODIES. With a rate below 1, it strikes at random."""
        _known(body, BODIES)
        fault = Fault(path, times, rate, where, status=status, body=body, retry_after=retry_after)
        self._failures.append(fault)

    def damage(
        self,
        kind: str,
        times: int | None = 1,
        path: str = "",
        rate: float = 1.0,
        where: Where | None = None,
    ) -> None:
        """Damage a good answer in one of the ways of DAMAGES."""
        _known(kind, DAMAGES)
        self._failures.append(Fault(path, times, rate, where, damage=kind))

    def slow(
        self,
        seconds: float | Sequence[float],
        times: int | None = 1,
        path: str = "",
        rate: float = 1.0,
        where: Where | None = None,
    ) -> None:
        """Answer late, by some seconds, or by a random time between two numbers of seconds."""
        least, most = seconds if isinstance(seconds, Sequence) else (seconds, seconds)
        self._delays.append(Fault(path, times, rate, where, (float(least), float(most))))

    def clear(self) -> None:
        with self._lock:
            self._failures.clear()
            self._delays.clear()

    def delay(self, call: Call) -> float:
        fault = self._take(self._delays, call)
        return self.random.uniform(*fault.delay) if fault else 0.0

    def failure(self, call: Call) -> Fault | None:
        fault = self._take(self._failures, call)
        if fault:
            self.happened[fault.damage or fault.status] += 1
        return fault

    def _take(self, queue: list[Fault], call: Call) -> Fault | None:
        with self._lock:
            for fault in queue:
                if fault.concerns(call) and self.random.random() < fault.rate:
                    self._use(queue, fault)
                    return fault
        return None

    def _use(self, queue: list[Fault], fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            queue.remove(fault)


class Budget:
    """A limit of requests in some seconds. Beyond it, a request gets 429 until the oldest is that old."""

    def __init__(
        self,
        requests: int = 50,
        seconds: float = 60,
        clock: Clock | None = None,
        as_date: bool = False,
    ) -> None:
        self._requests = requests
        self._span = timedelta(seconds=seconds)
        self._clock = clock or Clock()
        self._as_date = as_date
        self._spent: deque[datetime] = deque()
        self._lock = Lock()

    def spend(self) -> None:
        """Count a request, or raise 429 with Retry-After if the budget is exhausted.

        A refused request is not counted.
        """
        with self._lock:
            now = self._clock.now()
            while self._spent and self._spent[0] <= now - self._span:
                self._spent.popleft()
            if len(self._spent) >= self._requests:
                raise self._problem(now)
            self._spent.append(now)

    def _problem(self, now: datetime) -> ProblemError:
        # One second is added, since Retry-After has no fractions.
        seconds = int((self._spent[0] + self._span - now).total_seconds()) + 1
        wait = now + timedelta(seconds=seconds) if self._as_date else seconds
        return ProblemError(429, "Too many requests.", None, **_retry_after(wait))


def _retry_after(wait: int | str | datetime | None) -> dict[str, str]:
    """Return the header of a pause. HTTP allows seconds and dates; any other text is sent as it is."""
    if wait is None:
        return {}
    text = format_datetime(wait, usegmt=True) if isinstance(wait, datetime) else str(wait)
    return {"Retry-After": text}


def _known(name: str, table: Collection[str]) -> None:
    if name not in table:
        raise ValueError(f"{name!r} is none of {list(table)}")
