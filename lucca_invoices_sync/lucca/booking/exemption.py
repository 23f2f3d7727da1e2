"""Read in words that a supplier charges no VAT, where people expect its VAT number."""

from __future__ import annotations

import re

from .words import in_capitals

#: What invoices and registers say of small and of exempt businesses: in France (CGI, art. 293 B), Belgium and
#: Luxembourg in French, Dutch and German, in Germany (UStG, § 19) and Austria, in Switzerland, and in English.
_EXEMPT = re.compile(
    r"\b293\W*B\b|\bTVA\W+NON\W+APPLICABLE|\bNON\W+(ASSUJETTI|SOUMIS|REDEVABLE)|\bFRANCHISE\b|\bEXONER|\bEXEMPT"
    r"|KLEINUNTERNEHM|STEUERBEFREI|STEUERFREI|NICHT\W+(MWST|STEUER)\W*PFLICHTIG|VRIJGESTELD|VRIJSTELLING"
    r"|NIET\W+(BTW\W*PLICHTIG|ONDERWORPEN)|\bNOT\W+(VAT\W*REGISTERED|REGISTERED\W+FOR\W+VAT)|\bESENTE\b"
)


def says_exempt(text: str) -> bool:
    """Return whether a text says that a supplier charges no VAT, as "TVA non applicable, art. 293 B du CGI"."""
    return bool(_EXEMPT.search(in_capitals(text)))
