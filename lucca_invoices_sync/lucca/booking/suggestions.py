"""What a name in Lucca probably is among the names in Odoo: what is beyond doubt, and what is alike.

Names are compared as ``name_key`` gives them. How much two are alike is Dice's coefficient of their
pairs of neighbouring letters: twice the pairs that both have, divided by the pairs of both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .parties import Party, Verdict, compare

#: From this likeness on (0 to 1) a person is shown that two names may be the same.
ALIKE = 0.7


def likeness(one: str, other: str) -> float:
    """How much two names are alike: 0 without a common pair of letters, 1 where all are common."""
    mine, theirs = _pairs(one), _pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


class Names:
    """Names to look among: finding one does not compare it with each of them."""

    def __init__(self, names: Mapping[int, str]) -> None:
        """
        :param names: ``{id: name}``; empty ones are left out
        """
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
        """The ids of those that have exactly this name."""
        return list(self._ids.get(name, ()))

    def most_alike(self, name: str) -> int | None:
        """The id of the one most alike; None where none is alike, or several are equally so."""
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
    """The place of the one that has the name of the one asked for, and that no other can be.

    Those that a number contradicts are out. None where another one may have the name, too, or where
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
    """The pairs of neighbouring letters; the first and the last letter stand beside a space."""
    text = f" {name} " if name else ""
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))
