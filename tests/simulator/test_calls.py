"""The simulator answers as Lucca's API is documented."""

from itertools import chain

import pytest

from tests.simulator import Tenant, examples
from tests.simulator.caller import APPROVED, LIST, RATES
from tests.simulator.lucca import API, LIST_PATHS

STATE = "invoice.conformityStates"


@pytest.fixture
def tenant():
    return Tenant()


def errors(response):
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()["errors"]


def flat(pages):
    return list(chain.from_iterable(pages))


class TestAuthentication:
    @pytest.mark.parametrize("header", [None, "lucca application=wrong", "Bearer test-key"])
    def test_a_call_without_the_right_key_gets_401(self, caller, header):
        assert caller.get(LIST, headers={"Authorization": header}).status_code == 401

    def test_a_call_with_the_key_is_answered(self, caller):
        assert caller.get(LIST).status_code == 200

    def test_a_refusal_is_a_problem_with_its_status(self, caller):
        body = caller.get(LIST, headers={"Authorization": None}).json()
        assert (body["status"], body["title"]) == (401, "Unauthorized")


class TestRoutes:
    def test_an_unknown_path_is_404(self, caller):
        assert caller.get(f"{API}/nothing").status_code == 404

    def test_another_method_is_405(self, caller, server):
        assert caller.session.post(server.url + LIST, timeout=10).status_code == 405

    def test_there_is_no_credit_note_by_id(self, caller, tenant):
        note = tenant.add_credit_note()
        assert caller.get(f"{API}/credit-notes/{note['id']}").status_code == 404
        assert caller.get(f"{API}/invoices/{note['id']}").status_code == 404

    @pytest.mark.parametrize("path", LIST_PATHS)
    def test_both_list_paths_answer(self, caller, path):
        assert caller.get(path).json() == {"items": []}

    @pytest.mark.parametrize("path", LIST_PATHS)
    def test_one_list_path_may_be_closed(self, caller, server, path):
        server.behaviour.closed_paths.add(path)
        assert [caller.get(one).status_code for one in LIST_PATHS].count(404) == 1
        assert caller.get(path).status_code == 404

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_resource_may_be_denied(self, caller, server, tenant, status):
        server.behaviour.denied["purchases"] = status
        purchase = tenant.add_purchase()
        assert caller.get(f"{API}/purchases/{purchase['id']}").status_code == status
        assert caller.get(f"{API}/suppliers").status_code == 200


class TestFilters:
    def test_only_the_wanted_state_is_listed(self, caller, tenant):
        tenant.add_invoice(state="ToReview")
        approved = tenant.add_invoice()
        assert caller.ids() == [approved["id"]]

    def test_without_filters_everything_is_listed(self, caller, tenant):
        tenant.add_invoice(state="ToReview")
        tenant.add_credit_note(state="Partial")
        assert len(caller.get(LIST).json()["items"]) == 2

    def test_the_invoice_filter_leaves_credit_notes_alone(self, caller, tenant):
        tenant.add_invoice(state="ToReview")
        tenant.add_credit_note(state="ToReview")
        items = caller.get(LIST, {STATE: "Confirmed"}).json()["items"]
        assert [item["type"] for item in items] == ["CreditNote"]

    def test_created_from_includes_the_given_moment_to_the_seventh_digit(self, caller, tenant):
        tenant.add_invoice(created_at="2026-01-02T03:04:05.1234567+00:00")
        assert caller.ids(createdAt_from="2026-01-02T03:04:05.1234567Z") == [1]
        assert caller.ids(createdAt_from="2026-01-02T03:04:05.1234568Z") == []

    def test_created_from_respects_the_offset(self, caller, tenant):
        tenant.add_invoice(created_at="2026-01-02T03:00:00.0000000+00:00")
        assert caller.ids(createdAt_from="2026-01-02T04:30:00+02:00") == [1]
        assert caller.ids(createdAt_from="2026-01-02T04:30:00+01:00") == []

    @pytest.mark.parametrize("value", ["2026-01-02", "2026-01-02T03:04:05", "yesterday", ""])
    def test_created_from_without_an_offset_is_refused(self, caller, value):
        assert "createdAt.from" in errors(caller.get(LIST, {"createdAt.from": value}))

    def test_a_plus_that_is_not_encoded_is_refused(self, caller):
        assert errors(caller.get(f"{LIST}?createdAt.from=2026-01-02T03:04:05+00:00"))

    @pytest.mark.parametrize("name", ["createdAt.to", "modifiedAt.from", "sort", "nonsense"])
    def test_an_undocumented_parameter_is_refused(self, caller, name):
        assert list(errors(caller.get(LIST, {name: "2026-01-01T00:00:00Z"}))) == [name]

    @pytest.mark.parametrize("value", ["Approved", "Confirmed,ToReview", "confirmed", "Partial"])
    def test_an_unknown_state_is_refused(self, caller, value):
        assert STATE in errors(caller.get(LIST, {STATE: value}))

    def test_several_values_in_one_filter_are_refused(self, caller):
        assert STATE in errors(caller.get(LIST, [(STATE, "Confirmed"), (STATE, "ToReview")]))

    def test_a_limited_key_silently_sees_fewer_documents(self, caller, tenant):
        hidden = tenant.add_invoice(purchase=tenant.add_purchase(cost_center="Siège"))
        tenant.add_invoice(purchase=tenant.add_purchase(cost_center="Ventes"))
        tenant.visible_cost_centers = {"Ventes"}
        assert caller.list(fields_root="count")["count"] == 1
        assert caller.get(f"{API}/invoices/{hidden['id']}").status_code == 404


