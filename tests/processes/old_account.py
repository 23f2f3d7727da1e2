"""A Lucca account whose documents reach all states that an old version of the addon knows."""

from tests.simulator import Tenant

PDF = b"%PDF-1.4 the very same %%EOF"
LARGE = PDF[:-5].ljust(1_500_000) + b"%%EOF"
UNKNOWN_SUPPLIER = {"name": "Imprimerie Inconnue", "vat": "FR83404833048"}


class Account:
    """``documents`` has Lucca's documents by what becomes of them."""

    def __init__(self):
        self.tenant = Tenant(api_key="test-key")
        known = self.tenant.add_supplier(name="Papeterie Moreau", vat="FR23334175221")
        section = {"id": 7, "code": "S7", "name": "Section", "axisId": 1}
        self._purchase = self.tenant.add_purchase(supplier=known, axisSections=[section])
        unknown = self.tenant.add_purchase(supplier=self.tenant.add_supplier(**UNKNOWN_SUPPLIER))
        self.documents = {}
        self.add("attached", ["facture.pdf", "photo.png"], paymentState="Paid")
        card = {"paymentMethod": "SingleUseCard", "bankAccount": None}
        self.add("twins", [("one.pdf", PDF), ("two.pdf", PDF)], paymentDetails=card)
        self.add("large", [("plan.pdf", LARGE), "small.pdf"])
        self.add("failed", ["bad.pdf", "good.pdf"])
        self.add("due", ["late.pdf"])
        self.add("changed", ["broken.pdf"])
        self.add("deleted", ["deleted by a person.pdf"])
        for name in ("waiting", "withdrawn", "released", "ignored", "stuck"):
            self.add(name, [f"{name}.pdf"], purchase=unknown)
        self.add("pending", ["to come.pdf", "too.png"], conformityState="ToReview")

    def add(self, name, files, **values):
        """Add an invoice with this number, of a supplier that Odoo knows unless said otherwise."""
        values = {"purchase": self._purchase, "date": "2026-01-15", **values}
        self.documents[name] = self.tenant.add_invoice(number=name, files=files, **values)

    @property
    def variables(self):
        """Return the ids of the documents, and of the first file of each, for the script in the shell."""
        ids = {f"ID_{name.upper()}": str(json["id"]) for name, json in self.documents.items()}
        return ids | {f"FILE_{name.upper()}": self.file_id(name) for name in self.documents}

    def file_id(self, name):
        return self.documents[name]["attachments"][0]["file"]["id"]

    def names(self, requests):
        """Return the names of the files that some requests asked for."""
        ids = [
            one.path.split("/files/")[1].split("/")[0] for one in requests if "/files/" in one.path
        ]
        return sorted(self.tenant.files[identifier].name for identifier in ids)
