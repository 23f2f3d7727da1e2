from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lucca.booking.taxes import same_rate
from ..models.mapping.mapping import KINDS, PARTNER_DOMAIN, TARGETS, TAX_SCOPES
from ..models.mapping.purchase_taxes import PurchaseTaxes, fraction_of
from ..models.messages import percent
from ..models.toasts import toast

#: ``{kind of mapping: the fields that a person may choose}``
CHOICES = {**TARGETS, "nature": [*TARGETS["nature"], "tax_scope"]}


class LuccaMappingChoose(models.TransientModel):
    """The dialog for one choice that is stored for several references of a kind."""

    _name = "lucca.mapping.choose"
    _description = "Choose for Many References of Lucca"
    _check_company_auto = True

    reference_ids = fields.Many2many(
        "lucca.mapping", "lucca_mapping_choose_reference_rel", required=True, readonly=True
    )
    hint = fields.Text(readonly=True)
    kind = fields.Selection(KINDS)
    kinds = fields.Json(compute="_compute_kinds", help="The kinds of the references.")
    mapping_ids = fields.Many2many(
        "lucca.mapping",
        "lucca_mapping_choose_mapping_rel",
        string="References",
        compute="_compute_mapping_ids",
        store=True,
        readonly=False,
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    summary = fields.Char(compute="_compute_summary")
    is_one_supplier_for_many = fields.Boolean(compute="_compute_summary")
    trouble = fields.Char(compute="_compute_trouble", help="Why they cannot be chosen together.")
    offered_tax_ids = fields.Many2many("account.tax", compute="_compute_offered_tax_ids")
    tax_id = fields.Many2one(
        "account.tax", check_company=True, domain="[('id', 'in', offered_tax_ids)]"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Supplier", check_company=True, domain=PARTNER_DOMAIN
    )
    account_id = fields.Many2one("account.account", check_company=True)
    tax_scope = fields.Selection(TAX_SCOPES, string="What Is Bought")
    analytic_account_id = fields.Many2one("account.analytic.account", check_company=True)
    target_company_id = fields.Many2one("res.company")
    target_journal_id = fields.Many2one("account.journal", domain="[('type', '=', 'purchase')]")

    @api.depends("reference_ids")
    def _compute_kinds(self):
        for wizard in self:
            wizard.kinds = sorted(set(wizard.reference_ids.mapped("kind")))

    @api.depends("kind", "reference_ids")
    def _compute_mapping_ids(self):
        for wizard in self:
            wizard.mapping_ids = wizard.reference_ids.filtered(
                lambda mapping, kind=wizard.kind: mapping.kind == kind
            )

    @api.depends("mapping_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.mapping_ids.company_id[:1]

    @api.depends("mapping_ids", "kind")
    def _compute_summary(self):
        for wizard in self:
            mapped = wizard.mapping_ids.filtered("is_mapped")
            summary = self.env._(
                "References: %(references)s. Documents that wait for them: %(documents)s.",
                references=len(wizard.mapping_ids),
                documents=wizard.mapping_ids._count_waiting(),
            )
            if mapped:
                summary += " " + self.env._(
                    "References that are mapped already and will change: %s.", len(mapped)
                )
            wizard.summary = summary
            is_many = len(wizard.mapping_ids) > 1
            wizard.is_one_supplier_for_many = is_many and wizard.kind == "supplier"

    @api.depends("mapping_ids", "kind")
    def _compute_trouble(self):
        for wizard in self:
            rates, places = wizard._rates(), set(wizard.mapping_ids.mapped("is_foreign"))
            wizard.trouble = False
            if len(wizard.mapping_ids.company_id) > 1:
                wizard.trouble = self.env._(
                    "These references are for several companies, %s. Keep only those of one company"
                    " in the list, and choose for each company in turn.",
                    ", ".join(wizard.mapping_ids.company_id.mapped("name")),
                )
            elif len(rates) > 1:
                wizard.trouble = self.env._(
                    "These are several VAT rates, %s, but a tax has one rate. Keep only those of one"
                    " rate in the list.",
                    ", ".join(percent(self.env, rate) for rate in rates),
                )
            elif wizard.kind == "tax" and len(places) > 1:
                wizard.trouble = self.env._(
                    "Some of these are the VAT of the company's country, others the VAT of another"
                    " country, which is not recovered. Keep only those of one kind in the list."
                )

    @api.depends("mapping_ids", "kind")
    def _compute_offered_tax_ids(self):
        """Offer the purchase taxes of the rate; for another country's VAT, those that are not recovered."""
        for wizard in self:
            found = wizard._purchase_taxes()
            if rates := wizard._rates():
                found = found.filtered(lambda tax, rate=rates[0]: same_rate(fraction_of(tax), rate))
            if any(wizard.mapping_ids.mapped("is_foreign")):
                recovered = PurchaseTaxes(wizard.company_id).is_recovered
                found = found.filtered(lambda tax, recovered=recovered: not recovered(tax))
            wizard.offered_tax_ids = found

    def _purchase_taxes(self):
        """Return the company's purchase taxes if the kind is VAT rates, else none."""
        taxes = self.env["account.tax"]
        if self.kind != "tax":
            return taxes
        return taxes.search(
            [
                *taxes._check_company_domain(self.company_id),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
            ]
        )

    def _rates(self):
        """Return the known VAT rates of the references (fractions)."""
        known = self.mapping_ids.filtered("percentage_known")
        return sorted({mapping._fraction() for mapping in known})

    def action_apply(self):
        """Map all references by one write, which releases the documents that wait for them.

        Raise ``UserError`` if nothing is chosen, or one choice cannot fit all.
        """
        if self.trouble:
            raise UserError(self.trouble)
        names = CHOICES.get(self.kind, ())
        values = {name: self[name] for name in names if self[name]}
        if not self.mapping_ids or not values:
            raise UserError(self.env._("Choose what they are in Odoo first."))
        waiting = self.mapping_ids._count_waiting()
        self.mapping_ids.write(self._convert_to_write(values))
        message = self.env._("Mapped: %s.", len(self.mapping_ids))
        if waiting:
            message += " " + self.env._("Documents that are tried again now: %s.", waiting)
        return toast(self.env, message)

    def action_create_suppliers(self):
        """Create a supplier for each reference, in place of choosing one for all."""
        return self.mapping_ids.action_create_supplier()