class TestPaging:
    @pytest.fixture(autouse=True)
    def documents(self, tenant):
        for _ in range(5):
            tenant.add_invoice(files=())

    def test_pages_count_from_one(self, caller):
        assert [caller.ids(limit=2, page=page) for page in (1, 2, 3, 4)] == [
            [1, 2],
            [3, 4],
            [5],
            [],
        ]

    def test_next_is_a_cursor_for_page(self, caller):
        first = caller.list(limit=2, fields_root="next")
        assert caller.ids(limit=2, page=first["next"]) == [3, 4]

    def test_prev_is_a_cursor_for_page(self, caller):
        third = caller.list(limit=2, page=3, fields_root="prev")
        assert caller.ids(limit=2, page=third["prev"]) == [3, 4]

    def test_the_last_page_has_no_next(self, caller):
        assert "next" not in caller.list(limit=2, page=3, fields_root="next")

    def test_the_first_page_has_no_prev(self, caller):
        assert "prev" not in caller.list(limit=2, fields_root="prev")

    @pytest.mark.parametrize("asked", ["count", "next", "prev", "count,next", "prev,count,next"])
    def test_only_the_requested_root_fields_are_given(self, caller, asked):
        page = caller.list(limit=2, page=2, fields_root=asked)
        assert page.keys() == {"items", *asked.split(",")}

    def test_count_covers_all_pages_and_is_given_only_on_request(self, caller):
        assert caller.list(limit=2, fields_root="count")["count"] == 5
        assert "count" not in caller.list(limit=2)

    def test_limit_zero_returns_only_the_count(self, caller):
        page = caller.list(limit=0, fields_root="count,next,prev")
        assert page == {"items": [], "count": 5}

    @pytest.mark.parametrize("query", [{"limit": 1001}, {"limit": -1}, {"limit": "x"}])
    def test_a_bad_limit_is_refused(self, caller, query):
        assert "limit" in errors(caller.get(LIST, query))

    @pytest.mark.parametrize("page", ["0", "-1", "x", "YWJj", "é", ""])
    def test_a_bad_page_is_refused(self, caller, page):
        assert "page" in errors(caller.get(LIST, {"page": page}))

    @pytest.mark.parametrize("asked", ["sum", "count,sum", "", "count,", "count next"])
    def test_an_unknown_root_field_is_refused(self, caller, asked):
        assert "fields.root" in errors(caller.get(LIST, {"fields.root": asked}))

    def test_a_server_may_give_no_count(self, caller, server):
        server.behaviour.gives_count = False
        assert caller.list(limit=2, fields_root="count,next").keys() == {"items", "next"}

    def test_a_server_may_give_no_cursors(self, caller, server):
        server.behaviour.gives_next = False
        page = caller.list(limit=2, page=2, fields_root="count,next,prev")
        assert page.keys() == {"items", "count"}

    @pytest.mark.parametrize(
        ("kind", "asked"),
        [("count", "next"), ("count", "count,next"), ("refused", "count"), ("refused", "next")],
    )
    def test_a_server_may_refuse_root_fields(self, caller, server, kind, asked):
        server.behaviour.root_fields = kind
        assert "fields.root" in errors(caller.get(LIST, {"fields.root": asked}))

    def test_a_server_may_ignore_several_root_fields(self, caller, server):
        server.behaviour.root_fields = "ignored"
        assert caller.list(limit=2, fields_root="count,next").keys() == {"items"}

    @pytest.mark.parametrize("kind", ["all", "count", "ignored"])
    def test_a_server_may_know_only_count(self, caller, server, kind):
        server.behaviour.root_fields = kind
        assert caller.list(limit=2, fields_root="count")["count"] == 5

    def test_the_setting_of_root_fields_concerns_each_list(self, caller, server):
        server.behaviour.root_fields = "refused"
        assert errors(caller.get(f"{API}/suppliers", {"fields.root": "count"}))

    def test_a_server_may_give_smaller_pages_than_asked_for(self, caller, server):
        server.behaviour.most_items = 2
        first = caller.list(limit=4, fields_root="count,next")
        assert ([one["id"] for one in first["items"]], first["count"]) == ([1, 2], 5)
        assert caller.ids(limit=4, page=first["next"]) == [3, 4]
        assert [caller.ids(limit=4, page=page) for page in (2, 3, 4)] == [[3, 4], [5], []]

    def test_a_smaller_page_than_the_limit_can_be_asked_for(self, caller, server):
        server.behaviour.most_items = 2
        assert caller.ids(limit=1, page=2) == [2]

    def test_each_list_may_have_smaller_pages(self, caller, server, tenant):
        server.behaviour.most_items = 1
        tenant.add_supplier()
        assert len(caller.get(f"{API}/suppliers", {"limit": 10}).json()["items"]) == 1

    def test_a_document_may_be_counted_and_never_listed(self, caller, server):
        server.behaviour.unlisted.add(("Invoice", 2))
        pages = [caller.list(limit=2, page=page, fields_root="count,next") for page in (1, 2)]
        assert [[one["id"] for one in page["items"]] for page in pages] == [[1, 3], [4, 5]]
        assert [page["count"] for page in pages] == [5, 5]
        assert "next" not in pages[1]

    def test_unlisted_concerns_one_type_of_document_only(self, caller, server):
        server.behaviour.unlisted.add(("CreditNote", 2))
        assert caller.ids() == [1, 2, 3, 4, 5]

    def test_large_pages_may_take_too_long(self, caller, server):
        server.behaviour.slow_above = 2
        assert caller.get(LIST, {"limit": 3}).status_code == 408
        assert caller.ids(limit=2) == [1, 2]

    def test_a_shuffled_order_is_the_same_on_all_pages(self, caller, server):
        server.behaviour.order = "shuffled"
        pages = [caller.ids(limit=2, page=page) for page in (1, 2, 3)]
        assert flat(pages) != [1, 2, 3, 4, 5]
        assert sorted(flat(pages)) == [1, 2, 3, 4, 5]

    def test_pages_in_newest_order_shift_when_a_document_appears(self, caller, server, tenant):
        server.behaviour.order = "newest"
        first = caller.ids(limit=2, page=1)
        tenant.add_invoice(files=())
        assert (first, caller.ids(limit=2, page=2)) == ([5, 4], [4, 3])

    def test_an_unstable_order_repeats_and_misses_items(self, caller, server):
        server.behaviour.order = "unstable"
        pages = [caller.ids(limit=1, page=page) for page in range(1, 6)]
        assert len(set(flat(pages))) < 5


