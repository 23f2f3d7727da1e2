"""Mixins for the addon's tests: a simulated Lucca, a connection to it, and its synchronisation."""

import time
from contextlib import contextmanager
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.sync.budget import DatabaseKeeper
from odoo.addons.lucca_invoices_sync.models.sync.turn import Turn, WithinTransaction
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import TransactionCase

from tests.addon.prepared import PreparedMixin
from tests.books import archive_twins
from tests.simulator import LuccaServer, Tenant

KEY = "test-key"


def migrate(env, script, version):
    """Run a script of ``migrations/`` in the transaction of the test, as Odoo does after other scripts of an upgrade.

    :param script: its folder and name: ``19.0.1.2.0/post-suppliers.py``
    :param version: the version that the upgrade starts from
    """
    path = Path(get_module_path("lucca_invoices_sync"), "migrations", script)
    spec = spec_from_file_location(path.stem.replace("-", "_"), path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.migrate(env.cr, version)
    env.invalidate_all()


class LuccaMixin:
    """A simulated Lucca and connections to it. It needs ``self.env`` with a French main company."""

    def start_lucca(self, tenant=None):
        self.tenant = tenant or Tenant(api_key=KEY)
        self.server = LuccaServer(self.tenant)
        self.enterContext(self.server)
        return self.server

    def connect(self, **values):
        # A new scheduled action makes Odoo clear all caches, but no screen shows it.
        with patch.object(self.registry, "clear_cache"):
            connection = self.env["lucca.connection"].create(
                {
                    "host": self.server.url,
                    "api_key": KEY,
                    "start_date": "2020-01-01",
                    "requests_per_minute": 0,
                    **values,
                }
            )
            self.env.flush_all()
            return connection

    def connect_again(self, **values):
        """Create a second connection of the company to the same account, as versions did that allowed it."""
        other = self.connect(host="before.ilucca.net", **values)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lucca_connection SET host = %s WHERE id = %s", [self.server.url, other.id]
        )
        self.env.invalidate_all()
        other.api_key = KEY  # The key is only sent to the host that it was typed for.
        other._ensure_budget()
        return other

    def enterContext(self, manager):  # unittest has it since Python 3.11.
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value


@contextmanager
def figures_kept(env):
    """Make PostgreSQL count rows while very many are created in the test's one transaction.

    In production each batch is committed, and autovacuum counts the rows. Without it, the time for
    joins grows with the square of the number of rows.
    """
    book = env.registry["lucca.sync.book"]
    original, batches = book._create_bills, count()

    def create_bills(self, run, bills):
        original(self, run, bills)
        if next(batches) % 4 == 0:
            self.env.cr.execute("ANALYZE account_move, account_move_line, lucca_document")

    with patch.object(book, "_create_bills", create_bills):
        yield


def add_withholding(tenant, tax, lucca_id=900):
    """Add a rate type of -15 % to Lucca, and a tax like ``tax`` for it to Odoo. Return the tax."""
    rate_type = {"id": lucca_id, "name": "IRPF", "territoryId": "FR", "recoveryRules": []}
    tenant.rates.append({"id": lucca_id, "percentage": -0.15, "rateType": rate_type})
    values = {"name": "IRPF -15 %", "amount": -15, "tax_exigibility": "on_invoice"}
    withheld = tax.copy(values)
    account = tax.env["account.account"].search([("code", "=", "447000")])
    lines = withheld.invoice_repartition_line_ids | withheld.refund_repartition_line_ids
    lines.filtered(lambda line: line.repartition_type == "tax").account_id = account
    return withheld


@contextmanager
def budget_kept():
    """Keep request budgets outside of the test's one transaction.

    In production, each change of a budget is a transaction of its own. In a test, a rollback of the
    synchronisation would undo it.
    """
    buckets = {}

    def change(keeper, _cr, function):
        bucket = buckets.get(keeper._host)
        buckets[keeper._host] = function(bucket, keeper._moment(time.time()))
        return True

    with patch.object(DatabaseKeeper, "_change", change):
        yield


