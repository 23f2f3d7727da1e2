"""Compare names of companies, which two people may have written differently."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..documents.reading import without_accents

#: ``{legal form: how it is written}``, in lower case, without accents and dots. Under one form stand the names that
#: it has in other languages of Belgium, Luxembourg and Switzerland ("SA" is "NV" and "AG"), its variant with a single
#: shareholder ("EURL" is a "SARL"), and the Belgian form whose companies became "SRL" by law (Code des sociétés,
#: law of 23 March 2019, art. 39). A cooperative ("Scop") is a company of any form: the word tells no form.
_FORMS = {
    "": "scop|scic",
    "ab": "ab",
    "aps": "aps",
    "as": "as",
    "asbl": "asbl|vzw",
    "corp": "corp|corporation",
    "cv": "cv",
    "ei": "ei|eirl|entreprise individuelle|entrepreneur individuel",
    "ek": "ek",
    "ev": "ev",
    "gie": "gie",
    "gmbh co kg": "gmbh co kg|gmbh und co kg|ag co kg|ug co kg",
    "inc": "inc|incorporated",
    "kft": "kft",
    "kg": "kg",
    "kgaa": "kgaa",
    "lda": "lda|ltda",
    "llc": "llc",
    "llp": "llp",
    "ltd": "ltd|limited",
    "og": "og|ohg",
    "oy": "oy",
    "oyj": "oyj",
    "plc": "plc|public limited company",
    "sa": "sa|s a|sau|ag|nv|spa|s p a|societe anonyme|aktiengesellschaft|naamloze vennootschap|societa per azioni"
    "|sociedad anonima|sociedade anonima",
    "sarl": "sarl|s a r l|sa rl|sarlu|sarls|eurl|gmbh|ggmbh|gesmbh|ges mbh|mbh|sagl|srl|s r l|srls|bv|bvba|sprl"
    "|societe a responsabilite limitee|entreprise unipersonnelle a responsabilite limitee|gesellschaft mbh"
    "|gesellschaft mit beschrankter haftung|besloten vennootschap|societa a responsabilita limitata",
    "sas": "sas|s a s|sasu|societe par actions simplifiee|societe par actions simplifiee unipersonnelle",
    "sca": "sca|societe en commandite par actions",
    "sci": "sci|societe civile immobiliere",
    "scm": "scm|societe civile de moyens",
    "scp": "scp|societe civile professionnelle",
    "scrl": "scrl|cvba",
    "scs": "scs|societe en commandite simple",
    "se": "se",
    "selarl": "selarl|selurl|selarlu",
    "selas": "selas|selasu",
    "sl": "sl|slu|sociedad limitada",
    "snc": "snc|vof|societe en nom collectif",
    "spzoo": "spzoo|sp zoo|sp z oo",
    "ug": "ug|ug haftungsbeschrankt",
}
_BEHIND = {tuple(one.split()): form for form, words in _FORMS.items() for one in words.split("|")}
#: The forms of a single word that are also written before a name. Other ones may be the beginning of a name:
#: "AG Services", "AS Conseil".
_BEFORE = re.compile(
    "asbl|bv|bvba|ei|eirl|eurl|gie|nv|sa|sarl|sarlu|sas|sasu|sca|sci|scic|scm|scop|scp|scrl|scs|selarl|selas"
    "|selasu|selurl|snc|sprl|srl|vof|vzw"
)
#: The most words of a legal form.
_MOST_WORDS = max(map(len, _BEHIND))

#: From this likeness on (0 to 1) a person is shown that two names may be the same.
ALIKE = 0.7


@dataclass(frozen=True)
class CompanyName:
    """A name without case, accents, punctuation and legal form.

    :param key: "Éts. Moreau, S.A.S." gives "ets moreau"
    :param forms: the legal forms that are written before and behind the name, here "sas"; empty if there is none
    """

    key: str
    forms: frozenset[str] = frozenset()


def read_name(name: str) -> CompanyName:
    """Return a company's name and legal form. A name that has only the words of a legal form keeps some of them."""
    plain = without_accents(name.casefold())
    words = re.findall(
        r"[^\W_]+", re.sub("[.’']", lambda sign: "" if sign[0] == "." else " ", plain)
    )
    found = []
    while size := _size_of_form(words, is_before=False):
        found.append(_BEHIND[tuple(words[-size:])])
        words = words[:-size]
    while size := _size_of_form(words, is_before=True):
        found.append(_BEHIND[tuple(words[:size])])
        words = words[size:]
    return CompanyName(" ".join(words), frozenset(filter(None, found)))


def _size_of_form(words: list[str], is_before: bool) -> int:
    """Return how many words of a name are its legal form, before or behind it; 0 if there is none."""
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        form = tuple(words[:size] if is_before else words[-size:])
        if form in _BEHIND and (not is_before or size > 1 or _BEFORE.fullmatch(form[0])):
            return size
    return 0


def forms_differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether the legal forms of two names are of two companies. A name without any contradicts nothing."""
    return bool(one and other and not one & other)


def name_key(name: str) -> str:
    """Return the ``key`` of a ``CompanyName``."""
    return read_name(name).key


def likeness(one: str, other: str) -> float:
    """Return how much two keys are alike: 0 without a common pair of letters, 1 if all are common.

    It is Dice's coefficient of the pairs of neighbouring letters: twice the pairs that both have, divided by the sum
    of the pairs of each.
    """
    mine, theirs = pairs(one), pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


def pairs(key: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters, with a space before the first and after the last."""
    text = f" {key} " if key else ""
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))
