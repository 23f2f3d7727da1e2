"""A copied database that was neutralized never calls Lucca."""

from tests.processes.helpers import connect, needs_base, odoo
from tests.simulator import LuccaServer, Tenant


def call(name, **variables):
    """Return what the calls of all connections printed."""
    output, _nothing = odoo("shell", name, script="call.py", **variables).communicate()
    assert "CALLED" in output
    return output


@needs_base
def test_no_request_leaves_a_neutralized_copy(database):
    with LuccaServer(Tenant.realistic(5, api_key="test-key")) as server:
        connect(database, server)
        assert "REFUSED" not in call(database)
        assert server.requests, "before, it did call"
        server.requests.clear()
        odoo("neutralize", database).communicate()
        place = server.url.removeprefix("http://").replace(".", "_").replace(":", "_")
        output = call(database, **{f"LUCCA_API_KEY_{place}": "test-key"})
        assert output.count("REFUSED No API key is set") == 2
        assert server.requests == []
