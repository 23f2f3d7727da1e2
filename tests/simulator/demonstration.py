"""The small account of the addon's demonstration data, written as JSON."""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from typing import Any

from . import catalog, electronic, identity
from .catalog import Trade
from .money import decimal
from .realistic import Company, Line
from .states import CONFIRMED, CREDIT_NOTE, INVOICE
from .tenant import Tenant
from .times import VirtualClock

Json = dict[str, Any]
# Pairs (base, rate). Without any, they are random, as usual for the supplier's trade.
Lines = tuple[tuple[Any, str | None], ...]

SEED = 9
TODAY = datetime(2026, 6, 30, 18, tzinfo=timezone.utc)
START = "2026-03-01"
RENT = "Foncière du Faubourg Belleville"
#: An account that is unknown in Odoo.
CHANGED_IBAN = "FR1420041010050500013M02606"

# Subscriptions have an invoice each month. These numbers are days before today.
_MONTHS = (95, 65, 35, 5)
_MONTHLY: dict[str, Lines] = {
    "Fibre & Voix de l'Ouest": (("89.90", "0.2"), ("24.50", "0.2")),
    RENT: ((2450, "0.2"), (150, None)),
    "Énergies du Vexin": (),
    "Northfork Analytics Inc.": (("119.00", None),),
}
# supplier, days before today
_ONCE = (
    ("Vandermeulen Logistiek NV", 84),
    ("Librairie des Trois Marches", 77),
    ("Maison Perrault Traiteur", 58),
    ("Auberge du Lac Bleu", 49),
    ("Imprimerie Castelnau", 41),
    ("Jeanne Marchal Conseil", 29),
    ("Coursiers de la Bièvre", 18),
    ("Presse Quotidienne Réunie", 12),
)
# what is doubtful, supplier, days before today, price
_DOUBTFUL = (
    ("vat", "Imprimerie Castelnau", 20, 460),
    ("deposit", "Informatique Delcourt", 19, 1700),
    ("date", "Coursiers de la Bièvre", 17, 58),
    ("currency", "Librairie des Trois Marches", 15, 74),
    ("state", "Auberge du Lac Bleu", 10, 190),
)
_AMOUNTS = ("expectedAmount", "costAmount", "amountIncludingTaxes")


def account() -> Json:
    """Return what Lucca gives of the account, and what happens to two of its documents."""
    tenant = Tenant(clock=VirtualClock(TODAY), seed=SEED)
    company = Demonstration(tenant, TODAY)
    company.add_suppliers()
    company.buy()
    company.return_a_purchase()
    company.enter_twice()
    company.make_wait()
    ignored = company.add_draft("Fleurs du Canal", "Bouquets pour l'accueil", 21)
    company.raise_doubts()
    typed = company.add_typed()
    twin, archived = company.add_twin(), company.add_of_archived_nature()
    unread = company.add_of_unread_supplier()
    company.add_of_changed_account()
    documents = deepcopy(tenant.documents)
    purchases = _used(tenant.purchases, {one["purchase"]["id"] for one in documents})
    suppliers = {one["supplier"].get("id") for one in purchases} - {unread}
    return {
        "today": f"{TODAY:%Y-%m-%d}",
        "start": START,
        "documents": documents,
        "changed": [company.change_rent()],
        "ignored": {str(ignored["id"]): "Paid in cash at the market: it is in the petty cash."},
        "typed": typed,
        "twin": twin,
        "archived": archived,
        "purchases": purchases,
        "suppliers": _used(tenant.suppliers, suppliers),
        "rates": [
            rate for rate in tenant.rates if rate["rateType"]["id"] in _rate_types(documents)
        ],
        "files": {key: file.content().decode("latin-1") for key, file in tenant.files.items()},
    }


