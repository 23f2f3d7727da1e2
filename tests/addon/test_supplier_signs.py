"""Some signs identify a supplier, and others tell nothing."""

from odoo.tools.profiler import Profiler

from tests.addon.suppliers import (
    IBAN,
    OTHER_SIRET,
    OTHER_VAT,
    SIREN,
    SIRET,
    VAT,
    SupplierCase,
)


class TestNoNumber(SupplierCase):
    def test_a_text_that_is_no_registration_is_no_sign(self):
        first = self.supplier_of(name="Premier", siret="N/A")
        for number, garbage in enumerate(("N/A", "0", "00000000000000", "en cours")):
            with self.subTest(garbage):
                self.assertNew(name=f"Autre {number}", siret=garbage)
        second = self.assertNew(name="Deuxième", siret="N/A", vat=VAT)
        self.assertEqual(second.vat, VAT)
        self.assertFalse((first | second).filtered("company_registry"))

    def test_a_text_that_is_no_vat_number_finds_nobody(self):
        prospect = self.partner(name="Prospect")
        administrator = self.env.ref("base.partner_admin")
        for number, garbage in enumerate(("N/A", "XX", "FR", "0", "TVA", "FR 00", "À venir")):
            with self.subTest(garbage):
                found = self.supplier_of(name=f"Inconnu {number}", vat=garbage)
                self.assertNotIn(found, prospect | administrator)
                self.assertFalse(found.vat)
                self.assertIn(garbage, found.comment)

    def test_a_vat_number_with_wrong_check_digits_is_no_company_id(self):
        for country, number in (("GB", "GB123456789"), ("NL", "NL123456789B01")):
            with self.subTest(number):
                sign = {"territory": country, "vat": number}
                first = self.assertNew(name=f"Alpha {country}", **sign)
                second = self.assertNew(name=f"Beta {country}", **sign)
                self.assertFalse((first | second).filtered("company_registry"))
                self.assertIn(number, second.comment)
        last = self.assertNew(name="Gamma", territory="GB", siret="GB123456789")
        self.assertFalse(last.company_registry)
        self.assertIn("GB123456789", last.comment)

    def test_beside_a_text_that_is_no_vat_number_the_name_is_found(self):
        known = self.partner(name="Papeterie du Vexin")
        for garbage in ("N/A", "XX", "FR"):
            with self.subTest(garbage), self.rolled_back():
                self.assertFound(known, name="Papeterie du Vexin", vat=garbage)

    def test_beside_a_text_that_is_no_vat_number_the_siret_is_found(self):
        known = self.partner(company_registry=SIRET)
        for garbage in ("N/A", "XX", "FR", "TVA non applicable, art. 293 B"):
            self.assertFound(known, siret=SIRET, vat=garbage)

    def test_a_vat_number_that_breaks_its_rule_contradicts_nothing(self):
        known = self.partner(vat=VAT, company_registry=SIRET)
        for written in ("FR00443121975", "FR443121975", "TVA non applicable, art. 293 B"):
            self.assertFound(known, siret=SIRET, vat=written)

    def test_a_vat_number_between_words_is_found(self):
        known = self.partner(vat=VAT)
        for written in ("FR 46443121975 (intracom)", "N° TVA : FR46 443 121 975"):
            self.assertFound(known, name="Autre", vat=written)

    def test_an_invalid_registration_is_kept_in_the_note(self):
        partner = self.assertNew(siret="443 121 976 00017")
        self.assertFalse(partner.company_registry)
        self.assertIn("443 121 976 00017", partner.comment)


class TestName(SupplierCase):
    def test_a_name_in_other_letters_is_found(self):
        for name, written in (
            ("Les Sœurs Martin", "LES SOEURS MARTIN"),
            ("BAECKEREI MUELLER", "Bäckerei Müller GmbH"),
            ("Bäckerei Michael Schröder", "Baeckerei Michael Schroeder"),
            ("Durand & Fils SARL", "DURAND ET FILS"),
        ):
            with self.subTest(written):
                self.assertFound(self.partner(name=name), name=written)

    def test_a_name_with_an_e_less_is_another_one(self):
        known = self.partner(name="Coeur de Ville")
        self.assertNotEqual(self.assertNew(name="Cour de Ville"), known)