class TestReferenceData:
    def test_an_invoice_is_found_by_its_id(self, caller, tenant):
        document = tenant.add_invoice(number="F-7")
        assert caller.get(f"{API}/invoices/{document['id']}").json() == document

    def test_a_purchase_names_its_supplier(self, caller, tenant):
        supplier = tenant.add_supplier("Dupont", territory="BE")
        purchase = tenant.add_purchase(supplier)
        found = caller.get(f"{API}/purchases/{purchase['id']}").json()
        assert found["supplier"] == {"id": 1, "name": "Dupont", "territoryId": "BE"}

    def test_a_draft_supplier_has_no_id(self, caller, tenant):
        purchase = tenant.add_purchase({"name": "Nouveau"})
        found = caller.get(f"{API}/purchases/{purchase['id']}").json()
        assert found["supplier"] == {"name": "Nouveau"}

    def test_suppliers_are_listed_by_page(self, caller, tenant):
        names = [tenant.add_supplier(name)["name"] for name in "ABC"]
        page = caller.get(
            f"{API}/suppliers", {"limit": 2, "page": 2, "fields.root": "count"}
        ).json()
        assert ([one["name"] for one in page["items"]], page["count"]) == (names[2:], 3)

    @pytest.mark.parametrize("path", ["purchases", "suppliers", "invoices"])
    def test_an_unknown_id_is_404(self, caller, path):
        assert caller.get(f"{API}/{path}/999").status_code == 404

    def test_rates_are_a_plain_list_of_one_territory(self, caller):
        rates = caller.get(RATES, {"date": "2026-01-01", "territoryId": "FR"}).json()
        assert [rate["percentage"] for rate in rates] == [0.2, 0.1, 0.055, 0.021, 0]

    def test_a_tax_refers_to_the_rate_type(self, caller, tenant):
        tax = tenant.add_invoice(lines=[(10, "0.055")])["amountIncludingTaxes"]["base"]["taxes"][0]
        rates = caller.get(RATES, {"date": "2026-01-01", "territoryId": "FR"}).json()
        assert tax["rateTypeId"] == rates[2]["rateType"]["id"] != rates[2]["id"]

    @pytest.mark.parametrize("missing", ["date", "territoryId"])
    def test_rates_need_both_parameters(self, caller, missing):
        query = {"date": "2026-01-01", "territoryId": "FR"}
        del query[missing]
        assert errors(caller.get(RATES, query)) == {missing: ["is required"]}


