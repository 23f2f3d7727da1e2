"""One connection for a company and a Lucca account: a second one would double every bill."""

from odoo.exceptions import ValidationError

from tests.addon.common import LuccaCase


class TestSameAccount(LuccaCase):
    def other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        journal = self.env["account.journal"].create(
            {"name": "X", "code": "X", "type": "purchase", "company_id": company.id}
        )
        return {"company_id": company.id, "journal_id": journal.id}

    def test_a_second_one_is_refused_and_the_first_one_named(self):
        self.connection.name = "Main"
        with self.assertRaisesRegex(ValidationError, "“Main”.*Open that connection"):
            self.connect(name="Second")

    def test_it_is_the_account_that_counts_not_its_spelling(self):
        self.connect(host="acme.ilucca.net")
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            self.connect(host="https://ACME.ilucca.net/home")

    def test_an_archived_one_is_to_be_unarchived(self):
        self.connection.active = False
        with self.assertRaisesRegex(ValidationError, "archived.*Unarchive"):
            self.connect()

    def test_a_duplicate_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            self.connection.copy()

    def test_two_at_once_are_refused(self):
        values = {"host": "acme.ilucca.net", "start_date": "2026-01-01"}
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            self.env["lucca.connection"].create([dict(values), dict(values)])

    def test_another_one_does_not_move_to_the_same_account(self):
        other = self.connect(host="acme.ilucca.net")
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            other.host = self.connection.host

    def test_nor_to_the_same_company(self):
        other = self.connect(**self.other_company())
        values = {"company_id": self.company.id, "journal_id": self.connection.journal_id.id}
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            other.write(values)

    def test_another_company_has_its_own(self):
        self.assertTrue(self.connect(**self.other_company()))
        self.assertTrue(self.connection.copy({"host": "acme.ilucca.net"}))

    def test_two_that_are_there_already_go_on(self):
        other = self.connect_again()
        other.write({"name": "Renamed", "requests_per_minute": 3, "host": self.connection.host})
        other.active = False
        self.assertFalse(other.active)

    def test_the_archived_one_of_two_stays_archived_while_the_other_one_works(self):
        other = self.connect_again()
        other.active = False
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            other.active = True
        self.connection.active = False
        other.active = True
        self.assertTrue(other.active)
