"""An IBAN or a name may belong to several companies: what they leave open is never booked without a word."""

from odoo.exceptions import UserError

from tests.addon.common import migrate
from tests.addon.suppliers import (
    IBAN,
    OTHER_SIRET,
    OTHER_VAT,
    SIREN,
    SIRET,
    VAT,
    SupplierCase,
)


class WeakCase(SupplierCase):
    def come(self, *suppliers, **values):
        """Return the documents of suppliers that come together in one synchronisation."""
        purchases = [self.purchase(**supplier) for supplier in suppliers]
        jsons = [
            self.tenant.add_invoice(purchase=purchase, date="2026-01-15", **values)
            for purchase in purchases
        ]
        self.sync()
        return [self.document(json) for json in jsons]

    def assertWaits(self, document, words):
        self.assertEqual(document.reason, "ambiguous_supplier", document.message)
        self.assertIn(words, document.message)

    def choose(self, document, partner):
        """Have a person choose the supplier of a document, as the button *Choose* does."""
        document._mapping("supplier").write({"partner_id": partner.id})


class TestLegalForm(WeakCase):
    def test_a_company_of_another_legal_form_is_not_found_by_its_name(self):
        known = self.partner(name="Durand SARL", supplier_rank=1)
        self.assertNew(known, name="SCI Durand", siret=SIRET, vat=VAT)

    def test_a_legal_form_that_is_written_differently_is_found(self):
        known = self.partner(name="Durand, société à responsabilité limitée")
        self.assertFound(known, name="S.A.R.L. Durand")

    def test_a_company_whose_legal_form_was_abolished_is_found(self):
        known = self.partner("be", name="Boulangerie Demoulin SCRL", supplier_rank=1)
        self.assertFound(known, name="Boulangerie Demoulin SRL", territory="BE")

    def test_a_partnership_is_found_in_each_spelling(self):
        known = self.partner("de", name="Becker GmbH & Co. KG", supplier_rank=1)
        self.assertFound(known, name="Becker GmbH & Co.KG", territory="DE")

    def test_a_legal_form_that_only_one_of_them_has_contradicts_nothing(self):
        self.assertFound(self.partner(name="Durand SARL"), name="Durand")
        self.assertFound(self.partner(name="Moreau"), name="Moreau SARL")

    def test_of_several_with_the_name_the_one_with_the_same_legal_form_is_found(self):
        self.partner(name="Durand SARL", supplier_rank=1)
        self.partner(name="Durand", supplier_rank=1)
        known = self.partner(name="Durand S.C.I.", supplier_rank=1)
        self.assertFound(known, name="SCI DURAND")

    def test_without_a_legal_form_several_with_the_name_wait(self):
        self.partner(name="Durand SARL", supplier_rank=1)
        self.partner(name="Durand", supplier_rank=1)
        self.assertWaits(self.booked(name="Durand"), "by its name: Durand SARL, Durand")

    def test_an_establishment_is_not_surely_a_company_of_another_legal_form(self):
        company = self.env["res.company"].create({"name": "Zythos SARL"})
        self.env.user.company_ids |= company
        other, same = self.env["lucca.mapping"].create(
            [
                {
                    "connection_id": self.connection.id,
                    "kind": "establishment",
                    "lucca_id": number,
                    "name": name,
                }
                for number, name in enumerate(("SCI Zythos", "Zythos"), 900)
            ]
        )
        self.assertEqual((other.suggestion, same.suggestion), (False, "Zythos SARL"))


