"""Documents as people and OCR write them: each field is drawn from values that occur in practice."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from . import identity
from .money import decimal, rounded
from .rates import of_territory
from .states import CREDIT_NOTE, INVOICE

if TYPE_CHECKING:
    from .tenant import Tenant

Json = dict[str, Any]

NO_NUMBERS = ("", "0", "N/A", "XX", "FR", "en cours", "00000000000000", "-", "néant")
NO_VAT = ("TVA non applicable, art. 293 B", "non assujetti", "EU", *NO_NUMBERS)
COMPANY_FORMS = ("", " SARL", " SAS", " S.A.", " GmbH", " (groupe)")
NAMES = ("Moreau", "Papeterie du Lac", "Dupont & Fils", "Électricité Générale", "ACME", "O'Neil")
TERRITORIES = ("FR", "FR", "FR", "FR", "DE", "BE", "CH", "US", "GB", "MC", "RE")
#: The territory on a supplier: the reference has numbers and names, while purchases have codes.
SPELT_TERRITORIES = {
    "DE": ({"id": 49, "name": "Allemagne"}, {"id": 49, "name": "Germany"}),
    "FR": ({"id": 75, "name": "France"},),
    "US": ({"id": 3, "name": "États-Unis"},),
}
NUMBERS = (
    "",
    "",
    "",
    None,
    "LOYER",
    "12",
    "0012",
    "N. 12",
    "Facture 12",
    "F-2026/0007",
    " ",
    "n/c",
)
DATES = (
    *("2026-01-15", "2026-02-28", "2026-03-01", "2025-12-31", "2026-06-30", "2026-07-14"),
    *("0001-01-01", "1900-01-01", "2062-01-05", None),
)
DUE_DATES = ("2026-04-30", "0001-01-01", None, "2020-01-01")
CENT = Decimal("0.01")
METHODS = ("BankTransfer", "SingleUseCard", "Card", "DirectDebit", None)
PAYMENT_STATES = ("ToPay", "Paid", "OnHold", "Rejected", "Cancelled", "Unheard")
CURRENCIES = ("EUR",) * 7 + ("USD", "CHF", "GBP", "Invalid", "SEK")
#: Errors in amounts that were right, with the share of documents that have each.
SLIPS = {
    "none": 0.55,
    "cent_of_vat": 0.08,
    "cents_per_line": 0.05,
    "cent_of_total": 0.06,
    "rest_without_vat": 0.06,
    "most_without_vat": 0.03,
    "too_much_vat": 0.03,
    "only_vat": 0.02,
    "deposit": 0.03,
    "swiss_rounding": 0.03,
    "no_vat": 0.06,
}


class Untidy:
    """A writer of suppliers, purchases and documents of a tenant. The same seed gives the same ones."""

    def __init__(self, tenant: Tenant, seed: int) -> None:
        self.tenant, self.random = tenant, Random(seed)
        self.rates = of_territory(tenant.rates, "FR")
        self.purchases: list[Json] = []

    def add(self, documents: int) -> list[Json]:
        """Add some approved documents, with a third as many suppliers."""
        self.purchases = [self.purchase() for _number in range(max(1, documents // 3))]
        return [self.document() for _number in range(documents)]

    def purchase(self) -> Json:
        pick = self.random.choice
        territory = pick(TERRITORIES)
        supplier = self.tenant.add_supplier(
            name=pick(NAMES)
            + pick(COMPANY_FORMS)
            + pick(("", " ", f" {self.random.randrange(40)}")),
            vat=self.vat(territory),
            siret=self.registration(territory),
            iban=pick((None, "", identity.iban("FR", self.random), "FR76 en attente")),
            territory=territory,
        )
        supplier["territory"] = pick((supplier["territory"], *SPELT_TERRITORIES.get(territory, ())))
        return self.tenant.add_purchase(
            supplier,
            nature=pick(("Honoraires", "Fournitures", "Travaux", None)),
            cost_center=pick(("Siège", "Chantier", None)),
            establishment=None,
        )

    def vat(self, territory: str) -> str | None:
        siren = identity.siren(self.random)
        right = identity.french_vat(siren) if territory == "FR" else None
        if territory in ("DE", "BE"):
            right = identity.vat(territory, self.random)
        written = right and self.random.choice(
            (right, right, f"{right[:2]} {right[2:]}", right[2:])
        )
        return self.random.choice((written, written, written, None, self.random.choice(NO_VAT)))

    def registration(self, territory: str) -> str | None:
        siret = identity.siret(identity.siren(self.random))
        right = siret if territory == "FR" else f"HRB {self.random.randrange(10**5)}"
        return self.random.choice((right, right, None, self.random.choice(NO_NUMBERS)))

    # -- documents

    def document(self) -> Json:
        pick = self.random.choice
        kind = pick((INVOICE,) * 9 + (CREDIT_NOTE,))
        sign = -1 if self.random.random() < 0.1 else 1
        fields: Json = {
            "purchase": pick(self.purchases),
            "number": pick(NUMBERS),
            "files": (),
            **self.amounts(sign),
        }
        if kind == INVOICE:
            fields |= {"dueDate": pick(DUE_DATES), "paymentState": pick(PAYMENT_STATES)}
            iban = pick((None, identity.iban("FR", self.random), "FR76 illisible"))
            fields["paymentDetails"] = pick(
                (None, {"paymentMethod": pick(METHODS), "bankAccount": {"iban": iban}})
            )
        add = self.tenant.add_invoice if kind == INVOICE else self.tenant.add_credit_note
        document = add(**fields)
        # `add` would fill in a day where there is none.
        return self.tenant.change(document, documentDate=pick(DATES[:6] * 4 + DATES))

    def amounts(self, sign: int) -> Json:
        """Return printed totals, right or with one slip."""
        currency = self.random.choice(CURRENCIES)
        rates = self.random.sample(self.rates, k=self.random.choice((1, 1, 1, 2)))
        bases = [self.money(3000) for _rate in rates]
        taxes = {
            rate["rateType"]["id"]: rounded(base * decimal(rate["percentage"]), currency)
            for rate, base in zip(rates, bases, strict=True)
        }
        excluding = sum(bases, Decimal())
        slip = self.random.choices([*SLIPS], [*SLIPS.values()])[0]
        excluding, taxes, including = self.slipped(slip, excluding, taxes)
        fields: Json = {
            "excluding": sign * excluding,
            "taxes": [
                {"rateTypeId": rate_type, "value": sign * value}
                for rate_type, value in taxes.items()
            ],
            "including": sign * including,
            "currency": currency,
        }
        if currency in ("USD", "CHF", "GBP") and self.random.random() < 0.7:
            fields["counter"] = ("EUR", self.random.choice(("0.93337", "1.1", "0.012", "1")))
        if self.random.random() < 0.15:
            tax = sum(taxes.values(), Decimal())
            lost = self.random.choice((tax, round(tax / 2, 2), Decimal("0.01"), tax + 50))
            fields["cost"] = sign * (excluding + lost)
        if self.random.random() < 0.05:
            fields["intraCommunityTaxes"] = True
        return fields

    def slipped(
        self, slip: str, excluding: Decimal, taxes: dict[int, Decimal]
    ) -> tuple[Decimal, dict[int, Decimal], Decimal]:
        """Return ``(excluding, taxes, including)`` after one slip."""
        first, by = next(iter(taxes)), self.random.choice((-CENT, CENT))
        off = {"cent_of_vat": by, "cents_per_line": by * self.random.randrange(2, 6)}
        taxes[first] += off.get(slip, 0)
        excluding = {
            "rest_without_vat": excluding + self.money(30),
            "most_without_vat": 11 * excluding,
            "too_much_vat": excluding - min(excluding / 2, self.money(200)).quantize(CENT),
            "only_vat": Decimal(),
        }.get(slip, excluding)
        if slip == "no_vat":
            taxes = {}
        including = excluding + sum(taxes.values(), Decimal())
        including = {
            "cent_of_total": including + by,
            "deposit": including - min(including / 2, self.money(300)).quantize(CENT),
            "swiss_rounding": (including / 5).quantize(CENT) * 5,
        }.get(slip, including)
        return excluding, taxes, including

    def money(self, most: int) -> Decimal:
        return Decimal(self.random.randrange(1, 100 * most)) / 100
