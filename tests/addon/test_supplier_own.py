"""Our own numbers, name and accounts never identify a supplier, although OCR may have read them."""

from tests.addon.suppliers import IBAN, OTHER_IBAN, OTHER_VAT, SIRET, VAT, SupplierCase


class TestOwnSigns(SupplierCase):
    def prepare(self):
        super().prepare()
        self.us = self.company.partner_id
        self.us.write({"vat": VAT, "company_registry": SIRET})
        self.account(self.us, IBAN)

    def assertNotUs(self, document):
        self.assertNotEqual(document.move_id.partner_id.commercial_partner_id, self.us)

    def test_a_supplier_with_our_vat_number_is_found_by_its_name(self):
        known = self.partner(country="de", name="Kessler")
        document = self.booked(name="Kessler", territory="DE", vat=VAT)
        self.assertEqual(document.move_id.partner_id, known)
        self.assertIn("data of our own company: VAT number", self.note(document.move_id))

    def test_a_new_supplier_does_not_get_our_numbers(self):
        partner = self.assertNew(
            name="Brunner", territory="LU", vat=VAT, siret="443 121 975 00025", iban=IBAN
        )
        self.assertFalse(partner.vat or partner.company_registry or partner.bank_ids)
        self.assertIn("VAT number, registration, IBAN", self.mapping("supplier").doubt)

    def test_a_supplier_with_its_own_number_beside_ours_keeps_its_own(self):
        partner = self.assertNew(name="Autre", vat=OTHER_VAT, siret=SIRET)
        self.assertEqual((partner.vat, partner.company_registry), (OTHER_VAT, False))

    def test_a_supplier_with_our_name_waits(self):
        document = self.booked(name=f"{self.company.name.upper()} SAS", territory="DE")
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertIn("data of our own company: name", document.message)
        self.assertFalse(document.move_id)

    def test_a_supplier_with_our_name_and_a_known_number_is_found(self):
        known = self.partner(vat=OTHER_VAT)
        self.assertFound(known, name=self.company.name, vat=OTHER_VAT)

    def test_a_supplier_with_only_our_signs_waits_until_it_is_corrected(self):
        purchase = self.purchase(name=self.company.name, vat=VAT, siret=SIRET, iban=IBAN)
        document = self.book(purchase=purchase)
        self.assertEqual(document.reason, "unknown_supplier")
        supplier = self.tenant.suppliers[purchase["supplier"]["id"]]
        supplier.update(name="Kessler", legalRegistration={}, bankAccount=None)
        document.action_retry()
        self.sync()
        self.assertEqual(document.move_id.partner_id.name, "Kessler")
        self.assertFalse(self.mapping("supplier").doubt)

    def test_a_supplier_that_was_corrected_in_lucca_is_noted_no_more(self):
        purchase = self.purchase(name="Kessler", territory="BE", vat=VAT)
        self.assertIn("our own", self.note(self.book(purchase=purchase, lines=[(1, None)]).move_id))
        supplier = self.tenant.suppliers[purchase["supplier"]["id"]]
        supplier["legalRegistration"]["vatNumber"] = "BE0477472701"
        move = self.book(purchase=purchase, lines=[(2, None)]).move_id
        self.assertEqual(move.partner_id.name, "Kessler")
        self.assertNotIn("our own", self.note(move))

    def test_our_own_account_is_never_proposed(self):
        known = self.partner(vat=OTHER_VAT)
        self.account(known, OTHER_IBAN)
        details = {"paymentMethod": "BankTransfer", "bankAccount": {"iban": IBAN, "bic": None}}
        purchase = self.purchase(vat=OTHER_VAT)
        move = self.book(purchase=purchase, paymentDetails=details).move_id
        self.assertFalse(move.partner_bank_id)
        self.assertIn(f"IBAN {IBAN} is our own", self.note(move))
        self.assertNotIn("not among", self.note(move))

    def test_the_signs_of_a_branch_are_ours(self):
        branch = self.env["res.company"].create(
            {"name": "Agence du Nord", "parent_id": self.company.id}
        )
        branch.partner_id.write({"country_id": self.company.country_id.id, "vat": OTHER_VAT})
        document = self.booked(name="Agence du Nord", vat=OTHER_VAT)
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertNotUs(self.booked(name="Kessler", vat=OTHER_VAT))

    def test_another_company_of_the_database_can_be_a_supplier(self):
        sister = self.env["res.company"].create({"name": "Filiale"})
        sister.partner_id.write({"country_id": self.company.country_id.id, "vat": OTHER_VAT})
        self.assertFound(sister.partner_id, name="Filiale", vat=OTHER_VAT)
        self.assertFalse(self.mapping("supplier").doubt)

    def test_a_number_of_another_company_of_the_database_beside_another_name_is_a_doubt(self):
        """A machine may have read the buyer's number."""
        sister = self.env["res.company"].create({"name": "Filiale"})
        sister.partner_id.write({"country_id": self.company.country_id.id, "vat": OTHER_VAT})
        document = self.booked(name="Kessler", vat=OTHER_VAT)
        self.assertTrue(document.is_doubtful)
        self.assertIn("one of your own companies", self.note(document.move_id))

    def test_the_account_of_another_company_of_the_database_is_not_a_new_suppliers(self):
        sister = self.env["res.company"].create({"name": "Filiale"})
        sister.partner_id.write({"country_id": self.company.country_id.id, "vat": OTHER_VAT})
        self.account(sister.partner_id, OTHER_IBAN)
        document = self.booked(name="Kessler", territory="DE", vat="DE462612124", iban=OTHER_IBAN)
        move = document.move_id
        self.assertEqual(move.partner_id.vat, "DE462612124")
        self.assertFalse(move.partner_id.bank_ids | move.partner_bank_id)
        self.assertIn(f"IBAN {OTHER_IBAN} is not among", self.note(move))

    def test_a_bill_on_our_own_company_waits_even_if_a_person_chose_it(self):
        purchase = self.purchase()
        self.book(purchase=purchase)
        self.mapping("supplier").partner_id = self.us
        document = self.book(purchase=purchase)
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertIn("our own company", document.message)
