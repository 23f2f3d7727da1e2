"""Learn what a server gives beside the items of a list: its count, and the cursor of the next page.

Lucca documents this question for one of its lists only. A server may refuse the question or ignore
it, so the addon learns from the answers what works.
"""

from __future__ import annotations

from collections.abc import Callable

from .errors import RequestRefused
from .paging import Answer

BOTH, COUNT, NOTHING = "count,next", "count", "none"
#: The values of ``fields.root`` to ask with in turn, by what is known to work.
_QUESTIONS = {
    "": (BOTH, COUNT, ""),
    BOTH: (BOTH, COUNT),
    COUNT: (COUNT, ""),
    NOTHING: ("",),
}


class RootFields:
    """Learns which ``fields.root`` a server answers.

    ``known`` is the value that works, "none" if none does, and empty if that is not known.
    """

    def __init__(self, known: str = "") -> None:
        self.known = known if known in _QUESTIONS else ""

    def learn_again(self) -> None:
        """Forget that no value works: the server may have failed to count for a moment only."""
        if self.known == NOTHING:
            self.known = ""

    def ask(self, ask: Callable[[str], Answer]) -> Answer:
        """Return the first answer that has a count, or any answer if none has.

        :param ask: sends the request with a value of ``fields.root``, without it if that is empty
        """
        questions, answer = _QUESTIONS[self.known], None
        for fields in questions:
            if answer and not fields:
                break  # asking without fields.root gives no more than the answer that came
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
        assert answer  # without any answer, the last question raised an error
        self.known = NOTHING
        return answer
