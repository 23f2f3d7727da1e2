"""Suppliers that a person creates from Lucca's data: completely, once, and never our own company."""

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import new_test_user

from tests.addon.suppliers import IBAN, OTHER_VAT, SIRET, VAT, SupplierCase

CREATES = "account.group_account_manager,base.group_partner_manager"


class CreationCase(SupplierCase):
    def prepare(self):
        super().prepare()
        self.connection.supplier_policy = "match"
        self.connection.attach_files = False

    def unknown(self, **supplier):
        """Return the mapping of a supplier for which a document waits, as a user who may create contacts."""
        self.document_waiting = self.booked(**supplier)
        mapping = self.mapping("supplier", name=supplier.get("name", "Moreau"))
        return mapping.with_user(self.manager())

    def manager(self, groups=CREATES):
        login = groups.replace(".", "_").replace(",", "_")
        known = self.env["res.users"].search([("login", "=", login)])
        return known or new_test_user(self.env, login, groups=groups)

    def partners(self):
        return self.env["res.partner"].search_count([])

    def message(self, action):
        return action["params"]["message"]


class TestOne(CreationCase):
    def test_the_partner_has_all_data_of_lucca(self):
        term = self.env["account.payment.term"].create({"name": "23 days net"})
        term.line_ids.nb_days = 23
        mapping = self.unknown(
            name="Moreau",
            vat=VAT,
            siret=SIRET,
            iban=IBAN,
            contacts=[{"firstName": "Anne", "lastName": "Moreau", "email": "anne@moreau.example"}],
            paymentTerm={"value": 23, "unit": "Day"},
        )
        self.assertEqual(self.message(mapping.action_create_supplier()), "Suppliers created: 1.")
        partner = mapping.partner_id
        self.assertEqual((partner.name, partner.vat), ("Moreau", VAT))
        self.assertEqual((partner.company_registry, partner.country_id.code), (SIRET, "FR"))
        self.assertEqual((partner.is_company, partner.supplier_rank), (True, 1))
        self.assertEqual(partner.child_ids.mapped("email"), ["anne@moreau.example"])
        self.assertEqual(partner.property_supplier_payment_term_id, term)
        self.assertEqual(partner.bank_ids.sanitized_acc_number, IBAN)
        self.assertFalse(partner.sudo().bank_ids.allow_out_payment)
        self.assertEqual(mapping.found_by, "person_created")

    def test_waiting_documents_are_booked_without_a_request_for_the_supplier(self):
        mapping = self.unknown(vat=VAT)
        self.server.requests.clear()
        mapping.action_create_supplier()
        self.assertFalse(self.server.requests)
        self.assertEqual(self.document_waiting.state, "pending")
        self.sync()
        self.assertEqual(self.document_waiting.move_id.partner_id, mapping.partner_id)

    def test_an_existing_partner_with_the_same_sign_is_taken_and_named(self):
        mapping = self.unknown(vat=VAT)
        known = self.partner(name="Autre", vat=VAT)
        told = self.message(mapping.action_create_supplier())
        self.assertEqual(told, "Suppliers that Odoo had already, and that are used: Moreau.")
        self.assertEqual((mapping.partner_id, mapping.found_by), (known, "vat"))

    def test_our_own_company_is_never_created(self):
        mapping = self.unknown(name=self.company.name)
        before = self.partners()
        for method in ("action_create_supplier", "action_create_other_supplier"):
            with (
                self.subTest(method),
                self.assertRaisesRegex(UserError, "data of our own company: name"),
            ):
                getattr(mapping, method)()
        self.assertEqual(self.partners(), before)

    def test_an_unreadable_supplier_gets_only_its_name_and_the_message_says_so(self):
        self.server.behaviour.denied = {"suppliers": 403}
        mapping = self.unknown(vat=VAT)
        self.assertTrue(mapping.is_supplier_unread)
        told = self.message(mapping.action_create_supplier())
        self.assertIn("with the name only, since Lucca gives nothing else: Moreau", told)
        self.assertEqual((mapping.partner_id.name, mapping.partner_id.vat), ("Moreau", False))
        self.assertFalse(mapping.supplier_data, "nobody read it")

    def test_a_refusal_of_odoo_is_told(self):
        mapping = self.unknown(vat=VAT)
        self.patch(
            self.env.registry["lucca.supplier.create"],
            "_prepare",
            lambda creation, supplier: {"name": "x", "parent_id": 0, "company_type": "?"},
        )
        with self.assertRaises(UserError):
            mapping.action_create_supplier()

    def test_a_mapped_supplier_is_not_created_again(self):
        mapping = self.unknown(vat=VAT)
        mapping.action_create_supplier()
        with self.assertRaisesRegex(UserError, "nothing to create"):
            mapping.action_create_supplier()


