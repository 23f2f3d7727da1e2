"""A company has one connection to a Lucca account. A second one would double every bill."""

from odoo.exceptions import ValidationError

from tests.addon.common import LuccaCase
from tests.books import company_with_journal


class TestSameAccount(LuccaCase):
    def test_a_second_connection_is_refused_and_the_first_one_is_named(self):
        self.connection.name = "Main"
        with self.assertRaisesRegex(ValidationError, "“Main”.*Open that connection"):
            self.connect(name="Second")

    def test_another_spelling_of_the_account_is_refused_too(self):
        self.connect(host="acme.ilucca.net")
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            self.connect(host="https://ACME.ilucca.net/home")

    def test_a_second_connection_is_refused_beside_an_archived_one(self):
        self.connection.active = False
        with self.assertRaisesRegex(ValidationError, "archived.*Unarchive"):
            self.connect()

    def test_a_copy_of_a_connection_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            self.connection.copy()

    def test_two_connections_in_one_call_are_refused(self):
        values = {"host": "acme.ilucca.net", "start_date": "2026-01-01"}
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            self.env["lucca.connection"].create([dict(values), dict(values)])

    def test_a_connection_cannot_be_moved_to_the_same_account(self):
        other = self.connect(host="acme.ilucca.net")
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            other.host = self.connection.host

    def test_a_connection_cannot_be_moved_to_the_same_company(self):
        other = self.connect(company_id=company_with_journal(self.env).id)
        values = {"company_id": self.company.id, "journal_id": self.connection.journal_id.id}
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            other.write(values)

    def test_another_company_can_connect_to_the_same_account(self):
        self.assertTrue(self.connect(company_id=company_with_journal(self.env).id))
        self.assertTrue(self.connection.copy({"host": "acme.ilucca.net"}))

    def test_two_connections_of_an_older_version_can_still_be_edited(self):
        other = self.connect_again()
        other.write({"name": "Renamed", "requests_per_minute": 3, "host": self.connection.host})
        other.active = False
        self.assertFalse(other.active)

    def test_an_archived_one_of_two_cannot_be_unarchived_beside_the_other(self):
        other = self.connect_again()
        other.active = False
        with self.assertRaisesRegex(ValidationError, "Open that connection"):
            other.active = True
        self.connection.active = False
        other.active = True
        self.assertTrue(other.active)
