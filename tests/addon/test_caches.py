"""What Odoo has cached survives a test that is rolled back, except for what the test invalidated."""

from contextlib import contextmanager

from odoo.tests import TransactionCase

from tests.caches import LastingCaches

NAME = "lucca_invoices_sync.of_this_test"


class TestLastingCaches(TransactionCase):
    def setUp(self):
        super().setUp()
        self.parameters = self.env["ir.config_parameter"]
        self.parameters.set_param(NAME, "before")
        self.lasting = LastingCaches()
        self.enterContext(self.lasting.watched())

    def remembered(self):
        """Return the parameter's value, and whether the database was queried for it."""
        queries = self.env.cr.sql_log_count
        return self.parameters.get_param(NAME), self.env.cr.sql_log_count > queries

    @contextmanager
    def a_test(self):
        """Roll back and clear all caches at the end of a block, as Odoo's tests do."""
        with self.lasting.lasting():
            savepoint = self.env.cr.savepoint(flush=False)
            with savepoint:
                yield
                self.env.flush_all()
                savepoint.rollback()
            self.env.invalidate_all()
            self.registry.clear_all_caches()

    def test_a_value_that_was_read_stays_cached(self):
        with self.a_test():
            self.assertEqual(self.remembered(), ("before", True))
        self.assertEqual(self.remembered(), ("before", False))

    def test_a_value_that_the_test_changed_is_as_before(self):
        with self.a_test():
            self.remembered()
            self.parameters.set_param(NAME, "changed")
            self.assertEqual(self.remembered()[0], "changed")
        self.assertEqual(self.remembered(), ("before", False))

    def test_a_value_that_was_read_after_the_change_is_forgotten(self):
        with self.a_test():
            self.parameters.set_param(NAME, "changed")
            self.assertEqual(self.remembered()[0], "changed")
        self.assertEqual(self.remembered(), ("before", True))

    def test_a_class_of_tests_forgets_its_own_change(self):
        with self.a_test():
            self.parameters.set_param(NAME, "of the class")
            with self.a_test():
                self.assertEqual(self.remembered()[0], "of the class")
            self.assertEqual(self.remembered(), ("of the class", False))
        self.assertEqual(self.remembered(), ("before", True))

    def test_a_change_of_the_models_forgets_everything(self):
        with self.a_test():
            self.remembered()
            self.registry._setup_models__(self.env.cr, [])
        self.assertEqual(self.remembered(), ("before", True))
