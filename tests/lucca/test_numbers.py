"""VAT numbers, registrations and IBANs are found between words, and checked by their country's rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.ibans import read_iban
from lucca.booking.numbers import read_registration, read_vat
from stdnum.iso7064 import mod_97_10

from .helpers import examined

SIREN, SIRET, VAT = "443121975", "44312197500017", "FR46443121975"
IBAN = "FR7630006000011234567890189"
IBANS = [
    IBAN, "FR1420041010050500013M02606", "BE68539007547034", "DE89370400440532013000", "CH9300762011623852957",
    "LU280019400644750000", "GB29NWBK60161331926819", "MT84MALT011000012345MTLCAST001S",
]  # fmt: skip
#: The digits of an account, in countries without letters in it.
DIGITS = {"BE": 12, "CH": 17, "DE": 18, "ES": 20, "FR": 23, "LU": 16, "PT": 21}
# These territories have French registrations.
OVERSEAS = ("BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT")
COUNTRIES = ["", "FR", "BE", "CH", "DE", "LU", "IT", "ES", "NL", "GB", "GR", "IE", "AT", "PT"]
COUNTRIES += ["US", "MC", "RE", "NO", "SE", "DK", "RO", "PL", "JP"]
GARBAGE = [
    "", "N/A", "n.a.", "XX", "FR", "0", "00", "000000000", "00000000000000", "FR00000000000", "-", "/", "?",
    "en cours", "EN COURS D'ATTRIBUTION", "néant", "aucun", "TBD", "voir facture", "TVA",
    "TVA non applicable, art. 293 B", "TVA non applicable - article 293 B du CGI", "exonéré art. 261-4 du CGI",
    "non assujetti", "à compléter", "99999999999", "111111111", "Autoliquidation", "CHE", "RCS Paris",
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "country", "key"),
    [
        ("FR 46 443.121-975", "FR", VAT),
        ("fr46443121975", "", VAT),
        ("46443121975", "FR", VAT),
        ("46443121975", "", VAT),
        ("FR 46443121975 (intracom)", "FR", VAT),
        ("N° TVA intracommunautaire : FR46443121975 / RCS Paris", "", VAT),
        ("N° de TVA : 46 443 121 975", "FR", VAT),
        *(("46443121975", country, VAT) for country in OVERSEAS),
        ("46443121975", "re", VAT),
        ("46443121975", "fr", VAT),
        ("46443121975 DE", "FR", VAT),
        ("TVA FRANCE 46443121975", "FR", VAT),
        ("K7399859412", "FR", "FRK7399859412"),
        ("EL 123456783", "", "GR123456783"),
        ("GR123456783", "GR", "GR123456783"),
        ("123456783", "GR", "GR123456783"),
        ("XI110305878", "GB", "GB110305878"),
        ("GB 110 3058 78", "", "GB110305878"),
        ("UK110305878", "GB", "GB110305878"),
        ("110 3058 78", "IM", "GB110305878"),
        ("53000004605", "MC", "FR53000004605"),
        ("FR53000004605", "", "FR53000004605"),
        ("MC53000004605", "MC", "FR53000004605"),
        ("CHE-530.781.296 TVA", "CH", "CH530781296"),
        ("CHE-530.781.296 MWST", "", "CH530781296"),
        ("CHE530781296 VAT", "CH", "CH530781296"),
        ("CHE 530 781 296 IVA", "FR", "CH530781296"),
        ("530.781.296", "CH", "CH530781296"),
        ("CHE-530.781.296 TVA, 1204 Genève", "CH", "CH530781296"),
        ("BE 477.472.701", "BE", "BE0477472701"),
        ("BE 1000.000.021", "BE", "BE1000000021"),
        ("TVA BE0477.472.701", "FR", "BE0477472701"),
        ("462612124", "DE", "DE462612124"),
        # The letters look like the prefixes of Indonesia, Norway, Finland and Slovenia.
        ("VAT ID 462612124", "DE", "DE462612124"),
        ("VAT no. 462612124", "DE", "DE462612124"),
        ("Codice fiscale 00743110157", "IT", "IT00743110157"),
        ("SIREN/TVA : SIRET 46443121975", "FR", VAT),
        ("USt-IdNr. DE 136 695 976", "DE", "DE136695976"),
        ("U57194903", "AT", "ATU57194903"),
        ("B58378431", "ES", "ESB58378431"),
        ("NO 995 525 828 MVA", "NO", "NO995525828"),
        ("NO995525828MVA", "", "NO995525828"),
        ("NO 995 525 828", "", "NO995525828"),
        ("361", "RO", "RO361"),
        ("EU372000041", "US", "EU372000041"),
        ("12-3456789", "US", "US123456789"),
        ("US 91-1144442", "US", "US911144442"),
        ("US911144442", "US", "US911144442"),
        ("TX 91-1144442", "US", "US911144442"),
        ("EIN91-1144442, exempt under art. 44 of directive 2006/112/EC", "US", "US911144442"),
        ("TRN 100 0521 9000 0003", "AE", "AE100052190000003"),
        ("51 824 753 556", "AU", "AU51824753556"),
    ],
)
def test_a_vat_number_is_found_whatever_stands_around_it(written, country, key):
    assert read_vat(written, country).key == key


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("FR00443121975", "FR"),
        ("FR46443121976", "FR"),
        ("FR443121975", "FR"),
        ("DE123456789", "FR"),
        ("DE 123456789", "DE"),
        ("BE0477472702", "BE"),
        ("BE 2000000339", "BE"),
        ("2.000.000.339", "BE"),
        ("CHE-530.781.297 MWST", "CH"),
        ("46443121975", "DE"),
        (SIRET, "FR"),
        ("1212", "US"),
        ("12121", "US"),
        ("51 824 753 557", "AU"),
        ("Numéro 361", "FR"),  # This is no Romanian number.
        # Numbers beside the letters of another country, in several spellings
        ("DE 46443121975", "FR"),
        ("EL 443121918", "FR"),
        ("BE443121918", "FR"),
        # of the One Stop Shop, of no member state
        ("EU999000041", "FR"),
    ],
)
def test_a_number_that_breaks_its_rule_is_none(written, country):
    assert read_vat(written, country) is None


def test_a_french_number_needs_neither_prefix_nor_country():
    assert read_vat("46443121975").key == VAT
    assert read_registration(SIRET).key == f"FR{SIREN}"


def test_a_number_of_a_country_without_a_known_rule_is_not_checked():
    assert not read_vat("12-3456789", "US").is_checked
    assert not read_registration("57151520", "NL").is_checked
    assert not read_registration("REA MI-1755128", "IT").is_checked
    assert not read_registration("HRB 12345", "DE").is_checked
    assert read_vat(VAT).is_checked
    assert read_registration(SIREN, "FR").is_checked


@pytest.mark.parametrize("written", GARBAGE)
def test_a_text_without_a_number_is_none_in_any_country(written):
    assert [read_vat(written, country) for country in COUNTRIES] == [None] * len(COUNTRIES)
    assert [read_registration(written, country) for country in COUNTRIES] == [None] * len(COUNTRIES)
    assert read_iban(written) == ""


#: What people write in place of a number that no rule checks.
NO_NUMBER = [
    "Reverse charge, Art. 44 Directive 2006/112/EC", "Article 196 Directive 2006/112/CE", "2006/112/EC",
    "Art. 196, 2006/112/CE", "Steuerschuldnerschaft, Richtlinie 2006/112/EG", "Règlement (UE) n° 282/2011",
    "Ley 37/1992", "N/A 31/12/2025", "2025-12-31", "31.12.25", "en cours depuis le 1-10-2025", "12345", "12345678",
    "123456789", "N/A 123456789", "TEST12345", "987654321", "12345678901234", "523416 or 654321",
]  # fmt: skip


@pytest.mark.parametrize("written", NO_NUMBER)
def test_a_mention_a_date_or_digits_of_the_keyboard_are_none_in_any_country(written):
    countries = [*COUNTRIES, "AE", "AU", "CN", "EE", "HK", "IN", "LT", "NZ", "SG"]
    assert [read_vat(written, country) for country in countries] == [None] * len(countries)
    assert [read_registration(written, country) for country in countries] == [None] * len(countries)


@pytest.mark.parametrize(
    ("written", "country", "as_odoo_has_it"),
    [
        ("462612124", "DE", "DE462612124"),
        ("GR123456783", "GR", "EL123456783"),
        ("XI 110305878", "GB", "XI110305878"),
        ("GB110305878", "GB", "GB110305878"),
        ("530781296 MWST", "CH", "CHE-530.781.296 MWST"),
        ("CHE530781296 VAT", "CH", "CHE-530.781.296 TVA"),
        ("53 000004605", "MC", "FR53000004605"),
    ],
)
def test_a_vat_number_is_formatted_as_its_country_does(written, country, as_odoo_has_it):
    assert read_vat(written, country).written == as_odoo_has_it


@pytest.mark.parametrize(
    ("written", "held"),
    [
        (VAT, f"FR{SIREN}"),
        ("BE0477472701", "BE0477472701"),
        ("CHE-530.781.296 TVA", "CH530781296"),
        ("DK13585628", "DK13585628"),
        ("SE123456789701", "SE1234567897"),
        ("ESB58378431", "ESB58378431"),
        ("FI20774740", "FI20774740"),
        ("NO995525828MVA", "NO995525828"),
        ("PT501964843", "PT501964843"),
        ("IT00743110157", "IT00743110157"),
        ("CZ25123891", "CZ25123891"),
        ("BE0400000086", "BE0400000086"),  # The number has zeros, like those of Monaco.
    ],
)
def test_some_vat_numbers_contain_the_registration(written, held):
    assert read_vat(written).registration.key == held


# The last two are those of a Czech VAT group and of a person in Bulgaria.
@pytest.mark.parametrize(
    "written", ["FR53000004605", "DE136695976", "LU12345613", "CZ699000013", "BG7523169263"]
)
def test_other_vat_numbers_contain_no_registration(written):
    assert read_vat(written).registration is None


@pytest.mark.parametrize(
    ("written", "country", "key"),
    [
        ("443 121 975 00017", "FR", f"FR{SIREN}"),
        (SIREN, "FR", f"FR{SIREN}"),
        ("443 121 975 R.C.S. Nanterre", "FR", f"FR{SIREN}"),
        (f"SIRET : {SIRET} - APE 6201Z", "FR", f"FR{SIREN}"),
        (f"FR{SIREN}", "FR", f"FR{SIREN}"),
        (f"RCS PARIS B{SIREN}", "FR", f"FR{SIREN}"),
        (f"R.C.S. Paris B {SIREN}", "FR", f"FR{SIREN}"),
        (f"RCSPARISB{SIREN}", "FR", f"FR{SIREN}"),
        (f"SIREN{SIREN}", "FR", f"FR{SIREN}"),
        (f"SIRET{SIRET}", "", f"FR{SIREN}"),
        (SIRET, "", f"FR{SIREN}"),
        *((SIREN, country, f"FR{SIREN}") for country in OVERSEAS),
        (SIREN, "re", f"FR{SIREN}"),
        ("35600000049837", "FR", "FR356000000"),  # La Poste has a checksum rule of its own.
        ("W751234567", "FR", "FRW751234567"),
        ("BCE 0477.472.701", "BE", "BE0477472701"),
        ("477.472.701", "BE", "BE0477472701"),
        ("1000.000.021", "BE", "BE1000000021"),  # newer numbers begin with 1
        ("2.000.000.339, 0477.472.701", "BE", "BE0477472701"),
        ("CVR-nr. 13 58 56 28", "DK", "DK13585628"),
        ("NIF B58378431", "ES", "ESB58378431"),
        ("Y-tunnus 2077474-0", "FI", "FI20774740"),
        ("Org.nr. 995 525 828", "NO", "NO995525828"),
        ("NO995525828MVA", "NO", "NO995525828"),
        ("NIPC 501 964 843", "PT", "PT501964843"),
        ("Org.nr 123456-7897", "SE", "SE1234567897"),
        ("SE1234567897", "SE", "SE1234567897"),
        ("CHE-530.781.296, 1204 Genève", "CH", "CH530781296"),
        ("RCS Luxembourg B 123.456", "LU", "LUB123456"),
        ("B123456", "LU", "LUB123456"),
        ("B 0123456", "lu", "LUB123456"),
        ("HRB 12345, Amtsgericht München", "DE", "DEHRB12345"),
        ("HRB 012345 B", "DE", "DEHRB12345"),
        ("3977902", "GB", "GB03977902"),
        ("Company No. 01234567", "GB", "GB01234567"),
        ("SC 123456", "GB", "GBSC123456"),
        ("GB 01234567", "GB", "GB01234567"),
        ("FN 123456a", "AT", "AT123456A"),
        ("123456 A, HG Wien", "AT", "AT123456A"),
        ("FN 122119", "AT", "AT122119"),
        ("C.F. 00743110157", "IT", "IT00743110157"),
        ("REA MI-1755128", "IT", "IT1755128"),
        ("12892312-2-42", "HU", "HU12892312"),
        ("KVK 57151520", "NL", "NL57151520"),
        ("KVK57151520, Amsterdam", "NL", "NL57151520"),
        ("KVK 5715152", "NL", "NL5715152"),
        ("NR 57151520", "NL", "NL57151520"),
        ("57151520 (sinds 01-04-2013)", "NL", "NL57151520"),
        # The VAT number behind the registration is another number, also one that breaks its rule.
        ("KvK 33014286, BTW NL123456789B01", "NL", "NL33014286"),
        ("Company No. 3977902, VAT GB 110 3058 78", "GB", "GB03977902"),
        ("NI 601234 / XI110305878", "GB", "GBNI601234"),
        ("REA MI-1755128, P.IVA IT00743110157", "IT", "IT1755128"),
        ("SC123456", "GB", "GBSC123456"),
        ("Reg. no. SC 123 456", "GB", "GBSC123456"),
        ("ABN 51 824 753 556", "AU", "AU51824753556"),
        ("Company 004 085 616", "AU", "AU004085616"),
        ("T7000012050002", "JP", "JP7000012050002"),
        ("91110000600037341L", "CN", "CN91110000600037341L"),
        ("UEN 197401143C", "SG", "SG197401143C"),
        ("U72200KA2013PTC097389", "IN", "INU72200KA2013PTC097389"),
        ("CI-ABJ-2012-B-1234", "CI", "CI20121234"),
        ("J40/12345/2015", "RO", "ROJ40123452015"),
    ],
)
def test_a_registration_is_found_whatever_stands_around_it(written, country, key):
    assert read_registration(written, country).key == key


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("443121976", "FR"),
        (SIREN, ""),
        ("44312197500018", "FR"),
        ("0477472702", "BE"),
        ("2.000.000.339", "BE"),  # an establishment unit has check digits of the same kind
        ("BE 8.000.000.071", "BE"),
        ("13585627", "DK"),
        # These numbers of other countries have nine digits that pass the check of a SIREN.
        (f"DE{SIREN}", "FR"),
        (f"W{SIREN}0", "FR"),
        ("B58378432", "ES"),
        ("2077474-1", "FI"),
        ("995525829", "NO"),
        ("501964844", "PT"),
        ("123456-7898", "SE"),
        ("12345", ""),
        ("12345", "CH"),
        ("HRB 000", "DE"),
        ("FN 000 a", "AT"),
        ("12345670018", "IT"),
        # VAT numbers with wrong check digits
        ("GB123456789", "GB"),
        ("XI 123 4567 89", "GB"),
        ("NL123456789B01", "NL"),
        ("SK1234567890", "SK"),
        ("EL123456789", "GR"),
        ("LU12345678", "LU"),
        # These would be valid in another country.
        (SIRET, "DE"),
        ("RCS B 123.456", "BE"),
    ],
)
def test_a_registration_that_breaks_its_rule_or_has_no_country_is_none(written, country):
    assert read_registration(written, country) is None


def test_a_siret_keeps_its_establishment():
    assert read_registration(SIRET, "FR").establishment == SIRET
    assert read_registration(SIREN, "FR").establishment == ""


def test_a_german_number_keeps_its_court():
    courts = {
        read_registration(text, "DE").court
        for text in ("HRB 12345 Amtsgericht München", "AG Muenchen HRB12345")
    }
    assert courts == {"MUNCHEN"}
    assert not read_registration("HRB 12345", "DE").is_unique


@pytest.mark.parametrize(
    "written",
    [IBAN, "fr76 3000 6000 0112 3456 7890 189", f"IBAN: {IBAN} BIC AGRIFRPP", f"IBAN{IBAN}"],
)
def test_an_iban_is_found_whatever_stands_around_it(written):
    assert read_iban(written) == IBAN


@pytest.mark.parametrize(
    "written",
    [
        "FR7630006000011234567890188",
        "FR76 3000 6000 0111 3456 7890 189",
        "FR76",
        "30006000011234567890189",
    ],
)
def test_an_iban_with_wrong_check_digits_is_none(written):
    assert read_iban(written) == ""


@pytest.mark.parametrize("written", ["BE68539007547034 ING", "BE68 5390 0754 7034 ING"])
def test_a_word_behind_an_iban_is_no_part_of_it(written):
    # With the name of the bank, the check digits are right, too.
    assert read_iban(written) == "BE68539007547034"


def test_an_iban_of_a_country_without_a_registered_form_must_be_the_whole_text():
    assert read_iban("IBAN MA64 0115 1900 0001 2050 0053 4921") == "MA64011519000001205000534921"
    assert read_iban("MA64 0115 1900 0001 2050 0053 4921 ING") == ""


@st.composite
def ibans(draw):
    """Draw an IBAN of a country in which accounts have digits alone."""
    country = draw(st.sampled_from(sorted(DIGITS)))
    account = draw(st.text("0123456789", min_size=DIGITS[country], max_size=DIGITS[country]))
    return f"{country}{mod_97_10.calc_check_digits(account + country)}{account}"


@examined
@given(ibans(), st.integers(min_value=2, max_value=15), st.booleans())
def test_an_iban_with_one_changed_digit_is_none(iban, at, is_spaced):
    for digit in sorted({*"0123456789"} - {iban[at]}):
        written = iban[:at] + digit + iban[at + 1 :]
        groups = [written[start : start + 4] for start in range(0, len(written), 4)]
        assert read_iban((" " if is_spaced else "").join(groups)) == ""


@pytest.mark.parametrize("iban", IBANS)
def test_an_iban_of_any_form_is_read(iban):
    assert read_iban(iban) == iban


def test_a_part_of_a_number_is_never_another_account():
    # A part of one number in a hundred has right check digits, too.
    for digits in range(1_000):
        assert len(read_iban(f"FR76 3000 6000 0{digits:03} 3456 7890 189")) in (0, len(IBAN))


NOISE = st.text(alphabet=" .-/_", max_size=2)
WORDS = st.sampled_from(
    ["", "TVA :", "N° TVA", "VAT no.", "(intracom)", "Numéro de TVA intracommunautaire", "SIREN"]
)


@st.composite
def spaced(draw, number):
    """Draw a number with spaces and signs between its characters, in lower or upper case."""
    written = number[0] + "".join(draw(NOISE) + character for character in number[1:2])
    written += "".join(
        (draw(NOISE) if index % 3 == 0 else "") + character
        for index, character in enumerate(number[2:])
    )
    return draw(st.sampled_from([str.upper, str.lower]))(written)


@examined
@given(spaced(VAT), WORDS, WORDS)
def test_spaces_signs_and_words_do_not_matter(written, before, after):
    assert read_vat(f"{before} {written} {after}", "FR").key == VAT


@examined
@given(spaced(IBAN))
def test_an_iban_may_be_spaced_in_any_way(written):
    assert read_iban(written) == IBAN


@examined
@given(st.text(), st.sampled_from(COUNTRIES))
def test_any_text_can_be_read_without_an_error(text, country):
    for read in (read_vat, read_registration):
        found = read(text, country)
        assert found is None or found.key
    assert isinstance(read_iban(text), str)


@examined
@given(st.sampled_from("0123456789"), st.integers(1, 20), st.sampled_from(COUNTRIES))
def test_a_repeated_digit_is_no_number(digit, length, country):
    assert read_vat(digit * length, country) is None
    assert read_registration(digit * length, country) is None


@examined
@given(
    st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ /.'éà", max_size=60), st.sampled_from(COUNTRIES)
)
def test_words_without_digits_are_no_number(words, country):
    assert read_vat(words, country) is None
    assert read_registration(words, country) is None


@examined
@given(st.integers(10**6, 10**7 - 1), st.sampled_from(["BE", "CH", "DK"]))
def test_a_number_is_read_again_from_its_own_spelling(digits, country):
    for last in range(100):
        if found := read_vat(f"{digits}{last:02d}", country):
            assert read_vat(found.written) == found
            assert read_vat(found.written).written == found.written


UNRULED = st.sampled_from(["AE", "GB", "HK", "IE", "NL", "NZ"])


@examined
@given(st.integers(10**7, 10**8 - 1).filter(lambda one: len({*str(one)}) > 1), UNRULED)
def test_digits_without_check_digits_are_read_unless_they_run_on(digits, country):
    found = read_registration(f"No. {digits}", country)
    is_typed_at_random = digits in (12345678, 98765432)
    assert (found and found.number) == (None if is_typed_at_random else str(digits))


@examined
@given(st.dates(), st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%m-%d-%Y", "%Y-%m-%d"]), UNRULED)
def test_a_date_is_never_a_number(date, form, country):
    written = date.replace(year=1900 + date.year % 200).strftime(f"N/A {form}")
    assert read_vat(written, country) is None
    assert read_registration(written, country) is None


@examined
@given(st.dates(), st.integers(23_456_789, 98_765_431), UNRULED)
def test_a_date_beside_a_number_does_not_matter(date, digits, country):
    plain = read_registration(f"No. {digits}", country)
    since = date.replace(year=1900 + date.year % 200).strftime("%d/%m/%Y")
    assert read_registration(f"No. {digits} ({since})", country) == plain