class TestCountry(SupplierCase):
    def test_the_purchases_country_counts_where_the_supplier_has_a_number_for_it(self):
        partner = self.assertNew(
            name="Kessler",
            vat="462612124",
            territory={"id": 49, "name": "Allemagne"},
            on_purchase="DE",
        )
        self.assertEqual((partner.country_id.code, partner.vat), ("DE", "DE462612124"))

    def test_a_country_known_only_by_its_name_in_lucca_is_found(self):
        for name in ("Allemagne", "Germany", "Deutschland", "Germania"):
            partner = self.supplier_of(
                name=f"Firma {name}", territory={"id": 49, "name": name}, on_purchase="49"
            )
            self.assertEqual(partner.country_id.code, "DE")

    def test_the_country_of_the_vat_number_counts_where_there_is_no_other(self):
        partner = self.assertNew(name="Kessler", vat="DE 462 612 124", territory={"id": 49})
        self.assertEqual((partner.country_id.code, partner.vat), ("DE", "DE462612124"))

    def test_a_siret_without_country_is_french(self):
        known = self.partner(vat=VAT)
        self.assertFound(known, siret=SIRET, territory={"id": 75})

    def test_a_siren_without_country_finds_its_company_and_creates_none(self):
        known = self.partner(vat=VAT)
        self.assertFound(known, siret=SIREN, territory={"id": 75})
        other = self.assertNew(name="Autre", siret=OTHER_SIRET[:9], territory={"id": 75})
        self.assertFalse(other.company_registry or other.country_id)

    def test_other_usual_country_codes_are_understood(self):
        british = self.supplier_of(name="Harrow", territory="UK")
        greek = self.supplier_of(name="Athina", territory="EL", vat="123456783")
        self.assertEqual((british.country_id.code, greek.country_id.code), ("GB", "GR"))
        self.assertEqual(greek.vat, "EL123456783")

    def test_overseas_departments_have_french_registrations(self):
        known = self.partner(vat=VAT)
        self.assertFound(known, siret=SIRET, territory="RE")
        partner = self.assertNew(name="Antilles", siret=OTHER_SIRET, territory="GP")
        self.assertEqual(partner.country_id.code, "GP")
        self.assertEqual(partner.company_registry, OTHER_SIRET)

    def test_a_number_of_northern_ireland_is_the_british_one(self):
        known = self.partner(country="uk", vat="GB110305878")
        self.assertFound(known, name="Belfast", vat="XI110305878", territory="GB")

    def test_a_number_of_monaco_is_a_french_one(self):
        known = self.partner(country="mc", vat="FR53000004605")
        self.assertFound(known, name="Rocher", vat="53000004605", territory="MC")
        self.assertFound(known, name="Roche", vat="FR53000004605", territory="FR")

    def test_a_new_supplier_of_monaco_has_the_french_prefix(self):
        partner = self.assertNew(vat="53000004605", territory="MC")
        self.assertEqual((partner.vat, partner.country_id.code), ("FR53000004605", "MC"))

    def test_monaco_is_not_intra_community_for_france(self):
        move = self.booked(vat="FR53000004605", territory="MC").move_id
        taxes = move.invoice_line_ids.tax_ids
        self.assertFalse(taxes.filtered(lambda tax: "EU" in tax.name))
        self.assertNotIn("EU", move.fiscal_position_id.name or "")

    def test_a_swiss_number_is_the_same_with_any_suffix(self):
        known = self.partner(country="ch", vat="CHE-530.781.296 MWST")
        for written in ("CHE-530.781.296 TVA", "CHE-530.781.296 MWST", "CHE530781296 VAT"):
            self.assertFound(known, name=written, vat=written, territory="CH")

    def test_a_new_swiss_supplier_keeps_its_suffix(self):
        partner = self.assertNew(vat="CHE530781296 MWST", territory="CH")
        self.assertEqual(partner.vat, "CHE-530.781.296 MWST")