class TestSharedAccount(WeakCase):
    def prepare(self):
        super().prepare()
        self.connection.auto_post = True
        self.martin = self.partner(name="Transports Martin", supplier_rank=1)
        self.account(self.martin, IBAN)

    def test_a_supplier_of_another_name_is_a_doubt_until_a_person_chooses_it(self):
        purchase = self.purchase(name="Imprimerie Leroy", siret=SIRET, vat=VAT, iban=IBAN)
        document = self.book(purchase=purchase, lines=[(100, "0.2")], number="F-1")
        self.assertEqual(document.move_id.partner_id, self.martin)
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn(
            "its name is “Imprimerie Leroy” in Lucca and “Transports Martin” in Odoo",
            document.draft_reason,
        )
        again = self.book(purchase=purchase, lines=[(200, "0.2")], number="F-2")
        self.assertEqual(again.move_id.state, "draft")
        self.choose(document, self.martin)
        self.assertFalse(self.mapping("supplier").doubt)
        last = self.book(purchase=purchase, lines=[(300, "0.2")], number="F-3")
        self.assertEqual(last.move_id.state, "posted")

    def assertNoDoubt(self, name):
        (document,) = self.come({"name": name, "iban": IBAN}, lines=[(100, "0.2")])
        self.assertEqual(document.move_id.partner_id, self.martin)
        self.assertEqual(document.move_id.state, "posted", document.draft_reason)

    def test_a_supplier_of_a_similar_name_is_no_doubt(self):
        self.assertNoDoubt("Transport Martin SAS")

    def test_a_supplier_of_a_part_of_the_name_is_no_doubt(self):
        self.assertNoDoubt("MARTIN")

    def test_the_doubt_stays_when_the_supplier_changes_in_lucca(self):
        purchase = self.purchase(name="Imprimerie Leroy", iban=IBAN)
        self.book(purchase=purchase, lines=[(100, "0.2")])
        supplier = self.tenant.suppliers[purchase["supplier"]["id"]]
        supplier["legalRegistration"]["identifier"] = SIRET
        self.assertEqual(self.book(purchase=purchase, lines=[(2, "0.2")]).move_id.state, "draft")

    def test_the_account_of_one_and_the_name_of_another_wait(self):
        leroy = self.partner(name="Imprimerie Leroy", supplier_rank=1)
        document = self.booked(name="Imprimerie Leroy", iban=IBAN)
        self.assertWaits(document, "by its number, IBAN or name: ")
        self.assertEqual(self.mapping("supplier").candidate_ids, self.martin | leroy)

    def test_of_several_with_the_account_the_one_with_the_name_is_found(self):
        leroy = self.partner(name="Imprimerie Leroy")
        self.account(leroy, IBAN)
        self.assertFound(leroy, name="IMPRIMERIE LEROY", iban=IBAN)
        self.assertFalse(self.mapping("supplier").doubt)

    def test_an_account_with_another_name_is_only_shown_as_a_suggestion(self):
        self.connection.supplier_policy = "match"
        mapping = self.env["lucca.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": "supplier",
                "lucca_id": 900,
                "name": "Imprimerie Leroy",
                "supplier_data": {"name": "Imprimerie Leroy", "territory": "FR", "iban": IBAN},
            }
        )
        self.assertEqual(mapping.suggestion, "Transports Martin")
        with self.assertRaisesRegex(UserError, "No suggestion for these is certain"):
            mapping.action_take_sure_suggestions()


