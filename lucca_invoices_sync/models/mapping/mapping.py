from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...lucca.booking.taxes import GOODS, INVESTMENTS, SERVICES
from ..messages import MessageField

KINDS = [
    ("tax", "VAT Rate"),
    ("nature", "Nature"),
    ("cost_center", "Cost Centre"),
    ("axis_section", "Analytic Section"),
    ("supplier", "Supplier"),
    ("establishment", "Establishment"),
]
FOUND_BY = [
    ("vat", "By VAT Number"),
    ("registry", "By Registration"),
    ("unchecked", "By Number without Check Digits"),
    ("iban", "By IBAN"),
    ("name", "By Name"),
    ("created", "Created Automatically"),
    ("person_created", "Created by a Person"),
    ("person", "Chosen by a Person"),
]
#: What is bought, in the terms of Odoo's ``account.tax.tax_scope``.
TAX_SCOPES = [(SERVICES, "Services"), (GOODS, "Goods"), (INVESTMENTS, "Investments")]
#: ``{kind: the fields that hold what a reference of that kind is in Odoo}``
TARGETS = {
    "tax": ["tax_id"],
    "nature": ["account_id"],
    "cost_center": ["analytic_account_id"],
    "axis_section": ["analytic_account_id"],
    "supplier": ["partner_id"],
    "establishment": ["target_company_id", "target_journal_id"],
}
#: ``{kind: the XML id of the action that lists the references of that kind}``
LISTS = {
    "supplier": "lucca_mapping_supplier_action",
    "tax": "lucca_mapping_tax_action",
    "nature": "lucca_mapping_nature_action",
    "cost_center": "lucca_mapping_analytic_action",
    "axis_section": "lucca_mapping_analytic_action",
    "establishment": "lucca_mapping_establishment_action",
}
ALL_TARGETS = sorted({name for names in TARGETS.values() for name in names})
#: The partners that are proposed as a supplier: companies and vendors, but no internal users, nor the company itself.
PARTNER_DOMAIN = (
    "[('partner_share', '=', True), ('ref_company_ids', 'not in', [company_id]),"
    " '|', ('is_company', '=', True), ('supplier_rank', '>', 0)]"
)
#: The fields that say which reference of Lucca a mapping is for, and which company's bills use it.
IDENTITY = {"connection_id", "company_id", "kind", "lucca_id"}
#: The fields that documents may wait for; without the others they are booked all the same. A nature's
#: account and scope are among them, since these decide which tax is meant. An analytic account is one,
#: since documents wait for an archived one.
RELEASING = {
    "analytic_account_id",
    "tax_id",
    "partner_id",
    "target_company_id",
    "target_journal_id",
    "account_id",
    "tax_scope",
}


