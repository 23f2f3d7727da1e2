"""A copy of the database that was neutralized never calls Lucca."""

from tests.processes.helpers import database, needs_base, odoo, prepare
from tests.simulator import LuccaServer, Tenant


def call(name, **variables):
    """What the calls of all connections printed."""
    output, _nothing = odoo("shell", name, script="call.py", **variables).communicate()
    assert "CALLED" in output
    return output


@needs_base
def test_no_request_leaves_a_neutralized_copy():
    with LuccaServer(Tenant.realistic(5, api_key="test-key")) as server, database() as name:
        prepare(name, server.url)
        assert "REFUSED" not in call(name)
        assert server.requests, "before, it did call"
        server.requests.clear()
        odoo("neutralize", name).communicate()
        place = server.url.removeprefix("http://").replace(".", "_").replace(":", "_")
        output = call(name, **{f"LUCCA_API_KEY_{place}": "test-key"})
        assert output.count("REFUSED No API key is set") == 2
        assert server.requests == []