class Demonstration(Company):
    """A smaller version of the realistic company: one document of each kind, on known days."""

    def buy(self) -> None:
        purchases = {name: self._purchase_of(name, "Subscription") for name in _MONTHLY}
        for days in _MONTHS:
            for name, purchase in purchases.items():
                self._add(INVOICE, purchase, days, _MONTHLY[name])
        for name, days in _ONCE:
            self._add(INVOICE, self._purchase_of(name), days)

    def return_a_purchase(self) -> None:
        """Add two invoices, and a credit note for the whole of the first one."""
        purchase = self._purchase_of("Informatique Delcourt")
        for days, price in ((72, 1249), (43, 1890)):
            self._add(INVOICE, purchase, days, ((price, "0.2"),))
        self._add(CREDIT_NOTE, purchase, 33, ((-1249, "0.2"),))

    def enter_twice(self) -> None:
        """Add an invoice twice, as if it came by e-mail and by post."""
        purchase = self._purchase_of("Papeterie Vaugirard")
        first, second = (
            self._add(INVOICE, purchase, days, (("86.40", "0.2"),)) for days in (26, 22)
        )
        same = {name: first[name] for name in ("documentNumber", "documentDate", "dueDate")}
        self.tenant.change(second, **same, paymentState="OnHold", paymentDate=None)

    def make_wait(self) -> None:
        """Add documents that wait: German VAT, Swiss francs, and a supplier that Lucca knows only by name."""
        for name, days in (("Messehallen Lindenau GmbH", 24), ("Alpstein Beratung AG", 16)):
            self._add(INVOICE, self._purchase_of(name), days)
        self.add_draft("Food-truck Chez Pépette", "Déjeuner d'équipe", 9)

    def raise_doubts(self) -> None:
        """Add documents with half the VAT, a deducted deposit, and an impossible date, currency and state."""
        of = {
            name: self._add(INVOICE, self._purchase_of(supplier), days, ((price, "0.2"),))
            for name, supplier, days, price in _DOUBTFUL
        }
        for side in ("base", "counter"):
            vat, deposit = (of[name]["amountIncludingTaxes"][side] for name in ("vat", "deposit"))
            tax = vat["taxes"][0]["value"] / 2
            vat["taxes"][0]["value"] = tax
            vat["includingTaxes"]["value"] -= tax
            deposit["includingTaxes"]["value"] -= 500
        of["date"]["documentDate"] = "1926-06-12"
        for part in of["currency"]["amountIncludingTaxes"]["base"].values():
            for amount in part if isinstance(part, list) else [part]:
                amount["currency"] = "Invalid"
        of["state"]["conformityState"] = "Litigation"

    def add_typed(self) -> Json:
        """Add an invoice that somebody types in Odoo before it comes. Return what is typed."""
        purchase = self._purchase_of("Maison Perrault Traiteur")
        document = self._add(INVOICE, purchase, 14, ((240, "0.1"),))
        supplier = self._supplier("Maison Perrault Traiteur")
        return {
            "supplier": {
                "name": supplier["name"],
                "vat": supplier["legalRegistration"]["vatNumber"],
            },
            "number": f"Facture {document['documentNumber']}",
            "date": document["documentDate"][:10],
            "name": purchase["title"],
            "price": 240,
            "rate_type": document["amountIncludingTaxes"]["base"]["taxes"][0]["rateTypeId"],
        }

    def add_twin(self) -> Json:
        """Add an invoice of a supplier that Odoo has twice. Return the values of both partners."""
        supplier = self.tenant.add_supplier(
            name="Atelier Beaumarchais", vat=identity.french_vat(identity.siren(self.random))
        )
        purchase = self.tenant.add_purchase(supplier, "Étagères", "Fournitures", **self._places())
        self._add(INVOICE, purchase, 13, ((380, "0.2"),))
        return {"name": supplier["name"], "vat": supplier["legalRegistration"]["vatNumber"]}

    def add_of_archived_nature(self) -> Json:
        """Add an invoice with a nature whose account is archived. Return the nature."""
        supplier = self._supplier("Imprimerie Castelnau")
        purchase = self.tenant.add_purchase(supplier, "Agendas", "Cadeaux", **self._places())
        self._add(INVOICE, purchase, 11, ((310, "0.2"),))
        nature: Json = purchase["nature"]
        return {"id": nature["id"], "name": nature["name"]}

    def add_of_unread_supplier(self) -> int:
        """Add an invoice of a supplier that the key may not read. Return the supplier's id."""
        supplier = self.tenant.add_supplier(name="Plomberie Rivoire")
        purchase = self.tenant.add_purchase(supplier, "Dépannage", "Entretien", **self._places())
        self._add(INVOICE, purchase, 8, ((145, "0.1"),))
        identifier: int = supplier["id"]
        return identifier

    def add_of_changed_account(self) -> None:
        """Add an invoice whose electronic invoice names another account to pay, as a fraud would."""
        document = self._add(INVOICE, self._purchase_of("Imprimerie Castelnau"), 7, ((525, "0.2"),))
        xml = electronic.cii(document, BT_84=CHANGED_IBAN)
        file = self.tenant.add_file(("factur-x.xml", xml), None)
        number = len(document["attachments"]) + 1
        document["attachments"].append(file.attachment(number, document["createdAt"]))

    def add_draft(self, supplier: str, title: str, days: int) -> Json:
        draft = {"name": supplier, "territoryId": "FR"}
        purchase = self.tenant.add_purchase(draft, title, "Réceptions", **self._places())
        return self._add(INVOICE, purchase, days, (("64.50", "0.1"),))

    def change_rent(self) -> Json:
        """Return the oldest rent invoice as it is now: its charges were corrected after it was booked."""
        purchases = self.tenant.purchases.values()
        purchase = next(one for one in purchases if one["supplier"]["name"] == RENT)
        documents = self.tenant.documents
        rent = next(one for one in documents if one["purchase"]["id"] == purchase["id"])
        lines = ((2450, "0.2"), (180, None))
        right = self.tenant.add_invoice(purchase=purchase, lines=lines, files=())
        self.tenant.delete(right)
        yesterday = self._text(self.today - timedelta(days=1))
        return {**rent, **{name: right[name] for name in _AMOUNTS}, "modifiedAt": yesterday}

    def _purchase_of(self, name: str, kind: str = "OneTime") -> Json:
        return self._purchase(next(one for one in catalog.SUPPLIERS if one.name == name), kind)

    def _add(self, kind: str, purchase: Json, days: int, lines: Lines = ()) -> Json:
        """Add an approved document of some days before today."""
        self._given = lines
        return self.add_document(kind, purchase, self._moment(days, 0), CONFIRMED)

    def _lines(self, trade: Trade, sign: int) -> list[Line]:
        return [(decimal(base), rate) for base, rate in self._given] or super()._lines(trade, sign)

    def _number(self, date: datetime, purchase: Json) -> str:
        """Return a number without a year, because the dates move."""
        return f"F{self.tenant.document_count + 101:06d}"

    def _files(self, kind: str, number: str | None) -> list[str]:
        return super()._files(kind, number)[:1]


def _rate_types(documents: list[Json]) -> set[int]:
    bases = [one["amountIncludingTaxes"]["base"] for one in documents]
    return {tax["rateTypeId"] for base in bases for tax in base["taxes"]}


def _used(rows: dict[int, Json], identifiers: set[Any]) -> list[Json]:
    return [row for identifier, row in rows.items() if identifier in identifiers]


def written(account: Json) -> str:
    """Return JSON with one row a line, so that a diff shows what changed."""
    return (
        "{\n"
        + ",\n".join(f"{_line(name)}: {_rows(part)}" for name, part in account.items())
        + "\n}\n"
    )


def _rows(part: Any) -> str:
    if isinstance(part, list):
        return "[\n" + ",\n".join(map(_line, part)) + "\n]"
    if isinstance(part, dict):
        return (
            "{\n" + ",\n".join(f"{_line(key)}: {_line(row)}" for key, row in part.items()) + "\n}"
        )
    return _line(part)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.write(written(account()))
