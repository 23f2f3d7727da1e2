"""What all tests share."""

import pytest
from odoo.tests import BaseCase

# Odoo gives its tags only to test classes inside an addon; ours are outside, so that the addon ships without them.
BaseCase.test_tags = {"standard", "at_install"}
BaseCase.test_module = "lucca_invoices_sync"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let no browser test be skipped: Odoo does so when it cannot start the browser, and nobody would see it."""
    report = yield
    if report.skipped and hasattr(getattr(item, "instance", None), "browser_js"):
        report.outcome = "failed"
        report.longrepr = f"A browser test may not be skipped: {report.longrepr}"
    return report
