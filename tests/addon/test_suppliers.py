"""Suppliers are found where there is no doubt, or created completely. Otherwise, the document waits."""

from unittest.mock import patch

from odoo.tools import mute_logger

from tests.addon.suppliers import IBAN, OTHER_IBAN, SIREN, SIRET, VAT, SupplierCase

# A partner that cannot be created, as by a rule of another addon.
REFUSAL = """
    CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON res_partner
        FOR EACH ROW WHEN (NEW.name = 'Refused') EXECUTE FUNCTION pg_temp.refuse();
"""


class TestManyAtOnce(SupplierCase):
    def suppliers_of(self, *purchases):
        jsons = [self.tenant.add_invoice(purchase=purchase) for purchase in purchases]
        self.sync()
        return [self.document(json).move_id.partner_id for json in jsons]

    def test_new_suppliers_are_created_together(self):
        purchases = [self.purchase(name=f"Atelier {number}") for number in range(3)]
        names = [partner.name for partner in self.suppliers_of(*purchases)]
        self.assertEqual(names, ["Atelier 0", "Atelier 1", "Atelier 2"])

    def test_two_suppliers_that_are_one_company_become_one_partner(self):
        """Lucca may have a company twice: with its SIRET, and under another name with its VAT number."""
        one = self.purchase(name="Moreau", siret=SIRET)
        other = self.purchase(name="Moreau Paris", vat=VAT)
        first, second = self.suppliers_of(one, other)
        self.assertTrue(first)
        self.assertEqual(first, second)

    def test_their_partner_has_the_vat_number_whichever_comes_first(self):
        for order in (1, -1):
            with self.subTest(order), self.rolled_back():
                signs = [{"name": "Moreau", "siret": SIREN}, {"name": "Moreau Paris", "vat": VAT}]
                partners = self.suppliers_of(*(self.purchase(**sign) for sign in signs[::order]))
                self.assertEqual([one.vat for one in partners], [VAT, VAT])

    def test_two_suppliers_with_the_iban_of_their_factor_become_two_partners(self):
        one = self.purchase(name="Transports Un", iban=IBAN)
        other = self.purchase(name="Imprimerie Deux", iban=IBAN)
        first, second = self.suppliers_of(one, other)
        self.assertTrue(first and second)
        self.assertNotEqual(first, second)

    def test_two_suppliers_with_one_name_become_two_partners(self):
        first, second = self.suppliers_of(
            self.purchase(name="Moreau SARL"), self.purchase(name="Moreau SAS")
        )
        self.assertTrue(first and second)
        self.assertNotEqual(first, second)

    @mute_logger("odoo.sql_db")
    def test_a_supplier_that_cannot_be_created_does_not_stop_the_others(self):
        self.env.cr.execute(REFUSAL)
        good, bad = self.purchase(name="Good"), self.purchase(name="Refused")
        first, second = self.suppliers_of(good, bad)
        self.assertEqual(first.name, "Good")
        self.assertFalse(second)
        waiting = self.documents().filtered(lambda one: not one.move_id)
        self.assertEqual(waiting.reason, "refused_by_odoo")

    def test_known_suppliers_are_not_created_again(self):
        known = self.env["res.partner"].create(
            [{"name": f"Known {number}", "is_company": True} for number in range(5)]
        )
        purchases = [self.purchase(name=f"KNOWN {number} SAS") for number in range(5)]
        self.assertEqual(self.suppliers_of(*purchases), list(known))

    def test_the_sign_of_another_addon_is_asked_for_each_supplier(self):
        known = self.partner(ref="LUCCA")

        def find(suppliers, mapping, supplier):
            if supplier.name == "Referred":
                return known, "registry"
            return original(suppliers, mapping, supplier)

        model = self.env.registry["lucca.supplier"]
        original = model._find
        with patch.object(model, "_find", find):
            found = self.suppliers_of(self.purchase(name="New"), self.purchase(name="Referred"))
        self.assertEqual((found[0].name, found[1]), ("New", known))


