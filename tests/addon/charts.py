"""Companies with the charts of accounts of the countries that Lucca serves, as Odoo installs them."""

from odoo.tests import TransactionCase

from tests.addon.common import LuccaMixin, SyncMixin
from tests.addon.prepared import PreparedMixin
from tests.books import company_of

SERVICES, GOODS, INVESTMENTS = "service", "consu", "invest"
SUPPLIERS = {
    "fr": "FR23334175221",
    "be": "BE0477472701",
    "ch": "CHE-530.781.296 TVA",
    "lu": "LU26375245",
}


class ChartCase(PreparedMixin, SyncMixin, LuccaMixin, TransactionCase):
    """A test case with a company for each chart. ``in_books_of`` chooses the company of a test."""

    #: The charts that a class of tests needs. Each takes seconds to install, but the French one is there.
    charts = tuple(SUPPLIERS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency"].browse(cls.env.ref("base.CHF").id).active = True
        french = cls.env.ref("base.main_company")
        cls.env.user.company_ids |= french
        others = {chart: company_of(cls.env, chart) for chart in cls.charts if chart != "fr"}
        cls.companies = {"fr": french, **others}
        cls.prepare_once()

    def prepare(self):
        super().prepare()
        self.start_lucca()

    def in_books_of(self, chart, **values):
        """Connect the company of a chart, and use its environment."""
        self.company = self.companies[chart]
        self.env = self.env(context={"allowed_company_ids": self.company.ids})
        self.connection = self.connect_again(company_id=self.company.id, **values)
        self.chart = chart

    def purchase(self, nature="Achats", **values):
        """Return a purchase from a supplier in the company's country."""
        supplier = {
            "supplier_name": f"Fournisseur {len(self.tenant.suppliers) + 1}",
            "vat": SUPPLIERS[self.chart],
            "territory": self.chart.upper(),
            "establishment": None,  # With several companies, an establishment would have to be mapped.
        }
        return self.add_purchase(nature=nature, **{**supplier, **values})

    def book(self, **values):
        return super().book(**{"currency": self.company.currency_id.name, **values})

    def tax(self, name, scope=None):
        """Return a purchase tax of the company. Give the scope where two taxes have the same name."""
        domain = [
            ("name", "=", name),
            ("type_tax_use", "=", "purchase"),
            ("company_id", "=", self.company.id),
            (
                "tax_scope",
                "in",
                [scope] if scope else [False, "service", "consu", "merch", "invest"],
            ),
        ]
        return self.env["account.tax"].with_context(active_test=False).search(domain, limit=1)

    def account(self, **values):
        values = {"code": "699999", "name": "Ours", "account_type": "expense", **values}
        return self.env["account.account"].create(values)

    def say_what_is_bought(self, scope):
        self.env["lucca.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": "nature",
                "lucca_id": 77,
                "name": "Achats",
                "tax_scope": scope,
            }
        )

    def bought(self, scope, rate, date=None, **values):
        """Return the document of a purchase whose nature says what is bought."""
        if scope:
            self.say_what_is_bought(scope)
        purchase = self.purchase(nature={"id": 77, "name": "Achats"}, **values)
        dated = {"date": date} if date else {}
        return self.book(purchase=purchase, lines=[(100, rate)], **dated)
