"""The invoice of Lucca's public documentation, and a credit note in the same form."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .papers import Paper
from .states import CREDIT_NOTE
from .tenant import Tenant

Json = dict[str, Any]
_FILE_ID = "f0208989-edd3-4d09-b0ec-f97b24caa49e"
_FILE = f"/cleemy-procurement/api/files/{_FILE_ID}"
_PERSON = {
    "id": 13,
    "href": "/directory/api/users/13",
    "name": "Camille Lefort",
    "firstName": "Camille",
    "lastName": "Lefort",
    "pictureHref": "/directory/api/users/13/picture",
}
_INVOICE: Json = {
    "id": 132,
    "type": "Invoice",
    "purchase": {
        "id": 283,
        "href": "/cleemy-procurement/api/purchases/283",
        "name": "Team building",
        "type": "OneTime",
    },
    "expectedAmount": {
        "base": {"value": 250, "currency": "EUR"},
        "counter": {"value": 250, "currency": "EUR"},
        "rate": 1,
    },
    "costAmount": {
        "base": {"value": 250, "currency": "EUR"},
        "counter": {"value": 250, "currency": "EUR"},
        "rate": 1,
    },
    "context": {
        "purchase": {},
        "expectedDocumentId": 2,
        "originalAmount": {"value": 250, "currency": "EUR"},
        "data": {},
    },
    "documentDate": "2021-11-18",
    "documentNumber": "669",
    "amountIncludingTaxes": {
        "base": {
            "excludingTaxes": {"value": 250, "currency": "EUR"},
            "taxes": [{"rateTypeId": 1, "value": 25, "currency": "EUR"}],
            "includingTaxes": {"value": 275, "currency": "EUR"},
        },
        # The documentation has it like this: the counter amounts do not add up.
        "counter": {
            "excludingTaxes": {"value": 250, "currency": "EUR"},
            "taxes": [{"rateTypeId": 1, "value": 25, "currency": "EUR"}],
            "includingTaxes": {"value": 275.03, "currency": "EUR"},
        },
        "rate": 1,
    },
    "documentBreakdown": {
        "id": 2,
        "href": "/cleemy-procurement/api/document-breakdowns/2",
        "name": "Team building",
    },
    "attachments": [
        {
            "id": 223,
            "createdAt": "2021-11-19T11:02:17.7052636+00:00",
            "file": {
                "id": _FILE_ID,
                "name": "facture_6698734.pdf",
                "href": _FILE,
                "displayHref": f"{_FILE}/display",
            },
            "pages": {"displayHrefTemplate": f"{_FILE}/display/pages/{{pageNumber}}", "count": 2},
        }
    ],
    "dueDate": "2021-12-18",
    "paymentDetails": {
        "paymentMethod": "BankTransfer",
        "bankAccount": {"iban": "FR7630006000011234567890189", "bic": "AGRIFRPPXXX"},
    },
    "conformityState": "Confirmed",
    "paymentState": "Paid",
    "paymentDate": "2021-12-16",
    "completion": "Complete",
    "flag": "Unflagged",
    "accountingLabel": None,
    "comment": None,
    "commentsCount": 0,
    "createdAt": "2021-11-19T11:02:17.8042102+00:00",
    "modifiedAt": "2021-11-19T11:02:17.8042102+00:00",
    "author": _PERSON,
    "modifier": _PERSON,
}
_NOT_IN_CREDIT_NOTES = ("dueDate", "paymentDetails", "completion")


def invoice() -> Json:
    return deepcopy(_INVOICE)


def credit_note() -> Json:
    """Return the invoice as a credit note, without the keys that credit notes do not have."""
    document = {key: value for key, value in invoice().items() if key not in _NOT_IN_CREDIT_NOTES}
    own = {"id": 133, "type": CREDIT_NOTE, "documentNumber": "A-670", "paymentState": "Consumed"}
    return document | own


def add_to(tenant: Tenant) -> tuple[Json, Json]:
    """Add both documents, with the supplier, the purchase and the file that they refer to."""
    supplier = tenant.add_supplier(
        "Évasion Team Building",
        vat="FR40303265045",
        siret="30326504500013",
        iban="FR7630006000011234567890189",
        id=57,
    )
    tenant.add_purchase(supplier, "Team building", "Réceptions", id=283)
    document = tenant.add_raw(invoice())
    # The file has two pages, as the attachment says.
    tenant.add_file("facture_6698734.pdf", Paper(document, supplier, ((5, "0.1"),) * 50), _FILE_ID)
    return document, tenant.add_raw(credit_note())
