"""The pure half can be used without Odoo."""

import subprocess
import sys
from pathlib import Path

import lucca

ADDON = Path(lucca.__file__).parents[1]
WITHOUT_ODOO = """
import importlib, pkgutil, sys
sys.modules["odoo"] = None  # importing it raises ImportError
import lucca
names = [module.name for module in pkgutil.walk_packages(lucca.__path__, "lucca.")]
for name in names:
    importlib.import_module(name)
print(*names)
"""


def test_every_module_can_be_imported_without_odoo():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ODOO],
        cwd=ADDON,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {"lucca.booking.amounts", "lucca.api.client", "lucca.files"} <= set(done.stdout.split())
