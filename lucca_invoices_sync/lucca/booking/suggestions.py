"""Find the record of Odoo that a name in Lucca probably means: one beyond doubt, or one alike.

Names are compared as ``name_key`` returns them. Their likeness is Dice's coefficient of the pairs of
neighbouring letters: twice the pairs that both have, divided by the sum of the pairs of each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .parties import Party, Verdict, compare

#: From this likeness on (0 to 1) a person is shown that two names may be the same.
ALIKE = 0.7


def likeness(one: str, other: str) -> float:
    """Return how much two names are alike: 0 without a common pair of letters, 1 if all are common."""
    mine, theirs = _pairs(one), _pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


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
            pairs = _pairs(name)
            self._sizes[name] = len(pairs)
            for pair in pairs:
                self._with_pair[pair].append(name)

    def named(self, name: str) -> list[int]:
        """Return the ids that have exactly this name."""
        return list(self._ids.get(name, ()))

    def most_alike(self, name: str) -> int | None:
        """Return the id whose name is most alike; None if none is alike, or several are equally so."""
        pairs, common = _pairs(name), Counter[str]()
        for pair in pairs:
            common.update(self._with_pair.get(pair, ()))
        scores = {
            other: 2 * count / (len(pairs) + self._sizes[other]) for other, count in common.items()
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
        if asked.name and other.name == asked.name
    }
    possible = [place for place, verdict in verdicts.items() if verdict is not Verdict.OTHER]
    is_sure = len(possible) == 1 and verdicts[possible[0]] is Verdict.SAME
    return possible[0] if is_sure else None


def _pairs(name: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters, with a space before the first and after the last."""
    text = f" {name} " if name else ""
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))
