"""Rules for the source that no other tool checks."""

import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

import pytest

ADDON = Path(__file__).parents[1] / "lucca_invoices_sync"
#: What a comment says to a tool, not to a reader.
FOR_TOOLS = re.compile(r"(noqa|type|pylint)\b(: ?[\w\[\], =-]*)?")


def uses_of_sudo(source):
    """Yield ``(line, why)`` of each use: the comments of its line and of the two above it."""
    comments = {
        token.start[0]: FOR_TOOLS.sub("", token.string.strip("# "))
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for number, line in enumerate(source.splitlines(), 1):
        if "sudo(" in line:
            yield number, " ".join(comments.get(number - above, "") for above in (2, 1, 0))


SUDO = [
    pytest.param(why, id=f"{path.name}:{number}")
    for path in sorted(ADDON.rglob("*.py"))
    for number, why in uses_of_sudo(path.read_text())
]


@pytest.mark.parametrize("why", SUDO)
def test_a_comment_says_why_sudo_is_needed(why):
    assert len(why.split()) > 1


def test_the_search_finds_uses_of_sudo():
    assert len(SUDO) > 10


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("# They may not read it.\n\nrecord.sudo()\n", "They may not read it."),
        ("record.sudo()  # noqa: S101, E501\n", ""),
        ("# pylint: disable=no-search-all\nrecord.sudo()\n", ""),
        ('"# not a comment at all"\nrecord.sudo()\n', ""),
        ("# Too far away to explain it.\n\n\nrecord.sudo()\n", ""),
    ],
)
def test_only_words_for_a_reader_say_why(source, why):
    assert [found.strip() for _line, found in uses_of_sudo(source)] == [why]


def test_savepoints_also_undo_the_hooks_of_the_cursor():
    """``models/savepoints.py`` says why Odoo's own savepoint does not do."""
    own = {path for path in ADDON.rglob("*.py") if "cr.savepoint" in path.read_text()}
    assert own == {ADDON / "models/savepoints.py"}


# --- names

#: The words that ARCHITECTURE.md gives one meaning.
WORDS = {"run", "slice", "turn", "step", "round"}
#: The folders that do a synchronisation, where these words name nothing else.
OF_A_SYNCHRONISATION = ("models/sync/", "models/demo/")
#: What others know of a synchronisation: the turn that they work in, and the runs that counted a document.
KNOWN_TO_OTHERS = {
    "turn",
    "_begin_turn",
    "action_open_runs",
    "_runs_that_counted",
    *(f"{counter}_run_ids" for counter in ("new", "booked", "blocked", "failed")),
}
#: The verbs to round and to run.
VERBS = {"round_to", "round_amount", "rounds_per_line", "_run_vat_checks"}


def trees():
    """Yield ``(path, syntax tree)`` of each file of the addon."""
    for path in sorted(ADDON.rglob("*.py")):
        yield path.relative_to(ADDON).as_posix(), ast.parse(path.read_text("utf-8"))


def types_of(tree):
    """Yield the names of a file's classes and types, without the classes of Odoo's models."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            if not any(ast.unparse(base).startswith("models.") for base in node.bases):
                yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp | ast.Subscript):
            name = ast.unparse(node.targets[0])
            if re.fullmatch("[A-Z][a-z][A-Za-z]*", name):
                yield name


def test_a_type_has_a_name_of_its_own():
    found = Counter(name for _path, tree in trees() for name in types_of(tree))
    assert found["Finding"] == found["Place"] == 1
    assert [name for name, number in found.items() if number > 1] == []


#: What makes a column, an index or a constraint of a table.
OF_TABLES = ("fields.", "MessageField", "MessageTable", "models.Constraint", "models.Index")


def added_to_tables(tree):
    """Give what classes add to the tables of this addon's models, other than the class that names the model."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            assigned = {
                ast.unparse(one.targets[0]): one.value
                for one in node.body
                if isinstance(one, ast.Assign)
            }
            if ast.unparse(assigned.get("_inherit", node)).startswith("'lucca."):
                yield from (name for name, value in assigned.items() if is_of_table(value))


def is_of_table(value):
    """Return whether a value of a class is a stored field, an index or a constraint."""
    if not isinstance(value, ast.Call) or not ast.unparse(value.func).startswith(OF_TABLES):
        return False
    options = {one.arg: ast.unparse(one.value) for one in value.keywords}
    return options.get("store") == "True" or not options.keys() & {"compute", "related"}


#: A file with a column and an index beside a field that is computed.
ADDED = """
class LuccaDocument(models.Model):
    _inherit = "lucca.document"
    paid = fields.Boolean()
    words = fields.Char(compute="_compute_words")
    _paid_idx = models.Index("(paid)")
"""


def test_whoever_opens_a_model_sees_its_table():
    assert list(added_to_tables(ast.parse(ADDED))) == ["paid", "_paid_idx"]
    added = [(path, *added_to_tables(tree)) for path, tree in trees()]
    assert [one for one in added if len(one) > 1] == []


def names_of(tree):
    """Yield the names that a file gives to classes, functions, arguments, variables and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(getattr(node, "ctx", None), ast.Store):
            yield getattr(node, "id", None) or getattr(node, "attr", "")


def words_of(name):
    """Return the words of a name, in the singular."""
    return {word.lower().removesuffix("s") for word in re.findall("[A-Z]?[a-z]+|[A-Z]+", name)}


def test_the_words_of_a_synchronisation_name_nothing_else():
    strange = {
        (path, name)
        for path, tree in trees()
        if not path.startswith(OF_A_SYNCHRONISATION)
        for name in names_of(tree)
        if words_of(name) & WORDS and name not in KNOWN_TO_OTHERS | VERBS
    }
    assert strange == set()


def test_the_page_explains_these_words():
    page = (ADDON.parent / "ARCHITECTURE.md").read_text("utf-8")
    table = page.partition("these words have one meaning")[2].partition("A step reads")[0]
    terms = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    assert terms == ["word", "synchronisation, or run", "slice", "turn", "step", "round"]
