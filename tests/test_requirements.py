"""``requirements.txt`` names what the addon needs, pins nothing, and installs nothing where all of it is there.

That it changes no package of an Odoo that lacks some of it was tried by hand: in an environment with the packages that
Odoo 19.0 pins, 63 were installed before and 70 afterwards, and none was changed or removed.
"""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
ADDON = CHECKOUT / "lucca_invoices_sync"
REQUIREMENTS = CHECKOUT / "requirements.txt"
OF_TESTS = {"freezegun", "pytest-odoo"}
#: Packages without which Odoo itself does not start. psycopg2 has several distributions, and the manifest can name
#: only one: Odoo would refuse to install the addon beside another.
OF_ODOO = {"dateutil", "markupsafe", "odoo", "psycopg2", "werkzeug"}
OF_REQUESTS = {"urllib3"}


def required():
    lines = REQUIREMENTS.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def named_by_the_manifest():
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text())
    return set(manifest["external_dependencies"]["python"])


def imported():
    """Return the names of the packages of others that the addon imports."""
    found = set()
    for path in ADDON.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
    return (
        {name.partition(".")[0] for name in found} - sys.stdlib_module_names - OF_ODOO - OF_REQUESTS
    )


def test_the_file_names_what_the_addon_and_its_tests_need():
    assert set(required()) == named_by_the_manifest() | OF_TESTS


def test_the_file_has_a_command_that_leaves_out_what_only_the_tests_need():
    select = re.search(r"^# +(grep .+) \| pip install ", REQUIREMENTS.read_text(), re.MULTILINE)[1]
    done = subprocess.run(
        ["bash", "-c", select], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    kept = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    assert set(kept) == named_by_the_manifest()


def test_the_manifest_names_each_package_that_the_addon_imports():
    """Odoo looks for the distributions of these names before it installs or upgrades the addon."""
    distributions = packages_distributions()
    names = {name.lower() for name in named_by_the_manifest()}
    missing = {
        package
        for package in imported()
        if not names & {name.lower() for name in distributions.get(package, ())}
    }
    assert missing == set()


def test_the_file_pins_no_version():
    assert [line for line in required() if not re.fullmatch(r"[\w.-]+", line)] == []


def test_nothing_is_installed_where_odoo_and_the_tests_are_installed():
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index"]
    done = subprocess.run(
        [*command, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=True
    )
    assert "Would install" not in done.stdout
