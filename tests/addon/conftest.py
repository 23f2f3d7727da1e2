"""What the addon's browser tests share."""

import pytest
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import HttpCase
from odoo.tests.common import get_db_name

#: Scripts and styles of the pages that tours walk. The second one is told apart by nobody but printers.
BUNDLES = (
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_tests",
    "web.__assets_tests_call__",
)


@pytest.fixture(scope="session")
def bundles():
    """The pages' scripts and styles, made and kept before the first tour.

    Each tour would make them anew: its transaction, in which Odoo keeps them, is rolled back.
    """
    with Registry(get_db_name()).cursor() as cr:
        pages = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        for name in BUNDLES:
            bundle = pages._get_asset_bundle(name)
            bundle.js()
            bundle.css()


@pytest.fixture(scope="class", autouse=True)
def _bundles_before_tours(request):
    if request.cls and issubclass(request.cls, HttpCase):
        request.getfixturevalue("bundles")