class SyncMixin:
    """Actions and assertions about ``self.connection``, in the books of any company."""

    @classmethod
    def purchase_tax(cls, name, company=None):
        """Return a purchase tax of the company by its name, active or not."""
        domain = [
            ("name", "=", name),
            ("type_tax_use", "=", "purchase"),
            ("company_id", "=", (company or cls.company).id),
        ]
        return cls.env["account.tax"].with_context(active_test=False).search(domain, limit=1)

    def sync(self, connection=None):
        """Synchronise as the scheduler does, with commits. Return whether nothing is left to do now."""
        with self.committing(connection or self.connection) as connection:
            return connection._sync()

    @contextmanager
    def committing(self, records):
        """Yield the records with a cursor that may commit, like those of the scheduler and of requests."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield records.with_env(records.env(cr=cr))
        self.env.invalidate_all()

    @contextmanager
    def rolled_back(self):
        """Roll back what the block does, so that the next one begins with the same account."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def refuse_to_write(self, record, field, words):
        """Make another addon refuse each change of a field of a record."""
        model = type(record)
        write = model.write

        def refuse(records, values):
            if record in records and field in values:
                raise ValidationError(words)
            return write(records, values)

        self.patch(model, "write", refuse)

    @contextmanager
    def doubting(self, words):
        """Make another addon have a doubt about every bill."""
        bills = self.registry["lucca.bill"]
        prepare = bills._prepare

        def doubting(self, document, books):
            bill = prepare(self, document, books)
            bill.doubts.append(words)
            return bill

        with patch.object(bills, "_prepare", doubting):
            yield

    def meanwhile(self, act):
        """Make somebody act, with an environment, before each transaction of a synchronisation."""
        original = Turn.is_same_account

        def is_same_account(turn):
            act(turn.env)
            return original(turn)

        self.patch(Turn, "is_same_account", is_same_account)

    def turn(self):
        """Return a turn within the test's own transaction."""
        return WithinTransaction(self.connection, self.connection._client())

    def state(self):
        """Return the state that the synchronisation continues from."""
        return self.env["lucca.sync.state"]._of(self.connection)

    def runs(self):
        return self.env["lucca.sync.run"].search([("connection_id", "=", self.connection.id)])

    def triggers(self):
        """Return the triggers of the connection's scheduled action."""
        mine = [("cron_id", "=", self.connection.cron_id.id)]
        return self.env["ir.cron.trigger"].search(mine)

    def let_try_again(self, records):
        """Make failed documents or files due now."""
        records.filtered("next_try_at").next_try_at = "2026-01-01 00:00:00"

    def add_purchase(self, **values):
        """Return a purchase from a French supplier with a VAT number."""
        supplier = self.tenant.add_supplier(
            name=values.pop("supplier_name", "Papeterie Moreau"),
            vat=values.pop("vat", "FR23334175221"),
            territory=values.pop("territory", "FR"),
        )
        return self.tenant.add_purchase(supplier=supplier, title="Fournitures", **values)

    def book(self, kind="invoice", **values):
        """Return the document of a new approved document of Lucca, after a synchronisation."""
        values.setdefault("date", "2026-01-15")
        values.setdefault("purchase", None)
        values["purchase"] = values["purchase"] or self.add_purchase()
        document = getattr(self.tenant, f"add_{kind}")(**values)
        self.sync()
        return self.document(document)

    def document(self, *jsons):
        """Return the ``lucca.document`` rows of Lucca's documents."""
        keys = {(json["type"], json["id"]) for json in jsons}
        return self.documents().filtered(lambda d: (d.lucca_type, d.lucca_id) in keys)

    def documents(self):
        return self.env["lucca.document"].search([("connection_id", "=", self.connection.id)])

    def mapping(self, kind, **values):
        domain = [("connection_id", "=", self.connection.id), ("kind", "=", kind)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["lucca.mapping"].search(domain)

    def discount_term(self):
        """Return a payment term of 30 days whose early discount lowers the VAT."""
        return self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )

    def note(self, move):
        """Return the message that the bill's chatter has about its creation."""
        bodies = move.message_ids.mapped("body")
        return next(body for body in bodies if "From Lucca Invoices" in body)

    def assertBilled(self, json):
        """Assert that the bill of a Lucca document has Lucca's amounts, to the cent, in both currencies."""
        document = self.document(json)
        move = document.move_id
        self.assertTrue(move, f"{document.display_name}: {document.message}")
        amounts = json["amountIncludingTaxes"]
        cost = json["costAmount"]["base"]["value"]
        own = move.company_id.currency_id.name
        expected, currency = expected_amounts(amounts["base"], cost)
        self.assertEqual(move.currency_id.name, currency)
        self.assertAmounts(expected, move, document.display_name, "")
        self.assertEqual(
            expected["amount_total"],
            exact(sum(move.invoice_line_ids.mapped("price_total"))),
            document.display_name,
        )
        if amounts["counter"]["includingTaxes"]["currency"] == own != currency:
            counter, _currency = expected_amounts(amounts["counter"])
            self.assertAmounts(
                {"amount_total": counter["amount_total"]}, move, document.display_name, "_signed"
            )
            if cost == amounts["base"]["excludingTaxes"]["value"]:
                self.assertAmounts(
                    {"amount_tax": counter["amount_tax"]}, move, document.display_name, "_signed"
                )

    def assertAmounts(self, expected, move, name, suffix):
        sign = -move.direction_sign if suffix else 1
        for field, value in expected.items():
            self.assertEqual(exact(sign * move[field + suffix]), value, f"{name} {field}")


class LuccaCase(PreparedMixin, SyncMixin, LuccaMixin, TransactionCase):
    """A French company that is connected to an empty Lucca account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.env.user.company_ids |= cls.company
        archive_twins(cls.env)
        cls.tax_20 = cls.purchase_tax("20% S")
        cls.prepare_once()

    def prepare(self):
        super().prepare()
        self.start_lucca()
        self.connection = self.connect()


#: A cost that is no more than this away from the total says that no VAT is recovered.
SOME_CENTS = Decimal("0.05")


def exact(amount):
    """Return the decimal that a float stands for: all amounts here have at most three decimals."""
    return Decimal(str(round(amount, 6)))


def expected_amounts(amounts, cost=None):
    """Return ``({field: amount}, currency name)`` of the bill that Lucca's amounts make.

    The cost says how much VAT is not recovered, which is a part of the charge. If that is all of the VAT, the printed
    VAT counts, since the cost may be some cents off.
    """
    excluding = exact(amounts["excludingTaxes"]["value"])
    including = exact(amounts["includingTaxes"]["value"])
    tax = sum(exact(tax["value"]) for tax in amounts["taxes"])
    lost = 0 if cost is None else exact(cost) - excluding
    lost = tax if abs(lost - tax) < SOME_CENTS else lost
    sign = -1 if including < 0 else 1
    return {
        "amount_untaxed": sign * (excluding + lost),
        "amount_tax": sign * (tax - lost),
        "amount_total": sign * including,
    }, amounts["includingTaxes"]["currency"]
