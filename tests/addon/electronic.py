"""Documents of Lucca that the supplier's own electronic invoice comes with."""

from tests.addon.test_files import FilesCase
from tests.simulator import electronic

#: What a row of a VAT breakdown (BG-23) says: category, rate in percent, base and VAT.
ROW = ("BT-118", "BT-119", "BT-116", "BT-117")


class ElectronicCase(FilesCase):
    def add(self, rows=(), *, kind="invoice", write=electronic.cii, changed=None, **values):
        """A document whose one file is an electronic invoice with its totals.

        :param rows: of the VAT breakdown: category, rate in percent, base and VAT, as texts
        :param changed: other terms of the electronic invoice, such as ``{"BT-83": "RF18"}``
        """
        values.setdefault("purchase", None)
        values["purchase"] = values["purchase"] or self.add_purchase()
        values.setdefault("date", "2026-01-15")
        json = getattr(self.tenant, f"add_{kind}")(**values, files=[])
        breakdown = [dict(zip(ROW, row, strict=True)) for row in rows]
        terms = {"BG-23": breakdown} if breakdown else {}
        self.attach(json, write(json, **terms, **(changed or {})))
        return json

    def attach(self, json, xml, name="facture.xml"):
        """Give a document of Lucca's a file more."""
        file = self.tenant.add_file((name, xml), None)
        number = len(json["attachments"]) + 1
        json["attachments"] = [*json["attachments"], file.attachment(number, json["createdAt"])]

    def book_electronic(self, rows=(), **values):
        """The document of ``add``, after a synchronisation."""
        json = self.add(rows, **values)
        self.sync()
        return self.document(json)
