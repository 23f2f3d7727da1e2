"""The contents of an audit trail in the reader's language, which its PDF and workbook share."""

from odoo import fields
from odoo.fields import Domain
from odoo.modules.module import get_manifest
from odoo.release import version as odoo_version
from odoo.tools import format_list
from odoo.tools.misc import format_date, format_datetime, formatLang

from ..lucca.audit import NONE, OTHER_RATE, Checksum
from . import audit_totals
from .audit_entries import read_entries
from .audit_line import EXPLANATIONS
from .audit_meanings import MEANINGS

ADDON = "lucca_invoices_sync"
#: ``{name: (model, selection field)}`` for ``AuditReport.word``
SELECTIONS = {
    "lucca_type": ("lucca.audit.line", "lucca_type"),
    "state": ("lucca.audit.line", "state"),
    "reason": ("lucca.audit.line", "reason"),
    "bill_type": ("lucca.audit.line", "bill_type"),
    "bill_state": ("lucca.audit.line", "bill_state"),
    "payment_state": ("lucca.audit.line", "payment_state"),
    "explanation": ("lucca.audit.line", "explanation"),
    "files_state": ("lucca.audit.line", "files_state"),
    "electronic_check": ("lucca.audit.line", "electronic_check"),
    "basis": ("lucca.audit.trail", "basis"),
    "file": ("lucca.file", "state"),
    "decision": ("lucca.decision", "kind"),
}
WAITS = "waits"


