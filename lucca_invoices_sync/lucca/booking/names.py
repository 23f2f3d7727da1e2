"""Compare names of companies, which two people may have written differently."""

from __future__ import annotations

import re

from ..documents.reading import without_accents

# Legal forms as the last or the first word of a name, without dots: "S.A.S." is one word.
_LEGAL_FORM = re.compile(
    "ab|ag|aps|as|asbl|bv|bvba|corp|corporation|cv|eirl|ei|ek|ev|eurl|gesmbh|gie|gmbh|inc|incorporated|kft|kg"
    "|kgaa|lda|llc|llp|ltd|limited|ltda|mbh|nv|og|ohg|oy|oyj|plc|rl|sa|sagl|sarl|sas|sasu|sca|sci|scm"
    "|scop|scp|scrl|scs|se|selarl|selas|sl|slu|snc|spa|sprl|spzoo|srl|srls|ug|vof|vzw"
)


def name_key(name: str) -> str:
    """Return a name without case, accents, punctuation and legal form.

    "Éts. Moreau, S.A.S." gives "ets moreau".
    """
    plain = without_accents(name.casefold())
    words = re.findall(
        r"[^\W_]+", re.sub("[.’']", lambda sign: "" if sign[0] == "." else " ", plain)
    )
    while len(words) > 1 and _LEGAL_FORM.fullmatch(words[-1]):
        words.pop()
    if len(words) > 1 and _LEGAL_FORM.fullmatch(words[0]):
        words.pop(0)
    return " ".join(words)
