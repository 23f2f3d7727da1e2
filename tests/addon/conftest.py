"""Fixtures for the addon's browser tests."""

import pytest
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import HttpCase
from odoo.tests.common import get_db_name

from tests.addon.lasting_browser import lasting_browser

#: The scripts and styles of the pages that tours visit. Only printing uses the second bundle, but
#: each page names it.
BUNDLES = (
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_tests",
    "web.__assets_tests_call__",
)


@pytest.fixture(scope="session")
def bundles():
    """Make the pages' scripts and styles, and commit them, before the first tour.

    Otherwise, each tour would make them anew: Odoo stores them in its transaction, which is rolled
    back.
    """
    with Registry(get_db_name()).cursor() as cr:
        pages = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        for name in BUNDLES:
            bundle = pages._get_asset_bundle(name)
            bundle.js()
            bundle.css()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    with lasting_browser(tmp_path_factory.mktemp("browser")):
        yield


@pytest.fixture(scope="class", autouse=True)
def _bundles_and_browser_of_tours(request):
    if request.cls and issubclass(request.cls, HttpCase):
        request.getfixturevalue("bundles")
        request.getfixturevalue("browser")
