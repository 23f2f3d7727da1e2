"""Documents of Lucca whose file is the supplier's electronic invoice."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from tests.addon.test_files import FilesCase
from tests.simulator import electronic

#: The terms of a row of the VAT breakdown (BG-23): category, rate in percent, base and VAT.
ROW = ("BT-118", "BT-119", "BT-116", "BT-117")


class ElectronicMixin:
    """Documents with electronic invoices.

    It needs a test case with ``self.tenant`` and a connection, as in ``tests.addon.common``.
    """

    def add(self, rows=(), *, kind="invoice", write=electronic.cii, changed=None, **values):
        """Add a document whose only file is an electronic invoice with its totals. Return Lucca's JSON.

        :param rows: rows of the VAT breakdown as texts: category, rate in percent, base and VAT; or
            as a ``dict`` of terms
        :param changed: other terms of the electronic invoice, such as ``{"BT-83": "RF18"}``
        """
        values.setdefault("purchase", None)
        values["purchase"] = values["purchase"] or self.add_purchase()
        values.setdefault("date", "2026-01-15")
        json = getattr(self.tenant, f"add_{kind}")(**values, files=[])
        breakdown = [
            row if isinstance(row, dict) else dict(zip(ROW, row, strict=True)) for row in rows
        ]
        terms = {"BG-23": breakdown} if breakdown else {}
        self.attach(json, write(json, **{**terms, **(changed or {})}))
        return json

    def attach(self, json, xml, name="facture.xml"):
        """Add a file to a document of Lucca."""
        file = self.tenant.add_file((name, xml), None)
        number = len(json["attachments"]) + 1
        json["attachments"] = [*json["attachments"], file.attachment(number, json["createdAt"])]

    def book_known(self, rows=(), **values):
        """Return the bill of a document made by ``add``, created after its electronic invoice was fetched."""
        return self.book_all_known([{"rows": rows, **values}])[0]

    def book_all_known(self, documents):
        """Return the bills of several documents, each given as the parameters of ``add``."""
        jsons = [self.add(**values) for values in documents]
        self.keep_first(*jsons)
        return [self.document(json).move_id for json in jsons]

    def keep_first(self, *jsons):
        """Create the bills of documents after their electronic invoices were fetched."""
        self.set_booking(False)
        self.sync()
        self.document(*jsons).action_show_files()
        self.sync()
        self.set_booking(True)
        self.sync()

    def set_booking(self, is_booking):
        """Set whether the connection books, by SQL. People cannot go back to a first look."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lucca_connection SET is_booking = %s WHERE id = %s",
            [is_booking, self.connection.id],
        )
        self.env.invalidate_all()

    def book_electronic(self, rows=(), **values):
        """Return the document made by ``add``, after a synchronisation."""
        json = self.add(rows, **values)
        self.sync()
        return self.document(json)


class ElectronicCase(ElectronicMixin, FilesCase):
    pass


class LinesCase(ElectronicCase):
    """A connection whose bills have the lines of their electronic invoices.

    The supplier is unknown at first, so the files are fetched before the bills are created.
    """

    LINE = ("BT-153", "BT-129", "BT-146", "BT-131", "BT-152")
    ALLOWANCE = ("BT-97", "BT-92", "BT-96")

    def prepare(self):
        super().prepare()
        self.connection.write({"bill_lines": "invoice", "supplier_policy": "match"})
        self.purchase = self.add_purchase()
        self.partner = self.env["res.partner"].create({"name": "Moreau", "is_company": True})

    def add_lines(self, lines, allowances=(), *, changed=None, **values):
        """Add a document whose electronic invoice has these lines, and whose amounts match them to the cent.

        :param lines: label, quantity, price, amount and rate in percent; other terms may follow as
            a ``dict``
        :param allowances: reason, amount (a charge is negative) and rate in percent
        """
        rows = breakdown_of([*lines, *((None, 1, 1, -one[1], one[2]) for one in allowances)])
        terms = {
            "BG-25": [
                {
                    **dict(zip(self.LINE, map(str, one[:5]), strict=True)),
                    "BT-151": category_of(one[4]),
                    **dict(*one[5:]),
                }
                for one in lines
            ],
            "BG-20": [
                {
                    "is_charge": "true" if Decimal(amount) < 0 else "false",
                    **dict(zip(self.ALLOWANCE, (reason, str(abs(amount)), str(rate)), strict=True)),
                    "BT-95": category_of(rate),
                }
                for reason, amount, rate in allowances
            ],
        }
        taxes = [(str(Decimal(row[1]) / 100), row[3]) for row in rows if Decimal(row[3])]
        values.setdefault("excluding", str(sum(Decimal(row[2]) for row in rows)))
        values.setdefault("taxes", taxes)
        return self.add(
            rows, changed={**terms, **(changed or {})}, purchase=self.purchase, **values
        )

    def book_lines(self, lines, allowances=(), **values):
        """Return the bill of a document made by ``add_lines``."""
        json = self.add_lines(lines, allowances, **values)
        return self.book_after_files(json).move_id

    def book_after_files(self, *jsons):
        """Return the documents after their files were fetched and then their bills created."""
        documents = self.see_files(*jsons)
        self.sync()
        return documents

    def see_files(self, *jsons):
        """Return the documents after their files were fetched. The next synchronisation creates the bills."""
        mapping = self.mapping("supplier")
        mapping.partner_id = False
        self.sync()
        documents = self.document(*jsons)
        documents.action_show_files()
        self.sync()
        self.mapping("supplier").partner_id = self.partner
        return documents


def breakdown_of(lines):
    """Return the rows of the VAT breakdown (BG-23) that the lines add up to."""
    bases = defaultdict(Decimal)
    for _label, _quantity, _price, amount, rate, *_more in lines:
        bases[str(rate)] += Decimal(str(amount))
    return [
        (category_of(rate), rate, str(base), f"{rounded(base * Decimal(rate) / 100)}")
        for rate, base in bases.items()
    ]


def category_of(rate):
    return "S" if Decimal(rate) else "E"


def rounded(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