class TestAmbiguous(CreationCase):
    def prepare(self):
        super().prepare()
        self.candidates = self.partner(name="Moreau Un", vat=VAT) | self.partner(
            name="Moreau Deux", vat=VAT
        )
        self.ambiguous = self.unknown(vat=VAT)

    def test_a_confirmation_names_the_candidates(self):
        before = self.partners()
        action = self.ambiguous.action_create_supplier()
        self.assertEqual((action["res_id"], action["target"]), (self.ambiguous.id, "new"))
        ((view_id, _kind),) = action["views"]
        arch = self.ambiguous.get_view(view_id)["arch"]
        self.assertIn('name="candidate_ids"', arch)
        self.assertIn("action_create_other_supplier", arch)
        self.assertEqual(self.ambiguous.candidate_ids, self.candidates)
        self.assertEqual(self.partners(), before)

    def test_a_person_may_create_a_third_partner(self):
        self.ambiguous.action_create_other_supplier()
        self.assertTrue(self.ambiguous.partner_id)
        self.assertNotIn(self.ambiguous.partner_id, self.candidates)
        self.assertFalse(self.ambiguous.candidate_ids)

    def test_an_ambiguous_supplier_among_many_is_left_for_a_choice(self):
        other = self.unknown(name="Atelier")
        told = self.message((self.ambiguous | other).action_create_supplier())
        self.assertEqual(told, "Suppliers created: 1. Need a choice: Moreau.")
        self.assertFalse(self.ambiguous.partner_id)

    def test_a_supplier_that_became_another_company_is_created_after_a_confirmation(self):
        self.ambiguous.sudo().write({"is_doubtful": True, "doubt": "It was another one."})
        self.assertIn("res_id", self.ambiguous.action_create_supplier())
        self.ambiguous.action_create_other_supplier()
        self.assertTrue(self.ambiguous.partner_id)
        self.assertEqual((self.ambiguous.is_doubtful, self.ambiguous.doubt), (False, False))

    def test_a_candidate_is_chosen_in_its_row(self):
        one = self.candidates[1].with_user(self.manager())
        one.with_context(lucca_mapping_id=self.ambiguous.id).action_lucca_choose()
        self.assertEqual(self.ambiguous.partner_id, one)
        self.assertEqual(self.document_waiting.state, "pending")

    def test_a_partner_that_is_no_candidate_cannot_be_chosen_in_a_row(self):
        stranger = self.partner(name="Stranger").with_user(self.manager())
        with self.assertRaisesRegex(UserError, "no longer a candidate"):
            stranger.with_context(lucca_mapping_id=self.ambiguous.id).action_lucca_choose()


class TestMany(CreationCase):
    def test_the_suppliers_of_documents_are_created_together(self):
        documents = self.booked(name="Atelier Un") | self.booked(name="Atelier Deux")
        action = documents.with_user(self.manager()).action_choose()
        wizard = self.env[action["res_model"]].with_user(self.manager()).browse(action["res_id"])
        told = wizard.action_create_suppliers()
        self.assertEqual(self.message(told), "Suppliers created: 2.")
        self.assertEqual(documents.mapped("state"), ["pending", "pending"])

    def test_two_suppliers_that_are_one_company_become_one_partner(self):
        one, other = self.unknown(name="Moreau", siret=SIRET), self.unknown(name="Paris", vat=VAT)
        told = self.message((one | other).action_create_supplier())
        self.assertEqual(
            told,
            "Suppliers created: 1. Suppliers that Odoo had already, and that are used: Moreau.",
        )
        self.assertEqual(one.partner_id, other.partner_id)
        self.assertEqual(other.partner_id.vat, VAT)

    def test_another_supplier_takes_few_more_queries(self):
        mappings = self.env["lucca.mapping"].union(
            *(self.unknown(name=f"Atelier {number}") for number in range(24))
        )
        few, more = self.queries(mappings[:2]), self.queries(mappings[2:])
        self.assertLess(more - few, 40)

    def queries(self, mappings):
        self.env.flush_all()
        before = self.cr.sql_log_count
        mappings.action_create_supplier()
        self.env.flush_all()
        return self.cr.sql_log_count - before


class TestRights(CreationCase):
    def test_a_user_who_may_not_create_contacts_is_told_whom_to_ask(self):
        mapping = self.unknown(vat=VAT).with_user(self.manager("account.group_account_manager"))
        self.assertFalse(mapping.can_create_supplier)
        with self.assertRaisesRegex(UserError, "may not create contacts"):
            mapping.action_create_supplier()

    def test_a_user_who_maps_and_may_create_contacts_is_offered_the_button(self):
        self.assertTrue(self.unknown(vat=VAT).can_create_supplier)

    def test_a_user_who_only_creates_contacts_is_refused(self):
        groups = "account.group_account_invoice,base.group_partner_manager"
        mapping = self.unknown(vat=VAT).with_user(self.manager(groups))
        self.assertFalse(mapping.can_create_supplier)
        with self.assertRaises(AccessError):
            mapping.action_create_supplier()
        partner = self.partner(vat=VAT).with_user(self.manager(groups))
        mapping.sudo().candidate_ids = partner
        with self.assertRaises(AccessError):
            partner.with_context(lucca_mapping_id=mapping.id).action_lucca_choose()


class TestAtTheSameTime(CreationCase):
    def test_a_partner_created_by_another_transaction_restarts_the_request(self):
        mapping = self.unknown(vat=OTHER_VAT)
        self.made_elsewhere(name="Elsewhere", vat=OTHER_VAT)
        with self.assertRaises(ConcurrencyError):
            mapping.action_create_supplier()

    def made_elsewhere(self, **values):
        """Create a partner in another transaction and commit it. It is deleted after the test."""
        with self.registry.cursor() as cr:
            partners = api.Environment(cr, SUPERUSER_ID, {})["res.partner"]
            partner_id = partners.create({"is_company": True, **values}).id

        def delete():
            with self.registry.cursor() as cr:
                partners.with_env(api.Environment(cr, SUPERUSER_ID, {})).browse(partner_id).unlink()

        self.addCleanup(delete)

    def test_other_requests_wait_until_this_one_ends(self):
        mapping = self.unknown(vat=VAT)
        mapping.action_create_supplier()
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = %s",
                [self.cr._cnx.info.backend_pid],
            )
            self.assertEqual(cr.fetchone()[0], 3, "VAT number, SIREN and name")
