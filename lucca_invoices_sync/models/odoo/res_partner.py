from odoo import api, fields, models
from odoo.exceptions import UserError

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
            partner.lucca_name_key = partner._lucca_keys()["lucca_name_key"]

    @api.depends("vat", "company_registry", "country_id")
    def _compute_lucca_number_keys(self):
        for partner in self:
            keys = partner._lucca_keys()
            partner.lucca_vat_key = keys["lucca_vat_key"]
            partner.lucca_registry_key = keys["lucca_registry_key"]

    def _lucca_keys(self):
        """Return ``{field: the key that this version's rules give}``; a key that is missing is False."""
        party = self._lucca_party()
        return {
            "lucca_name_key": party.name or False,
            "lucca_vat_key": party.vat.key if party.vat else False,
            "lucca_registry_key": party.registration.key if party.registration else False,
        }

    def _lucca_renew_keys(self):
        """Compute the keys again that another version's rules gave; the others are not written."""
        keys = {partner: partner._lucca_keys() for partner in self}
        for name in ("lucca_name_key", "lucca_vat_key", "lucca_registry_key"):
            stale = self.filtered(lambda one, name=name: one[name] != keys[one][name])
            self.env.add_to_compute(self._fields[name], stale)

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
