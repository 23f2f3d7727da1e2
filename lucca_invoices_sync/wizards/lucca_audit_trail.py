import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

#: The most documents in one file. 20,000 take about 10 seconds, and Odoo kills a worker process after a
#: minute (``limit_time_cpu``).
MOST = 50_000
BASES = [
    ("by_document", "Document Date"),
    ("by_accounting", "Accounting Date"),
    ("by_approval", "Approval (Last Change in Lucca)"),
]


class LuccaAuditTrail(models.TransientModel):
    _name = "lucca.audit.trail"
    _description = "Lucca Audit Trail of a Period"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="The documents of its branches are shown, too.",
    )
    date_from = fields.Date(required=True, default=lambda self: self._fiscal_year()["date_from"])
    date_to = fields.Date(required=True, default=lambda self: self._fiscal_year()["date_to"])
    basis = fields.Selection(BASES, string="Period of", required=True, default="by_document")

    def _fiscal_year(self):
        return self.env.company.compute_fiscalyear_dates(fields.Date.context_today(self))

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for trail in self:
            if trail.date_from > trail.date_to:
                raise ValidationError(self.env._("The period ends before it begins."))

    def _domain(self):
        """Return the domain of the audit lines of the period. Those without a date belong to every one."""
        day = Domain(self.basis, ">=", self.date_from) & Domain(self.basis, "<=", self.date_to)
        dated = day | Domain(self.basis, "=", False)
        return Domain("company_id", "child_of", self.company_id.id) & dated

    def _check_reader(self):
        """Raise ``AccessError`` for users who may not read documents, or did not open this dialog."""
        self.check_access("read")
        self.env["lucca.audit.line"].check_access("read")

    def _title(self):
        return self.env._(
            "Lucca Audit Trail, %(start)s to %(end)s",
            start=format_date(self.env, self.date_from),
            end=format_date(self.env, self.date_to),
        )

    def _file_name(self):
        company = re.sub(r"[^\w-]+", "-", self.company_id.name).strip("-")
        return f"lucca-audit-trail-{company}-{self.date_from}-{self.date_to}"

    def action_show(self):
        """Open the documents of the period beside their bills."""
        self.ensure_one()
        self._check_reader()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_audit_line_action"
        )
        # Reloading the page by the path would show all periods.
        action.pop("path", None)
        title = self._title()
        return {
            **action,
            "name": title,
            "display_name": title,
            "domain": list(self._domain()),
            "context": {},
        }

    def action_pdf(self):
        """Download the audit trail as a PDF, to be printed and signed."""
        return self._download("pdf")

    def action_xlsx(self):
        """Download the audit trail as a workbook, to be calculated with."""
        return self._download("xlsx")

    def action_full_check(self):
        """Have Lucca's whole list read again before the trail is made, by all connections of the companies."""
        self.ensure_one()
        self._check_reader()
        self.env["lucca.connection"]._check_may_start()
        mine = self.env.companies.filtered(lambda one: self.company_id in one.parent_ids)
        # The connection may be another company's, which the user may not be allowed to read.
        return self.env["lucca.connection"].sudo()._of_companies(mine)._start_full_check()

    def _check_size(self):
        """Raise ``UserError`` if the period has no document, or too many for one request."""
        count = self.env["lucca.audit.line"].search_count(self._domain(), limit=MOST + 1)
        if not count:
            raise UserError(self.env._("There is no document of Lucca in this period."))
        if count > MOST:
            raise UserError(
                self.env._(
                    "The period has more than %s documents: choose a shorter one, and make several"
                    " files.",
                    formatLang(self.env, MOST, digits=0),
                )
            )

    def _download(self, kind):
        self.ensure_one()
        self._check_reader()
        self._check_size()
        return {
            "type": "ir.actions.act_url",
            "url": f"/lucca_invoices_sync/audit_trail/{self.id}.{kind}",
            "target": "self",  # the page stays as it is during a download, and no popup is blocked
        }
