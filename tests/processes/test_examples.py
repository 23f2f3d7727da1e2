"""The examples of docs/integrators.md, as one addon, do what the page says."""

import json
import re
from pathlib import Path

import pytest
from odoo.modules.module import get_module_path
from odoo.tools import config

from tests.processes.helpers import connect, needs_base, odoo, shell
from tests.simulator import LuccaServer, Tenant

PAGE = Path(get_module_path("lucca_invoices_sync"), "docs", "integrators.md")
MANIFEST = {
    "name": "Acme",
    "version": "19.0.1.0.0",
    "author": "Acme",
    "license": "LGPL-3",
    "depends": ["lucca_invoices_sync"],
    "data": ["views.xml"],
}


def blocks(language):
    """The printed examples that need Odoo."""
    part = PAGE.read_text("utf-8").partition("## Hooks")[2].partition("## Transactions")[0]
    return re.findall(f"```{language}\n(.*?)```", part, re.DOTALL)


@pytest.fixture
def addons(tmp_path):
    """A folder with the addon ``acme``, whose every file is a printed example."""
    acme = tmp_path / "addons" / "acme"
    acme.mkdir(parents=True)
    examples = dict(enumerate(blocks("python")))
    for number, example in examples.items():
        (acme / f"example_{number}.py").write_text(example)
    names = ", ".join(f"example_{number}" for number in examples)
    (acme / "__init__.py").write_text(f"from . import {names}\n")
    (acme / "__manifest__.py").write_text(repr(MANIFEST))
    (acme / "views.xml").write_text(f"<odoo>{''.join(blocks('xml'))}</odoo>")
    return acme.parent


@needs_base
def test_the_examples_do_what_they_say(database, addons):
    tenant = Tenant(api_key="test-key")
    purchase = tenant.add_purchase(department={"id": 5, "name": "Achats"}, cost_center=None)
    tenant.add_invoice(purchase=purchase, lines=[(100, "0.2")], paymentState="Paid")
    path = f"--addons-path={','.join([*config['addons_path'], str(addons)])}"
    assert odoo("server", database, path, "-i", "acme", "--stop-after-init").wait() == 0
    with LuccaServer(tenant) as server:
        connect(database, server)
        (seen,) = shell(database, "examples.py", path)
    supplier = purchase["supplier"]["id"]
    assert json.loads(seen) == {
        "waiting": "unmapped_department",
        "purchase": purchase["id"],
        "supplier": f"LUCCA-{supplier}",
        "accounts": ["Achats"],
        "paid": True,
    }
