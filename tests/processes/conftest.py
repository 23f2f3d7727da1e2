"""A database with two connections, made once: every test has a copy of it."""

import pytest

from tests.processes.helpers import BASE, WITH_ADDON, copy, odoo


@pytest.fixture(scope="session")
def two_companies():
    """Its name: the addon, and two companies with a connection each to the same account."""
    with copy(WITH_ADDON or BASE) as name:
        if not WITH_ADDON:
            odoo("server", name, "-i", "lucca_invoices_sync", "--stop-after-init").communicate()
        output, _nothing = odoo("shell", name, script="prepare.py").communicate()
        assert "PREPARED" in output
        yield name


@pytest.fixture
def database(two_companies):
    """The name of a copy of one's own."""
    with copy(two_companies) as name:
        yield name
