"""The examples of the pure half in docs/integrators.md run as they are printed."""

import re
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import lucca

from tests.simulator import LuccaServer, Tenant

ADDON = Path(lucca.__file__).parents[1]
PAGE = ADDON / "docs" / "integrators.md"
PRINTED_HOST = "http://localhost:8070"


def examples():
    """The Python blocks of the part about the pure half, as one program."""
    part = PAGE.read_text("utf-8").partition("## The pure half alone")[2].partition("\n## ")[0]
    return "\n".join(re.findall("```python\n(.*?)```", part, re.DOTALL))


def test_the_examples_list_a_document_and_its_bill_lines():
    tenant = Tenant("demo-key")
    tenant.add_invoice(number="F-1", lines=[(100, "0.2")], created_at=datetime.now(timezone.utc))
    with LuccaServer(tenant) as server:
        program = examples().replace(PRINTED_HOST, server.url)
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ADDON, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "1 approved documents",
        "Invoice F-1 120 EUR",
        "2 requests",
        "vat 100.00 + 20.00",
    ]
