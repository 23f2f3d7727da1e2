"""Tests that begin alike: what they begin with is made once for all tests of a class."""

from copy import deepcopy


class PreparedMixin:
    """A test case whose tests begin with what ``prepare`` makes.

    Odoo takes the database back to it after each test, and each test has its own copy of the
    attributes. A copied ``LuccaServer`` answers in place of the original.
    """

    #: False: ``prepare`` runs in each test, since there is something before it that each test makes
    #: for itself, such as a time that stands still.
    is_prepared_once = True

    def prepare(self):
        """Make what each test begins with, in the database and as attributes of ``self``.

        ``self`` is an instance of the class, but no test. What it patches or opens stays so until
        the last test of the class has ended. A patch that writes down what happens, or that a test
        ends, belongs in ``setUp``.
        """

    @classmethod
    def prepare_once(cls):
        """Run ``prepare``, unless each test does. It belongs at the end of ``setUpClass``."""
        if cls.is_prepared_once:
            maker = cls()
            usual = set(vars(maker))
            maker.addCleanup = cls.addClassCleanup
            maker.prepare()
            # As after a commit: changes are tracked by then, and no record is in memory.
            maker.env.cr.flush()
            maker.env.invalidate_all()
            cls.env = maker.env
            made = vars(maker).keys() - usual - {"addCleanup", "env"}
            cls.prepared = {name: getattr(maker, name) for name in made}

    def setUp(self):
        super().setUp()
        if self.is_prepared_once:
            vars(self).update(deepcopy(self.prepared))
        else:
            self.prepare()
