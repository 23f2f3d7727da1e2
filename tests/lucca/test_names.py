"""Names of companies are compared without regard to how they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.names import forms_differ, read_name

from .helpers import examined, name_key


@pytest.mark.parametrize(
    "written",
    [
        "Éts. Moreau & Fils",
        "ETS MOREAU FILS",
        "Ets Moreau Fils SAS",
        "Ets Moreau Fils, S.A.S.",
        "SARL Éts Moreau Fils",
        "Ets Moreau Fils S.à r.l.",
        "Ets Moreau Fils SA/NV",
        "Ets_Moreau_Fils Corp.",
        "  éts   moreau   fils  ",
    ],
)
def test_case_accents_and_legal_form_do_not_count(written):
    assert name_key(written) == "ets moreau fils"


def test_a_legal_form_may_stand_before_or_behind_the_name():
    assert name_key("SARL Moreau") == name_key("Moreau SARL") == "moreau"


@pytest.mark.parametrize(
    "same",
    [
        ("Moreau SARL", "SARL Moreau", "Moreau S.A.R.L.", "Moreau (s a r l)", "Moreau S.à r.l.", "EURL Moreau"),
        ("Moreau SARL", "Moreau, société à responsabilité limitée", "Société à Responsabilité Limitée Moreau"),
        ("Moreau SA", "Moreau S. A.", "Société Anonyme Moreau", "Moreau société anonyme", "Moreau NV", "Moreau SA/NV"),
        ("Moreau SAS", "SASU Moreau", "Moreau S.A.S.", "Moreau, société par actions simplifiée"),
        ("SCI Moreau", "Moreau S.C.I.", "Société civile immobilière Moreau"),
        ("Moreau SPRL", "BVBA Moreau", "Moreau SRL/BV"),
        ("Moreau SCRL", "Moreau CVBA", "Moreau SCRL/CVBA", "Moreau SCRL FS"),
        ("Moreau SComm", "Moreau Comm.V", "Moreau CommV", "SCS Moreau", "Moreau GCV", "Moreau KG"),
        ("Moreau S.à r.l.-S", "Moreau S. à r.l.", "Moreau SARL-S"),
        ("Moreau S.L.", "Moreau SLU", "Moreau S.R.L."),
        ("Moreau Oy", "Moreau Ab", "Moreau Oy Ab"),
        ("Moreau A/S", "Moreau AS", "Moreau A.S."),
        ("Moreau Inc.", "Moreau Corp.", "Moreau, Incorporated"),
        ("Moreau OHG", "Moreau OG", "Moreau OEG"),
        ("Moreau GmbH", "Moreau Gesellschaft mbH", "Moreau Sàrl", "Moreau Sagl"),
        ("Moreau GmbH", "Moreau UG (haftungsbeschränkt)"),
        ("Moreau GmbH & Co. KG", "Moreau GmbH und Co KG", "Moreau GmbH & Co.KG", "Moreau GmbH&Co.KG",
         "Moreau GmbH u. Co. KG", "Moreau G.m.b.H. + Co. K.G.", "Moreau Ges.m.b.H. & Co KG", "Moreau SE & Co. KG",
         "Moreau UG (haftungsbeschränkt) & Co. KG"),
        ("Moreau KGaA", "Moreau AG & Co. KGaA", "Moreau SE & Co.KGaA"),
        ("Moreau e.K.", "Moreau e. K."),
        ("Moreau ASBL", "VZW Moreau"),
        ("Moreau Ltd.", "Moreau Limited"),
        ("Moreau Sp. z o.o.", "Moreau sp z oo", "Moreau Sp. z. o. o.", "Moreau Sp.z o.o.", "Moreau Sp. z.o.o."),
    ],
)  # fmt: skip
def test_one_legal_form_is_written_in_many_ways(same):
    assert len(set(map(read_name, same))) == 1
    assert read_name(same[0]).key == "moreau"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SCI Durand", "Durand SARL"),
        ("Durand SAS", "Durand SARL"),
        ("Durand SA", "SELARL Durand"),
        ("Durand GmbH", "Durand GmbH & Co. KG"),
        ("EI Durand", "Durand SAS"),
        ("Durand Ltd", "Durand plc"),
        ("Durand AG", "Durand AG & Co. KG"),
        ("Durand AG & Co. KG", "Durand AG & Co. KGaA"),
        ("Durand SCRL", "Durand SA"),
        ("Durand SCA", "Durand SARL"),
        ("Durand SC", "Durand SARL"),
        ("Durand A/S", "Durand ApS"),
        ("Durand CommV", "Durand SNC"),
    ],
)
def test_two_legal_forms_are_of_two_companies(one, other):
    assert name_key(one) == name_key(other) == "durand"
    assert forms_differ(read_name(one).forms, read_name(other).forms)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Durand", "Durand SARL"),
        ("Durand", "Durand"),
        ("Scop Durand", "Durand SA"),
        ("Durand SARL Scop", "Durand SARL"),
    ],
)
def test_a_missing_legal_form_contradicts_nothing(one, other):
    assert name_key(one) == name_key(other)
    assert not forms_differ(read_name(one).forms, read_name(other).forms)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Companies of a form that Belgium abolished have another one by law.
        ("Durand SCRL", "Durand SRL"),
        ("Durand CVBA", "Durand BV"),
        ("Durand SCRL", "Durand SC"),
        ("Durand CVBA", "Durand CV"),
        ("Durand SCRI", "Durand SNC"),
        ("Durand SCA", "Durand SA"),
        ("Durand Comm.VA", "Durand NV"),
        # One of them is a kind of the other.
        ("Durand GmbH & Co. KG", "Durand KG"),
        # A word has several meanings.
        ("Durand CV", "Durand CommV"),
        ("Durand SC", "SCI Durand"),
        ("Durand SC", "Durand KG"),
    ],
)
def test_two_legal_forms_that_one_company_may_have_contradict_nothing(one, other):
    assert name_key(one) == name_key(other) == "durand"
    assert not forms_differ(read_name(one).forms, read_name(other).forms)


def test_a_partnership_without_a_company_keeps_its_partners_in_its_name():
    assert name_key("Müller & Co. KG") == name_key("Müller und Co.KG") == "muller co"


@pytest.mark.parametrize(
    "name", ["AG Services", "AS Conseil", "AB Moreau", "SE Conseil", "UG Conseil", "E V Moreau"]
)
def test_initials_before_a_name_are_no_legal_form(name):
    assert name_key(name) == name.lower()
    assert not read_name(name).forms


@pytest.mark.parametrize(
    "sign", [" & ", " ET ", " und ", " + ", " and ", " en ", " e ", " y ", " "]
)
def test_a_word_for_and_between_two_words_does_not_count(sign):
    assert read_name(f"Durand{sign}Fils SARL") == read_name("Durand Fils SARL")


@pytest.mark.parametrize("name", ["y combinator", "durand e", "j e martin", "et fils"])
def test_such_a_word_counts_elsewhere(name):
    assert read_name(name).spellings == {name}


def test_letters_are_also_written_as_two():
    assert read_name("Müller Œuvre Sørensen").spellings == {
        "muller oeuvre sorensen",
        "mueller oeuvre soerensen",
    }


def test_an_apostrophe_separates_two_words():
    assert name_key("L'Atelier") == name_key("L’Atelier") == "l atelier"


def test_a_name_that_consists_of_legal_forms_keeps_one():
    assert name_key("SA") == "sa"
    assert name_key("SARL SAS") == "sarl"


def test_another_word_makes_another_name():
    assert name_key("Moreau Conseil") != name_key("Moreau")


def test_a_text_without_letters_has_no_key():
    assert name_key(" - / ... ") == ""


@examined
@given(st.text())
def test_any_text_has_keys(text):
    assert isinstance(name_key(text), str)


@examined
@given(st.lists(st.text("aeouäöüøbæœ", min_size=2, max_size=6), max_size=3))
def test_all_spellings_of_a_name_have_one_key(words):
    name = read_name(" ".join(words))
    assert {name_key(one) for one in name.spellings} <= {name.key}
