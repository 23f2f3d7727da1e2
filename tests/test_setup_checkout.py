"""The report that setup/demo prints, and rules for the files of the checkout."""

import subprocess
from pathlib import Path

import pytest
from environment import report

CHECKOUT = Path(__file__).parents[1]

# The report

FIGURES = {
    "states": {"imported": 180, "blocked": 3},
    "words": {
        "imported": "Bill Created",
        "blocked": "Needs Attention",
        "unmapped_tax": "VAT rate without a tax",
    },
    "bills": 170,
    "refunds": 10,
    "totals": {"EUR": "1,234.50", "USD": "99.00"},
    "files": 185,
    "waiting": [{"reason": "unmapped_tax", "count": 3, "message": "Map the tax"}],
    "requests": 42,
    "finished": True,
    "error": "",
    "seconds": 3.21,
    "total_seconds": 9.87,
}


def test_the_table_has_all_figures():
    lines = [" ".join(line.split()) for line in report.table(FIGURES).splitlines()]
    assert lines == [
        "",
        "Documents 183 (Needs Attention: 3, Bill Created: 180)",
        "Bills 170",
        "Refunds 10",
        "Total EUR 1,234.50",
        "Total USD 99.00",
        "Files 185",
        "Needs attention 3 VAT rate without a tax: Map the tax",
        "Requests 42",
        "Seconds 3.2 to synchronise, 9.9 in all",
    ]


def test_the_table_says_that_nothing_needs_attention():
    assert "Needs attention       nothing" in report.table({**FIGURES, "waiting": []})


@pytest.mark.parametrize(
    ("change", "is_good"),
    [
        ({}, True),
        ({"finished": False}, False),
        ({"error": "401"}, False),
        ({"states": {"failed": 1}}, False),
    ],
)
def test_the_run_is_good_unless_something_besides_people_is_missing(change, is_good):
    assert report.is_good({**FIGURES, **change}) is is_good


# The checkout itself

# These names are composed here so that the search does not find this file.
FOREIGN = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry." + "npmjs",
    "deb." + "debian",
    "/root" + "/",
    "/wo" + "rk/",
]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=CHECKOUT, text=True).split("\0")
    files = [CHECKOUT / name for name in names if name and (CHECKOUT / name).is_file()]
    assert len(files) > 20
    found = [
        (path.name, word)
        for path in files
        for word in FOREIGN
        if word.encode() in path.read_bytes()
    ]
    assert found == []
    assert '"resolved"' not in (CHECKOUT / "setup" / "package-lock.json").read_text()


def test_prettier_formats_xml():
    result = subprocess.run(
        ["prettier", f"--config={CHECKOUT}/setup/prettier.json", "--stdin-filepath=view.xml"],
        input="<odoo ><record   id='a'/></odoo>",
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "<odoo>\n    <record id='a' />\n</odoo>\n"
