"""A synchronisation makes few queries and requests, and none per document."""

from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models import asking
from odoo.addons.lucca_invoices_sync.models.sync.turn import Turn
from odoo.tools.profiler import Profiler

from tests.addon.common import LuccaCase
from tests.books import user_of


def queries_of(connection):
    """Run a synchronisation and return its queries as Odoo's profiler records them, with their call stacks."""
    connection.env.cr.flush()
    with Profiler(collectors=["sql"], db=None) as profiler:
        assert connection._sync()
    return profiler.collectors[0].entries


class TestFirstImport(LuccaCase):
    def prepare(self):
        super().prepare()
        self.connection.attach_files = False

    def queries(self, documents, **values):
        """Return the number of queries for some more documents, without those of Odoo's own ``create``."""
        purchase = values.pop("purchase", None) or self.add_purchase()
        for _number in range(documents):
            self.tenant.add_invoice(purchase=purchase, **values)
        with self.committing(self.connection) as connection:
            entries = queries_of(connection)
        return sum("_create_moves" not in {frame[2] for frame in one["stack"]} for one in entries)

    def test_no_step_makes_a_query_per_document(self):
        self.queries(1)  # the queries that are made only once, and the supplier's
        few, more = self.queries(2), self.queries(14)
        # Rows that differ in the written fields take a query for each set of fields.
        self.assertLess(more - few, 6)

    def test_the_search_for_the_tax_of_a_bill_without_vat_makes_no_query_per_document(self):
        german = self.add_purchase(supplier_name="Kessler GmbH", vat="DE462612124", territory="DE")
        given = {"purchase": german, "excluding": 100, "taxes": []}
        self.queries(1, **given)
        few, more = self.queries(2, **given), self.queries(14, **given)
        self.assertLess(more - few, 6)

    def test_the_analytic_accounts_of_bills_make_no_query_per_document(self):
        given = {
            "purchase": self.add_purchase(cost_center="Siège"),
            "lines": [(100, "0.2"), (50, "0.1")],
        }
        self.queries(1, **given)
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        account = self.env["account.analytic.account"].create(
            {"name": "Office", "plan_id": plan.id}
        )
        self.mapping("cost_center").analytic_account_id = account
        self.queries(1, **given)  # Odoo reads the analytic plans once
        few, more = self.queries(2, **given), self.queries(14, **given)
        self.assertLess(more - few, 6)

    def test_references_that_nobody_mapped_make_no_query_per_document(self):
        given = {"purchase": self.add_purchase(cost_center="Siège", nature="Machines")}
        self.queries(1)
        self.queries(1, **given)
        self.mapping("nature", name="Fournitures").account_id = self.company.expense_account_id
        few, more = self.queries(2, **given), self.queries(14, **given)
        self.assertEqual(len(self.documents().filtered("is_doubtful")), 16)
        self.assertLess(more - few, 6)

    def test_odoo_has_nothing_to_correct_on_the_lines_of_a_new_bill(self):
        self.env.ref("base.USD").active = True
        lines, written = self.env.registry["account.move.line"], []
        original = lines.write

        def write(self, vals):
            written.append(vals)
            return original(self, vals)

        with patch.object(lines, "write", write):
            self.book(lines=[(100, "0.2"), (33.33, "0.1")])
            self.book("credit_note", lines=[(50, "0.2")])
            self.book(lines=[(100, "0.2")], currency="USD", counter=("EUR", "0.8"))
            self.book(lines=[(100, "0")])
        self.assertFalse([vals for vals in written if vals.keys() & {"balance", "tax_tag_ids"}])


class TestCache(LuccaCase):
    def test_reading_a_cached_answer_again_takes_no_query(self):
        with self.committing(self.connection) as connection:
            cache = connection.env["lucca.cache"]
            cache.create(
                {"connection_id": connection.id, "kind": "purchase", "lucca_id": 7, "payload": "1"}
            )
            store = cache._store(Turn(connection, None))
            connection.env.invalidate_all()
            with self.assertQueryCount(0):
                self.assertIn(("purchase", 7), store)
                self.assertNotIn(("purchase", 8), store)


class TestIdle(LuccaCase):
    def prepare(self):
        super().prepare()
        purchase = self.add_purchase()
        for _number in range(3):
            self.tenant.add_invoice(purchase=purchase)
        self.sync()
        self.sync()  # It creates the row in which later idle runs are counted.
        self.server.requests.clear()

    def queries(self):
        """Return the queries of an idle synchronisation."""
        with self.committing(self.connection) as connection:
            return [entry["full_query"] for entry in queries_of(connection)]

    def test_an_idle_synchronisation_is_one_request(self):
        self.sync()
        self.assertEqual(len(self.server.requests), 1)

    def test_an_idle_synchronisation_takes_few_queries(self):
        queries = self.queries()
        self.assertLessEqual(len(queries), 15, "\n\n".join(queries))

    def test_open_activities_on_bills_take_no_query_per_bill(self):
        bills, queries = self.documents().move_id, []
        user = self.connection.responsible_id = user_of(self.env, asking.BILLING)
        for asked in (bills[0], bills[1:]):
            asked.activity_schedule(asking.ACTIVITY, user_id=user.id)
            self.queries()  # Odoo reads the rights of a user once
            queries.append(len(self.queries()))
        self.assertEqual(*queries)

    def test_only_the_count_reads_the_documents_that_are_done(self):
        queries = [query for query in self.queries() if '"lucca_document"' in query]
        self.add_done_documents(5000)
        (count,) = (query for query in queries if query.startswith("SELECT COUNT(*)"))
        others = set(queries) - {count}
        self.assertTrue(others)
        for query in others:
            with self.subTest(query=query):
                _node, read = self.read(query)
                self.assertLessEqual(read, 3)

    def test_the_count_reads_only_an_index(self):
        (count,) = (query for query in self.queries() if query.startswith("SELECT COUNT(*)"))
        # PostgreSQL does this by itself after the table was vacuumed, which no transaction can do.
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        node, _read = self.read(count)
        self.assertEqual(node, "Index Only Scan")

    def add_done_documents(self, number):
        self.env.cr.execute(
            """
            INSERT INTO lucca_document (connection_id, company_id, lucca_type, lucca_id, state,
                files_state, conformity_state, lucca_created_at, is_withdrawn)
            SELECT connection_id, company_id, lucca_type, 1000 + serial, 'ignored', files_state,
                conformity_state, lucca_created_at + serial * interval '1 hour', is_withdrawn
            FROM lucca_document, generate_series(1, %s) serial WHERE id = %s
            """,
            [number, self.documents()[0].id],
        )
        self.env.cr.execute("ANALYZE lucca_document")

    def read(self, query):
        """Return ``(kind of scan, rows)`` with which PostgreSQL reads the documents for a query."""
        self.env.cr.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}")
        nodes = [self.env.cr.fetchone()[0][0]["Plan"]]
        while nodes:
            node = nodes.pop()
            nodes += node.get("Plans", [])
            if node.get("Relation Name") == "lucca_document":
                return node["Node Type"], node["Actual Rows"] + node.get(
                    "Rows Removed by Filter", 0
                )
        raise AssertionError(query)