class TestFound(SupplierCase):
    def test_a_supplier_is_found_by_its_mapping(self):
        known = self.partner()
        purchase = self.purchase()
        self.connection.supplier_policy = "match"
        self.book(purchase=purchase)
        self.mapping("supplier").partner_id = known
        self.assertEqual(self.book(purchase=purchase).move_id.partner_id, known)

    def test_a_supplier_is_found_by_its_vat_number_in_any_spelling(self):
        known = self.partner(vat=VAT)
        for written in ("FR 46 443 121 975", "46.443.121.975", VAT.lower()):
            with self.subTest(written):
                self.assertFound(known, vat=written)

    def test_a_supplier_is_found_by_a_short_vat_number_without_country_and_zeros(self):
        known = self.partner(country="ro", name="Other", vat="361")
        self.assertFound(known, vat="RO361", territory="RO")

    def test_a_supplier_is_found_by_its_siret(self):
        known = self.partner(company_registry=SIRET)
        self.assertFound(known, siret="443 121 975 00017")

    def test_a_supplier_is_found_by_the_siren_in_its_siret(self):
        known = self.partner(company_registry="443 121 975")
        self.assertFound(known, siret=SIRET)

    def test_a_supplier_is_found_by_the_siren_in_odoos_siret(self):
        known = self.partner(company_registry=SIRET)
        self.assertFound(known, siret=SIREN)

    def test_a_supplier_is_found_by_the_siren_in_odoos_vat_number(self):
        known = self.partner(vat=VAT)
        self.assertFound(known, siret=SIRET)

    def test_the_same_establishment_is_found_before_another_of_the_company(self):
        self.partner(company_registry="44312197500025")
        known = self.partner(company_registry=SIRET)
        self.assertFound(known, siret=SIRET)

    def test_a_supplier_is_found_by_its_siret_where_odoo_or_lucca_has_no_country(self):
        known = self.partner(company_registry=SIRET, country=False)
        self.assertFound(known, siret=SIRET)
        self.assertFound(known, siret=SIRET, territory="")

    def test_a_supplier_is_found_by_its_vat_number_where_odoo_has_no_country(self):
        self.assertFound(self.partner(vat=VAT[2:], country=False), vat=VAT)

    def test_a_supplier_is_found_by_its_iban(self):
        known = self.partner()
        self.account(known, IBAN)
        self.assertFound(known, iban="FR76 3000 6000 0112 3456 7890 189")

    def test_a_supplier_is_found_by_its_name_without_case_accents_and_legal_form(self):
        known = self.partner(name="Éts MOREAU, S.A.R.L.")
        self.assertFound(known, name="ets Moreau")

    def test_a_company_is_found_before_a_person(self):
        self.partner(name="Moreau himself", is_company=False, vat=VAT)
        self.assertFound(self.partner(vat=VAT), vat=VAT)

    def test_a_person_is_found_where_there_is_no_company(self):
        self.assertFound(self.partner(is_company=False, vat=VAT), vat=VAT)

    def test_a_contact_leads_to_its_company(self):
        known = self.partner()
        contact = self.partner(name="Contact", is_company=False, parent_id=known.id)
        self.account(contact, IBAN)
        self.assertFound(known, iban=IBAN)


