"""The audit trail shows each document beside its bill: on screen, as a PDF and as a workbook."""

import re
from collections import Counter
from io import BytesIO

import openpyxl
from odoo.addons.lucca_invoices_sync.report.audit_pdf import write_pdf
from odoo.addons.lucca_invoices_sync.report.audit_report import AuditReport
from odoo.addons.lucca_invoices_sync.report.audit_xlsx import write_xlsx
from odoo.addons.lucca_invoices_sync.report.paper import Paper
from odoo.addons.lucca_invoices_sync.wizards import lucca_audit_trail
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase
from odoo.tools.pdf import PdfReader

from tests.addon.audit_year import BILLING, EXPLAINED, AuditCase
from tests.addon.common import migrate
from tests.books import user_of

AUDITOR = "account.group_account_readonly"
#: The decisions of people about documents of the year.
DECIDED = (
    ("LINKED", "linked"),
    ("HAND", "by_hand"),
    ("IGNORED", "ignored"),
    ("DOUBTFUL", "booked_anyway"),
    ("DELETED", "bill_deleted"),
)
SUMS = ("Lucca: Excl. VAT", "Lucca: VAT", "Lucca: Incl. VAT")


class TrailCase(AuditCase):
    def trail(self, user=None, **values):
        values = {"date_from": "2026-01-01", "date_to": "2026-12-31", **values}
        trails = self.env["lucca.audit.trail"].with_user(user or self.env.user)
        return trails.create({"company_id": self.company.id, **values})

    def line(self, document):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["lucca.audit.line"].browse(document.id)

    def numbers(self, trail):
        action = trail.action_show()
        return set(self.env[action["res_model"]].search(action["domain"]).mapped("number"))

    def workbook(self, trail):
        """Return ``({sheet: [row, ...]}, workbook, report)``."""
        report, file = AuditReport(trail), BytesIO()
        write_xlsx(report, file)
        book = openpyxl.load_workbook(file)
        return {one.title: [list(row) for row in one.values] for one in book}, book, report

    def pages(self, trail):
        """Return ``(texts of the pages, report)``."""
        report, file = AuditReport(trail), BytesIO()
        write_pdf(report, file)
        return [page.extract_text() for page in PdfReader(file).pages], report


