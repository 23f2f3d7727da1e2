"""A simulator of Lucca Invoices: the state of a tenant, and an HTTP server that answers for it.

    from tests.simulator import LuccaServer, Tenant

    tenant = Tenant.realistic(documents=200, seed=1, api_key="demo-key")
    with LuccaServer(tenant) as server:
        print(server.url)

It also runs alone: `python -m tests.simulator --port 8070 --documents 200 --seed 1 --key demo-key`. The
option `--behave '{"seconds": 0.4}'` sets its Behaviour. It is controlled by calls with JSON bodies:

    POST /simulator/approve   {"count": 5}, or {"type": "Invoice", "id": 7}
    POST /simulator/add       {"count": 3}, or the fields of a Draft: {"number": "F-1",
                               "lines": [[100, "0.2"]], "purchase": 7, "type": "CreditNote",
                               "padding": 17000000, ...}
    POST /simulator/change    {"type": "Invoice", "id": 7, "documentNumber": "F-2", ...}
    POST /simulator/withdraw  {"type": "Invoice", "id": 7}
    POST /simulator/behave    {"root_fields": "count", "most_items": 50, "seconds": 0.4,
                               "unlisted": [["Invoice", 7]], "order": "newest", ...}
    POST /simulator/fail      {"status": 503, "times": 2, "path": "suppliers", "body": "html",
                               "retry_after": 30, "rate": 0.1, "where": {"page": 3}},
                              or {"damage": "truncated", ...}: one of DAMAGES,
                              or {"clear": true} to end all faults and delays
    POST /simulator/slow      {"seconds": 2, "times": null, "path": "display"}, or a random time:
                              {"seconds": [0.1, 12], ...}
    GET  /simulator/state
    GET  /simulator/pages     number and limit of each page that was asked of the documents' list
    GET  /simulator/asked     ?part=purchases: the requests whose path contains this
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
