"""Writes an audit trail as a PDF, to be printed, signed and kept."""

from odoo.tools.misc import formatLang, get_lang

from ..models.messages import money
from .audit_totals import COUNT, MONEY, Amount, digits_of
from .paper import BOLD, INK, INNER, LEADING, MARGIN, MUTED, SMALL, TITLE, Paper

#: The widths of the columns of the list, in points, and the positions of those with amounts.
WIDTHS = (74, 82, 112, 48, 60, 88, 22, 62, 56, 66, 104)
AMOUNT_COLUMNS = (7, 8, 9)
#: The explanations of bills that count as zero in the sums.
COUNT_AS_ZERO = ("bill_cancelled", "bill_reversed", "other_currency")
#: The distance from the margin to the right half of a row, in points.
HALF = sum(WIDTHS[:5])
GAP = 4


def write_pdf(report, file):
    """Write the PDF of an ``AuditReport`` to a binary file; return the number of pages."""
    return _Pages(report, file).fill()


class _Pages:
    def __init__(self, report, file):
        self.report, self.env = report, report.env
        company = report.trail.company_id.display_name
        foot = " · ".join(
            (report.title, company, report.period, report.moment(report.made_at), report.versions)
        )
        self.paper = Paper(file, foot, self._page_words)
        self.paper.describe(f"{report.title}, {report.period}", self.env.user.name, company)
        lang = get_lang(self.env)
        self._is_usual = lang.grouping.replace(" ", "") == "[3,0]"
        self._separators = str.maketrans({",": lang.thousands_sep or "", ".": lang.decimal_point})

    def _page_words(self, page, pages):
        return self.env._("Page %(page)s of %(pages)s", page=page, pages=pages)

    def money(self, amount, digits):
        """Return an amount in the format of the reader's language. It is called up to a million times."""
        if self._is_usual:
            return f"{round(amount, digits) + 0.0:,.{digits}f}".translate(self._separators)
        return formatLang(self.env, amount, digits=digits)

    # --- the parts in their order ---------------------------------------------------------------

    def fill(self):
        env, report = self.env, self.report
        self._write_summary()
        for table in (*report.totals(), report.vat(), report.files()):
            self._write_table(table)
        self._write_list(
            env._("Differences, Line by Line"), report.differences(), self._with_difference
        )
        self._write_list(env._("What Still Waits"), report.waiting(), self._with_message)
        self._write_list(env._("All Documents"), report.entries(), self._with_trail)
        self._write_end()
        return self.paper.save()

    def _write_summary(self):
        paper, report = self.paper, self.report
        paper.y -= TITLE
        paper.put(MARGIN, f"{report.title} · {report.period}", INNER, BOLD, TITLE)
        paper.y -= 8
        for label, words in report.facts():
            paper.pair(label, words)
        paper.heading(self.env._("Is Everything There?"))
        for label, words in report.counts():
            paper.pair(label, words)
        for table in report.summary():
            self._write_table(table)
        paper.heading(self.env._("What the Explanations Mean"))
        for label, words in report.meanings():
            paper.pair(label, words)

    def _write_end(self):
        paper, report, env = self.paper, self.report, self.env
        paper.ensure(24 * LEADING)
        paper.heading(env._("Signature"))
        for label, words in (
            (env._("Made on"), report.moment(report.made_at)),
            (env._("Made by"), f"{env.user.name} ({env.user.login})"),
            (env._("Made with"), report.versions),
            (env._("Checksum"), report.checksum.hexdigest),
            ("", report.describe_checksum()),
            ("", report.describe_files()),
        ):
            paper.pair(label, words)
        paper.y -= 4 * LEADING
        third = INNER / 3
        for place, label in enumerate((env._("Place and date"), env._("Name"), env._("Signature"))):
            paper.rule(MARGIN + place * third, third - 20)
            paper.put(MARGIN + place * third, label, size=SMALL, ink=MUTED, y=paper.y - LEADING)
        paper.y -= LEADING

    # --- tables ---------------------------------------------------------------------------------

    def _write_table(self, table):
        paper = self.paper
        paper.heading(table.title)
        if table.note:
            paper.paragraph(table.note, ink=MUTED)
            paper.y -= 4
        places = self._places_of(table.columns)

        def head():
            self._write_heads(table.columns, places)

        head()
        paper.section(head)
        for row in table.rows:
            paper.ensure(LEADING)
            paper.y -= LEADING
            for value, column, (x, width) in zip(row, table.columns, places, strict=True):
                self._write_cell(value, column, x, width)
        if not table.rows:
            paper.y -= LEADING
            paper.put(MARGIN, self.env._("None."), ink=MUTED)
        paper.section()

    def _places_of(self, columns):
        """Return ``[(x, width), ...]`` of the columns of a table, in points."""
        # Stretching a table with few columns would make its rows hard to read.
        unit = min(INNER / sum(column.width for column in columns), 26)
        places, x = [], MARGIN
        for column in columns:
            places.append((x, column.width * unit))
            x += column.width * unit
        return places

    def _write_heads(self, columns, places):
        paper = self.paper
        if any(column.group for column in columns):
            paper.y -= LEADING
            for place, column in enumerate(columns):
                if column.group and column.group != columns[place - 1].group:
                    (x, width), (last, _width) = places[place], places[place + 2]
                    middle = (x + last + width) / 2
                    paper.put(middle, column.group, style=BOLD, align="center")
        paper.y -= LEADING
        for column, (x, width) in zip(columns, places, strict=True):
            self._write_cell(column.label, column, x, width, BOLD)
        paper.y -= 3
        paper.rule()
        paper.y -= 1

    def _write_cell(self, value, column, x, width, style="regular"):
        if isinstance(value, Amount):
            value = self.money(*value)
        elif isinstance(value, int):
            value = self.money(value, 0)
        if column.kind in (MONEY, COUNT):
            self.paper.put(x + width - GAP, value, None, style, align="right")
        else:
            # The indent keeps a text away from the amount before it.
            self.paper.put(x + column.indent, value, width - GAP - column.indent, style)

    # --- documents ------------------------------------------------------------------------------

    def _write_list(self, title, entries, more):
        """Write a list of documents.

        :param more: a function that returns functions, each of which writes a further line of an entry
        """
        paper = self.paper
        paper.heading(title)
        self._write_list_head()
        paper.section(self._write_list_head)
        count = 0
        for count, entry in enumerate(entries, start=1):
            further = more(entry)
            height = (2 + len(further)) * LEADING + 3
            paper.ensure(min(height, 40 * LEADING))
            if count % 2:
                paper.shade(min(height, 40 * LEADING))
            self._write_entry(entry.line)
            for write in further:
                paper.ensure(LEADING)
                paper.y -= LEADING
                write()
            paper.y -= 3
        if not count:
            paper.y -= LEADING
            paper.put(MARGIN, self.env._("None."), ink=MUTED)
        paper.section()

    def _write_list_head(self):
        env = self.env
        amounts = (env._("Excl. VAT"), env._("VAT"), env._("Incl. VAT"))
        self._write_line(
            env._("Lucca: type, ID"),
            env._("Number"),
            env._("Supplier"),
            env._("Date"),
            env._("Lucca: changed"),
            env._("State"),
            "",
            *amounts,
            "",
            style=BOLD,
        )
        self._write_line(
            env._("Odoo: bill"),
            env._("Number"),
            env._("Journal"),
            env._("Accounting"),
            env._("Lucca: created"),
            env._("State, payment"),
            "",
            *amounts,
            env._("Explanation"),
            style=BOLD,
        )
        self.paper.y -= 3
        self.paper.rule()
        self.paper.y -= 2

    def _write_line(self, *values, style="regular", ink=INK):
        paper, x = self.paper, MARGIN
        paper.y -= LEADING
        for place, (value, width) in enumerate(zip(values, WIDTHS, strict=True)):
            if place in AMOUNT_COLUMNS:
                # An amount is never cut, as it would read as another amount.
                paper.put(x + width - 2 * GAP, value, None, style, align="right", ink=ink)
            else:
                paper.put(x, value, width - GAP, style, ink=ink)
            x += width

    def _write_entry(self, line):
        report, digits = self.report, digits_of(line["rounding"])
        self._write_line(
            f"{report.word('lucca_type', line['lucca_type'])} {line['lucca_id']}",
            line["number"],
            line["supplier_name"],
            report.day(line["document_date"]),
            report.day(_day_of(line["lucca_modified_at"])),
            report.situation(line),
            line["currency"],
            *self._amounts(line, "amount", digits),
            "",
        )
        self._write_line(*self._bill_of(line, digits))

    def _bill_of(self, line, digits):
        report = self.report
        created = report.day(_day_of(line["lucca_created_at"]))
        explained = report.word("explanation", line["explanation"])
        if not line["move_id"]:
            return [self.env._("no bill"), "", "", "", created, "", "", "", "", "", explained]
        states = (
            report.word("bill_state", line["bill_state"]),
            report.word("payment_state", line["payment_state"]),
        )
        return [
            report.word("bill_type", line["bill_type"]),
            line["bill_name"],
            line["journal"],
            report.day(line["bill_date"]),
            created,
            ", ".join(filter(None, states)),
            line["currency"],
            *self._amounts(line, "bill", digits),
            explained,
        ]

    def _amounts(self, line, side, digits):
        names = (f"{side}_untaxed", f"{side}_tax", f"{side}_total")
        return [self.money(line[name], digits) for name in names]

    # --- further lines --------------------------------------------------------------------------

    def _with_difference(self, entry):
        """Return functions that write the difference, and the words of the document or last decision."""
        line, width = entry.line, sum(WIDTHS[1:7]) - GAP
        said = entry.message or (entry.decisions[-1].message if entry.decisions else "")
        if line["explanation"] in COUNT_AS_ZERO:
            total = money(self.env, line["own_total"], line["bill_currency"])
            said = f"{self.env._('Total on the bill: %s.', total)} {said}"
        amounts = self._amounts(line, "difference", digits_of(line["rounding"]))

        def write(words):
            self.paper.y += LEADING
            label = self.env._("Difference")
            self._write_line(label, *[""] * 6, *amounts, "", style=BOLD)
            self._write_words(WIDTHS[0], words, width)

        first, *others = self.paper.wrap(said, width, size=SMALL)
        return [
            lambda: write(first),
            *(lambda words=words: self._write_words(WIDTHS[0], words, width) for words in others),
        ]

    def _write_words(self, indent, words, width, ink=INK):
        self.paper.put(MARGIN + indent, words, width, size=SMALL, ink=ink)

    def _with_message(self, entry):
        width = INNER - WIDTHS[0]
        return [
            lambda words=words: self._write_words(WIDTHS[0], words, width)
            for words in self.paper.wrap(entry.message, width, size=SMALL)
            if words
        ]

    def _with_trail(self, entry):
        """Return functions that write the number if it is too long for its column, files and decisions."""
        number = entry.line["number"] or ""
        rows = []
        if self.paper.is_cut(number, WIDTHS[1] - GAP):
            rows += [(words, "", MUTED) for words in self.paper.wrap(number, HALF - 14, size=SMALL)]
        for file in entry.files:
            words = file.checksum or self.report.word("file", file.state)
            rows.append((file.name or "?", words, MUTED))
        for one in entry.decisions:
            first, *others = self.paper.wrap(one.message, INNER - HALF, size=SMALL)
            rows.append((self._describe_decision(one), first, INK))
            rows += [("", words, INK) for words in others]
        return [lambda row=row: self._write_row(*row) for row in rows]

    def _describe_decision(self, one):
        who = one.user or self.env._("Synchronisation")
        kind = self.report.word("decision", one.kind)
        return f"{self.report.moment(one.decided_at)}, {who}: {kind}"

    def _write_row(self, left, right, ink):
        self._write_words(10, left, HALF - 14, ink)
        self._write_words(HALF, right, INNER - HALF, ink)


def _day_of(moment):
    return moment.date() if moment else None