class TestUncheckedNumber(WeakCase):
    """A number that no rule checks may be any text: beside another name, it is as weak as a factor's account."""

    NUMBER = {"territory": "GB", "siret": "03977902"}

    def prepare(self):
        super().prepare()
        self.connection.auto_post = True
        self.alpha = self.partner("uk", name="Alpha Ltd", company_registry="03977902")

    def come(self, *suppliers):
        return super().come(*suppliers, lines=[(100, None)])

    def test_a_supplier_of_another_name_is_a_doubt_until_a_person_chooses_it(self):
        (document,) = self.come({"name": "Beta Trading", **self.NUMBER})
        move = document.move_id
        self.assertEqual((move.partner_id, move.state), (self.alpha, "draft"))
        found = "found by its number without check digits, but its name is “Beta Trading” in Lucca"
        self.assertIn(found, document.draft_reason)
        self.choose(document, self.alpha)
        self.assertFalse(document._mapping("supplier").doubt)

    def test_a_supplier_of_a_similar_name_is_no_doubt(self):
        (document,) = self.come({"name": "Alpha", **self.NUMBER})
        self.assertEqual(document.move_id.partner_id, self.alpha)
        self.assertEqual(document._mapping("supplier").found_by, "registry")
        self.assertFalse(document._mapping("supplier").doubt)

    def test_the_number_of_one_and_the_name_of_another_wait(self):
        beta = self.partner("uk", name="Beta Trading", supplier_rank=1)
        (document,) = self.come({"name": "Beta Trading", **self.NUMBER})
        self.assertWaits(document, "by its number, IBAN or name: ")
        self.assertEqual(document._mapping("supplier").candidate_ids, self.alpha | beta)

    def test_two_suppliers_of_lucca_with_one_number_and_other_names_are_two(self):
        alpha, beta = self.come(
            {"name": "Alpha", **self.NUMBER}, {"name": "Beta Trading", **self.NUMBER}
        )
        self.assertEqual(alpha.move_id.partner_id, self.alpha)
        self.assertEqual(beta.move_id.partner_id.name, "Beta Trading")

    def test_two_new_suppliers_with_one_number_and_other_names_are_two(self):
        number = {"territory": "US", "vat": "91-1144442"}
        together = self.come({"name": "Gamma Inc", **number}, {"name": "Delta LLC", **number})
        later = self.come({"name": "Epsilon Corp", **number})
        names = [one.move_id.partner_id.name for one in (*together, *later)]
        self.assertEqual(names, ["Gamma Inc", "Delta LLC", "Epsilon Corp"])

    def test_two_new_suppliers_with_one_number_and_similar_names_are_one(self):
        number = {"territory": "US", "vat": "91-1144442"}
        one, two = self.come({"name": "Gamma Inc", **number}, {"name": "Gamma Services", **number})
        self.assertEqual(one.move_id.partner_id, two.move_id.partner_id)

    def test_a_text_in_place_of_a_number_is_no_sign(self):
        for text in (
            "Reverse charge, Art. 44 Directive 2006/112/EC",
            "123456789",
            "N/A 31/12/2025",
        ):
            with self.subTest(text):
                one, two = self.come(
                    {"name": "Gamma Inc", "territory": "US", "vat": text},
                    {"name": "Delta LLC", "territory": "US", "vat": text},
                )
                partners = (one | two).move_id.partner_id
                self.assertEqual(sorted(partners.mapped("name")), ["Delta LLC", "Gamma Inc"])
                self.assertFalse(any(partners.mapped("vat")))


