"""Fixtures and hooks for all tests."""

import os

import pytest
from odoo.tests import BaseCase, TransactionCase

from tests.caches import LastingCaches
from tests.sharing import share

# Odoo sets these tags only on test classes inside an addon. These tests are outside of it, so that
# the addon ships without them.
BaseCase.test_tags = {"standard", "at_install"}
BaseCase.test_module = "lucca_invoices_sync"


def pytest_runtestloop(session):
    """Share the tests with the other processes of ``setup/test``, if there are any."""
    taken = os.environ.get("LUCCA_TAKEN_TESTS")
    if not taken or session.testsfailed or session.config.option.collectonly:
        return None  # Pytest then runs its own loop.
    share(session, taken)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Report a skipped browser test as failed. Odoo skips it when the browser does not start, and
    nobody would notice.
    """
    report = yield
    if report.skipped and hasattr(getattr(item, "instance", None), "browser_js"):
        report.outcome = "failed"
        report.longrepr = f"A browser test may not be skipped: {report.longrepr}"
    return report


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of setup/, of this test only, on however small a disk."""
    # Other addons use these fixtures for their tests, without the folder setup/ on their path.
    from environment import cache as cache_module

    monkeypatch.setattr(cache_module, "NEEDED_BYTES", 0)
    return cache_module.Cache(tmp_path / "cache")


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
