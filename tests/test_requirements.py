"""``requirements.txt`` names what the addon needs, pins nothing, and installs nothing where all of it is there.

That it changes no package of an Odoo that lacks some of it was tried by hand: in an environment with the packages that
Odoo 19.0 pins, 63 were installed before and 70 afterwards, and none was changed or removed.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
REQUIREMENTS = CHECKOUT / "requirements.txt"
#: Requirements of the addon that every Odoo 19.0 installs. The manifest names the other ones.
OF_ODOO = {"lxml"}
OF_TESTS = {"freezegun", "pytest-odoo"}


def required():
    lines = REQUIREMENTS.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_file_names_what_the_addon_and_its_tests_need():
    manifest = ast.literal_eval((CHECKOUT / "lucca_invoices_sync/__manifest__.py").read_text())
    needed = set(manifest["external_dependencies"]["python"])
    assert set(required()) == needed | OF_ODOO | OF_TESTS


def test_the_file_pins_no_version():
    assert [line for line in required() if not re.fullmatch(r"[\w.-]+", line)] == []


def test_nothing_is_installed_where_odoo_and_the_tests_are_installed():
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index"]
    done = subprocess.run(
        [*command, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=True
    )
    assert "Would install" not in done.stdout
