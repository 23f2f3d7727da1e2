"""The pictures of ARCHITECTURE.md match the code.

`UPDATE_DOCS=1 setup/test tests/test_architecture.py` draws them again.
"""

import os
import re
from pathlib import Path

import pytest

from tests.architecture import PICTURES, rooms_in_circles

PAGE = Path(__file__).parents[1] / "ARCHITECTURE.md"


@pytest.mark.parametrize("name", PICTURES)
def test_the_page_has_the_picture_drawn_from_the_code(name):
    place = re.compile(f"(<!-- picture: {name} -->\n\n)(```mermaid\n.*?```)", re.DOTALL)
    page, drawn = PAGE.read_text("utf-8"), PICTURES[name]()
    if os.environ.get("UPDATE_DOCS"):
        page = place.sub(lambda found: found[1] + drawn, page)
        PAGE.write_text(page, "utf-8")
    assert place.search(page)[2] == drawn


def test_no_folders_use_each_other_except_the_two_pairs_that_the_page_names():
    assert rooms_in_circles() == {
        ("models/bill", "models/document"),
        ("lucca/booking", "lucca/booking/electronic_invoice"),
    }