class TestAuditYear(TrailCase):
    def test_the_workbook_of_a_year_adds_up_and_explains_each_difference(self):
        documents = self.have_a_year()
        sheets, book, report = self.workbook(self.trail())
        heads, *rows = sheets["Documents"]
        rows = [dict(zip(heads, row, strict=True)) for row in rows]
        self.assertEqual(len(rows), len(documents))
        labels = dict(self.env["lucca.audit.line"]._fields["explanation"].selection)
        self.assertEqual(
            {
                row["Number"]: row["Explanation"]
                for row in rows
                if row["Explanation"] != labels["none"]
            },
            {number: labels[why] for number, why in EXPLAINED.items()},
        )
        self.check_differences(rows)
        self.check_totals(sheets, rows)
        self.check_vat(sheets["VAT"], rows)
        self.check_cells(book)
        self.check_trail(sheets, documents)
        summary = {row[0]: row[1] for row in sheets["Summary"] if row[0]}
        self.assertEqual(summary["Checksum"], report.checksum.hexdigest)
        self.assertEqual(summary["Differences"], "Not explained: 0. Waiting for their bill: 2.")
        self.assertIn("All 21 approved documents are known.", summary["Lucca Invoices"])

    def check_differences(self, rows):
        """Check that each difference is the one between its two sides, and has an explanation."""
        for row in rows:
            for part in ("Excl. VAT", "VAT", "Incl. VAT"):
                sides = [row[f"{side}: {part}"] for side in ("Lucca", "Odoo", "Difference")]
                self.assertEqual(round(sides[0] - sides[1], 2), sides[2], row)
                self.assertTrue(row["Explanation"] != "No Difference" or not sides[2], row)

    def check_totals(self, sheets, rows):
        """Check that the totals by type and by month are the sums of the documents."""
        found, expected = Counter(), Counter()
        for label, currency, count, *amounts in [row[:12] for row in sheets["Totals"]]:
            if label in ("Invoice", "Credit Note"):
                found[label, currency, "count"] += count
                for place, head in enumerate(SUMS):
                    found[label, currency, head] += amounts[place]
        for row in rows:
            kind, currency = row["Type"], row["Currency"]
            expected[kind, currency, "count"] += 1
            for head in SUMS:
                expected[kind, currency, head] += row[head]
        self.assertEqual(
            {key: round(value, 2) for key, value in found.items()},
            {key: round(value, 2) for key, value in expected.items()},
        )
        months = [row for row in sheets["Totals"] if row[0] and row[0].endswith(" 2026")]
        self.assertEqual(sum(row[2] for row in months), len(rows))

    def check_vat(self, sheet, rows):
        """Check that VAT by rate adds up to the VAT of the documents, and that the parts of a
        difference add up to it.
        """
        rates = [row for row in sheet if isinstance(row[2], int | float)]
        parts = [row for row in sheet if isinstance(row[5], int | float)]
        for place, side in ((2, "Lucca"), (3, "Odoo"), (4, "Difference")):
            self.assertEqual(
                round(sum(row[place] for row in rates), 2),
                round(sum(row[f"{side}: VAT"] for row in rows), 2),
            )
        self.assertEqual(
            round(sum(row[5] for row in parts), 2), round(sum(row[4] for row in rates), 2)
        )

    def check_cells(self, book):
        """Check that numbers are numbers, days are days, and a text like a formula is a text."""
        sheet = book["Documents"]
        heads = [cell.value for cell in sheet[1]]
        cell = next(one for one in sheet["C"] if one.value == "=1+1")
        self.assertEqual(cell.data_type, "s")
        row = dict(zip(heads, sheet[cell.row], strict=True))
        self.assertEqual(row["Document date"].value.isoformat()[:10], "2026-06-01")
        self.assertEqual(row["Lucca: Incl. VAT"].number_format, "#,##0.00")
        self.assertEqual((sheet.freeze_panes, bool(sheet.auto_filter.ref)), ("A2", True))

    def check_trail(self, sheets, documents):
        """Check that files have Odoo's checksums, and that decisions name the person."""
        files = {row[5] for row in sheets["Files"][1:]}
        checksums = documents.file_ids.attachment_id.mapped("checksum")
        self.assertTrue(checksums)
        self.assertLessEqual(set(checksums), files)
        self.assertIn("Failed, Tried Again", {row[4] for row in sheets["Files"][1:]})
        decided = {(row[2], row[4], row[5]) for row in sheets["Decisions"][1:]}
        for number, kind in DECIDED:
            words = dict(self.env["lucca.decision"]._fields["kind"].selection)[kind]
            self.assertIn((number, "Camille Martin", words), decided)

    def test_the_pdf_of_a_year_says_the_same_on_numbered_pages(self):
        documents = self.have_a_year()
        trail = self.trail()
        pages, report = self.pages(trail)
        text = "\n".join(pages)
        self.assertEqual(report.checksum.hexdigest, self.workbook(trail)[2].checksum.hexdigest)
        self.assertIn(report.checksum.hexdigest, pages[-1])
        for page, words in enumerate(pages, start=1):
            self.assertRegex(words, rf"Page {page} of\s+{len(pages)}\b")
        types = dict(documents._fields["lucca_type"].selection)
        for document in documents:
            self.assertIn(f"{types[document.lucca_type]} {document.lucca_id}", text)
            self.assertIn(document.number, text)
        euros = documents.currency_id.filtered(lambda one: one.name == "EUR")
        lines = self.env["lucca.audit.line"].search([("currency_id", "=", euros.id)])
        for name in ("amount_total", "bill_total", "difference_total"):
            self.assertIn(f"{sum(lines.mapped(name)):,.2f}", text)
        for words in ("Camille Martin", "Paid in cash", "Total on the bill: $ 119.99."):
            self.assertIn(words, text)
        self.check_checksum(trail, report)

    def check_checksum(self, trail, report):
        """Check that the checksum changes with any listed value, but not with the language."""
        french = self.pages(trail.with_context(lang="fr_FR"))[1]
        self.assertEqual(french.checksum.hexdigest, report.checksum.hexdigest)
        self.one("PLAIN").move_id.button_draft()
        self.env.flush_all()
        self.assertNotEqual(self.pages(trail)[1].checksum.hexdigest, report.checksum.hexdigest)


