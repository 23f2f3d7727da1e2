"""A database with two connections, made once, and a copy of it for each test."""

import pytest

from tests.processes.helpers import BASE, WITH_ADDON, copy, odoo, shell


@pytest.fixture(scope="session")
def two_companies():
    """Return the name of a database with two companies, each with a connection to the same account."""
    with copy(WITH_ADDON or BASE) as name:
        if not WITH_ADDON:
            odoo("server", name, "-i", "lucca_invoices_sync", "--stop-after-init").communicate()
        shell(name, "prepare.py")
        yield name


@pytest.fixture
def database(two_companies):
    """Return the name of a copy that belongs to the test."""
    with copy(two_companies) as name:
        yield name
