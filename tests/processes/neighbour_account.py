"""A Lucca account with a document of each kind that another module may take an interest in."""

from tests.simulator import Tenant, electronic

DATE = "2026-01-15"
#: A purchase order in Odoo, which an electronic invoice names.
ORDER = "PO-0815"
#: What Lucca says a purchase is for, by kind of mapping: an analytic account each.
PLACES = {
    "cost_center": {"id": 501, "name": "Siège", "code": "S"},
    "axis_section": {"id": 502, "name": "Projet Alpha", "code": "A", "axisId": 1},
}
FRENCH = {"name": "Papeterie Moreau", "vat": "FR23334175221"}
#: The documents that come while neighbours go, each approved in its turn.
LATER = ("AFTER-1", "AFTER-2", "AFTER-3")


def account():
    """An account whose documents are known by their numbers; ``LATER`` are not approved yet."""
    tenant = Tenant(api_key="test-key")
    french = tenant.add_purchase(
        tenant.add_supplier(**FRENCH, territory="FR"),
        establishment=None,
        cost_center=PLACES["cost_center"],
        axisSections=[PLACES["axis_section"]],
    )
    american = tenant.add_purchase(
        tenant.add_supplier(name="Acme Inc.", territory="US"), establishment=None
    )
    add = {"purchase": french, "date": DATE}
    tenant.add_invoice(number="USUAL", lines=[(100, "0.2"), (50, "0.1")], files=["a.png"], **add)
    tenant.add_invoice(number="FACTUR-X", lines=[(80, "0.2")], files=["factur-x.pdf"], **add)
    tenant.add_credit_note(number="CREDIT", lines=[(20, "0.2")], **add)
    tenant.add_invoice(
        number="DOLLARS", lines=[(300, "0.2")], currency="USD", counter=("EUR", "0.9"), **add
    )
    tenant.add_invoice(number="NO-VAT", purchase=american, date=DATE, lines=[(70, None)])
    ordered = tenant.add_invoice(number="ORDERED", lines=[(40, "0.2")], files=[], **add)
    add_file(tenant, ordered, electronic.ubl(ordered, **{"BT-13": ORDER}))
    differs = tenant.add_invoice(number="DIFFERS", lines=[(60, "0.2")], files=[], **add)
    add_file(tenant, differs, electronic.cii(differs, **{"BT-1": "OTHER", "BT-112": "96.00"}))
    for number in LATER:
        tenant.add_invoice(number=number, lines=[(10, "0.2")], state="ToReview", **add)
    return tenant


def add_file(tenant, document, xml):
    """Give a document an electronic invoice."""
    file = tenant.add_file(("facture.xml", xml), None)
    document["attachments"] = [file.attachment(1, document["createdAt"])]
