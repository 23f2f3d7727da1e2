"""What is in the addon's wheel. Odoo runs it in ``tests/processes/test_life_cycle.py``."""

import ast
import zipfile
from email import message_from_bytes

import pytest

from tests.wheel import ADDON, build_wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    with zipfile.ZipFile(build_wheel(tmp_path_factory.mktemp("wheel"))) as archive:
        yield archive


def test_the_wheel_holds_the_whole_addon(wheel):
    root = "odoo/addons/lucca_invoices_sync"
    names = set(wheel.namelist())
    for part in (
        "__manifest__.py",
        "lucca/api/client.py",
        "data/neutralize.sql",
        "demo/lucca_account.json",
        "views/lucca_menus.xml",
    ):
        assert f"{root}/{part}" in names


def metadata_of(wheel):
    name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
    return message_from_bytes(wheel.read(name))


def test_the_wheel_has_the_version_of_the_manifest(wheel):
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text())
    assert metadata_of(wheel)["Version"] == manifest["version"]


def test_the_wheel_has_the_text_of_its_licence(wheel):
    """The LGPL refers to the GPL, so it comes with the text of both."""
    root = "odoo/addons/lucca_invoices_sync"
    assert wheel.read(f"{root}/LICENSE") == (ADDON.parent / "LICENSE").read_bytes()
    assert b"GNU GENERAL PUBLIC LICENSE" in wheel.read(f"{root}/COPYING")


def test_the_wheel_requires_odoo_19_and_the_addons_requirements(wheel):
    needs = metadata_of(wheel).get_all("Requires-Dist")
    assert any(need.startswith("odoo") and "19.0" in need for need in needs)
    assert {"phonenumbers", "requests"} <= set(needs)
