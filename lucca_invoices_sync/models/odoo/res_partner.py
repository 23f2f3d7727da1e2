from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lucca.booking.names import name_key
from ...lucca.booking.parties import Party


class ResPartner(models.Model):
    _inherit = "res.partner"

    lucca_name_key = fields.Char(
        compute="_compute_lucca_name_key",
        store=True,
        index="btree_not_null",
        help="A company's name without case, accents and legal form, to recognise suppliers by.",
    )
    lucca_vat_key = fields.Char(
        compute="_compute_lucca_number_keys",
        store=True,
        index="btree_not_null",
        help="The VAT number as its country writes it, to recognise suppliers by.",
    )
    lucca_registry_key = fields.Char(
        compute="_compute_lucca_number_keys",
        store=True,
        index="btree_not_null",
        help="The registration, or the one that the VAT number holds, to recognise suppliers by.",
    )

    @api.depends("name", "is_company")
    def _compute_lucca_name_key(self):
        for partner in self:
            is_named = partner.is_company and partner.name
            partner.lucca_name_key = name_key(partner.name) if is_named else False

    @api.depends("vat", "company_registry", "country_id")
    def _compute_lucca_number_keys(self):
        for partner in self:
            party = partner._lucca_party()
            partner.lucca_vat_key = party.vat and party.vat.key
            partner.lucca_registry_key = party.registration and party.registration.key

    def _lucca_party(self, ibans=()):
        """Return the partner's ``Party``. It has no name if the partner is a person.

        :param ibans: the IBANs of the partner and its contacts
        """
        return Party.of(
            name=self.name if self.is_company and self.name else "",
            country=self.country_id.code or "",
            vat=self.vat or "",
            registration=self.company_registry or "",
            ibans=ibans,
        )

    def action_lucca_choose(self):
        """Map the supplier of Lucca whose candidate this partner is to this partner.

        The context names the mapping in ``lucca_mapping_id``. Raise ``UserError`` if the partner is no
        longer a candidate.
        """
        self.ensure_one()
        mapping = self.env["lucca.mapping"].browse(self.env.context.get("lucca_mapping_id") or ())
        mapping.check_access("write")
        if self not in mapping.candidate_ids:
            raise UserError(self.env._("It is no longer a candidate for this supplier of Lucca."))
        mapping.partner_id = self
        return {"type": "ir.actions.act_window_close"}