class TestCompaniesApart(SupplierCase):
    def test_a_number_of_one_of_many_registers_counts_only_with_the_name(self):
        for country, one, other in (
            ("ma", "RC Casablanca 48213", "RC Rabat 48213"),
            ("it", "REA MI-1755128", "REA RM-1755128"),
        ):
            with self.subTest(country):
                known = self.partner(country, name=f"Alpha {country}", company_registry=one)
                territory = country.upper()
                self.assertNew(name=f"Beta {country}", siret=other, territory=territory)
                self.assertFound(known, name=f"ALPHA {country}", siret=one, territory=territory)

    def test_the_digits_of_a_vat_number_as_registration_are_its_company_s(self):
        rossi = self.partner("it", name="Rossi", vat="IT12345670017")
        self.assertFound(rossi, name="Mario e C.", siret="12345670017", territory="IT")
        other = self.assertNew(name="Rossi", siret="P.IVA 00743110157", territory="IT")
        # A registration alone does not say that the company pays VAT.
        self.assertFalse(other.vat)

    def test_a_belgian_establishment_unit_does_not_contradict_the_vat_number(self):
        vat, number = "BE0477472701", "0477472701"
        known = self.partner("be", name="Proximus", vat=vat, company_registry=number)
        purchase = self.purchase(name="Proximus", territory="BE", vat=vat, siret="2.000.000.339")
        document = self.book(purchase=purchase, excluding=100, taxes=[])
        self.assertEqual(document.move_id.partner_id, known)

    def test_austrian_numbers_are_told_apart(self):
        alpha = self.partner("at", name="Alpha GmbH", company_registry="FN 123456 a")
        self.assertFound(alpha, name="Alfa", siret="FN 123456a", territory="AT")
        self.assertNew(name="Alpha GmbH", siret="FN 654321b", territory="AT")

    def test_members_of_a_vat_group_are_told_apart_by_their_siren(self):
        member = self.partner(name="Membre A", vat=VAT, company_registry=SIRET)
        other = self.assertNew(name="Membre B", vat=VAT, siret=OTHER_SIRET)
        self.assertEqual(other.company_registry, OTHER_SIRET)
        self.assertFound(member, name="Membre A bis", vat=VAT, siret=SIREN)

    def test_among_two_known_members_the_siren_decides(self):
        self.partner(name="Membre A", vat=VAT, company_registry=SIRET)
        other = self.partner(name="Membre B", vat=VAT, company_registry=OTHER_SIRET)
        self.assertFound(other, vat=VAT, siret=OTHER_SIRET)

    def test_a_member_is_not_the_company_to_which_the_groups_vat_number_belongs(self):
        head = self.partner(name="Tête", vat=VAT)
        self.assertNew(head, name="Membre", vat=VAT, siret=OTHER_SIRET)

    def test_members_of_a_vat_group_abroad_are_told_apart_by_registration_and_name(self):
        sign = {"territory": "GB", "vat": "GB110305878"}
        known = self.partner("uk", name="A Ltd", vat=sign["vat"], company_registry="01234567")
        member = self.assertNew(name="B Ltd", siret="07654321", **sign)
        self.assertEqual(member.company_registry, "07654321")
        self.assertFound(known, name="A Limited", siret="01234568", **sign)

    def test_a_german_register_number_belongs_to_one_court(self):
        first = self.supplier_of(name="Eins GmbH", siret="HRB 12345", territory="DE")
        second = self.assertNew(name="Zwei GmbH", siret="HRB 12345", territory="DE")
        self.assertEqual((first.company_registry, second.company_registry), ("HRB 12345",) * 2)

    def test_the_same_german_register_number_and_name_are_the_same_company(self):
        known = self.partner(country="de", name="Eins GmbH", company_registry="HRB 12345 München")
        self.assertFound(known, name="EINS", siret="HRB12345", territory="DE")

    def test_the_siren_within_a_vat_number_outweighs_the_name(self):
        known = self.partner(name="Moreau", vat=OTHER_VAT)
        self.assertNew(known, name="Moreau SARL", siret=SIRET)

    def test_a_registration_counts_within_its_country(self):
        known = self.partner(country="nl", company_registry="57151520")
        self.assertNew(known, siret="57151520", territory="GB")


class TestWeakSigns(SupplierCase):
    def test_an_employees_account_is_no_sign(self):
        user = self.env["res.users"].create({"name": "Nadia", "login": "nadia"})
        self.account(user.partner_id, IBAN)
        self.assertNew(user.partner_id, iban=IBAN)

    def test_a_company_of_a_user_is_not_found_by_name(self):
        user = self.env["res.users"].create({"name": "Moreau", "login": "moreau"})
        user.partner_id.is_company = True
        self.assertNew(user.partner_id)

    def test_a_supplier_is_preferred_to_a_prospect_with_the_same_name(self):
        self.partner(name="MOREAU")
        known = self.partner(name="Moreau SAS", supplier_rank=1)
        self.assertFound(known)

    def test_two_fitting_partners_are_told_with_the_reason(self):
        self.partner(name="Moreau Paris", vat=VAT)
        self.partner(name="Moreau Lyon", vat=VAT)
        document = self.booked(vat=VAT)
        self.assertEqual(document.reason, "ambiguous_supplier")
        self.assertIn("by its VAT number: Moreau Paris, Moreau Lyon", document.message)

    def test_finding_many_suppliers_takes_as_many_queries_as_finding_few(self):
        few, more = self.queries(range(2)), self.queries(range(2, 16))
        self.assertLess(more - few, 6)

    def queries(self, numbers):
        """Return the number of queries that search for some suppliers known by name."""
        for number in numbers:
            self.partner(name=f"Atelier {number}")
            self.tenant.add_invoice(purchase=self.purchase(name=f"ATELIER {number} SAS"))
        with (
            self.committing(self.connection) as connection,
            Profiler(collectors=["sql"], db=None) as profiler,
        ):
            self.assertTrue(connection._sync())
        mapped = self.mapping("supplier").filtered(lambda one: one.found_by == "name")
        self.assertEqual(len(mapped), max(numbers) + 1)
        entries = profiler.collectors[0].entries
        return sum("_map_alone" in {frame[2] for frame in one["stack"]} for one in entries)
