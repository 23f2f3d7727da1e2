"""What the documentation refers to is there."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from environment import camera

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


def test_each_picture_is_shown_on_a_page_and_taken_by_the_camera():
    folder = CHECKOUT / "lucca_invoices_sync" / "static" / "description"
    pictures = {picture.name for picture in folder.glob("*.png")} - {"icon.png"}
    assert pictures == {f"{shot.name}.png" for shot in camera.SHOTS}
    texts = "".join(page.read_text("utf-8") for page in [*PAGES, folder / "index.html"])
    assert {name for name in pictures if name not in texts} == set()


def test_the_page_of_fields_names_each_field_of_a_document():
    page = (CHECKOUT / "lucca_invoices_sync" / "docs" / "fields.md").read_text("utf-8")
    assert [name for name in examples.invoice() if not re.search(rf"`{name}\b", page)] == []


def test_tests_of_other_addons_need_only_the_checkout_on_the_path(tmp_path):
    others = [path for path in sys.path if not Path(path).is_relative_to(CHECKOUT)]
    paths = os.pathsep.join([str(CHECKOUT), *others])
    plugin = [sys.executable, "-c", "import tests.conftest"]
    subprocess.run(plugin, check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths})


#: The names of packages whose distributions have other names.
DISTRIBUTIONS = {"stdnum": "python-stdnum", "babel": "Babel"}


def packages_of_the_pure_half():
    """Yield ``(distribution, file)`` for each package of others that a file of the pure half imports."""
    half = CHECKOUT / "lucca_invoices_sync" / "lucca"
    for file in half.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for package in {name.partition(".")[0] for name in names} - sys.stdlib_module_names:
                yield DISTRIBUTIONS.get(package, package), file.relative_to(half).as_posix()


def test_the_page_for_integrators_says_where_the_pure_half_needs_which_package():
    page = (CHECKOUT / "lucca_invoices_sync" / "docs" / "integrators.md").read_text("utf-8")
    said = page.partition("## The pure half alone")[2].partition("```")[0]
    assert "It needs `requests`." in said
    for package, file in packages_of_the_pure_half():
        if package not in ("requests", "urllib3"):  # requests brings urllib3
            places = re.search(rf"`{package}`\s+\(([^)]*)\)", said)[1]
            assert any(file.startswith(place) for place in re.findall("`(.+?)`", places)), file


def test_each_test_that_is_named_exists(page):
    for name, test in TEST.findall(page.read_text("utf-8")):
        files = list(CHECKOUT.glob(name))
        assert files, name
        assert not test or f"def {test}(" in files[0].read_text("utf-8"), f"{name}::{test}"
