"""The pictures of ARCHITECTURE.md match the code.

`UPDATE_DOCS=1 setup/test tests/test_architecture.py` draws them again.
"""

import os
import re
from pathlib import Path

import pytest

from tests.architecture import PICTURES, rooms_in_circles

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "ARCHITECTURE.md"


@pytest.mark.parametrize("name", PICTURES)
def test_the_page_has_the_picture_drawn_from_the_code(name):
    place = re.compile(f"(<!-- picture: {name} -->\n\n)(```mermaid\n.*?```)", re.DOTALL)
    page, drawn = PAGE.read_text("utf-8"), PICTURES[name]()
    if os.environ.get("UPDATE_DOCS"):
        page = place.sub(lambda found: found[1] + drawn, page)
        PAGE.write_text(page, "utf-8")
    assert place.search(page)[2] == drawn


def test_no_folders_import_each_other_except_the_two_pairs_that_the_page_names():
    assert rooms_in_circles() == {
        ("models/bill", "models/document"),
        ("lucca/booking", "lucca/booking/electronic_invoice"),
    }


def test_the_functions_that_decide_a_tax_exist():
    """Those of the first column are named with their module, those of the second are in the same module."""
    section = PAGE.read_text("utf-8").partition("## Which function decides a tax")[2]
    rows = [
        row.split("|")[1:3]
        for row in section.partition("\n## ")[0].splitlines()
        if row.startswith("| `")
    ]
    assert rows
    for functions, decided in rows:
        named = re.findall(r"`(\w+)\.(\w+)`", functions + decided)
        named += [(named[0][0], name) for name in re.findall(r"`(_\w+)`", decided)]
        for module, name in named:
            code = (ROOT / f"lucca_invoices_sync/models/bill/{module}.py").read_text("utf-8")
            assert f"def {name}(" in code, f"{module}.{name}"