class AuditReport:
    """The contents of a ``lucca.audit.trail``, limited to the documents that its user may read."""

    def __init__(self, trail):
        self.trail, self.env = trail, trail.env
        self.domain = trail._domain()
        self.made_at = fields.Datetime.now()
        self.checksum = Checksum()
        self._words = {
            name: dict(self.env[model]._fields[field]._description_selection(self.env))
            for name, (model, field) in SELECTIONS.items()
        }
        self._words["explanation"][OTHER_RATE] = self.env._("Tax of Another Rate")
        self._days = {}

    # --- words ----------------------------------------------------------------------------------

    def word(self, name, value):
        """Return the label of a value of one of ``SELECTIONS``; empty for no value."""
        return self._words[name].get(value, value) or ""

    def day(self, value):
        """Return a date in the format of the reader's language; empty for none."""
        if value not in self._days:
            self._days[value] = format_date(self.env, value) if value else ""
        return self._days[value]

    def moment(self, value):
        """Return a moment (naive UTC) as text in the reader's time zone; empty for none."""
        return format_datetime(self.env, value) if value else ""

    def number(self, value):
        """Return a whole number in the format of the reader's language."""
        return formatLang(self.env, value, digits=0)

    def situation(self, line):
        """Return why a document needs attention, or else its state."""
        return self.word("reason", line["reason"]) or self.word("state", line["state"])

    # --- facts and counts -----------------------------------------------------------------------

    @property
    def title(self):
        return self.env._("Lucca Audit Trail")

    @property
    def period(self):
        return self.env._(
            "%(start)s to %(end)s",
            start=self.day(self.trail.date_from),
            end=self.day(self.trail.date_to),
        )

    def facts(self):
        """Return ``[(label, words)]`` on the company, the period, the user and the versions."""
        env, company = self.env, self.trail.company_id
        return [
            (env._("Company"), company.display_name),
            (env._("VAT number"), company.vat or env._("none")),
            (env._("Companies included"), format_list(env, self._companies().mapped("name"))),
            (env._("Period"), self.period),
            (env._("Documents are assigned by"), self._describe_basis()),
            (env._("Made on"), format_datetime(env, self.made_at, dt_format="long")),
            (env._("Made by"), f"{env.user.name} ({env.user.login})"),
            (env._("Made with"), self.versions),
            (env._("Amounts"), self._describe_signs()),
        ]

    @property
    def versions(self):
        version = get_manifest(ADDON)["version"]
        return f"Lucca Invoices Sync {version}, Odoo {odoo_version}"

    def _companies(self):
        """Return those of the company and its branches that the reader works in."""
        chosen = self.env["res.company"].search([("id", "child_of", self.trail.company_id.id)])
        return chosen & self.env.companies

    def _describe_basis(self):
        words, basis = self.word("basis", self.trail.basis), self.trail.basis
        if basis == "by_approval":
            told = self.env._(
                "Lucca gives no date of approval. The last change in Lucca is the nearest that is"
                " known; later changes move it."
            )
        else:
            told = self.env._(
                "A document without this date counts on the day of its creation in Lucca."
            )
        return f"{words}. {told}"

    def _describe_signs(self):
        return self.env._(
            "Invoices are positive, credit notes negative, in the document's currency. A cancelled"
            " bill and one in another currency count as zero. Draft bills count. A difference is"
            " Lucca's amount less Odoo's."
        )

    def counts(self):
        """Return ``[(label, words)]`` on what each connection counted, and what that proves."""
        documents = self.env["lucca.document"]
        mine = Domain("company_id", "in", self._companies().ids)
        connections = [one for (one,) in documents._read_group(mine, ["connection_id"])]
        told = self.numbers()
        for connection in connections:
            # The counts of a connection of another company must not be shown.
            if connection.has_access("read"):
                told += self._counts_of(connection)
            else:
                told.append(
                    (
                        self.env._("Another connection"),
                        self.env._("It belongs to a company that you do not work for."),
                    )
                )
        return told

    def _counts_of(self, connection):
        env = self.env
        return [
            (connection.name, f"{connection.host}. {connection.completeness}"),
            (
                env._("Counted"),
                env._(
                    "Approved documents that were created since %(start)s, of all companies and"
                    " periods: %(remote)s in Lucca, %(known)s known in Odoo.",
                    remote=self.number(connection.remote_count) if connection.is_counted else "?",
                    start=self.day(connection.start_date),
                    known=self.number(connection.known_count),
                ),
            ),
            (
                env._("Last synchronisation"),
                env._(
                    "%(last)s. Last success: %(success)s. Last full check: %(audit)s.",
                    last=self.moment(connection.last_sync_at) or env._("never"),
                    success=self.moment(connection.last_success_at) or env._("never"),
                    audit=self.moment(connection.last_audit_at) or env._("never"),
                ),
            ),
            (env._("Not proven"), self._describe_limits(connection)),
        ]

    def _describe_limits(self, connection):
        """Return sentences on what the counts do not prove."""
        told = [
            connection.last_error or connection.warning or "",
            self._describe_left_out(connection),
        ]
        return " ".join(filter(None, told))

    def _describe_left_out(self, connection):
        """Return sentences on the documents that a connection does not list."""
        env, day, older = self.env, self.day(connection.start_date), connection._count_older()
        if not older:
            return env._(
                "Documents that were created in Lucca before %s are not in Odoo, nor those that the"
                " API key may not see.",
                day,
            )
        return env._(
            "Of the documents that were created in Lucca before %(day)s, Odoo has %(older)s, of all"
            " companies and periods, because “Documents Since” was an earlier day. Full checks compare"
            " those with a bill with Lucca. Odoo has no others from before %(day)s, nor those that the"
            " API key may not see.",
            older=self.number(older),
            day=day,
        )

    def _count_older(self):
        """Return how many documents of the period no connection counts, as they are too old."""
        lines = self.env["lucca.audit.line"]
        found = [one for (one,) in lines._read_group(self.domain, ["connection_id"])]
        # The date of a connection that the reader may not see decides, too, and is not shown.
        documents = self.env["lucca.document"]
        older = Domain.OR(documents._domain_older(one.sudo()) for one in found)
        return lines.search_count(self.domain & older & Domain("is_withdrawn", "=", False))

    def numbers(self):
        """Return ``[(label, words)]`` on the number of documents, and of unexplained differences."""
        env = self.env
        lines = env["lucca.audit.line"]
        found = lines._read_group(self.domain, ["explanation"], ["__count"])
        count = dict(found)
        unexplained, waiting = count.get("unexplained", 0), count.get(WAITS, 0)
        return [
            (env._("Documents of the period"), self._describe_number(sum(count.values()))),
            (
                env._("Differences"),
                env._(
                    "Not explained: %(unexplained)s. Waiting for their bill: %(waiting)s.",
                    unexplained=self.number(unexplained),
                    waiting=self.number(waiting),
                ),
            ),
        ]

    def _describe_number(self, number):
        """Return sentences on how many documents the period has, and how many no count contains."""
        withdrawn = self.env["lucca.audit.line"].search_count(
            self.domain & Domain("is_withdrawn", "=", True)
        )
        told = self.env._(
            "%(all)s. Of these, %(withdrawn)s were withdrawn in Lucca later, and are no"
            " longer counted there.",
            all=self.number(number),
            withdrawn=self.number(withdrawn),
        )
        if older := self._count_older():
            told += " " + self.env._(
                "Created in Lucca before “Documents Since”, and not in the numbers below that are"
                " counted since that day: %s.",
                self.number(older),
            )
        return told

    def meanings(self):
        """Return ``[(label, meaning)]`` of all explanations but "no difference"."""
        return [
            (self.word("explanation", why), MEANINGS[why].in_words(self.env))
            for why in [*dict(EXPLANATIONS), OTHER_RATE]
            if why != NONE
        ]

    # --- tables and lists -----------------------------------------------------------------------

    def summary(self):
        """Return the tables of the first page."""
        return [audit_totals.by_state(self), audit_totals.by_explanation(self)]

    def totals(self):
        return [
            audit_totals.by_currency(self),
            audit_totals.by_type(self),
            audit_totals.by_month(self),
        ]

    def vat(self):
        return audit_totals.by_rate(self)

    def files(self):
        return audit_totals.by_files(self)

    def entries(self, domain=()):
        """Give the entries of the period in the order of its date.

        Without a domain it gives all of them, and adds them to the checksum.
        """
        lines = self.lines(domain)
        for entry in read_entries(lines):
            if not domain:
                self.checksum.add(entry.content())
            yield entry

    def lines(self, domain=()):
        """Return the audit lines in the order of the list."""
        wanted = self.domain & Domain(list(domain))
        return self.env["lucca.audit.line"].search(wanted, order=f"{self.trail.basis}, id")

    def differences(self):
        """Give the entries with a difference, unexplained ones first, without those that wait for their bill."""
        for domain in (
            [("explanation", "=", "unexplained")],
            [("explanation", "not in", ("unexplained", NONE, WAITS))],
        ):
            yield from self.entries(domain)

    def waiting(self):
        return self.entries([("explanation", "=", WAITS)])

    def describe_checksum(self):
        return self.env._(
            "SHA-256 over all documents with their bills, files and decisions, in the order of the list,"
            " whatever the language. A later print of the same period has the same checksum as long as"
            " nothing in it changed, be it a PDF or a workbook."
        )

    def describe_files(self):
        return self.env._(
            "The checksums of files are Odoo's: SHA-1 of their content, in hexadecimal. A copy of a"
            " file that has the same checksum is unchanged."
        )