class TestNotFound(SupplierCase):
    def assertCreated(self, *others, **supplier):
        self.assertNotIn(self.booked(**supplier).move_id.partner_id, others)

    def test_an_archived_partner_is_not_found(self):
        self.assertCreated(self.partner(vat=VAT, active=False), vat=VAT)

    def test_a_partner_of_another_company_is_not_found(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.connection.journal_id = self.connection.journal_id
        self.assertCreated(self.partner(vat=VAT, company_id=company.id), vat=VAT)

    def test_a_contact_of_another_companys_partner_is_not_found(self):
        company = self.env["res.company"].create({"name": "Other"})
        parent = self.partner(name="Elsewhere", company_id=company.id)
        contact = self.partner(name="Contact", parent_id=parent.id, vat=VAT, company_id=False)
        self.assertCreated(parent | contact, vat=VAT)

    def test_a_person_with_the_same_name_is_not_found(self):
        self.assertCreated(self.partner(name="Moreau", is_company=False))

    def test_the_same_name_with_another_vat_number_is_not_found(self):
        self.assertCreated(self.partner(name="Moreau", vat="FR40303265045"), vat=VAT)

    def test_the_same_name_with_another_siren_is_not_found(self):
        self.assertCreated(self.partner(name="Moreau", company_registry="552081317"), siret=SIRET)

    def test_a_factors_iban_with_another_vat_number_is_not_found(self):
        factor = self.partner(name="Factor", vat="FR40303265045")
        self.account(factor, IBAN)
        self.assertCreated(factor, vat=VAT, iban=IBAN)

    def test_a_factors_iban_of_another_supplier_is_not_found(self):
        first = self.booked(name="Transports A", iban=IBAN).move_id.partner_id
        self.assertCreated(first, name="Imprimerie B", iban=IBAN)

    def test_the_same_name_in_another_country_is_not_found(self):
        self.assertCreated(self.partner(name="Moreau SARL"), name="Moreau Inc.", territory="US")

    def test_a_partner_that_is_another_supplier_of_lucca_is_not_found(self):
        first = self.booked(name="Moreau SARL").move_id.partner_id
        self.assertCreated(first, name="Moreau SAS")


class TestDoubt(SupplierCase):
    def test_two_candidates_wait_and_are_offered(self):
        candidates = self.partner(vat=VAT) | self.partner(name="Known too", vat=VAT)
        document = self.booked(vat=VAT)
        self.assertEqual((document.state, document.reason), ("blocked", "ambiguous_supplier"))
        self.assertEqual(self.mapping("supplier").candidate_ids, candidates)
        self.assertIn("Known, ", document.message)
        self.assertIn("Known too", document.message)

    def test_the_chosen_candidate_is_used(self):
        candidates = self.partner(name="Moreau") | self.partner(name="MOREAU SA")
        document = self.booked()
        self.mapping("supplier").partner_id = candidates[1]
        self.sync()
        self.assertEqual(document.move_id.partner_id, candidates[1])


class TestCreated(SupplierCase):
    def created(self, **supplier):
        return self.booked(name="Nouveau", **supplier).move_id.partner_id

    def test_a_new_supplier_has_its_name_country_vat_number_and_registration(self):
        self.assertRecordValues(
            self.created(vat=VAT, siret=SIRET),
            [
                {
                    "name": "Nouveau",
                    "is_company": True,
                    "vat": VAT,
                    "company_registry": SIRET,
                    "country_id": self.env.ref("base.fr").id,
                    "supplier_rank": 1,
                    "company_id": False,
                }
            ],
        )

    def test_an_invalid_vat_number_is_kept_in_the_note(self):
        partner = self.created(vat="FR00000000001")
        self.assertFalse(partner.vat)
        self.assertIn("FR00000000001", partner.comment)

    def test_a_new_supplier_has_the_payment_term_with_exactly_its_days(self):
        term = self.env.ref("account.account_payment_term_30days")
        for days, expected in ((30, term), (31, term.browse()), (60, term.browse())):
            with self.subTest(days):
                values = {"value": days, "unit": "Day"}
                partner = self.supplier_of(name=f"Supplier {days}", paymentTerm=values)
                self.assertEqual(partner.property_supplier_payment_term_id, expected)

    def test_a_new_supplier_has_no_payment_term_where_lucca_has_none(self):
        self.assertFalse(self.created(paymentTerm=None).property_supplier_payment_term_id)

    def test_a_new_supplier_has_contacts_with_international_phone_numbers(self):
        partner = self.created(
            contacts=[
                {
                    "firstName": "Hélène",
                    "lastName": "Caradec",
                    "email": "Helene.Caradec@example.com",
                    "phone": "01 42 68 53 00",
                },
                {"firstName": "Rémi", "lastName": "Fontanel", "email": None, "phone": None},
            ]
        )
        self.assertRecordValues(
            partner.child_ids,
            [
                {
                    "name": "Hélène Caradec",
                    "email": "helene.caradec@example.com",
                    "phone": "+33142685300",
                },
                {"name": "Rémi Fontanel", "email": False, "phone": False},
            ],
        )

    def test_a_text_that_is_no_phone_number_or_address_stays_in_the_contacts_note(self):
        contact = {"lastName": "Odd", "email": "at home", "phone": "ask Rémi"}
        child = self.created(contacts=[contact]).child_ids
        self.assertEqual((child.email, child.phone), (False, False))
        self.assertIn("at home ask Rémi", child.comment)

    def test_an_unreadable_contact_does_not_stop_the_supplier(self):
        self.assertFalse(self.created(contacts=["nobody"]).child_ids)

    def test_the_bank_account_of_a_new_supplier_is_not_trusted(self):
        account = self.created(iban=IBAN).bank_ids
        self.assertEqual(account.sanitized_acc_number, IBAN)
        self.assertFalse(account.allow_out_payment)

    def test_an_invalid_iban_is_kept_in_the_note(self):
        partner = self.created(iban="FR7630006000011234567890188")
        self.assertFalse(partner.bank_ids)
        self.assertIn("FR7630006000011234567890188", partner.comment)


class TestArchived(SupplierCase):
    def test_a_supplier_that_was_archived_since_waits(self):
        purchase = self.purchase()
        self.book(purchase=purchase).move_id.partner_id.active = False
        document = self.book(purchase=purchase)
        self.assertEqual(document.reason, "unknown_supplier")
        self.assertIn("archived", document.message)


class TestBankAccounts(SupplierCase):
    """A changed bank account is a usual trick of invoice fraud."""

    def pay_to(self, iban, **values):
        details = {"paymentMethod": "BankTransfer", "bankAccount": {"iban": iban, "bic": None}}
        return self.book(purchase=self.purchase(**values), paymentDetails=details).move_id

    def with_account(self, iban):
        known = self.partner(vat=VAT)
        self.account(known, iban)
        return known

    def test_the_account_on_the_invoice_is_paid_if_odoo_knows_it(self):
        known = self.with_account(OTHER_IBAN)
        account = self.account(known, IBAN, sequence=99)
        self.assertEqual(self.pay_to(IBAN, vat=VAT).partner_bank_id, account)

    def test_an_account_that_odoo_does_not_know_is_told_and_never_added(self):
        known = self.with_account(OTHER_IBAN)
        move = self.pay_to(IBAN, vat=VAT)
        self.assertEqual(known.bank_ids.sanitized_acc_number, OTHER_IBAN)
        self.assertIn(f"IBAN {IBAN} is not among", self.note(move))
        self.assertFalse(move.partner_bank_id)

    def test_an_account_of_a_contact_counts_as_the_suppliers(self):
        known = self.with_account(OTHER_IBAN)
        contact = self.partner(name="Accounts", is_company=False, parent_id=known.id)
        account = self.account(contact, IBAN)
        move = self.pay_to(IBAN, vat=VAT)
        self.assertEqual(move.partner_bank_id, account)
        self.assertNotIn("not among", self.note(move))

    def test_a_contacts_account_that_the_supplier_has_in_lucca_is_not_told(self):
        known = self.partner(vat=VAT)
        self.account(self.partner(name="Accounts", is_company=False, parent_id=known.id), IBAN)
        move = self.booked(vat=VAT, iban=IBAN).move_id
        self.assertEqual(move.partner_bank_id.sanitized_acc_number, IBAN)
        self.assertNotIn(IBAN, "".join(known.message_ids.mapped("body")))

    def test_another_account_of_the_supplier_itself_is_told_on_partner_and_bill(self):
        known = self.with_account(OTHER_IBAN)
        move = self.booked(vat=VAT, iban=IBAN).move_id
        self.assertEqual(known.bank_ids.sanitized_acc_number, OTHER_IBAN)
        self.assertIn(IBAN, known.message_ids[0].body)
        self.assertIn(IBAN, self.note(move))

    def test_the_payment_method_is_noted(self):
        self.assertIn("bank transfer", self.note(self.pay_to(IBAN)))
