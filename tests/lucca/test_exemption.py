"""Words in place of a VAT number say that a supplier charges no VAT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.exemption import says_exempt

from .helpers import examined


@pytest.mark.parametrize(
    "text",
    [
        "TVA non applicable, art. 293 B du CGI",
        "Art. 293B CGI",
        "Non assujetti",
        "non soumis à la TVA",
        "Régime particulier de franchise des petites entreprises",
        "Exonéré",
        "Kleinunternehmer (§ 19 UStG)",
        "nicht MWST-pflichtig",
        "Vrijgesteld van btw",
        "Niet BTW-plichtig",
        "VAT exempt",
        "not VAT registered",
        "not registered for VAT",
    ],
)
def test_words_of_small_and_exempt_businesses_are_read(text):
    assert says_exempt(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "N/A",
        "Non applicable",
        "not registered",
        "FR",
        "en cours",
        "FR23334175221",
        "1293 B",
        "293 Boulevard",
        "None",
        "LU 293 12 3",
    ],
)
def test_other_texts_say_nothing(text):
    assert not says_exempt(text)


@examined
@given(st.text())
def test_any_text_can_be_read(text):
    assert says_exempt(text) in (True, False)
