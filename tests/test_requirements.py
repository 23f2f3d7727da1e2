"""What a hoster installs from ``requirements.txt`` is what the addon needs, and changes nothing of Odoo's."""

import ast
import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
REQUIREMENTS = CHECKOUT / "requirements.txt"
#: Requirements of the addon that every Odoo 19.0 brings, beside those that its manifest names.
OF_ODOO = {"lxml"}
OF_TESTS = {"freezegun", "pytest-odoo"}


def required():
    lines = REQUIREMENTS.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_it_names_what_the_addon_and_its_tests_need():
    manifest = ast.literal_eval((CHECKOUT / "lucca_invoices_sync/__manifest__.py").read_text())
    needed = set(manifest["external_dependencies"]["python"])
    assert set(required()) == needed | OF_ODOO | OF_TESTS


def test_it_pins_nothing():
    assert [line for line in required() if not re.fullmatch(r"[\w.-]+", line)] == []


def test_beside_what_odoo_pins_it_installs_nothing_else():
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index"]
    done = subprocess.run(
        [*command, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=True
    )
    assert "Would install" not in done.stdout
