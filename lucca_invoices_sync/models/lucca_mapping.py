from decimal import Decimal

from odoo import api, fields, models

from ..texts import percent

KINDS = [
    ("tax", "VAT Rate"),
    ("nature", "Nature"),
    ("cost_center", "Cost Centre"),
    ("axis_section", "Analytic Section"),
    ("supplier", "Supplier"),
    ("establishment", "Establishment"),
]


class LuccaMapping(models.Model):
    _name = "lucca.mapping"
    _description = "Lucca Reference in Odoo"
    _order = "kind, name, id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, precompute=True)
    kind = fields.Selection(KINDS, required=True, index=True)
    lucca_id = fields.Integer(string="Lucca ID", required=True)
    name = fields.Char(help="The name in Lucca.")
    code = fields.Char(help="The code in Lucca.")
    percentage = fields.Float(
        string="Rate", digits=(8, 6), help="The VAT rate in Lucca; empty where it is not known."
    )
    percentage_known = fields.Boolean()
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase'), ('amount_type', '=', 'percent'),"
        " ('price_include', '=', False)]",
    )
    account_id = fields.Many2one("account.account", check_company=True)
    analytic_account_id = fields.Many2one("account.analytic.account", check_company=True)
    partner_id = fields.Many2one("res.partner", string="Supplier", check_company=True)
    target_company_id = fields.Many2one("res.company")
    target_journal_id = fields.Many2one("account.journal", domain="[('type', '=', 'purchase')]")
    document_ids = fields.Many2many("lucca.document", readonly=True)
    is_mapped = fields.Boolean(compute="_compute_is_mapped", store=True, precompute=True)

    _reference_uniq = models.Constraint(
        "unique(connection_id, kind, lucca_id)", "This Lucca reference has a mapping already."
    )

    @api.depends("kind", "name", "code", "lucca_id")
    def _compute_display_name(self):
        for mapping in self:
            name = mapping.name or str(mapping.lucca_id)
            mapping.display_name = f"[{mapping.code}] {name}" if mapping.code else name

    @api.depends("tax_id", "account_id", "analytic_account_id", "partner_id", "target_journal_id")
    def _compute_is_mapped(self):
        for mapping in self:
            mapping.is_mapped = bool(mapping[mapping._target_field()])

    def _target_field(self):
        return {
            "tax": "tax_id",
            "nature": "account_id",
            "cost_center": "analytic_account_id",
            "axis_section": "analytic_account_id",
            "supplier": "partner_id",
            "establishment": "target_journal_id",
        }[self.kind]

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"tax_id", "partner_id"}:
            self._release_documents()
        return result

    def _release_documents(self):
        """Book at once what waited for these mappings."""
        mapped = self.filtered("is_mapped")
        waiting = mapped.document_ids.filtered(lambda document: document.state == "blocked")
        # Who may map need not be allowed to write documents, which are the synchronisation's.
        waiting.sudo()._try_again()

    @api.ondelete(at_uninstall=False)
    def _unlink_resolves_again(self):
        """Have the documents that wait find their references anew."""
        # Who may delete a mapping need not be allowed to write documents.
        waiting = self.sudo().document_ids.filtered(lambda document: not document.move_id)
        waiting.is_resolved = False

    @api.model
    def _find(self, connection, kind, references):
        """The mappings of ``references`` (``lucca.documents.Reference``) that exist already."""
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", kind),
                ("lucca_id", "in", [reference.lucca_id for reference in references]),
            ]
        )

    @api.model
    def _retrieve(self, connection, kind, references):
        """The mappings of ``references``; those seen for the first time are made."""
        found = self._find(connection, kind, references)
        wanted = {reference.lucca_id: reference for reference in references}
        missing = wanted.keys() - set(found.mapped("lucca_id"))
        return found | self.create(
            [
                {
                    "connection_id": connection.id,
                    "kind": kind,
                    "lucca_id": lucca_id,
                    "name": wanted[lucca_id].name,
                    "code": wanted[lucca_id].code,
                }
                for lucca_id in sorted(missing)
            ]
        )

    def _rate(self):
        """The VAT rate as a fraction: Lucca's, else the mapped tax's."""
        self.ensure_one()
        if self.percentage_known:
            return Decimal(str(self.percentage))
        return Decimal(str(self.tax_id.amount)) / 100

    def _set_rate(self, rate):
        """Keep a ``lucca.documents.TaxRate`` and map it to the one purchase tax that fits.

        A rate of another country is only named: its VAT is not the company's to recover.
        """
        self.ensure_one()
        is_domestic = rate.territory in ("", self.connection_id._territory())
        tax = self._suggest_tax(rate.percentage) if is_domestic else self.env["account.tax"]
        place = "" if is_domestic else f" ({rate.territory})"
        self.write(
            {
                "name": f"{rate.name} {percent(self.env, rate.percentage)}{place}".strip(),
                "percentage": float(rate.percentage),
                "percentage_known": True,
                "tax_id": (self.tax_id or tax).id,
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


def _is_plain(tax):
    """Whether all of the tax is recovered on one account: no reverse charge, no part of it."""
    lines = tax.invoice_repartition_line_ids.filtered(lambda r: r.repartition_type == "tax")
    return lines.mapped("factor_percent") == [100.0]
