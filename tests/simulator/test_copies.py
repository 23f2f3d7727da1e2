"""A copied server answers in place of the original, with a tenant of its own."""

from copy import deepcopy

import pytest

from tests.simulator.caller import LIST
from tests.simulator.lucca import API


@pytest.fixture
def copied(tenant, server, caller):
    """Return a function that copies a tenant and its server, as they are by then, together."""
    return lambda *others: deepcopy((tenant, server, *others))


class TestCopies:
    def test_the_copy_begins_with_what_the_original_has(self, copied, tenant, server, caller):
        tenant.add_invoice()
        server.faults.fail(503, times=2)
        caller.get(LIST)
        _tenant, server = copied()
        assert [request.status for request in server.requests] == [503]
        assert caller.get(LIST).status_code == 503
        assert caller.ids() == [1]

    def test_the_copy_answers_at_the_address_of_the_original(self, copied, server, caller):
        tenant, copy = copied()
        tenant.add_invoice()
        assert copy.url == server.url
        assert caller.ids() == [1]

    def test_what_happens_to_the_copy_does_not_happen_to_the_original(
        self, copied, tenant, server, caller
    ):
        document = tenant.add_invoice()
        other, copy, same = copied(document)
        other.change(same, documentNumber="changed")
        copy.behaviour.denied["documents"] = 403
        copy.faults.fail(503)
        caller.get(LIST)
        assert document["documentNumber"] == "F-00001"
        assert (server.behaviour.denied, server.requests) == ({}, [])
        _tenant, _server = deepcopy((tenant, server))
        assert caller.ids() == [1]

    def test_a_file_of_the_copy_prints_the_document_of_the_copy(self, copied, tenant, caller):
        document = tenant.add_invoice(files=["facture.eml"])
        _tenant, _server, same = copied(document)
        same["documentNumber"] = "CHANGED"
        (file,) = tenant.files
        assert b"CHANGED" in caller.get(f"{API}/files/{file}/display").content

    def test_a_broken_document_of_the_copy_can_be_withdrawn(self, copied, tenant, caller):
        broken = tenant.add_raw({"type": "Invoice"})
        other, _server, same = copied(broken)
        other.withdraw(same)
        assert (other.document_count, tenant.document_count) == (0, 1)
