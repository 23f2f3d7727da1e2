"""Who changed the rules of booking: those of the connection in its chatter, the mappings in their own history."""

from odoo.exceptions import AccessError

from tests.addon.test_choosing import MANAGER, ChoosingCase
from tests.books import user_of

SYSTEM = "base.group_system"
#: Stored fields that people may write, and that decide nothing about bills.
NO_RULES = {"name", "requests_per_minute"}


class TestConnection(ChoosingCase):
    def setUp(self):
        super().setUp()
        self.flush()
        self.before = self.connection.message_ids

    def flush(self):
        """Flush as a commit does: Odoo then writes the notes on changes."""
        self.env.cr.flush()

    def notes(self):
        self.flush()
        return self.connection.message_ids - self.before

    def test_each_rule_that_a_person_may_change_is_recorded(self):
        own = {
            name
            for name, field in self.connection._fields.items()
            if field._module == "lucca_invoices_sync" and field.store and not field.readonly
        }
        recorded = {
            name for name in own if getattr(self.connection._fields[name], "tracking", None)
        }
        self.assertEqual(own - recorded, NO_RULES)
        self.assertIn("auto_post", recorded)

    def test_a_change_says_who_and_what_was_before(self):
        user = user_of(self.env, SYSTEM)
        self.connection.with_user(user).write({"auto_post": True, "start_date": "2026-01-01"})
        note = self.notes()
        self.assertEqual(note.author_id, user.partner_id)
        told = {one.field_id.name: one for one in note.sudo().tracking_value_ids}
        self.assertEqual(set(told), {"auto_post", "start_date"})
        self.assertEqual(f"{told['start_date'].old_value_datetime:%Y-%m-%d}", "2020-01-01")
        self.assertEqual(f"{told['start_date'].new_value_datetime:%Y-%m-%d}", "2026-01-01")

    def test_a_new_key_is_not_recorded(self):
        self.connection.api_key = "another-key"
        self.assertFalse(self.notes())

    def test_a_synchronisation_records_nothing(self):
        self.book()
        self.assertFalse(self.notes())

    def test_the_start_of_booking_is_one_note(self):
        self.connection.is_booking = False
        self.before |= self.notes()
        self.connection.with_user(self.manager).action_start_booking()
        note = self.notes()
        self.assertIn("started booking", note.body)
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertEqual(note.sudo().tracking_value_ids.field_id.name, "is_booking")


