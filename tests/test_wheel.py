"""The addon as a wheel, as OCA publishes addons."""

import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ADDON = Path(__file__).parents[1] / "lucca_invoices_sync"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ADDON)], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def test_it_holds_the_whole_addon(wheel):
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


def test_it_asks_for_odoo_19_and_what_the_addon_needs(wheel):
    name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
    needs = message_from_bytes(wheel.read(name)).get_all("Requires-Dist")
    assert any(need.startswith("odoo") and "19.0" in need for need in needs)
    assert {"phonenumbers", "requests"} <= set(needs)
