"""What the documentation refers to is there."""

import re
from pathlib import Path

import pytest

from tests.simulator import examples

CHECKOUT = Path(__file__).parents[1]
PAGES = [
    *CHECKOUT.glob("*.md"),
    *(CHECKOUT / "lucca_invoices_sync" / "docs").glob("*.md"),
]
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
#: A file of tests that a page names, perhaps with a star, or one test in it.
TEST = re.compile(r"`(tests/[\w/*.]+\.py)(?:::(\w+))?`")


def anchors(page):
    """The names by which the headings of a page can be linked to, as GitHub and GitLab make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request):
    return request.param


def test_each_link_leads_to_a_file_and_a_heading(page):
    for name, anchor in LINK.findall(page.read_text("utf-8")):
        if "://" in name:
            continue
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), name
        assert not anchor or anchor in anchors(target), f"{name}#{anchor}"


def test_the_page_of_fields_names_each_field_of_a_document():
    page = (CHECKOUT / "lucca_invoices_sync" / "docs" / "fields.md").read_text("utf-8")
    assert [name for name in examples.invoice() if not re.search(rf"`{name}\b", page)] == []


def test_each_test_that_is_named_exists(page):
    for name, test in TEST.findall(page.read_text("utf-8")):
        files = list(CHECKOUT.glob(name))
        assert files, name
        assert not test or f"def {test}(" in files[0].read_text("utf-8"), f"{name}::{test}"
