"""Find the record of Odoo that a name in Lucca probably means: one beyond doubt, or one alike.

Names are compared by the ``key`` of a ``CompanyName``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .names import ALIKE, pairs
from .parties import Party, Verdict, are_namesakes, compare


class Names:
    """An index of names: a search does not compare a name with each of them.

    :param names: ``{id: name}``; empty names are left out
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        self._ids: dict[str, list[int]] = defaultdict(list)
        for key, name in names.items():
            if name:
                self._ids[name].append(key)
        self._sizes: dict[str, int] = {}
        self._with_pair: dict[str, list[str]] = defaultdict(list)
        for name in self._ids:
            of_name = pairs(name)
            self._sizes[name] = len(of_name)
            for pair in of_name:
                self._with_pair[pair].append(name)

    def named(self, name: str) -> list[int]:
        """Return the ids that have exactly this name."""
        return list(self._ids.get(name, ()))

    def most_alike(self, name: str) -> int | None:
        """Return the id whose name is most alike; None if none is alike, or several are equally so."""
        wanted, common = pairs(name), Counter[str]()
        for pair in wanted:
            common.update(self._with_pair.get(pair, ()))
        scores = {
            other: 2 * count / (len(wanted) + self._sizes[other]) for other, count in common.items()
        }
        best = max(scores.values(), default=0.0)
        if best < ALIKE:
            return None
        ids = [key for other, score in scores.items() if score == best for key in self._ids[other]]
        return ids[0] if len(ids) == 1 else None


def only_namesake(asked: Party, others: Sequence[Party]) -> int | None:
    """Return the index of the only party that has the name of ``asked`` and can be the same company.

    A party that a number contradicts cannot be. The result is None if several parties can be, or if
    the countries or VAT numbers leave a doubt.
    """
    verdicts = {
        place: compare(asked, other).verdict
        for place, other in enumerate(others)
        if are_namesakes(asked, other)
    }
    possible = [place for place, verdict in verdicts.items() if verdict is not Verdict.OTHER]
    is_sure = len(possible) == 1 and verdicts[possible[0]] is Verdict.SAME
    return possible[0] if is_sure else None
