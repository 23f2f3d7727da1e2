"""What all tests share."""

import os

import pytest
from odoo.tests import BaseCase, TransactionCase

from tests.caches import LastingCaches
from tests.sharing import share

# Odoo gives its tags only to test classes inside an addon; ours are outside, so that the addon ships without them.
BaseCase.test_tags = {"standard", "at_install"}
BaseCase.test_module = "lucca_invoices_sync"


def pytest_runtestloop(session):
    """Share the tests with the other processes of ``setup/test``, if there are any."""
    taken = os.environ.get("LUCCA_TAKEN_TESTS")
    if not taken or session.testsfailed or session.config.option.collectonly:
        return None  # pytest's own way
    share(session, taken)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let no browser test be skipped: Odoo does so when it cannot start the browser, and nobody would see it."""
    report = yield
    if report.skipped and hasattr(getattr(item, "instance", None), "browser_js"):
        report.outcome = "failed"
        report.longrepr = f"A browser test may not be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def lasting_caches():
    caches = LastingCaches()
    with caches.watched():
        yield caches


@pytest.fixture(scope="class", autouse=True)
def _caches_outlast_classes(request, lasting_caches):
    if request.cls and issubclass(request.cls, TransactionCase):
        with lasting_caches.lasting():
            yield
    else:
        yield


@pytest.fixture(autouse=True)
def _caches_outlast_tests(request, lasting_caches):
    if request.cls and issubclass(request.cls, TransactionCase):
        with lasting_caches.lasting():
            yield
    else:
        yield