class TestFiles:
    def test_display_gives_the_content(self, caller, tenant):
        tenant.add_invoice(files=[("reçu d'été.pdf", b"%PDF-test")])
        file = caller.list()["items"][0]["attachments"][0]["file"]
        response = caller.get(file["displayHref"])
        assert (file["name"], response.content) == ("reçu d'été.pdf", b"%PDF-test")
        assert response.headers["Content-Type"] == "application/pdf"

    def test_a_file_has_metadata(self, caller, tenant):
        file = tenant.add_invoice()["attachments"][0]["file"]
        assert caller.get(file["href"]).json() == file

    def test_a_page_of_a_file_is_a_picture(self, caller, tenant):
        pages = tenant.add_invoice()["attachments"][0]["pages"]
        template = pages["displayHrefTemplate"]
        first, second = (caller.get(template.replace("{pageNumber}", n)) for n in "12")
        assert first.content.startswith(b"\x89PNG")
        assert second.status_code == 404

    def test_file_contents_may_be_on_another_host_that_needs_no_key(self, caller, server, tenant):
        server.behaviour.files_elsewhere = True
        href = tenant.add_invoice(files=[("a.pdf", b"x")])["attachments"][0]["file"]["displayHref"]
        assert caller.get(href).content == b"x"
        assert [request.host.split(":")[0] for request in server.requests] == [
            "127.0.0.1",
            "localhost",
        ]

    def test_links_are_relative_or_absolute(self, caller, server, tenant):
        for _ in range(3):
            tenant.add_invoice()
        hrefs = [item["purchase"]["href"] for item in caller.list()["items"]]
        assert hrefs == [f"{API}/purchases/1"] * 2 + [f"{server.url}{API}/purchases/1"]


class TestExamples:
    def test_the_documented_invoice_is_listed_as_printed(self, caller, tenant):
        examples.add_to(tenant)
        assert caller.get(LIST, APPROVED).json()["items"] == [
            examples.invoice(),
            examples.credit_note(),
        ]

    def test_the_purchase_and_file_of_the_documented_invoice_exist(self, caller, tenant):
        document, _ = examples.add_to(tenant)
        assert caller.get(document["purchase"]["href"]).json()["title"] == "Team building"
        href = document["attachments"][0]["file"]["displayHref"]
        assert caller.get(href).content.startswith(b"%PDF-")
