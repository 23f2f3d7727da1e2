"""A supplier that becomes another company in Lucca is told, and its bills do not follow."""

from tests.addon.suppliers import OTHER_SIRET, OTHER_VAT, SIREN, SIRET, VAT, SupplierCase


class TestIdentity(SupplierCase):
    def prepare(self):
        super().prepare()
        self.first = self.purchase(name="Moreau", vat=VAT, siret=SIRET)
        self.partner_before = self.book(purchase=self.first).move_id.partner_id
        self.supplier = self.tenant.suppliers[self.first["supplier"]["id"]]

    def change(self, **legal):
        self.supplier["legalRegistration"].update(legal)

    def again(self):
        return self.book(purchase=self.first)

    def assertWaits(self, document):
        self.assertEqual(document.reason, "ambiguous_supplier")
        self.assertFalse(document.move_id)
        self.assertEqual(self.mapping("supplier").candidate_ids, self.partner_before)

    def test_another_vat_number_waits_for_a_person(self):
        self.change(vatNumber=OTHER_VAT, identifier=None)
        document = self.again()
        self.assertWaits(document)
        self.assertIn(
            f"was {VAT} / {SIRET} in Lucca, and is {OTHER_VAT} there now", document.message
        )
        self.assertIn("More than one supplier fits", self.connection.activity_ids.note)

    def test_another_registration_waits_for_a_person(self):
        self.change(identifier=OTHER_SIRET)
        self.assertWaits(self.again())

    def test_a_partner_with_the_new_number_is_not_taken_by_itself(self):
        known = self.partner(vat=OTHER_VAT)
        self.change(vatNumber=OTHER_VAT, identifier=OTHER_SIRET)
        document = self.again()
        document.action_retry()
        self.sync()
        self.assertWaits(document)
        self.mapping("supplier").partner_id = known
        self.sync()
        self.assertEqual(document.move_id.partner_id, known)

    def test_a_person_may_keep_the_supplier_and_is_asked_once(self):
        self.change(vatNumber=OTHER_VAT, identifier=OTHER_SIRET)
        document = self.again()
        self.mapping("supplier").partner_id = self.partner_before
        self.sync()
        self.assertEqual(document.move_id.partner_id, self.partner_before)
        self.assertEqual(self.again().move_id.partner_id, self.partner_before)

    def test_another_establishment_spelling_or_name_is_the_same_company(self):
        self.change(vatNumber="FR 46 443 121 975 (intracom)", identifier="44312197500025")
        self.supplier["name"] = "Moreau et Fils"
        self.assertEqual(self.again().move_id.partner_id, self.partner_before)

    def test_numbers_that_are_removed_or_were_invalid_change_nothing(self):
        self.change(vatNumber="N/A", identifier=SIREN)
        self.assertEqual(self.again().move_id.partner_id, self.partner_before)
        self.change(vatNumber=None, identifier=None)
        self.assertEqual(self.again().move_id.partner_id, self.partner_before)

    def test_a_correction_to_the_number_in_odoo_is_accepted(self):
        self.partner_before.write({"vat": OTHER_VAT, "company_registry": OTHER_SIRET})
        self.change(vatNumber=OTHER_VAT, identifier=OTHER_SIRET)
        self.assertEqual(self.again().move_id.partner_id, self.partner_before)

    def test_existing_bills_keep_their_partner(self):
        bill = self.documents().move_id
        self.change(vatNumber=OTHER_VAT, identifier=None)
        self.again()
        self.assertEqual(bill.partner_id, self.partner_before)

    def test_a_supplier_that_may_no_longer_be_read_stops_nothing(self):
        self.server.behaviour.denied = {"suppliers": 403}
        self.assertEqual(self.again().move_id.partner_id, self.partner_before)

    def test_a_mapping_of_an_older_version_is_compared_with_its_partner(self):
        self.mapping("supplier").supplier_data = False
        self.partner_before.write({"vat": OTHER_VAT, "company_registry": OTHER_SIRET})
        self.assertWaits(self.again())

    def test_a_partner_that_a_person_chose_before_is_kept(self):
        mapping = self.mapping("supplier")
        mapping.partner_id = self.partner(name="Chosen", vat=OTHER_VAT)
        mapping.supplier_data = False
        self.assertEqual(self.again().move_id.partner_id.name, "Chosen")
