from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..texts import percent

KINDS = [
    ("tax", "VAT Rate"),
    ("nature", "Nature"),
    ("cost_center", "Cost Centre"),
    ("axis_section", "Analytic Section"),
    ("supplier", "Supplier"),
    ("establishment", "Establishment"),
]
#: The fields that hold what a reference of a kind is in Odoo.
TARGETS = {
    "tax": ["tax_id"],
    "nature": ["account_id"],
    "cost_center": ["analytic_account_id"],
    "axis_section": ["analytic_account_id"],
    "supplier": ["partner_id"],
    "establishment": ["target_company_id", "target_journal_id"],
}
ALL_TARGETS = sorted({name for names in TARGETS.values() for name in names})
#: Documents wait for these; without the others they are booked all the same.
RELEASING = {"tax_id", "partner_id", "target_company_id", "target_journal_id"}


class LuccaMapping(models.Model):
    _name = "lucca.mapping"
    _description = "Lucca Reference in Odoo"
    _order = "kind, name, id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="The company whose bills it is for: a reference that the bills of several companies"
        " use has a row for each.",
    )
    kind = fields.Selection(KINDS, required=True, index=True)
    lucca_id = fields.Integer(string="Lucca ID", required=True)
    name = fields.Char(help="The name in Lucca.")
    code = fields.Char(help="The code in Lucca.")
    percentage = fields.Float(
        string="Rate", digits=(8, 6), help="The VAT rate in Lucca; empty where it is not known."
    )
    percentage_known = fields.Boolean()
    percentages = fields.Json(readonly=True, help="The VAT rate in Lucca, by month (2026-01).")
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase'), ('amount_type', '=', 'percent'),"
        " ('price_include', '=', False)]",
    )
    account_id = fields.Many2one("account.account", check_company=True)
    analytic_account_id = fields.Many2one("account.analytic.account", check_company=True)
    partner_id = fields.Many2one("res.partner", string="Supplier", check_company=True)
    candidate_ids = fields.Many2many(
        "res.partner",
        string="Candidates",
        readonly=True,
        help="The suppliers in Odoo that fit equally well.",
    )
    iban = fields.Char(string="IBAN", readonly=True, help="The supplier's, as Lucca had it first.")
    is_goods = fields.Boolean(
        string="Goods",
        help="Goods are bought under this nature, not services: it decides the reverse-charge tax.",
    )
    target_company_id = fields.Many2one(
        "res.company",
        help="Whose bills the establishment's purchases become.",
    )
    target_journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'purchase')]",
        help="Empty: the connection's journal, or the company's first one.",
    )
    document_ids = fields.Many2many("lucca.document", readonly=True)
    target_name = fields.Char(string="In Odoo", compute="_compute_target_name")
    is_mapped = fields.Boolean(compute="_compute_is_mapped", store=True, precompute=True)

    _reference_uniq = models.Constraint(
        "unique(connection_id, kind, lucca_id, company_id)",
        "This Lucca reference has a mapping already.",
    )

    @api.depends("kind", "name", "code", "lucca_id")
    def _compute_display_name(self):
        for mapping in self:
            name = mapping.name or str(mapping.lucca_id)
            mapping.display_name = f"[{mapping.code}] {name}" if mapping.code else name

    @api.depends("connection_id")
    def _compute_company_id(self):
        for mapping in self:
            mapping.company_id = mapping.company_id or mapping.connection_id.company_id

    @api.depends("kind", *ALL_TARGETS)
    def _compute_is_mapped(self):
        for mapping in self:
            mapping.is_mapped = any(mapping[name] for name in TARGETS[mapping.kind])

    @api.depends("kind", *ALL_TARGETS)
    def _compute_target_name(self):
        for mapping in self:
            targets = [mapping[name] for name in TARGETS[mapping.kind]]
            mapping.target_name = " - ".join(target.display_name for target in targets if target)

    @api.constrains("target_company_id", "target_journal_id")
    def _check_target(self):
        for mapping in self.filtered("target_journal_id"):
            company, journal = mapping._target()
            if not journal.filtered_domain(journal._check_company_domain(company)):
                raise ValidationError(
                    self.env._(
                        "The journal “%(journal)s” does not belong to the company %(company)s.",
                        journal=journal.name,
                        company=company.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & RELEASING:
            self._release_documents()
        return result

    def _release_documents(self):
        """Book at once what waited for these mappings."""
        # Who may map need not be allowed to write documents, nor see those of all companies.
        documents = self.env["lucca.document"].sudo()
        mapped = self.filtered("is_mapped")
        waiting = [("mapping_ids", "in", mapped.ids), ("state", "=", "blocked")]
        documents.search(waiting)._try_again()
        # What was resolved for another company is resolved anew.
        moved = mapped.filtered(lambda mapping: mapping.kind == "establishment")
        to_do = [("mapping_ids", "in", moved.ids), ("state", "in", ("pending", "failed"))]
        documents.search(to_do).is_resolved = False

    @api.ondelete(at_uninstall=False)
    def _unlink_resolves_again(self):
        """Have the documents that wait find their references anew."""
        # Who may delete a mapping need not be allowed to write documents.
        waiting = self.sudo().document_ids.filtered(lambda document: not document.move_id)
        waiting.is_resolved = False

    def _target(self):
        """Company and journal of an establishment's bills; empty where nobody said so."""
        company = self.target_company_id or self.target_journal_id.company_id
        journal = self.target_journal_id
        if not journal and company != self.connection_id.company_id:
            domain = [*journal._check_company_domain(company), ("type", "=", "purchase")]
            journal = journal.search(domain, limit=1)
        return company, journal

    @api.model
    def _find(self, connection, kind, references, company):
        """The mappings of ``references`` for a company's bills that exist already.

        :param references: of ``lucca.reference_data.Reference``
        """
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("company_id", "=", company.id),
                ("kind", "=", kind),
                ("lucca_id", "in", [reference.lucca_id for reference in references]),
            ]
        )

    @api.model
    def _retrieve(self, connection, kind, references, company):
        """The mappings of ``references``; those seen for the first time are made."""
        found = self._find(connection, kind, references, company)
        wanted = {reference.lucca_id: reference for reference in references}
        missing = wanted.keys() - set(found.mapped("lucca_id"))
        return found | self.create(
            [
                {
                    "connection_id": connection.id,
                    "company_id": company.id,
                    "kind": kind,
                    "lucca_id": lucca_id,
                    "name": wanted[lucca_id].name,
                    "code": wanted[lucca_id].code,
                }
                for lucca_id in sorted(missing)
            ]
        )

    def _knows_rate_on(self, day):
        return _month(day) in (self.percentages or {})

    def _rate_on(self, day):
        """Lucca's VAT rate of a day as a fraction; None where it is not known."""
        self.ensure_one()
        known = (self.percentages or {}).get(_month(day))
        if known is None and not self.percentage_known:
            return None
        return Decimal(known or str(self.percentage))

    def _name_on(self, day):
        """The name, with the rate of a day where it was another."""
        rate = self._rate_on(day)
        if rate is None or rate == Decimal(str(self.percentage)):
            return self.display_name
        return self.env._(
            "%(name)s, %(rate)s at the time", name=self.display_name, rate=percent(self.env, rate)
        )

    def _tax_on(self, day):
        """The tax of a day: the mapped one, or the one that fits where the rate was another."""
        rate = self._rate_on(day)
        is_another = rate is not None and rate != Decimal(str(self.percentage))
        return self._suggest_tax(rate) if is_another and self.tax_id else self.tax_id

    def _set_rate(self, rate, day):
        """Keep a ``lucca.reference_data.TaxRate`` of a day's month.

        The newest one is mapped to the one purchase tax that fits. A rate of another country is
        only named: its VAT is not the company's to recover.
        """
        self.ensure_one()
        month, months = _month(day), self.percentages or {}
        self.percentages = {**months, month: str(rate.percentage)}
        if any(other > month for other in months):
            return
        is_domestic = rate.territory in ("", self.connection_id._territory(self.company_id))
        is_new = rate.percentage != Decimal(str(self.percentage)) or not self.percentage_known
        tax = self._suggest_tax(rate.percentage) if is_domestic else self.env["account.tax"]
        place = "" if is_domestic else f" ({rate.territory})"
        self.write(
            {
                "name": f"{rate.name} {percent(self.env, rate.percentage)}{place}".strip(),
                "percentage": float(rate.percentage),
                "percentage_known": True,
                "tax_id": (tax if is_new and months else self.tax_id or tax).id,
            }
        )

    def _suggest_tax(self, percentage):
        """The company's default purchase tax if it fits, else the only one that does."""
        taxes = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(self.company_id),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
                ("amount", "=", float(percentage * 100)),
            ]
        )
        fitting = taxes.filtered(lambda tax: not tax.price_include and _is_plain(tax))
        default = fitting & self.company_id.account_purchase_tax_id
        return default or (fitting if len(fitting) == 1 else fitting.browse())


def _month(day):
    return f"{day:%Y-%m}"


def _is_plain(tax):
    """Whether all of the tax is recovered on one account: no reverse charge, no part of it."""
    lines = tax.invoice_repartition_line_ids.filtered(lambda r: r.repartition_type == "tax")
    return lines.mapped("factor_percent") == [100.0]