class TestMapping(ChoosingCase):
    def choices(self, mapping):
        """Return ``[[user, field, before, now], ...]``, the oldest first."""
        return [choice[1:] for choice in mapping.choices or []]

    def test_a_choice_says_who_chose_what_in_place_of_what(self):
        nature, account = self.references(1), self.account()
        mine = nature.with_user(self.manager)
        mine.account_id = account
        mine.write({"account_id": False, "tax_scope": "consu"})
        name = f"{account.code} {account.name}"
        self.assertEqual(
            self.choices(nature),
            [
                [MANAGER, "account_id", "", name],
                [MANAGER, "account_id", name, ""],
                [MANAGER, "tax_scope", "", "consu"],
            ],
        )

    def test_the_history_is_shown_in_words_the_newest_first(self):
        nature = self.references(1)
        mine = nature.with_user(self.manager)
        (shown,) = mine.web_read({"choices_table": {}})
        self.assertIs(shown["choices_table"], False)
        mine.account_id = self.account()
        mine.tax_scope = "consu"
        shown = mine.choices_table
        self.assertIn("<td>What Is Bought</td><td></td><td>Goods</td>", shown)
        self.assertLess(shown.index("Goods"), shown.index(self.account().name))

    def test_nobody_can_pretend_to_be_a_synchronisation(self):
        nature = self.references(1)
        pretending = nature.with_user(self.manager).with_context(lucca_writer=True)
        pretending.account_id = self.account()
        self.assertTrue(nature.choices)

    def test_the_taxes_that_follow_what_most_purchases_are_are_nobodys_choice(self):
        self.book(lines=[(100, "0.2")])
        rate = self.mapping("tax")
        self.connection.with_user(user_of(self.env, SYSTEM)).tax_scope = "consu"
        self.assertEqual((rate.tax_id.name, rate.choices), ("20% G", False))

    def test_markup_in_names_is_escaped(self):
        supplier = self.references(1, kind="supplier").with_user(self.manager)
        supplier.partner_id = self.env["res.partner"].create(
            {"name": "<img src=x>", "is_company": True}
        )
        self.assertNotIn("<img", supplier.choices_table)

    def test_each_target_of_each_kind_is_recorded(self):
        values = {
            "tax": {"tax_id": self.tax_20.id},
            "cost_center": {"analytic_account_id": self.analytic().id},
            "supplier": {"partner_id": self.env["res.partner"].create({"name": "A"}).id},
            "establishment": {
                "target_company_id": self.company.id,
                "target_journal_id": self.connection.journal_id.id,
            },
        }
        for kind, chosen in values.items():
            mapping = self.references(1, kind=kind)
            mapping.with_user(self.manager).write(chosen)
            with self.subTest(kind):
                self.assertEqual({one[1] for one in self.choices(mapping)}, set(chosen))

    def analytic(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        return self.env["account.analytic.account"].create({"name": "A", "plan_id": plan.id})

    def test_a_mapping_that_a_person_creates_says_so(self):
        nature = (
            self.env["lucca.mapping"]
            .with_user(self.manager)
            .create(
                {
                    "connection_id": self.connection.id,
                    "kind": "nature",
                    "lucca_id": 700,
                    "account_id": self.account().id,
                }
            )
        )
        self.assertEqual([one[1] for one in self.choices(nature)], ["account_id"])

    def test_what_is_chosen_again_or_is_no_choice_is_not_recorded(self):
        nature = self.references(1, account_id=self.account().id)
        mine = nature.with_user(self.manager)
        mine.write({"account_id": self.account().id, "name": "Renamed"})
        self.assertFalse(nature.choices)

    def test_a_synchronisation_records_nothing_whoever_runs_it(self):
        purchase = self.add_purchase(nature="Livres", establishment="Lyon")
        self.tenant.add_invoice(purchase=purchase, date="2026-01-15")
        # A program may run it with all rights of a user.
        self.sync(self.connection.with_user(self.manager).sudo())
        self.book()
        mapped = self.env["lucca.mapping"].search([("is_mapped", "=", True)])
        self.assertLessEqual({"tax", "supplier"}, set(mapped.mapped("kind")))
        self.assertFalse(any(mapped.mapped("choices")))

    def test_a_suggestion_and_a_supplier_from_lucca_are_choices_of_the_person_who_takes_them(self):
        self.connection.supplier_policy = "match"
        self.book()
        supplier = self.mapping("supplier")
        self.manager.group_ids |= self.env.ref("base.group_partner_manager")
        supplier.with_user(self.manager).action_create_supplier()
        self.assertEqual(
            self.choices(supplier),
            [[MANAGER, "partner_id", "", supplier.partner_id.display_name]],
        )

    def test_nobody_can_write_a_history(self):
        nature = self.references(1).with_user(self.manager)
        with self.assertRaises(AccessError):
            nature.choices = [["2026-01-01 00:00:00", "x", "account_id", "", "x"]]

    def test_a_choice_for_many_takes_no_query_each(self):
        natures, account = self.references(64), self.account()
        self.queries_of_choosing(natures[:2], account)  # the queries that are made only once
        few = self.queries_of_choosing(natures[2:4], account)
        many = self.queries_of_choosing(natures[4:], account)
        self.assertLess(many - few, 6)
        self.assertTrue(all(natures.mapped("choices")))

    def queries_of_choosing(self, natures, account):
        wizard = self.choose(natures)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.apply(wizard, account_id=account.id)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