class TestRivals(WeakCase):
    """Two suppliers of Lucca that come together never get one partner by an IBAN or a name."""

    def setUp(self):
        super().setUp()
        self.durand = self.partner(name="Durand", supplier_rank=1)

    def test_two_that_fit_equally_well_wait(self):
        documents = self.come(
            {"name": "Durand SARL", "siret": SIRET}, {"name": "SCI Durand", "siret": OTHER_SIRET}
        )
        for document, rival in zip(documents, ("SCI Durand", "Durand SARL"), strict=True):
            self.assertWaits(
                document, f"fits Durand, and so does another supplier of Lucca: “{rival}”."
            )
            self.assertEqual(document._mapping("supplier").candidate_ids, self.durand)

    def test_one_of_them_alone_still_waits(self):
        first, _second = self.come({"name": "Durand SARL"}, {"name": "Durand SAS"})
        first.action_retry()
        self.sync()
        self.assertWaits(first, "another supplier of Lucca: “Durand SAS”.")

    def test_the_partner_is_a_suggestion_for_both_but_never_a_sure_one(self):
        for document in self.come({"name": "Durand SARL"}, {"name": "Durand SAS"}):
            mapping = document._mapping("supplier")
            self.assertEqual(mapping.suggestion, "Durand")
            with self.assertRaisesRegex(UserError, "No suggestion for these is certain"):
                mapping.action_take_sure_suggestions()

    def test_after_a_choice_the_other_one_is_created(self):
        first, second = self.come({"name": "Durand SARL"}, {"name": "Durand SAS"})
        self.choose(first, self.durand)
        second.action_retry()
        self.sync()
        self.assertEqual(first.move_id.partner_id, self.durand)
        self.assertEqual(second.move_id.partner_id.name, "Durand SAS")

    def test_the_one_with_the_literal_name_gets_it(self):
        first, second = self.come({"name": "Durand SARL"}, {"name": "DURAND"})
        self.assertEqual(second.move_id.partner_id, self.durand)
        self.assertEqual(first.move_id.partner_id.name, "Durand SARL")

    def test_of_two_with_a_factors_account_the_one_with_the_name_gets_it(self):
        self.account(self.durand, IBAN)
        leroy, durand = self.come(
            {"name": "Leroy", "iban": IBAN, "siret": SIRET}, {"name": "Durand", "iban": IBAN}
        )
        self.assertEqual(durand.move_id.partner_id, self.durand)
        self.assertEqual(leroy.move_id.partner_id.name, "Leroy")

    def test_the_one_with_the_number_gets_it(self):
        self.durand.vat = OTHER_VAT
        named, numbered = self.come({"name": "Durand"}, {"name": "Autre", "vat": OTHER_VAT})
        self.assertEqual(numbered.move_id.partner_id, self.durand)
        self.assertNotEqual(named.move_id.partner_id, self.durand)
        self.assertTrue(named.move_id)

    def test_two_that_lucca_describes_alike_get_it_together(self):
        first, second = self.come({"name": "Durand SARL"}, {"name": "DURAND, S.A.R.L."})
        self.assertEqual((first | second).move_id.partner_id, self.durand)

    def test_two_of_one_name_with_two_numbers_wait(self):
        for document in self.come(
            {"name": "Durand", "siret": SIRET}, {"name": "Durand", "siret": OTHER_SIRET}
        ):
            self.assertWaits(document, "another supplier of Lucca")

    def test_two_that_are_one_company_by_number_get_it_together(self):
        first, second = self.come(
            {"name": "Durand", "siret": SIRET}, {"name": "Durand SARL", "siret": SIREN}
        )
        self.assertEqual((first | second).move_id.partner_id, self.durand)

    def test_one_that_comes_later_gets_a_contact_of_its_own(self):
        (first,) = self.come({"name": "Durand"})
        (second,) = self.come({"name": "Durand"})
        self.assertEqual(first.move_id.partner_id, self.durand)
        self.assertTrue(second.move_id.partner_id)
        self.assertNotEqual(second.move_id.partner_id, self.durand)


class TestUpgrade(WeakCase):
    def test_a_weak_match_of_a_former_version_becomes_a_doubt(self):
        sci, sarl, leroy = self.come({"name": "SCI Durand"}, {"name": "Moreau"}, {"name": "Leroy"})
        for document, partner, sign in (
            (sci, self.partner(name="Durand SARL"), "name"),
            (sarl, self.partner(name="Moreau SARL"), "name"),
            (leroy, self.partner(name="Martin"), "iban"),
        ):
            document._mapping("supplier").write({"partner_id": partner.id, "found_by": sign})
        migrate(self.env, "19.0.1.8.0/post-supplier-doubts.py", "19.0.1.7.0")
        doubts = [one._mapping("supplier").doubt for one in (sci, sarl, leroy)]
        self.assertEqual([bool(doubt) for doubt in doubts], [True, False, True])

    def test_stored_data_that_cannot_be_read_does_not_stop_the_upgrade(self):
        broken, sci = self.come({"name": "Moreau"}, {"name": "SCI Durand"})
        for document, name in ((broken, "Leroy"), (sci, "Durand SARL")):
            partner = self.partner(name=name)
            document._mapping("supplier").write({"partner_id": partner.id, "found_by": "name"})
        broken._mapping("supplier").supplier_data = {"name": None}
        with self.assertLogs("post_supplier_doubts", "WARNING"):
            migrate(self.env, "19.0.1.8.0/post-supplier-doubts.py", "19.0.1.7.0")
        doubts = [one._mapping("supplier").doubt for one in (broken, sci)]
        self.assertEqual([bool(doubt) for doubt in doubts], [False, True])
