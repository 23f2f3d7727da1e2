"""The reason under which a person's confirmation of unusual amounts is stored."""

from decimal import Decimal

import pytest
from lucca.booking.lines import TAX_MISMATCH, TOTAL_MISMATCH, Finding, Unusual, gravest_reason

TOTAL, TAX = (Finding(what, Decimal(1)) for what in (Unusual.DIFFERENCE, Unusual.UNTAXED))
TOLD = Finding(Unusual.ROUNDING, Decimal("0.01"), must_be_confirmed=False)


@pytest.mark.parametrize("what", Unusual)
def test_a_finding_concerns_the_total_or_the_taxes(what):
    is_of_the_total = what in (
        Unusual.DIFFERENCE,
        Unusual.EXCLUDING,
        Unusual.CONVERSION,
        Unusual.CONVERTED_VAT,
    )
    expected = TOTAL_MISMATCH if is_of_the_total else TAX_MISMATCH
    assert Finding(what, Decimal(1)).reason == expected


def test_a_finding_that_must_be_confirmed_is_doubtful_also_afterwards():
    assert TOTAL.is_doubtful
    assert not TOLD.is_doubtful


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        ([], ""),
        ([TOLD], ""),
        ([TAX, TOLD], TAX_MISMATCH),
        ([TAX, TOTAL], TOTAL_MISMATCH),
        ([TOTAL, TAX], TOTAL_MISMATCH),
    ],
)
def test_the_reason_of_the_total_comes_before_that_of_the_taxes(findings, reason):
    assert gravest_reason(findings) == reason
