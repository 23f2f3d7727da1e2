from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..models.mapping.mapping import KINDS, PARTNER_DOMAIN, TARGETS, TAX_SCOPES
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
    foreign_advice = fields.Char(
        compute="_compute_foreign_advice",
        help="What Create It does for the listed VAT rates of other countries; empty if there are none.",
    )
    can_choose = fields.Boolean(
        compute="_compute_can_choose", help="Whether one choice can be for all references."
    )
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

    @api.depends("mapping_ids.can_create_tax", "kind")
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
            elif len(rates) > 1 and not all(wizard.mapping_ids.mapped("can_create_tax")):
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

    @api.depends("mapping_ids.offered_tax_ids")
    def _compute_offered_tax_ids(self):
        """Offer the taxes that each of the references may have."""
        for wizard in self:
            offered = wizard.mapping_ids[:1].offered_tax_ids
            for mapping in wizard.mapping_ids:
                offered &= mapping.offered_tax_ids
            wizard.offered_tax_ids = offered

    @api.depends("mapping_ids.can_create_tax", "trouble")
    def _compute_foreign_advice(self):
        for wizard in self:
            wizard.foreign_advice = False
            if abroad := wizard.mapping_ids.filtered("can_create_tax")._without_vat_number():
                wizard.foreign_advice = self.env._(
                    "The VAT of other countries is not deducted here: %s. Create It creates a tax for"
                    " each rate. The VAT then goes to the expense account, or to the Foreign VAT Account"
                    " of the connection if you claim it back in that country.",
                    format_list(self.env, abroad.mapped("display_name")),
                )
                if len(wizard._rates()) > 1 and not wizard.trouble:
                    wizard.foreign_advice += " " + self.env._(
                        "To choose a tax that is in Odoo already, keep only those of one rate in the"
                        " list."
                    )

    @api.depends("trouble", "offered_tax_ids", "foreign_advice")
    def _compute_can_choose(self):
        for wizard in self:
            has_only_create_it = wizard.foreign_advice and not wizard.offered_tax_ids
            wizard.can_choose = not wizard.trouble and not has_only_create_it

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

    def action_create_taxes(self):
        """Create a tax for each VAT rate of another country, in place of choosing one for all."""
        return self.mapping_ids.action_create_tax()
