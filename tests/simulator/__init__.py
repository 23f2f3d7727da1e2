"""A stand-in for Lucca Invoices: a tenant's state, and an HTTP server that speaks for it.

    from tests.simulator import LuccaServer, Tenant

    tenant = Tenant.realistic(documents=200, seed=1, api_key="demo-key")
    with LuccaServer(tenant) as server:
        print(server.url)

By hand: `python -m tests.simulator --port 8070 --documents 200 --seed 1 --key demo-key`, and then,
with JSON bodies:

    POST /simulator/approve   {"count": 5}, or {"type": "Invoice", "id": 7}
    POST /simulator/add       {"count": 3}, or the fields of a Draft: {"number": "F-1",
                               "lines": [[100, "0.2"]], "purchase": 7, "type": "CreditNote", ...}
    POST /simulator/change    {"type": "Invoice", "id": 7, "documentNumber": "F-2", ...}
    POST /simulator/withdraw  {"type": "Invoice", "id": 7}
    POST /simulator/fail      {"status": 503, "times": 2, "path": "suppliers", "body": "html",
                               "retry_after": 30, "rate": 0.1}, or {"damage": "truncated", ...},
                              or {"clear": true} to end all faults and delays
    POST /simulator/slow      {"seconds": 2, "times": null, "path": "display"}
    GET  /simulator/state
"""

from .behaviour import Behaviour
from .faults import Budget, Faults
from .server import LuccaServer, Request
from .tenant import Tenant
from .times import Clock, VirtualClock

__all__ = [
    "Behaviour",
    "Budget",
    "Clock",
    "Faults",
    "LuccaServer",
    "Request",
    "Tenant",
    "VirtualClock",
]
