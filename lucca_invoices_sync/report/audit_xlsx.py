"""Writes an audit trail as a workbook, to be filtered and calculated with, row by row."""

import xlsxwriter
from odoo import fields

from .audit_totals import COUNT, MONEY, TEXT, Amount, Column, digits_of

#: The longest text that Excel allows in a cell, in characters.
LONGEST = 32_767
DAY, MOMENT = "day", "moment"
#: The width of a column in characters, by its kind.
WIDTHS = {TEXT: 22, COUNT: 11, MONEY: 15, DAY: 12, MOMENT: 17}


def write_xlsx(report, file):
    """Write the workbook of an ``AuditReport`` to a binary file."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        _Book(workbook, report).fill()


class _Sheet:
    """A sheet that is written row by row."""

    def __init__(self, book, name):
        self.book, self.sheet, self.row = book, book.workbook.add_worksheet(name[:31]), 0

    def head(self, columns):
        """Write the heads of a sheet's only table, which stay visible and have filters."""
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, WIDTHS[column.kind] * column.width)
        self.sheet.freeze_panes(1, 0)
        self.columns = columns
        self.add([_label(column) for column in columns], self.book.heads)

    def add(self, values, style=None):
        for place, value in enumerate(values):
            self._write_cell(place, value, style)
        self.row += 1

    def _write_cell(self, place, value, style):
        if isinstance(value, Amount):
            self.sheet.write_number(self.row, place, value.value, self.book.money(value.digits))
        elif isinstance(value, int):
            self.sheet.write_number(self.row, place, value, style)
        elif hasattr(value, "hour"):
            self.sheet.write_datetime(self.row, place, value, self.book.moment)
        elif hasattr(value, "year"):
            self.sheet.write_datetime(self.row, place, value, self.book.day)
        elif value:
            # Text is never a formula or link: it comes from suppliers and may be malicious.
            self.sheet.write_string(self.row, place, value[:LONGEST], style)

    def table(self, table):
        """Write one of several tables of a sheet."""
        self.add([table.title], self.book.bold)
        if table.note:
            self.add([table.note])
        self.add([_label(column) for column in table.columns], self.book.heads)
        for row in table.rows:
            self.add(row)
        self.row += 1

    def end(self):
        self.sheet.autofilter(0, 0, max(self.row - 1, 1), len(self.columns) - 1)


def _label(column):
    return f"{column.group}: {column.label}" if column.group else column.label


