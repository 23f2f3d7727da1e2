"""What the type of an electronic invoice (BT-3) says, a code of UNTDID 1001.

The code list of EN 16931 says of each code whether it is an invoice or a credit note. The list of the
French reform of electronic invoicing adds which codes are for advances and corrections.
"""

from __future__ import annotations

_CREDIT_NOTES = "81 83 261 262 296 308 381 396 420 458 502 503 532"
_INVOICES = """
    71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390
    393 394 395 456 457 471 472 473 500 501 527 553 575 623 633 751 780 817 870 875 876 877 935
"""
CREDIT_NOTES = frozenset(_CREDIT_NOTES.split())
INVOICES = frozenset(_INVOICES.split())
#: Invoices for an advance, of the supplier (386) and self-billed (500), and a credit note for one (503).
ADVANCES = frozenset(["386", "500", "503"])
#: Corrected invoices, which replace an earlier one: of the supplier, self-billed, factored, and both of these.
CORRECTIONS = frozenset(["384", "471", "472", "473"])
#: An offer in the form of an invoice. It is none for VAT (Directive 2006/112/EC, art. 178 and 226), so its VAT may not
#: be deducted, and the invoice is still to come.
PRO_FORMA = "325"
