"""Draw the pictures of ARCHITECTURE.md from the code, as Mermaid texts, which GitHub shows as pictures."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

ADDON = Path(__file__).parents[1] / "lucca_invoices_sync"
#: Folders with a box of their own in the picture, the pure half first. A file belongs to the
#: deepest of them.
ROOMS = (
    "lucca/api",
    "lucca/documents",
    "lucca/booking/electronic_invoice",
    "lucca/booking",
    "lucca",
    "models/connection",
    "models/document",
    "models/mapping",
    "models/supplier",
    "models/bill",
    "models/sync",
    "models/odoo",
    "models/demo",
    "models",
)
HALVES = {"models": "models: Odoo", "lucca": "lucca: plain Python, without Odoo"}


def draw_flow():
    """Return the steps of a synchronisation, in their order, from ``models/sync/sync.py``."""
    titles = {name: text for name, text in _descriptions() if name.startswith("lucca.sync.")}
    steps = _constant("models/sync/sync.py", "STEPS")
    nodes = [f'    {_id(name)}["{titles[name]}<br/><i>{name}</i>"]' for name in steps]
    arrows = " --> ".join(["lucca([Lucca])", *map(_id, steps), "bills([Bills])"])
    return _picture("flowchart LR", [*nodes, f"    {arrows}"])


def draw_states():
    """Return the states of a document and the transitions between them, from ``transitions.py``."""
    transitions = _constant("models/document/transitions.py", "_TRANSITIONS")
    names = defaultdict(list)
    for name, (origins, state) in transitions.items():
        for origin in origins:
            if origin != state:
                names[(origin, state)].append(name)
    arrows = [
        f"    {origin} --> {state}: {', '.join(sorted(found))}"
        for (origin, state), found in sorted(names.items())
    ]
    return _picture("stateDiagram-v2", ["    [*] --> pending", "    [*] --> blocked", *arrows])


def draw_rooms():
    """Return which folder uses which, from the imports of their files.

    ``models`` itself, which all folders of its half use, and the many imports of the pure half by
    the other half are left out: they would hide the rest.
    """
    inside = {(one, other) for one, other in _uses() if _half(one) == _half(other)}
    lines = []
    for half, title in HALVES.items():
        rooms = [room for room in ROOMS if _half(room) == half]
        lines += [f'    subgraph {half}_half ["{title}"]']
        lines += [f'        {_id(room)}["{room}"]' for room in rooms if room not in HALVES]
        lines += ["    end"]
    lines += [
        f"    {_id(one)} --> {_id(other)}" for one, other in sorted(inside) if other not in HALVES
    ]
    return _picture("flowchart LR", [*lines, "    models_half ==> lucca_half"])


def rooms_in_circles():
    """Return the pairs of rooms of which each uses the other, directly or by way of others."""
    reached = {(one, other) for one, other in _uses() if other not in HALVES}
    while further := {(a, d) for a, b in reached for c, d in reached if b == c} - reached:
        reached |= further
    return {(one, other) for one, other in reached if one < other and (other, one) in reached}


def draw_models():
    """Return the tables of the addon, and the tables that their rows point to."""
    tables = {name for _file, name, _body in _models()}
    links = {
        f"    {_id(name)} -->|{field}| {_id(target)}"
        for _file, name, body in _models()
        for field, target in _many2ones(body)
        if target in tables | {"account.move"}
    }
    nodes = [f'    {_id(name)}["{name}"]' for name in sorted({*tables, "account.move"})]
    return _picture("flowchart LR", [*nodes, *sorted(links)])


PICTURES = {"flow": draw_flow, "states": draw_states, "rooms": draw_rooms, "models": draw_models}


# --- reading the code -----------------------------------------------------------------------------


@cache
def _tree(file):
    return ast.parse(file.read_text("utf-8"))


def _files():
    return [
        file
        for room in ("lucca", "models", "wizards")
        for file in sorted((ADDON / room).rglob("*.py"))
        if file.name != "__init__.py"
    ]


def _uses():
    """Return ``{(room, another room that it imports from)}``."""
    return {
        (room, other)
        for file in _files()
        for target in _imports(file)
        if (room := _room(file)) != (other := _room(target)) and room and other
    }


def _half(room):
    return room.split("/")[0]


def _room(file):
    """Return the room that a file is in; empty for none."""
    path = file.relative_to(ADDON).as_posix()
    return next((room for room in ROOMS if path.startswith(f"{room}/")), "")


def _imports(file):
    """Yield the files or folders of the addon that a file imports from by relative imports."""
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = file.parents[node.level - 1]
            for alias in node.names:
                parts = (
                    [*(node.module or "").split("."), alias.name] if node.module else [alias.name]
                )
                target = folder.joinpath(*parts)
                if target.relative_to(ADDON).parts:
                    yield target


def _constant(path, name):
    """Return the value of an assignment. Names in a tuple are replaced by the strings assigned to them."""
    tree = _tree(ADDON / path)
    value = next(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    if isinstance(value, ast.Tuple):
        return [_text(item, path) for item in value.elts]
    return ast.literal_eval(value)


def _text(node, path):
    if isinstance(node, ast.Name):
        return _string(node.id, path)
    return ast.literal_eval(node)


def _string(name, path):
    """Return the string of a constant of a file, or of a file in the same folder. Raise
    ``LookupError`` if there is none.
    """
    for file in (ADDON / path, *sorted((ADDON / path).parent.glob("*.py"))):
        for node in _tree(file).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                return ast.literal_eval(node.value)
    raise LookupError(name)


def _descriptions():
    """Yield ``(name, description)`` of all models, abstract ones included."""
    for file in _files():
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.ClassDef):
                values = _attributes(node)
                if "_name" in values:
                    yield values["_name"], values.get("_description", "")


def _attributes(node):
    """Return the class's attributes with a constant value, as ``{name: value}``."""
    return {
        ast.unparse(item.targets[0]): item.value.value
        for item in node.body
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
    }


def _models():
    """Yield ``(file, name, body)`` of the addon's models with a table of their own."""
    for file in _files():
        for node in _tree(file).body:
            if isinstance(node, ast.ClassDef) and "models.Model" in map(ast.unparse, node.bases):
                values = _attributes(node)
                name = values.get("_name") or values.get("_inherit", "")
                if str(name).startswith("lucca."):
                    yield file, name, node.body


def _many2ones(body):
    """Yield ``(field, model)`` of the many2one fields of a class."""
    for item in body:
        is_field = isinstance(item, ast.Assign) and isinstance(item.value, ast.Call)
        if is_field and ast.unparse(item.value.func) == "fields.Many2one" and item.value.args:
            yield ast.unparse(item.targets[0]), ast.literal_eval(item.value.args[0])


# --- drawing --------------------------------------------------------------------------------------


def _id(name):
    return name.replace(".", "_").replace("/", "_")


def _picture(kind, lines):
    return "\n".join(["```mermaid", kind, *lines, "```"])
