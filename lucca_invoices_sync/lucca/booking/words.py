"""Cut a text into words, to find the numbers in it that people space and label as they like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..documents.reading import without_accents

#: Most words of a VAT number, however it is spaced.
MOST_WORDS = 8
#: How many words of a text are looked at.
WORDS_READ = 40


def in_capitals(text: str) -> str:
    """Return a text in upper case, without accents, in plain characters."""
    return without_accents(text).upper()


def words_of(upper: str) -> list[str]:
    """Return the words of a text that is in capitals."""
    return re.findall("[A-Z0-9]+", upper)[:WORDS_READ]


def sequences_of(words: list[str], most: int = MOST_WORDS) -> Iterator[tuple[str, str]]:
    """Yield ``(word before, words joined)`` for words in a row that may be one number, most words first."""
    for length in range(min(most, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            sequence = "".join(words[start : start + length])
            if is_number(sequence):
                yield (words[start - 1] if start else ""), sequence


def is_number(text: str) -> bool:
    """Return whether a text may be a number: it is not one digit again and again, such as zeros."""
    return len(text) <= 40 and len(set(re.sub("[^0-9]", "", text))) > 1