class LuccaMapping(models.Model):
    _name = "lucca.mapping"
    _description = "Lucca Reference in Odoo"
    _order = "kind, name, id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "lucca.connection",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self._default_connection_id(),
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="The company whose bills use it. A reference that several companies use has a row for"
        " each company.",
    )
    kind = fields.Selection(KINDS, required=True, index=True)
    lucca_id = fields.Integer(string="Lucca ID", required=True)
    name = fields.Char(help="The name in Lucca.")
    code = fields.Char(help="The code in Lucca.")
    percentage = fields.Float(
        string="Rate", digits=(8, 6), help="The VAT rate in Lucca; empty where it is not known."
    )
    percentage_known = fields.Boolean()
    percentages = fields.Json(
        readonly=True, copy=False, help="The VAT rate in Lucca, by month (2026-01)."
    )
    territory = fields.Char(readonly=True, copy=False, help="The country of the VAT rate.")
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase'), ('amount_type', '=', 'percent')]",
    )
    account_id = fields.Many2one("account.account", check_company=True)
    analytic_account_id = fields.Many2one("account.analytic.account", check_company=True)
    partner_id = fields.Many2one(
        "res.partner", string="Supplier", check_company=True, domain=PARTNER_DOMAIN
    )
    found_by = fields.Selection(
        FOUND_BY,
        readonly=True,
        copy=False,
        help="How the supplier was recognised in Odoo, or whether a person chose the tax.",
    )
    candidate_ids = fields.Many2many(
        "res.partner",
        string="Candidates",
        readonly=True,
        copy=False,
        help="The suppliers in Odoo that fit equally well.",
    )
    doubt = MessageField(
        readonly=True,
        copy=False,
        help="What is doubtful about the supplier in Lucca. The bills have a note about it.",
    )
    is_doubtful = fields.Boolean(
        readonly=True, copy=False, help="A person chooses the supplier, whatever fits in Odoo."
    )
    is_vies_due = fields.Boolean(
        readonly=True,
        copy=False,
        help="VIES has not confirmed the new supplier's VAT number yet.",
    )
    vies_asked_at = fields.Datetime(
        string="VIES Asked On",
        readonly=True,
        copy=False,
        help="When VIES was asked last. It is asked again after a day, seven times in all.",
    )
    vies_tries = fields.Integer(
        string="VIES Tries",
        readonly=True,
        copy=False,
        help="How often VIES was asked about the new supplier's VAT number.",
    )
    is_to_create = fields.Boolean(
        string="Would Be Created",
        readonly=True,
        copy=False,
        help="No supplier in Odoo fits. It is created when booking starts.",
    )
    supplier_data = fields.Json(
        string="Supplier's Data",
        readonly=True,
        copy=False,
        help="The supplier as Lucca had it last.",
    )
    iban = fields.Char(
        string="IBAN", readonly=True, copy=False, help="The supplier's IBAN, as Lucca had it first."
    )
    tax_scope = fields.Selection(
        TAX_SCOPES,
        string="What Is Bought",
        help="If several taxes have the rate, the one for these purchases is used, also under"
        " reverse charge. If empty, “Most Purchases Are” on the connection decides. The"
        " account's own taxes come first.",
    )
    target_company_id = fields.Many2one(
        "res.company",
        help="The company that gets the bills of this establishment's purchases.",
    )
    target_journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'purchase')]",
        help="If empty, it is the connection's journal, or the company's first one.",
    )
    document_ids = fields.Many2many("lucca.document", readonly=True, copy=False)
    choices = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        help="The choices of people, oldest first: moment (UTC), user, field, value before, value now.",
    )
    target_name = fields.Char(string="In Odoo", compute="_compute_target_name")
    is_mapped = fields.Boolean(compute="_compute_is_mapped", store=True, precompute=True)
    _reference_uniq = models.Constraint(
        "unique(connection_id, kind, lucca_id, company_id)",
        "This reference of Lucca has a row already.",
    )

    def _default_connection_id(self):
        """Return the company's connection, for a person who maps a reference before a document has it."""
        return self.connection_id.search([("company_id", "=", self.env.company.id)], limit=1)

    @api.depends("kind", "name", "code", "lucca_id")
    def _compute_display_name(self):
        for mapping in self:
            name = mapping.name or str(mapping.lucca_id)
            mapping.display_name = f"[{mapping.code}] {name}" if mapping.code else name

    @api.depends("connection_id")
    def _compute_company_id(self):
        for mapping in self:
            mapping.company_id = mapping.company_id or mapping.connection_id.company_id

    # The field of a record that is deleted is emptied by PostgreSQL. Odoo computes anew only what depends on the
    # record's own fields.
    @api.depends("kind", *ALL_TARGETS, *(f"{name}.active" for name in ALL_TARGETS))
    def _compute_is_mapped(self):
        for mapping in self:
            mapping.is_mapped = any(mapping[name] for name in TARGETS[mapping.kind])

    @api.depends("kind", *ALL_TARGETS)
    def _compute_target_name(self):
        for mapping in self:
            # Odoo, too, shows the name of a company that the user does not work for.
            targets = [mapping[name].sudo() for name in TARGETS[mapping.kind]]
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

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Default values may come from the caller's context: they are checked like any other value.
            vals_list = [self._add_missing_default_values(vals) for vals in vals_list]
            for vals in vals_list:
                self._check_writable(vals)
                self._check_chosen(vals, {"connection_id", "company_id", *ALL_TARGETS})
        mappings = super().create([_with_chooser(vals) for vals in vals_list])
        mappings._check_own_company({})
        return mappings

    def write(self, vals):
        if not self.env.su:
            self._check_same_reference(vals)
            self._check_writable(vals)
            self._check_chosen(vals, ALL_TARGETS)
        vals = _with_chooser(vals)
        if vals.get("partner_id"):
            vals = {"is_doubtful": False, "is_to_create": False, **vals}
        if vals.get("found_by") == "person":
            vals = {"doubt": False, **vals}
        names = sorted(vals.keys() & RELEASING)
        before = [[mapping[name] for name in names] for mapping in self]
        # The companies are only compared, so that the user need not see them.
        companies = {} if self.env.su else {one: one._target_company() for one in self.sudo()}
        result = super().write(vals)
        self._check_own_company(companies)
        if names and not self.env.context.get("lucca_releases_later"):
            self._release_changed(names, before)
        return result

    def _target(self):
        """Return the company and the journal of an establishment's bills; both are empty if nobody chose them."""
        company = self._target_company()
        return company, self._journal_of(company)

    def _journal_of(self, company):
        """Return the journal of an establishment's bills in a company; empty if it is the connection's.

        Without an establishment (an empty mapping) it is the connection's.
        """
        journal = self.target_journal_id
        if self and not journal and company != self.connection_id.company_id:
            domain = [*journal._check_company_domain(company), ("type", "=", "purchase")]
            journal = journal.search(domain, limit=1)
        return journal

    @api.model
    def _establishments_of(self, companies):
        """Return the establishments whose bills these companies get."""
        theirs = Domain("target_company_id", "in", companies.ids)
        theirs |= Domain("target_company_id", "=", False) & Domain(
            "target_journal_id.company_id", "in", companies.ids
        )
        return self.search(Domain("kind", "=", "establishment") & theirs)

    def _meaning(self, kind):
        """Return what the references of a kind are for a bill, to compare them; ``self`` may be empty."""
        targets = [self[name] for name in TARGETS[kind]]
        return [*targets, self.tax_scope] if kind == "nature" else targets

    def _has_archived_target(self):
        """Return whether a record that the reference is mapped to is archived."""
        targets = [self[name] for name in TARGETS[self.kind]]
        return any(target and not target.active for target in targets)

    def _target_company(self):
        return self.target_company_id or self.target_journal_id.company_id

    @api.model
    def _by_reference(self, connection, lucca_ids):
        """Return ``{(company, kind, Lucca's id): mapping}`` for these ids of a connection, by one query."""
        found = self.search(
            [("connection_id", "=", connection.id), ("lucca_id", "in", list(lucca_ids))]
        )
        return {(one.company_id, one.kind, one.lucca_id): one for one in found}

    @api.model
    def _create_missing(self, connection, references, known):
        """Create the mappings that references lack; return them as ``{(company, kind, Lucca's id): mapping}``.

        :param references: ``{(company, kind, Lucca's id): Reference}``
        :param known: what ``_by_reference`` returns for the same ids
        """
        missing = {key: one for key, one in references.items() if key not in known}
        made = self.create(
            [
                {
                    "connection_id": connection.id,
                    "company_id": company.id,
                    "kind": kind,
                    "lucca_id": lucca_id,
                    "name": reference.name,
                    "code": reference.code,
                }
                for (company, kind, lucca_id), reference in missing.items()
            ]
        )
        return dict(zip(missing, made, strict=True))


def _with_chooser(vals):
    """Return the values of a mapping, with ``found_by`` if they choose a supplier or a tax, or take it away."""
    chosen = [vals[name] for name in ("partner_id", "tax_id") if name in vals]
    if not chosen or "found_by" in vals:
        return vals
    return {**vals, "found_by": "person" if any(chosen) else False}
