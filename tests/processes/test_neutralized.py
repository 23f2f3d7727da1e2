"""A copied database that was neutralized never calls Lucca."""

from tests.processes.helpers import connect, needs_base, odoo, shell
from tests.simulator import LuccaServer, Tenant


def call(name, **variables):
    """Return the lines that the calls of all connections printed."""
    return shell(name, "call.py", **variables)


@needs_base
def test_no_request_leaves_a_neutralized_copy(database):
    with LuccaServer(Tenant.realistic(5, api_key="test-key")) as server:
        connect(database, server)
        assert call(database) == []
        assert server.requests, "before, it did call"
        server.requests.clear()
        odoo("neutralize", database).communicate()
        place = server.url.removeprefix("http://").replace(".", "_").replace(":", "_")
        lines = call(database, **{f"LUCCA_API_KEY_{place}": "test-key"})
        assert sum(line.startswith("REFUSED No API key is set") for line in lines) == 2
        assert server.requests == []
