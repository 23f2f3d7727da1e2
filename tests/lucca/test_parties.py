"""Two descriptions of a supplier are the same company, two companies, or it is unknown: by examples
and by rules.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.parties import (
    Agreement,
    Party,
    Verdict,
    are_namesakes,
    compare,
    compare_names,
    foreign_signs_of,
    party_of,
    without_signs,
)
from lucca.documents.reference_data import Supplier

from .helpers import examined
from .test_numbers import GARBAGE

SIREN, SIRET, VAT = "443121975", "44312197500017", "FR46443121975"
OTHER_SIREN, OTHER_SIRET, OTHER_VAT = "303265045", "30326504500011", "FR40303265045"
IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
SAME, OTHER, UNKNOWN = Verdict.SAME, Verdict.OTHER, Verdict.UNKNOWN


def party(name="Moreau", country="FR", vat="", registration="", iban=""):
    return Party.of(name, country, vat, registration, [iban])


def verdict(one, other):
    comparison = compare(one, other)
    return comparison.verdict, comparison.sign


# --- the table

FISCAL = [
    # country, VAT number, registration as people write it
    ("IT", "IT12345670017", "P.IVA 12345670017"),
    ("CZ", "CZ25123891", "IČO: 25123891"),
    ("RO", "RO18547290", "18547290"),
    ("PL", "PL8567346215", "856-734-62-15"),
    ("HR", "HR33392005961", "33392005961"),
    ("BG", "BG175074752", "175074752"),
    ("LV", "LV40003521600", "40003521600"),
    ("GR", "EL094259216", "094259216"),
    ("SI", "SI50223054", "50223054"),
    ("HU", "HU12892312", "12892312-2-42"),
]

TABLE = [
    # one description, another description, verdict, sign
    ({"vat": VAT}, {"vat": "46.443.121.975", "name": "Autre"}, SAME, "vat"),
    ({"vat": VAT}, {"registration": SIRET, "name": "Autre"}, SAME, "registry"),
    ({"registration": SIREN}, {"registration": SIRET, "name": "Autre"}, SAME, "registry"),
    ({"registration": SIRET}, {"registration": f"SIRET {SIRET}", "country": ""}, SAME, "registry"),
    ({"vat": VAT}, {"vat": OTHER_VAT}, OTHER, "registry"),
    ({"registration": SIREN}, {"registration": OTHER_SIREN}, OTHER, "registry"),
    ({"vat": VAT}, {"registration": OTHER_SIRET}, OTHER, "registry"),
    # Members of a VAT group have one VAT number and two SIRENs.
    ({"vat": VAT, "registration": SIREN}, {"vat": VAT, "registration": OTHER_SIREN}, OTHER, "registry"),
    ({"vat": VAT}, {"vat": VAT, "registration": OTHER_SIREN, "name": "Autre"}, OTHER, "registry"),
    ({"vat": VAT}, {"vat": VAT, "registration": OTHER_SIREN}, SAME, "vat"),
    ({"vat": VAT, "name": ""}, {"vat": VAT, "registration": OTHER_SIREN, "name": ""}, OTHER, "registry"),
    # A company that joined a group got another VAT number.
    ({"vat": VAT, "registration": SIREN}, {"vat": OTHER_VAT, "registration": SIREN}, SAME, "registry"),
    # A text without a number is no sign.
    ({"vat": "FR00443121975", "registration": SIRET}, {"vat": VAT, "name": "Autre"}, SAME, "registry"),
    ({"vat": "TVA non applicable, art. 293 B"}, {"vat": VAT}, SAME, "name"),
    ({"registration": "N/A", "name": "A"}, {"registration": "N/A", "name": "B"}, UNKNOWN, ""),
    # Each country has rules of its own.
    ({"country": "CH", "vat": "CHE-530.781.296 TVA"}, {"country": "CH", "vat": "CHE530781296MWST"}, SAME, "vat"),
    ({"country": "CH", "vat": "CHE-530.781.296 TVA"}, {"country": "CH", "registration": "CHE-530.781.296"},
     SAME, "registry"),
    ({"country": "BE", "vat": "BE0477472701"}, {"country": "BE", "registration": "0477.472.701"}, SAME, "registry"),
    ({"country": "GB", "vat": "XI110305878"}, {"country": "GB", "vat": "GB110305878"}, SAME, "vat"),
    ({"country": "GR", "vat": "EL123456783"}, {"country": "GR", "vat": "GR123456783"}, SAME, "vat"),
    ({"country": "MC", "vat": "53000004605"}, {"country": "", "vat": "FR53000004605"}, SAME, "vat"),
    ({"country": "RE", "registration": SIRET}, {"country": "FR", "vat": VAT}, SAME, "registry"),
    ({"country": "LU", "registration": "RCS B 123.456"}, {"country": "LU", "registration": "B123456"},
     SAME, "registry"),
    ({"country": "LU", "registration": "B123456"}, {"country": "LU", "registration": "B123457"}, OTHER, "registry"),
    ({"country": "LU", "registration": "B123456"}, {"country": "LU", "registration": "B123456", "name": "Autre"},
     SAME, "registry"),
    # An HRB number belongs to one court.
    ({"country": "DE", "registration": "HRB 12345", "name": "Eins GmbH"},
     {"country": "DE", "registration": "HRB 12345", "name": "Zwei GmbH"}, UNKNOWN, ""),
    ({"country": "DE", "registration": "HRB 12345 München"},
     {"country": "DE", "registration": "HRB 12345, Amtsgericht Muenchen"}, SAME, "registry"),
    ({"country": "DE", "registration": "HRB 12345 München"},
     {"country": "DE", "registration": "HRB 12345 Köln"}, OTHER, "registry"),
    ({"country": "DE", "registration": "HRB 12345 München"}, {"country": "DE", "registration": "HRB 12345"},
     SAME, "registry"),
    ({"country": "DE", "registration": "HRB 12345 Frankfurt"},
     {"country": "DE", "registration": "HRB 12345 Frankfurt am Main"}, SAME, "registry"),
    ({"country": "DE", "registration": "HRB 12345 Köln"},
     {"country": "DE", "registration": "HRB 54321 Köln"}, OTHER, "registry"),
    ({"country": "DE", "registration": "HRB 471 Köln"},
     {"country": "DE", "registration": "HRB 4711 Köln"}, OTHER, "registry"),
    ({"country": "DE", "registration": "HRB 12345", "name": ""},
     {"country": "DE", "registration": "HRB 12345", "name": ""}, UNKNOWN, ""),
    ({"country": "DE", "registration": "HRB 12345"}, {"country": "DE"}, SAME, "name"),
    ({"country": "DE", "registration": "HRB 12345"}, {"country": "FR", "registration": SIREN}, UNKNOWN, ""),
    # Elsewhere, too, a number whose rule is not known may be one of a court, a chamber or a state.
    *(({"country": country, "registration": one, "name": "Alpha"},
       {"country": country, "registration": other, "name": "Beta"}, UNKNOWN, "")
      for country, one, other in [
          ("MA", "RC Casablanca 43215", "RC Rabat 43215"),
          ("IT", "REA MI-1755128", "REA RM-1755128"),
          ("CZ", "C 43215, Městský soud v Praze", "C 43215, Krajský soud v Brně"),
          ("SK", "Sro, vložka č. 43215/B", "Sro, vložka č. 43215/T"),
          ("CI", "RCCM CI-ABJ-2012-B-1234", "RCCM CI-BKE-2012-B-1234"),
          ("CA", "Ontario 1755128", "BC 1755128"),
          ("US", "Delaware 1755128", "New York 1755128"),
          ("HR", "MBS 080123456 Zagreb", "MBS 080123456 Split"),
      ]),
    ({"country": "MA", "registration": "RC Casablanca 43215"},
     {"country": "MA", "registration": "RC 43215 (Casablanca)"}, SAME, "registry"),
    ({"country": "MA", "registration": "RC Casablanca 43215"},
     {"country": "MA", "registration": "RC Casablanca 54321"}, OTHER, "registry"),
    ({"country": "MA", "registration": "43215"}, {"country": "CI", "registration": "43215"}, UNKNOWN, ""),
    # There is one register of companies, although its rule is not known: the number is weak if the names are not alike.
    *(({"country": country, "registration": one, "name": "Alpha"},
       {"country": country, "registration": other, "name": name}, SAME, sign)
      for name, sign in [("Beta", "unchecked"), ("Alpha Trading", "registry")]
      for country, one, other in [
          ("NL", "KvK 5715 1520", "57151520"),
          ("GB", "Company No. 3977902", "03977902"),
          ("IE", "CRO 523416", "No. 523416"),
          ("PL", "KRS 0000123456", "0000123456"),
      ]),
    *(({"country": country, "registration": one, "name": "Alpha"},
       {"country": country, "registration": other, "name": "Beta"}, SAME, "registry")
      for country, one, other in [
          ("AT", "FN 123456a", "FN 123456 a"),
          ("AT", "123456a", "FN 123456 A, HG Wien"),
          ("AU", "ABN 51 824 753 556", "51824753556"),
          ("SG", "197401143C", "UEN 197401143C"),
      ]),
    ({"country": "JP", "vat": "T7000012050002"}, {"country": "JP", "registration": "7000012050002", "name": "B"},
     SAME, "registry"),
    ({"country": "AU", "vat": "51 824 753 556"}, {"country": "AU", "registration": "ABN 51824753556", "name": "B"},
     SAME, "registry"),
    ({"country": "AU", "vat": "51 824 753 556"}, {"country": "AU", "registration": "004 085 616"}, SAME, "name"),
    # A text that holds no number is no sign, also where no rule checks it.
    *(({"country": country, field: text, "name": "Alpha"}, {"country": country, field: text, "name": "Beta"},
       UNKNOWN, "")
      for country in ("US", "AE", "GB", "NL", "AU", "AT", "JP") for field in ("vat", "registration")
      for text in ("Reverse charge, Art. 44 Directive 2006/112/EC", "N/A 31/12/2025", "123456789", "TEST12345")),
    ({"country": "AT", "registration": "FN 123456 a"}, {"country": "AT", "registration": "FN 654321b"},
     OTHER, "registry"),
    # The VAT number without its letters is the registration, whatever other registers the country has.
    *(({"country": country, "vat": f"{vat}"}, {"country": country, "registration": number, "name": "Autre"},
       SAME, "registry")
      for country, vat, number in FISCAL),
    *(({"country": country, "vat": f"{vat}"}, {"country": country, "registration": number}, OTHER, "registry")
      for country, vat, number in [
          ("IT", "IT12345670017", "00743110157"),
          ("CZ", "CZ25123891", "45274649"),
          ("RO", "RO18547290", "361757"),
          ("PL", "PL8567346215", "5260250274"),
          ("HR", "HR33392005961", "85584865987"),
          ("BG", "BG175074752", "831650349"),
          ("GR", "EL094259216", "123456783"),
          ("HU", "HU12892312", "10773381-2-44"),
      ]),
    ({"country": "IT", "vat": "IT12345670017"}, {"country": "IT", "registration": "REA MI-1755128"}, SAME, "name"),
    ({"country": "PL", "vat": "PL8567346215"}, {"country": "PL", "registration": "KRS 0000123456"}, SAME, "name"),
    ({"country": "RO", "vat": "RO18547290"}, {"country": "RO", "registration": "J40/12345/2015"}, SAME, "name"),
    ({"country": "HU", "vat": "HU12892312"}, {"country": "HU", "registration": "01-09-123456"}, SAME, "name"),
    ({"country": "AT", "vat": "ATU57194903"}, {"country": "AT", "registration": "U57194903", "name": "Autre"},
     SAME, "vat"),
    ({"country": "NL", "vat": "NL004495445B01"}, {"country": "NL", "registration": "004495445B01", "name": "Autre"},
     SAME, "vat"),
    # A VAT number with wrong check digits is no registration, in whichever field it is.
    *(({"country": country, "name": "Alpha", field: number}, {"country": country, "name": "Beta", field: number},
       UNKNOWN, "")
      for field in ("vat", "registration")
      for country, number in [
          ("GB", "GB123456789"),
          ("NL", "NL123456789B01"),
          ("AT", "ATU12345678"),
          ("IE", "IE1234567A"),
          ("LT", "LT123456789"),
          ("EE", "EE123456789"),
          ("SI", "SI12345678"),
      ]),
    ({"country": "GB", "name": "Alpha", "vat": "123456789"}, {"country": "GB", "name": "Beta", "vat": "123 4567 89"},
     UNKNOWN, ""),
    ({"country": "LT", "vat": "LT123456789"}, {"country": "LT", "registration": "304567891"}, SAME, "name"),
    ({"country": "DE", "vat": "HRB 12345 München"}, {"country": "DE", "registration": "HRB 12345 München"},
     SAME, "registry"),
    # Members of a VAT group abroad: the registration and the name differ.
    *(({"country": country, "vat": vat, "registration": one, "name": "Alpha"},
       {"country": country, "vat": vat, "registration": other, "name": "Beta"}, OTHER, "registry")
      for country, vat, one, other in [
          ("GB", "GB110305878", "01234567", "07654321"),
          ("NL", "NL004495445B01", "57151520", "33014286"),
          ("DE", "DE136695976", "HRB 111 München", "HRB 222 München"),
          ("PL", "PL8567346215", "KRS 0000123456", "KRS 0000654321"),
      ]),
    # One company with two registrations of other kinds or registers, with a new name, or with a mistyped number
    *(({"country": country, "vat": vat, "registration": one, "name": "Alpha"},
       {"country": country, "vat": vat, "registration": other, "name": name}, SAME, "vat")
      for country, vat, one, other, name in [
          ("NL", "NL004495445B01", "57151520", "004495445", "Beta"),
          ("NL", "NL004495445B01", "57151520", "57151520", "Beta"),
          ("NL", "NL004495445B01", "57151520", "", "Beta"),
          ("NL", "NL004495445B01", "57151520", "33014286", ""),
          ("PL", "PL8567346215", "8567346215", "KRS 0000123456", "Beta"),
          ("US", "91-1144442", "Delaware 1755128", "New York 8215571", "Alpha Trading"),
          ("DE", "DE136695976", "HRB 111 München", "HRB 222 Köln", "Alpha"),
          ("DE", "DE136695976", "HRB 111 Berlin", "HRB 111 Charlottenburg", "Beta"),
      ]),
    # A registration counts within its country only.
    ({"registration": SIREN, "iban": IBAN}, {"country": "BE", "registration": "0477472701", "iban": IBAN},
     SAME, "iban"),
    ({"country": "NL", "registration": "57151520", "name": "A"},
     {"country": "GB", "registration": "57151520", "name": "B"}, UNKNOWN, ""),
    # The VAT numbers belong to two countries.
    ({"country": "LU", "vat": "LU20260743"}, {"country": "LU", "vat": "FR12487773327"}, UNKNOWN, "vat"),
    # The VAT numbers of one country have two forms, both of them known.
    ({"country": "IE", "vat": "IE6433435F"}, {"country": "IE", "vat": "IE6433435OA"}, OTHER, "vat"),
    # The country's rule is not known.
    ({"country": "US", "vat": "91-1144442"}, {"country": "US", "vat": "911144442"}, SAME, "vat"),
    ({"country": "US", "vat": "91-1144442"}, {"country": "US", "vat": "911144442", "name": "B"}, SAME, "unchecked"),
    ({"country": "US", "vat": "91-1144442"}, {"country": "US", "vat": "91-1144443"}, OTHER, "vat"),
    ({"country": "US", "vat": "91-1144442"}, {"country": "US", "vat": "P01144442"}, UNKNOWN, "vat"),
    ({"country": "NL", "registration": "57151520", "vat": "NL004495445B01"},
     {"country": "NL", "registration": "33014286", "vat": "NL004495445B01"}, SAME, "vat"),
    ({"country": "NL", "registration": "57151520"}, {"country": "NL", "registration": "33014286"}, OTHER, "registry"),
    ({"country": "NL", "registration": "57151520"}, {"country": "NL", "registration": "004495445"}, SAME, "name"),
    # Without a country, nine digits may be a SIREN: they find its company, and contradict nobody.
    ({"registration": SIREN, "country": ""}, {"vat": VAT, "name": "Autre"}, SAME, "registry"),
    ({"registration": f"SIREN {SIREN}", "country": ""}, {"registration": SIRET, "name": "Autre"}, SAME, "registry"),
    ({"registration": SIREN, "country": ""}, {"registration": OTHER_SIREN}, SAME, "name"),
    ({"registration": SIREN, "country": ""}, {"registration": OTHER_SIREN, "name": "Autre"}, UNKNOWN, ""),
    ({"registration": SIREN, "country": ""}, {"country": "PT", "registration": SIREN, "name": "Autre"}, UNKNOWN, ""),
    # An association has an RNA number beside its SIREN.
    ({"registration": "W751234567"}, {"registration": SIREN}, SAME, "name"),
    ({"registration": "W751234567", "vat": VAT}, {"registration": SIREN, "name": "B"}, SAME, "registry"),
    # The IBAN and the name
    ({"iban": IBAN}, {"iban": "FR76 3000 6000 0112 3456 7890 189", "name": "Autre"}, SAME, "iban"),
    ({"iban": IBAN, "vat": VAT}, {"iban": IBAN, "vat": OTHER_VAT}, OTHER, "registry"),
    ({"name": "Éts MOREAU, S.A.R.L."}, {"name": "Ets Moreau"}, SAME, "name"),
    ({"name": "Moreau Conseil"}, {"name": "Moreau"}, UNKNOWN, ""),
    ({"name": "Moreau SARL"}, {"name": "S.A.R.L. MOREAU"}, SAME, "name"),
    ({"name": "Les Sœurs Martin"}, {"name": "LES SOEURS MARTIN"}, SAME, "name"),
    ({"name": "Mærsk A/S"}, {"name": "MAERSK AS"}, SAME, "name"),
    ({"name": "Bäckerei Michael Müller GmbH"}, {"name": "Baeckerei Michael Mueller GmbH"}, SAME, "name"),
    ({"name": "Bäckerei Müller"}, {"name": "BACKEREI MULLER"}, SAME, "name"),
    ({"name": "Brüel Søn"}, {"name": "Brueel Soen"}, SAME, "name"),
    ({"name": "Durand & Fils SARL"}, {"name": "DURAND ET FILS"}, SAME, "name"),
    ({"name": "Cœur de Ville"}, {"name": "Cour de Ville"}, UNKNOWN, ""),
    ({"name": "Muller"}, {"name": "Mueller"}, UNKNOWN, ""),
    ({"name": "SCI Moreau"}, {"name": "Moreau SARL"}, UNKNOWN, ""),
    ({"name": "SCI Moreau", "iban": IBAN}, {"name": "Moreau SARL", "iban": IBAN}, SAME, "iban"),
    ({"name": "SCI Moreau", "registration": SIREN}, {"name": "Moreau SARL", "vat": VAT}, SAME, "registry"),
    # The holding and the subsidiary of a VAT group, whose names differ by the legal form.
    ({"vat": VAT, "name": "Moreau SA"}, {"vat": VAT, "registration": OTHER_SIREN, "name": "Moreau SAS"},
     OTHER, "registry"),
    ({"country": "DE", "registration": "HRB 12345", "name": "Eins GmbH"},
     {"country": "DE", "registration": "HRB 12345", "name": "Eins AG"}, UNKNOWN, ""),
    ({"country": "FR"}, {"country": "BE"}, UNKNOWN, ""),
    ({"country": "FR"}, {"country": ""}, SAME, "name"),
    ({"country": "FR"}, {"country": "GP"}, SAME, "name"),
    ({"name": ""}, {"name": ""}, UNKNOWN, ""),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "expected", "sign"), TABLE)
def test_an_example_has_its_verdict_and_sign(one, other, expected, sign):
    assert verdict(party(**one), party(**other)) == (expected, sign)
    assert verdict(party(**other), party(**one)) == (expected, sign)


def test_the_same_establishment_is_an_exact_match():
    one = party(registration=SIRET)
    assert compare(one, party(registration=SIRET, name="B")).is_exact
    assert not compare(one, party(registration="44312197500025", name="B")).is_exact
    assert not compare(party(registration=SIREN), party(registration=SIREN)).is_exact
    assert not compare(party(), party()).is_exact


def test_a_vat_number_and_a_registration_are_found_in_each_others_field():
    assert party(vat=SIRET).registration.key == f"FR{SIREN}"
    assert party(registration=VAT).vat.key == VAT
    assert party(country="CH", registration="CHE-530.781.296 TVA").vat.key == "CH530781296"
    assert party(country="CH", registration="CHE-530.781.296").vat is None
    assert party(country="BE", vat="BE0477472701").stated is None


def test_a_number_that_may_be_a_siren_is_no_stated_registration():
    guess = party(country="", registration=SIREN)
    assert (guess.stated, guess.registration, guess.guessed.key) == (None, None, f"FR{SIREN}")
    assert party(country="", registration="443121976").guessed is None
    assert party(country="", registration="W751234567").guessed is None
    assert party(country="BE", registration=SIREN).guessed is None


def test_a_name_that_is_almost_the_buyers_is_the_suppliers():
    assert party("Coeur").without([party("Cour")]) == party("Coeur")
    assert party("Coeur").without([party("Cœur")]).name == ""


def test_the_buyers_own_number_is_no_guess():
    guess = party(name="A", country="", registration=SIREN)
    assert guess.without([party(name="B", vat=VAT)]).guessed is None
    assert guess.without([party(name="B", vat=OTHER_VAT)]) == guess


def test_an_unchecked_number_is_the_registration_where_no_other_is():
    association = "W751234567"
    assert party(registration=association).registration.key == f"FR{association}"
    assert party(registration=association, vat=VAT).registration.key == f"FR{SIREN}"


def test_without_a_country_the_country_of_the_vat_number_counts():
    assert party(country="", vat=VAT).country == "FR"
    assert party(country="", vat="FR53000004605").country == "MC"
    assert party(country="", vat="CHE-530.781.296 TVA").country == "CH"
    assert party(country="lu", vat=VAT).country == "LU"


# --- names


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Moreau", "MOREAU", Agreement.LITERAL),
        ("Moreau SARL", "S.A.R.L. Moreau", Agreement.LITERAL),
        ("Moreau", "Moreau SARL", Agreement.SAME),
        ("Moreau", "Moreau Lyon", Agreement.ALIKE),
        ("Moreau", "Moreau Distribution Rhône Alpes", Agreement.ALIKE),
        ("Papeterie Moreau", "Papeteries Moreaux", Agreement.ALIKE),
        (
            "Boulanger",
            "Boulangin",
            Agreement.ALIKE,
        ),  # just enough: twice 7 of all 20 pairs of letters
        ("Boulanger", "Boulangins", Agreement.UNLIKE),  # twice 7 of 21
        ("Imprimerie Leroy", "Transports Martin", Agreement.UNLIKE),
        ("SCI Moreau", "Moreau SARL", Agreement.UNLIKE),
        ("Coeur", "Cour", Agreement.ALIKE),
        ("", "", Agreement.UNLIKE),
        ("Moreau", "", Agreement.UNLIKE),
    ],
)
def test_names_agree_more_or_less(one, other, expected):
    assert compare_names(party(one), party(other)) is expected
    assert compare_names(party(other), party(one)) is expected
    assert are_namesakes(party(one), party(other)) is (expected >= Agreement.SAME)


# --- properties

NUMBERS = {
    "FR": ([VAT, OTHER_VAT, "FR53000004605"], [SIREN, SIRET, "44312197500025", OTHER_SIREN]),
    "BE": (["BE0477472701", "BE0403019261"], ["0477472701", "0403019261"]),
    "CH": (["CHE-530.781.296 TVA", "CHE-100.155.212 MWST"], ["CHE-530.781.296"]),
    "DE": (["DE136695976", "DE462612124"], ["HRB 12345", "HRB 12345 Köln", "HRB 1 München"]),
    "GB": (["XI110305878", "GB110305878"], ["01234567", "SC123456"]),
    "LU": (["LU20260743"], ["B123456", "B 123.457"]),
    "IT": (["IT12345670017", "IT00743110157"], ["12345670017", "REA MI-1755128"]),
    "US": (["91-1144442", "98-1144442"], ["1755128"]),
    "": ([VAT, "DE136695976"], [SIRET]),
}
NAMES = st.sampled_from(
    ["", "Moreau", "Moreau SARL", "SCI Moreau", "Éts Moreau", "Müller", "Mueller", "Muller SARL"]
)
ACCOUNTS = st.lists(st.sampled_from([IBAN, OTHER_IBAN, "none"]), max_size=2)


@st.composite
def facts(draw):
    """Draw a description with the signs of a few companies, so that two of them often agree."""
    country = draw(st.sampled_from(sorted(NUMBERS)))
    vats, registrations = NUMBERS[country]
    return {
        "name": draw(NAMES),
        "country": country,
        "vat": draw(st.sampled_from(["", *vats, *(one[0] for one, _two in NUMBERS.values())])),
        "registration": draw(st.sampled_from(["", *registrations])),
        "ibans": draw(ACCOUNTS),
    }


parties = facts().map(lambda known: Party.of(**known))


@examined
@given(parties, parties)
def test_the_verdict_is_the_same_from_either_side(one, other):
    assert compare(one, other) == compare(other, one)


@examined
@given(parties)
def test_a_party_with_a_name_is_the_same_as_itself(one):
    if one.name:
        assert compare(one, one).verdict is SAME


@examined
@given(parties, parties)
def test_two_parties_that_are_the_same_have_a_key_in_common(one, other):
    """Therefore, a search by keys finds all parties that are the same."""
    if compare(one, other).verdict is SAME:
        assert one.keys & other.keys


@examined
@given(parties, parties)
def test_registrations_of_one_country_that_differ_outweigh_all_other_signs(one, other):
    mine, theirs = one.stated, other.stated
    are_checked = mine and theirs and mine.is_checked and theirs.is_checked
    if are_checked and mine.country == theirs.country and mine != theirs:
        assert compare(one, other).verdict is OTHER


@examined
@given(parties, parties)
def test_a_name_or_iban_never_outweighs_numbers(one, other):
    """Two companies whose numbers differ stay two, although their names and accounts agree."""
    bare = [replace(party, name="", ibans=frozenset()) for party in (one, other)]
    dressed = [replace(party, ibans=frozenset([IBAN])) for party in (one, other)]
    if compare(*bare).verdict is OTHER:
        assert compare(*dressed).verdict is OTHER or one.vat == other.vat


@examined
@given(facts(), st.sampled_from(GARBAGE), st.sampled_from(GARBAGE), parties)
def test_a_text_without_a_number_changes_no_verdict(known, vat, registration, other):
    empty = Party.of(**{**known, "vat": "", "registration": ""})
    garbage = Party.of(**{**known, "vat": vat, "registration": registration})
    assert compare(garbage, other) == compare(empty, other)


@examined
@given(
    facts(),
    st.sampled_from([" ", ".", "-", " . "]),
    st.sampled_from(["", "N° ", "TVA : "]),
    st.sampled_from(["", " (intracom)", " - siège"]),
)
def test_noise_around_numbers_does_not_matter(known, sign, before, after):
    if known["country"] == "DE":  # Words beside a German number are its court.
        return
    noisy = {
        **known,
        **{
            name: f"{before}{sign.join([known[name][:2], known[name][2:]])}{after}"
            for name in ("vat", "registration")
            if known[name]
        },
        "name": f"{known['name'].upper()}, " if known["name"] else "",
    }
    assert Party.of(**noisy) == Party.of(**known)


@examined
@given(parties, parties)
def test_a_party_without_the_signs_of_others_has_no_key_in_common_with_them(one, other):
    left = one.without([other])
    is_shared = (
        other.stated and not other.stated.is_unique
    )  # several companies may have this number
    weak = {"name", "registry"} if is_shared else {"name"}
    numbers = {key for key in other.keys if key[0] not in weak}
    assert not left.keys & numbers
    assert not left.spellings & other.spellings
    assert compare(left, other).verdict is not SAME


def test_the_signs_of_others_are_left_out():
    left = party(vat=VAT, iban=IBAN).without([party("Moreau SARL", registration=SIREN, iban=IBAN)])
    assert left == Party(country="FR")


def test_a_number_of_one_german_court_is_kept_beside_those_of_others():
    one = party(country="DE", registration="HRB 12345")
    assert one.without([party("Autre", "DE", registration="HRB 12345")]) == one


# --- our own signs on a supplier


def supplier(**values):
    blank = Supplier(1, "Atelier", "FR", "", "", "", "")
    return replace(blank, **values)


OWN = [Party.of("Notre Société", "FR", VAT, SIRET, [IBAN])]


@pytest.mark.parametrize(
    ("values", "signs"),
    [
        ({}, set()),
        ({"vat_number": VAT}, {"vat"}),
        ({"vat_number": OTHER_VAT, "identifier": "443 121 975 00025"}, {"registry"}),
        ({"identifier": VAT}, {"registry"}),
        ({"vat_number": SIRET}, {"vat"}),
        ({"iban": IBAN}, {"iban"}),
        ({"name": "NOTRE SOCIETE SAS"}, {"name"}),
        (
            {"vat_number": VAT, "identifier": SIREN, "iban": IBAN, "territory": "DE"},
            {"vat", "registry", "iban"},
        ),
    ],
)
def test_the_signs_that_are_our_own(values, signs):
    found = foreign_signs_of(supplier(**values), OWN)
    assert found == signs
    rest = without_signs(supplier(**values), found)
    written = {"vat": rest.vat_number, "registry": rest.identifier, "iban": rest.iban}
    assert not any(written[sign] for sign in found - {"name"})
    left = party_of(rest)
    own = {key for one in OWN for key in one.keys if key[0] != "name"}
    assert not left.keys & own


def test_our_number_without_its_prefix_on_a_foreign_supplier_is_ours():
    assert foreign_signs_of(supplier(vat_number=VAT[2:], territory="DE"), OWN) == {"vat"}


# --- numbers that no rule checks


@examined
@given(
    st.integers(2 * 10**7, 9 * 10**7),
    st.sampled_from(["NL", "GB", "HK", "IE", "AE"]),
    st.booleans(),
)
def test_an_unchecked_number_is_weak_unless_the_names_are_alike(digits, country, is_alike):
    one, other = (
        party(name, country, registration=str(digits))
        for name in ("Moreau", "Moreau Lyon" if is_alike else "Imprimerie Leroy")
    )
    if one.stated and one.stated.is_unique:
        assert compare(one, other).sign == ("registry" if is_alike else "unchecked")
