"""A realistic small French company: its suppliers, purchases and some months of documents."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from typing import TYPE_CHECKING, Any

from . import catalog, identity
from .catalog import TRADES, Trade
from .money import decimal, rounded
from .states import CONFIRMED, CREDIT_NOTE, INVOICE
from .times import as_utc

if TYPE_CHECKING:
    from .tenant import Tenant

Json = dict[str, Any]
# when, for which purchase, which type of document
Plan = tuple[datetime, Json, str]
Line = tuple[Decimal, catalog.Rate]
_MONTHS = 10
_DAYS = 30 * _MONTHS
# shares of all documents
_MONTHLY = 0.45
_CREDIT_NOTES = 0.07
_UNAPPROVED = 0.1
# A document whose VAT is further off than this rounding would look wrong.
_CENT_OFF = Decimal("0.015")

_TRADE_OF_TITLE = {title: trade for trade in TRADES.values() for title in trade.titles}
_OPTIONAL = ("dueDate", "paymentDetails", "paymentDate", "accountingLabel", "comment")


def populate(tenant: Tenant, documents: int, today: datetime) -> None:
    """Add some documents, created over the last ten months, the oldest first."""
    company = Company(tenant, today)
    company.add_suppliers()
    plans = [*company.monthly(int(documents * _MONTHLY))]
    plans += company.once(documents - len(plans))
    for created, purchase, kind in sorted(plans, key=lambda plan: plan[0]):
        company.add_document(kind, purchase, created)


def add_recent(tenant: Tenant, count: int) -> list[Json]:
    """Add new approved invoices of known purchases, as if entered in Lucca just now."""
    company = Company(tenant, tenant.clock.now())
    purchases = list(tenant.purchases.values()) or [tenant.add_purchase()]
    chosen = tenant.random.choices(purchases, k=count)
    return [
        company.add_document(INVOICE, purchase, company.today, CONFIRMED) for purchase in chosen
    ]


class Company:
    """A writer of random suppliers, purchases and documents of a tenant."""

    def __init__(self, tenant: Tenant, today: datetime) -> None:
        self.tenant = tenant
        self.today = as_utc(today)
        self.random: Random = tenant.random

    # -- suppliers and purchases

    def add_suppliers(self) -> None:
        for entry in catalog.SUPPLIERS:
            siren = identity.siren(self.random)
            french = entry.territory == "FR"
            vat = (
                identity.french_vat(siren) if french else identity.vat(entry.territory, self.random)
            )
            self.tenant.add_supplier(
                name=entry.name,
                vat=vat if entry.has_vat else None,
                siret=identity.siret(siren) if french else None,
                iban=identity.iban(entry.territory, self.random),
                territory=entry.territory,
                contacts=[self._contact()],
                preferredNature={"name": TRADES[entry.trade].nature},
                paymentTerm={"value": self.random.choice((15, 30, 45, 60)), "unit": "Day"},
            )

    def monthly(self, count: int) -> list[Plan]:
        """Plan an invoice a month for every subscription, the latest months first."""
        sellers = [entry for entry in catalog.SUPPLIERS if TRADES[entry.trade].monthly]
        needed = -(-count // _MONTHS)
        purchases = [self._purchase(one, "Subscription") for one in islice(cycle(sellers), needed)]
        months = [(month, purchase) for month in range(_MONTHS) for purchase in purchases]
        return [(self._moment(30 * month, 5), one, INVOICE) for month, one in months[:count]]

    def once(self, count: int) -> list[Plan]:
        """Plan single purchases, some with a credit note, and two of draft suppliers."""
        sellers = [entry for entry in catalog.SUPPLIERS if not TRADES[entry.trade].monthly]
        notes = round(count * _CREDIT_NOTES / (1 - _MONTHLY))
        drafts = [self._draft_purchase(name) for name in catalog.DRAFT_SUPPLIERS[: count // 20]]
        singles = count - notes - len(drafts)
        purchases = [self._purchase(one, "OneTime") for one in islice(cycle(sellers), singles)]
        returned = self.random.choices(purchases, k=notes) if purchases else []
        plans = [(one, INVOICE) for one in drafts + purchases]
        plans += [(one, CREDIT_NOTE) for one in returned]
        return [(self._moment(0, _DAYS), purchase, kind) for purchase, kind in plans]

    def _purchase(self, entry: catalog.Supplier, kind: str) -> Json:
        trade = TRADES[entry.trade]
        supplier = self._supplier(entry.name)
        title = self.random.choice(trade.titles)
        return self.tenant.add_purchase(supplier, title, trade.nature, type=kind, **self._places())

    def _draft_purchase(self, name: str) -> Json:
        title = self.random.choice(TRADES["caterer"].titles)
        draft = {"name": name, "territoryId": "FR"}
        return self.tenant.add_purchase(draft, title, "Réceptions", **self._places())

    def _places(self) -> Json:
        pick = self.random.randrange
        department, project = pick(len(catalog.DEPARTMENTS)), pick(len(catalog.PROJECTS))
        section = {"id": project + 1, "code": f"P{project + 1:02d}", "axisId": 1}
        sections = [{**section, "name": catalog.PROJECTS[project]}]
        return {
            "cost_center": self.random.choice(catalog.COST_CENTERS),
            "establishment": self.random.choice(catalog.ESTABLISHMENTS),
            "department": {"id": department + 1, "name": catalog.DEPARTMENTS[department]},
            "axisSections": sections if self.random.random() < 0.4 else [],
        }

    def _contact(self) -> Json:
        first, last = self.random.choice(catalog.CONTACTS)
        phone = f"+33 1 99 00 {self.random.randrange(100):02d} {self.random.randrange(100):02d}"
        return {
            "firstName": first,
            "lastName": last,
            "email": "contact@example.com",
            "phone": phone,
        }

    def _supplier(self, name: str) -> Json:
        return next(one for one in self.tenant.suppliers.values() if one["name"] == name)

    # -- documents

    def add_document(self, kind: str, purchase: Json, created: datetime, state: str = "") -> Json:
        add = self.tenant.add_invoice if kind == INVOICE else self.tenant.add_credit_note
        date = created - timedelta(days=self.random.randrange(11))
        number = self._number(date, purchase)
        document = add(
            purchase=purchase,
            number=number,
            date=f"{date:%Y-%m-%d}",
            state=state or self._state(kind),
            files=self._files(kind, number),
            created_at=self._text(created),
            **self._amounts(kind, purchase),
        )
        self._settle(document, created)
        return document

    def _amounts(self, kind: str, purchase: Json) -> Json:
        trade = _TRADE_OF_TITLE.get(purchase["title"], TRADES["stationery"])
        negative = kind == CREDIT_NOTE and self.random.random() < 0.5
        lines = self._lines(trade, -1 if negative else 1)
        currency = self._currency(purchase)
        return {
            "lines": lines,
            "currency": currency,
            "counter": self._counter(currency),
            **self._taxes(lines, trade),
        }

    def _lines(self, trade: Trade, sign: int) -> list[Line]:
        """Return one line a rate, then some more."""
        more = self.random.choices(trade.rates, k=self.random.choice((0, 0, 1, 2, 5)))
        price = self.random.uniform
        rates = [*trade.rates, *more]
        return [(sign * rounded(price(trade.low, trade.high), "EUR"), rate) for rate in rates]

    def _taxes(self, lines: list[Line], trade: Trade) -> Json:
        """Return the cost and, for some documents, VAT that is rounded per line: a cent off the VAT of the sum."""
        bases: dict[str, Decimal] = {}
        taxes: dict[str, Decimal] = {}
        for base, rate in lines:
            if rate is not None:
                bases[rate] = bases.get(rate, Decimal()) + base
                taxes[rate] = taxes.get(rate, Decimal()) + rounded(base * decimal(rate), "EUR")
        excluding = sum(base for base, _ in lines)
        vat = sum(taxes.values()) if not trade.recoverable else 0
        cost = {"cost": excluding + vat}
        off = max(
            (abs(tax - bases[rate] * decimal(rate)) for rate, tax in taxes.items()), default=0
        )
        if off > _CENT_OFF or (trade.recoverable and self.random.random() < 0.85):
            return cost
        return {"excluding": excluding, "taxes": list(taxes.items()), **cost}

    def _currency(self, purchase: Json) -> str:
        name = purchase["supplier"]["name"]
        return next((one.currency for one in catalog.SUPPLIERS if one.name == name), "EUR")

    def _counter(self, currency: str) -> tuple[str, str] | None:
        if currency not in catalog.EUROS:
            return None
        return "EUR", f"{self.random.uniform(*catalog.EUROS[currency]):.5f}"

    def _number(self, date: datetime, purchase: Json) -> str | None:
        if self.random.random() < 0.015:
            return None
        style = len(purchase["supplier"]["name"]) % len(catalog.NUMBERS)
        count = self.tenant.document_count + 101
        return catalog.NUMBERS[style].format(year=date.year, month=date.month, n=count)

    def _state(self, kind: str) -> str:
        if self.random.random() >= _UNAPPROVED:
            return CONFIRMED
        return self.random.choice(catalog.WAITING[kind])

    def _files(self, kind: str, number: str | None) -> list[str]:
        name = "avoir" if kind == CREDIT_NOTE else "facture"
        if (number or "").endswith(("3", "5", "7")):  # Many suppliers send Factur-X, but not all.
            name = "factur-x"
        plain = (number or "sans numéro").replace("/", "-")
        extra = self.random.choice((0, 0, 0, 0, 1, 1, 2))
        others = self.random.sample(catalog.EXTRA_FILES, extra)
        return [f"{name} {plain}.pdf", *(one.format(n=plain) for one in others)]

    def _settle(self, document: Json, created: datetime) -> None:
        """Approve a document some days after its creation, and pay it when it is due."""
        wait = timedelta(days=self.random.expovariate(1 / 6), seconds=self.random.random())
        approved = min(created + wait, self.today)
        changes: Json = {"modifiedAt": self._text(approved)}
        if document["type"] == INVOICE:
            changes |= self._payment(document)
        elif document["conformityState"] == CONFIRMED:
            changes["paymentState"] = self.random.choice(("Available", "Consumed"))
        self.tenant.change(document, **changes)
        self._drop_empty(document)

    def _payment(self, document: Json) -> Json:
        purchase = self.tenant.purchases[document["purchase"]["id"]]
        supplier = self.tenant.suppliers.get(purchase["supplier"].get("id"), {})
        term = (supplier.get("paymentTerm") or {"value": 30})["value"]
        due = datetime.fromisoformat(document["documentDate"]) + timedelta(days=term)
        approved, paid = document["conformityState"] == CONFIRMED, f"{due:%Y-%m-%d}"
        is_paid = approved and paid < f"{self.today:%Y-%m-%d}"
        return {
            "dueDate": paid,
            "paymentDetails": {
                "paymentMethod": "BankTransfer",
                "bankAccount": supplier.get("bankAccount"),
            },
            "paymentState": "Paid" if is_paid else "ToPay" if approved else "None",
            "paymentDate": paid if is_paid else None,
            "completion": "Complete" if approved else "ToReview",
        }

    def _drop_empty(self, document: Json) -> None:
        """Delete some null values, which Lucca may leave out."""
        for name in (*_OPTIONAL, "documentNumber"):
            if document.get(name, "") is None and self.random.random() < 0.5:
                del document[name]

    # -- time

    def _moment(self, days_ago: int, spread: int) -> datetime:
        """Return a moment in the past, at office hours."""
        day = self.today - timedelta(days=days_ago + self.random.random() * spread)
        hour, minute = self.random.randrange(7, 17), self.random.randrange(60)
        fraction = {
            "second": self.random.randrange(60),
            "microsecond": self.random.randrange(10**6),
        }
        moment = day.replace(hour=hour, minute=minute, **fraction)
        return moment if moment < self.today else moment - timedelta(days=1)

    def _text(self, moment: datetime) -> str:
        """Return a date-time whose seventh digit is random."""
        return f"{moment:%Y-%m-%dT%H:%M:%S.%f}{self.random.randrange(10)}+00:00"