class _Book:
    def __init__(self, workbook, report):
        self.workbook, self.report, self.env = workbook, report, report.env
        self.bold = workbook.add_format({"bold": True, "bg_color": "#E7E9ED"})
        self.heads = workbook.add_format(
            {"bold": True, "bg_color": "#E7E9ED", "text_wrap": True, "valign": "top"}
        )
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._money = {}

    def money(self, digits):
        """Return the format of amounts with so many decimals. Excel shows the reader's separators."""
        if digits not in self._money:
            decimals = f".{'0' * digits}" if digits else ""
            self._money[digits] = self.workbook.add_format({"num_format": f"#,##0{decimals}"})
        return self._money[digits]

    def fill(self):
        env = self.env
        summary = _Sheet(self, env._("Summary"))
        totals, vat = _Sheet(self, env._("Totals")), _Sheet(self, env._("VAT"))
        documents = _Sheet(self, env._("Documents"))
        files, decisions = _Sheet(self, env._("Files")), _Sheet(self, env._("Decisions"))
        for sheet in (summary, totals, vat):
            sheet.sheet.set_column(0, 0, 34)
            sheet.sheet.set_column(1, 15, 17)
        for table in self.report.totals():
            totals.table(table)
        vat.table(self.report.vat())
        self._write_documents(documents, files, decisions)
        self._write_summary(summary)  # the checksum is known at the end

    def _write_summary(self, sheet):
        report = self.report
        sheet.add([report.title], self.bold)
        for label, words in [*report.facts(), *report.counts()]:
            sheet.add([label, words])
        sheet.add([self.env._("Checksum"), report.checksum.hexdigest])
        sheet.add(["", report.describe_checksum()])
        sheet.add(["", report.describe_files()])
        sheet.row += 1
        for table in [*report.summary(), report.files()]:
            sheet.table(table)
        for label, words in report.meanings():
            sheet.add([label, words])

    def _write_documents(self, documents, files, decisions):
        documents.head(self._columns())
        files.head(self._columns_of_files())
        decisions.head(self._columns_of_decisions())
        for entry in self.report.entries():
            line = entry.line
            documents.add(self._document(entry))
            key = [self.report.word("lucca_type", line["lucca_type"]), line["lucca_id"]]
            key.append(line["number"])
            for file in entry.files:
                files.add([*key, file.name, self.report.word("file", file.state), file.checksum])
            for one in entry.decisions:
                kind = self.report.word("decision", one.kind)
                decided_at = self._local(one.decided_at)
                decisions.add([*key, decided_at, one.user, kind, one.message])
        for sheet in (documents, files, decisions):
            sheet.end()

    def _local(self, moment):
        """Return a moment without time zone, as Excel has none, in the reader's time; empty for none."""
        if not moment:
            return ""
        return fields.Datetime.context_timestamp(self.report.trail, moment).replace(tzinfo=None)

    # --- columns --------------------------------------------------------------------------------

    def _columns_of_key(self):
        env = self.env
        return [
            Column(env._("Type")),
            Column(env._("Lucca ID"), COUNT),
            Column(env._("Number")),
        ]

    def _columns_of_files(self):
        env = self.env
        return [
            *self._columns_of_key(),
            Column(env._("File"), width=2),
            Column(env._("State")),
            Column(env._("SHA-1"), width=2),
        ]

    def _columns_of_decisions(self):
        env = self.env
        return [
            *self._columns_of_key(),
            Column(env._("When"), MOMENT),
            Column(env._("By")),
            Column(env._("Decision")),
            Column(env._("What"), width=4),
        ]

    def _columns(self):
        env = self.env
        amounts = [env._("Excl. VAT"), env._("VAT"), env._("Incl. VAT")]
        sides = {
            side: [Column(label, MONEY, 1, side) for label in amounts]
            for side in (env._("Lucca"), env._("Odoo"), env._("Difference"))
        }
        lucca, odoo, difference = sides.values()
        return [
            *self._columns_of_key(),
            Column(env._("Supplier")),
            Column(env._("Document date"), DAY),
            Column(env._("Created in Lucca"), MOMENT),
            Column(env._("Modified in Lucca"), MOMENT),
            Column(env._("State")),
            Column(env._("Currency")),
            *lucca,
            Column(env._("Bill")),
            Column(env._("Bill number")),
            Column(env._("State of the bill")),
            Column(env._("Journal")),
            Column(env._("Accounting date"), DAY),
            Column(env._("Payment of the bill")),
            Column(env._("Currency of the bill")),
            Column(env._("Total on the bill"), MONEY),
            *odoo,
            *difference,
            Column(env._("Explanation")),
            Column(env._("Electronic Invoice")),
            Column(env._("Remark"), width=4),
        ]

    def _document(self, entry):
        line, word = entry.line, self.report.word
        digits = digits_of(line["rounding"])

        def amounts(side):
            names = (f"{side}_{part}" for part in ("untaxed", "tax", "total"))
            return [Amount(round(line[name], digits) + 0.0, digits) for name in names]

        return [
            word("lucca_type", line["lucca_type"]),
            line["lucca_id"],
            line["number"],
            line["supplier_name"],
            line["document_date"],
            self._local(line["lucca_created_at"]),
            self._local(line["lucca_modified_at"]),
            self.report.situation(line),
            line["currency"],
            *amounts("amount"),
            word("bill_type", line["bill_type"]),
            line["bill_name"],
            word("bill_state", line["bill_state"]),
            line["journal"],
            line["bill_date"],
            word("payment_state", line["payment_state"]),
            line["bill_currency"],
            "" if line["own_total"] is None else Amount(line["own_total"], digits),
            *amounts("bill"),
            *amounts("difference"),
            word("explanation", line["explanation"]),
            word("electronic_check", line["electronic_check"]),
            entry.message,
        ]
