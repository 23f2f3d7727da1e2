"""What a server gives beside the items of a list: its count, and the cursor of the next page.

That both may be asked for is documented for one list of Lucca's only. A server may refuse the
question or ignore it, so what works is learnt.
"""

from __future__ import annotations

from collections.abc import Callable

from .errors import RequestRefused
from .paging import Answer

BOTH, COUNT, NOTHING = "count,next", "count", "none"
#: What is asked for in turn, by what is known: one other question at most where that is something.
_QUESTIONS = {
    "": (BOTH, COUNT, ""),
    BOTH: (BOTH, COUNT),
    COUNT: (COUNT, ""),
    NOTHING: ("",),
}


class RootFields:
    """``known`` is what works: "count,next", "count" or "none"; empty where nothing is known."""

    def __init__(self, known: str = "") -> None:
        self.known = known if known in _QUESTIONS else ""

    def ask(self, ask: Callable[[str], Answer]) -> Answer:
        """The first answer that has a count, else any; ``ask`` is given what to ask for."""
        questions, answer = _QUESTIONS[self.known], None
        for fields in questions:
            if answer and not fields:
                break  # it is no better
            try:
                answer = ask(fields)
            except RequestRefused as error:
                is_last = fields == questions[-1] and not answer
                if is_last or error.values.get("status") != 400:
                    raise
            else:
                if answer.count is not None:
                    self.known = fields or NOTHING
                    return answer
        assert answer  # the last question is answered, or it raised
        self.known = NOTHING
        return answer
