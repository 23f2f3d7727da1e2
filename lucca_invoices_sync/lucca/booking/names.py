"""Compare names of companies, which two people may have written differently."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ..documents.reading import without_accents


def _with_partner(form: str) -> str:
    """Return how a partnership is written whose partner with full liability is a company: "gmbh co kg", and so on."""
    partners = (
        "ag|bv|gesmbh|ges mbh|gmbh|ltd|mbh|gesellschaft mbh|sarl|sa rl|se|ug|ug haftungsbeschrankt"
    )
    return "|".join(f"{partner} {form}" for partner in partners.split("|"))


#: ``{legal forms: how they are written}``, in lower case, without accents and dots. Under one form stand the names that
#: it has in other languages of Belgium, Luxembourg, Switzerland and Finland ("SA" is "NV" and "AG") and its variants in
#: law: with a single shareholder ("EURL" is a "SARL") or with little capital ("UG" is a "GmbH", GmbHG § 5a).
#:
#: Several forms, with "+" between them, are those that the company of a word may have. "CV" is a cooperative in
#: Belgium and a limited partnership in the Netherlands. Companies of a form that was abolished have another one by law:
#: in Belgium since 2024 (law of 23 March 2019, art. 39 and 41), a "SPRL" is a "SRL", a "SCA" is a "SA", and a "SCRL" is
#: a "SC", or a "SRL" if it is no real cooperative; in Austria since 2007, an "OEG" is an "OG", and a "KEG" a "KG".
#: A cooperative ("Scop") is a company of any form: the word tells no form.
_FORMS = {
    "": "scop|scic",
    "ab": "ab|oy|aktiebolag|osakeyhtio",
    "aps": "aps|anpartsselskab",
    "as": "as|aktieselskab|aksjeselskap",
    "asbl": "asbl|vzw",
    "co kg+kg": _with_partner("co kg"),
    "coop+kg": "cv",
    "coop+kg+sci+scm+scp": "sc",
    "coop+sarl": "scrl|scrlfs|scrl fs|cvba|cvba so",
    "coop+snc": "scri|cvoa",
    "corp": "corp|corporation|inc|incorporated",
    "ei": "ei|eirl|entreprise individuelle|entrepreneur individuel",
    "ek": "ek|e k",
    "ev": "ev|e v",
    "gie": "gie",
    "kft": "kft",
    "kg": "kg|keg|kommanditgesellschaft|scs|secs|societe en commandite|societe en commandite simple|scomm|s comm"
    "|commv|comm v|gcv|commanditaire vennootschap",
    "kgaa": "kgaa|" + _with_partner("co kgaa"),
    "lda": "lda|ltda|unipessoal lda",
    "llc": "llc",
    "llp": "llp",
    "ltd": "ltd|limited",
    "oyj": "oyj|abp",
    "plc": "plc|public limited company",
    "sa": "sa|s a|sau|ag|nv|spa|s p a|societe anonyme|aktiengesellschaft|naamloze vennootschap|societa per azioni"
    "|sociedad anonima|sociedade anonima",
    "sa+sca": "sca|commva|comm va|societe en commandite par actions",
    "sarl": "sarl|s a r l|s a rl|sa rl|sarlu|sarls|sarl s|sa rl s|eurl|gmbh|ggmbh|gesmbh|ges mbh|mbh|sagl|srl|s r l"
    "|srls|bv|bvba|sprl|sl|slu|ug|ug haftungsbeschrankt|sociedad limitada|sociedad de responsabilidad limitada"
    "|societe a responsabilite limitee|entreprise unipersonnelle a responsabilite limitee|gesellschaft mbh"
    "|gesellschaft mit beschrankter haftung|besloten vennootschap|societa a responsabilita limitata",
    "sas": "sas|s a s|sasu|societe par actions simplifiee|societe par actions simplifiee unipersonnelle",
    "sci": "sci|societe civile immobiliere",
    "scm": "scm|societe civile de moyens",
    "scp": "scp|societe civile professionnelle",
    "se": "se",
    "selarl": "selarl|selurl|selarlu",
    "selas": "selas|selasu",
    "snc": "snc|senc|vof|og|ohg|oeg|klg|societe en nom collectif",
    "spzoo": "spzoo|spz oo|sp zoo|sp z oo|sp z o o",
}
_BEHIND = {
    tuple(one.split()): frozenset(filter(None, forms.split("+")))
    for forms, words in _FORMS.items()
    for one in words.split("|")
}
#: The abbreviations that are also written before a name. Other ones may be the beginning of a name: "AG Services",
#: "E. V. Moreau".
_BEFORE = re.compile(
    "asbl|bv|bvba|ei|eirl|eurl|gie|nv|sa|sarl|sarlu|sas|sasu|sca|sci|scic|scm|scop|scp|scrl|scs|selarl|selas"
    "|selasu|selurl|snc|sprl|srl|vof|vzw"
)
#: "A/S", the Danish form
_JOINED = re.compile(r"\ba/s\b")
#: The end of "Becker GmbH & Co. KG" in its other spellings: "und Co. KG", "u. Co. KG", "& Co.KG".
_AND_CO = re.compile(r"\b(?:(?:und|u) )?co ?(?=(?:kg|kgaa|ohg)$)")
#: A word for "&" between two words that are no initials.
_AND = re.compile(r"(?<=\w\w) (?:and|e|en|et|und|y) (?=\w\w)")
#: Letters that are two, or that another one stands for, where a machine lacks them.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o"})
#: German umlauts and "ø" in two letters: "Mueller" is "Müller".
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue"})
#: The most words of a legal form.
_MOST_WORDS = max(map(len, _BEHIND))

#: From this likeness on (0 to 1) a person is shown that two names may be the same.
ALIKE = 0.7


@dataclass(frozen=True)
class CompanyName:
    """A name without case, accents, punctuation, legal form, and "and" between two words.

    :param key: "Éts. Moreau, S.A.S." gives "ets moreau". All spellings of a name have one key, and rarely those of
        two names, too: "ae", "oe" and "ue" have lost the "e" in it
    :param forms: the legal forms that the words before and behind the name may mean, here "sas"; empty if there is none
    :param spellings: "Müller" is written "muller" or "mueller". Two names are the same if they share a spelling
    """

    key: str
    forms: frozenset[str] = frozenset()
    spellings: frozenset[str] = frozenset()


def read_name(name: str) -> CompanyName:
    """Return a company's name and legal forms. A name that has only the words of a legal form keeps some of them."""
    composed = unicodedata.normalize("NFKC", name.casefold())
    undotted = re.sub(
        "[.’']", lambda sign: "" if sign[0] == "." else " ", _JOINED.sub("as", composed)
    )
    words = _AND_CO.sub("co ", " ".join(re.findall(r"[^\W_]+", undotted))).split()
    plain = [_plain(word) for word in words]
    forms: set[str] = set()
    first, end = 0, len(words)
    while size := _size_of_form(plain[first:end], is_before=False):
        forms |= _BEHIND[tuple(plain[end - size : end])]
        end -= size
    while size := _size_of_form(plain[first:end], is_before=True):
        forms |= _BEHIND[tuple(plain[first : first + size])]
        first += size
    in_two = [_plain(word.translate(_TWO_LETTERS)) for word in words]
    spellings = [_AND.sub(" ", " ".join(one[first:end])) for one in (plain, in_two)]
    key = re.sub("([aou])e+", r"\1", spellings[0])
    return CompanyName(key, frozenset(forms), frozenset(filter(None, spellings)))


def _plain(word: str) -> str:
    return without_accents(word.translate(_LETTERS))


def _size_of_form(words: list[str], is_before: bool) -> int:
    """Return how many words of a name are its legal form, before or behind it; 0 if there is none."""
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        form = tuple(words[:size] if is_before else words[-size:])
        if form in _BEHIND and (not is_before or _may_be_before(form)):
            return size
    return 0


def _may_be_before(form: tuple[str, ...]) -> bool:
    """Return whether a legal form is also written before a name: one of ``_BEFORE``, or one in full."""
    is_in_full = len(form) > 1 and len(form[0]) > 1
    return is_in_full or bool(_BEFORE.fullmatch("".join(form)))


def forms_differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether the legal forms of two names are of two companies. A name without any contradicts nothing."""
    return bool(one and other and not one & other)


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