class TestAuditTrail(TrailCase):
    def test_a_difference_that_nothing_explains_says_so(self):
        document = self.book(lines=[(100, "0.2")])
        bill = document.move_id.with_context(skip_is_manually_modified=True)
        bill.invoice_line_ids.price_unit = 90
        self.assertRecordValues(
            self.line(document), [{"explanation": "unexplained", "difference_untaxed": 10}]
        )

    def test_a_change_that_a_person_has_seen_stays_explained(self):
        json = self.tenant.add_invoice(
            date="2026-01-15", purchase=self.add_purchase(), lines=[(1, "0.2")]
        )
        self.sync()
        document = self.document(json)
        document.move_id.action_post()
        self.purchase = self.tenant.purchases[json["purchase"]["id"]]
        self.tenant.change(json, **self.amounts_of(300))
        self.audit()
        document.action_seen()
        self.assertEqual(self.line(document).explanation, "changed_in_lucca")

    def test_a_change_that_the_draft_followed_no_longer_explains_a_difference(self):
        self.purchase = self.add_purchase()
        json = self.add("FOLLOWS", (200, "0.2"))
        self.sync()
        self.tenant.change(json, **self.amounts_of(300))
        self.audit()
        document = self.document(json)
        self.assertEqual(self.line(document).explanation, "none")
        document.move_id.invoice_line_ids.price_unit = 250
        self.assertEqual(self.line(document).explanation, "bill_changed")

    def test_a_doubtful_document_that_was_booked_anyway_has_the_printed_amounts(self):
        document = self.book(excluding=100, taxes=[("0.2", 10)])
        document.action_book_anyway()
        self.sync()
        self.assertEqual(self.line(document).explanation, "none")

    def owed(self, *taxes, kind="invoice"):
        """Return the document of 100 from a German supplier, with listed VAT that is not in the total."""
        self.purchase = self.add_purchase(
            supplier_name="Kessler GmbH", vat="DE462612124", territory="DE"
        )
        listed = [{"rateTypeId": rate_type, "value": value} for rate_type, value in taxes]
        values = {"excluding": 100, "taxes": listed, "including": 100, "purchase": self.purchase}
        return self.book(kind=kind, intraCommunityTaxes=True, **values)

    def test_listed_vat_that_the_taxes_of_the_bill_declare_is_owed_by_the_company(self):
        for kind in ("invoice", "credit_note"):
            for value in (20, 20.02):
                document = self.owed((45, value), kind=kind)
                self.assertEqual(self.line(document).explanation, "self_assessed", (kind, value))

    def test_listed_vat_that_the_taxes_of_the_bill_do_not_declare_is_not_explained(self):
        document = self.owed((45, 10))
        self.assertEqual(self.line(document).explanation, "unexplained")
        document.move_id.invoice_line_ids.tax_ids = self.purchase_tax("10% EU S")
        self.assertEqual(self.line(document).explanation, "self_assessed")
        document.move_id.invoice_line_ids.tax_ids = False
        self.assertEqual(self.line(document).explanation, "bill_changed")

    def test_a_tax_with_another_rate_is_told(self):
        reduced = self.purchase_tax("10% S")
        document = self.book(lines=[(100, "0.2")])
        bill = document.move_id
        lines = bill.line_ids.filtered("tax_line_id")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET tax_line_id = %s WHERE id IN %s", [reduced.id, lines._ids]
        )
        self.env.invalidate_all()
        sheets, _book, _report = self.workbook(self.trail())
        told = [row[5:7] for row in sheets["VAT"] if row[6] == "Tax of Another Rate"]
        self.assertEqual(told, [[20, "Tax of Another Rate"], [-20, "Tax of Another Rate"]])

    def test_the_basis_decides_which_documents_are_in_the_period(self):
        early, late = self.book(number="EARLY", date="2026-01-15"), self.book(number="LATE")
        late.document_date = "2025-12-31"
        early.move_id.date, late.move_id.date = "2026-02-28", "2026-03-31"
        early.lucca_modified_at, late.lucca_modified_at = "2026-04-05 10:00:00", "2026-05-05"
        self.env.flush_all()
        first, second = {"EARLY"}, {"LATE"}
        for basis, start, end, expected in (
            ("by_document", "2026-01-01", "2026-01-31", first),
            ("by_document", "2025-12-01", "2025-12-31", second),
            ("by_accounting", "2026-02-01", "2026-02-28", first),
            ("by_accounting", "2026-03-01", "2026-03-31", second),
            ("by_approval", "2026-04-01", "2026-04-30", first),
            ("by_approval", "2026-05-05", "2026-05-05", second),
        ):
            with self.subTest(basis, start=start):
                trail = self.trail(basis=basis, date_from=start, date_to=end)
                self.assertEqual(self.numbers(trail), expected)

    def test_a_document_without_date_counts_on_the_day_of_its_creation(self):
        self.book(number="NONE", date="0001-01-01", created_at="2026-02-03T10:00:00Z")
        trail = self.trail(date_from="2026-02-03", date_to="2026-02-03")
        self.assertEqual(self.numbers(trail), {"NONE"})

    def test_a_document_without_any_date_is_in_every_period(self):
        self.tenant.add_raw({"id": "nonsense", "type": "Invoice"})
        self.sync()
        self.assertEqual(len(self.env["lucca.audit.line"].search(self.trail()._domain())), 1)

    def test_a_period_must_end_after_it_begins(self):
        with self.assertRaises(ValidationError):
            self.trail(date_from="2026-02-01", date_to="2026-01-31")

    def test_record_rules_of_ones_own_hide_bills_here_too(self):
        """docs/security.md has these rules."""
        shown = self.book(number="SHOWN", files=["a.pdf"])
        self.connection.journal_id = journal = self.connection.journal_id.copy()
        hidden = self.book(number="HIDDEN", files=["b.pdf"])
        self.connection.supplier_policy = "match"
        purchase = self.add_purchase(supplier_name="Unknown", vat="FR40303265045")
        waiting = self.book(number="WAITS", files=["c.pdf"], purchase=purchase)
        self.assertFalse(waiting.move_id)
        (shown | hidden | waiting)._note_decision("seen", "Seen")
        of_document = "['|', ('document_id.move_id', '=', False), ('document_id.move_id.journal_id', '!=', %s)]"
        rules = {
            "lucca.audit.line": "[('journal_id', '!=', %s)]",
            "lucca.document": "['|', ('move_id', '=', False), ('move_id.journal_id', '!=', %s)]",
            "lucca.decision": of_document,
            "lucca.file": of_document,
        }
        for name, rule in rules.items():
            rows = self.env[name].with_user(user_of(self.env, BILLING, name=name, login=name))
            with self.subTest(name):
                self.assertEqual(rows.search_count([]), 3)
                self.env["ir.rule"].create(
                    {
                        "name": name,
                        "model_id": self.env["ir.model"]._get_id(name),
                        "domain_force": rule % journal.id,
                    }
                )
                self.assertEqual(rows.search_count([]), 2)

    def test_a_file_that_would_be_empty_or_endless_is_refused_with_a_message(self):
        with self.assertRaisesRegex(UserError, "no document of Lucca in this period"):
            self.trail().action_pdf()
        self.book(), self.book()
        self.patch(lucca_audit_trail, "MOST", 1)
        with self.assertRaisesRegex(UserError, "choose a shorter one"):
            self.trail().action_xlsx()

    def test_a_document_with_many_decisions_and_a_long_number_is_printed_completely(self):
        number = f"FA-{'9' * 200}"
        document = self.book(number=number, date="2026-01-15")
        for count in range(120):
            document._note_decision("seen", f"Seen for the {count}. time")
        text = "\n".join(self.pages(self.trail())[0])
        self.assertIn(number, re.sub(r"\n", "", text))
        self.assertEqual(len(re.findall(r"Seen for the \d+\. time", text)), 120)

    def test_the_audit_trail_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.book(lines=[(1234, "0.2")], date="2026-01-15")
        pages, _report = self.pages(self.trail().with_context(lang="fr_FR"))
        text = re.sub(r"\s", " ", "\n".join(pages))
        self.assertIn("15/01/2026", text)
        self.assertIn("1 480,80", text)

    def test_a_branchs_documents_are_shown_to_those_who_work_for_the_branch(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        user = user_of(self.env, AUDITOR)
        document = self.book(date="2026-01-15", number="BRANCH")
        self.env.cr.execute(
            "UPDATE lucca_document SET company_id = %s WHERE id = %s", [branch.id, document.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.numbers(self.trail()), {"BRANCH"})
        trail = self.trail(user)
        lines = self.env["lucca.audit.line"].with_user(user)
        self.assertFalse(lines.search(trail._domain()))
        user.company_ids |= branch
        self.assertEqual(lines.search(trail._domain()).number, "BRANCH")

    def test_a_user_outside_the_connections_company_is_told_so(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = user_of(self.env, AUDITOR, other)
        document = self.book(date="2026-01-15")
        self.env.cr.execute(
            "UPDATE lucca_document SET company_id = %s, move_id = NULL, state = 'pending'"
            " WHERE id = %s",
            [other.id, document.id],
        )
        self.env.invalidate_all()
        pages, _report = self.pages(self.trail(user, company_id=other.id))
        self.assertIn("It belongs to a company that you do not work for.", pages[0])
        self.assertNotIn(self.connection.host, "".join(pages))

    def test_another_companys_trail_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = user_of(self.env, BILLING)
        with self.assertRaises(AccessError):
            self.trail(user, company_id=other.id)

    def test_the_upgrade_reads_the_cost_of_known_documents(self):
        lost, plain = self.book(excluding=100, taxes=[("0.2", 20)], cost=120), self.book()
        unreadable = self.book(documentDate="someday", amountIncludingTaxes=1)
        before = lost.amount_cost, plain.amount_cost, unreadable.amount_cost
        self.assertEqual(before, (120, plain.amount_untaxed, 0))
        self.env.cr.execute("UPDATE lucca_document SET amount_cost = NULL")
        migrate(self.env, "19.0.1.5.0/post-trail.py", "19.0.1.4.0")
        self.assertEqual((lost.amount_cost, plain.amount_cost, unreadable.amount_cost), before)


class TestPaper(TransactionCase):
    """The writer of the PDF."""

    def written(self, write):
        """Return the texts of the pages that ``write`` writes."""
        file = BytesIO()
        paper = Paper(file, "Foot", lambda page, pages: f"Page {page} of {pages}")
        write(paper)
        paper.save()
        return [page.extract_text() for page in PdfReader(file).pages]

    def test_a_text_that_is_too_long_ends_with_an_ellipsis(self):
        (page,) = self.written(lambda paper: paper.put(50, "long " * 50, 100))
        self.assertRegex(page, r"long long.*…")
        self.assertNotIn("long " * 20, page)

    def test_letters_of_other_alphabets_are_printed(self):
        (page,) = self.written(lambda paper: paper.put(50, "Łódź, Ελλάδα, Київ 1\u202f000 € 1 → 2"))
        self.assertIn("Łódź, Ελλάδα, Київ", page)
        self.assertIn("1 > 2", page)

    def test_a_list_repeats_its_head_on_each_page(self):
        def write(paper):
            paper.section(lambda: paper.paragraph("HEAD"))
            for number in range(200):
                paper.paragraph(f"row {number}")

        first, *others = self.written(write)
        self.assertEqual([page.count("HEAD") for page in others], [1] * len(others))
        rows = re.findall(r"row (\d+)", " ".join([first, *others]))
        self.assertEqual(rows, [str(number) for number in range(200)])
        self.assertRegex(others[-1], rf"Page {len(others) + 1} of\s+{len(others) + 1}")
