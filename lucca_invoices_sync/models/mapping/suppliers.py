from odoo import api, fields, models
from odoo.exceptions import UserError

from ..messages import in_words
from ..supplier.by_hand import make_partners
from ..supplier.identity import known_supplier
from ..toasts import toast
from ..troubles import told_by

#: The most names that a text lists; a number stands for the others.
MOST_NAMES = 5


class LuccaMapping(models.Model):
    """Suppliers: Lucca's data on them, and the partners that a person has created from it."""

    _inherit = "lucca.mapping"

    supplier_vat = fields.Char(string="VAT Number", compute="_compute_supplier_signs")
    supplier_registration = fields.Char(string="Registration", compute="_compute_supplier_signs")
    supplier_country_id = fields.Many2one(
        "res.country", string="Country", compute="_compute_supplier_signs"
    )
    supplier_iban = fields.Char(string="Account in Lucca", compute="_compute_supplier_signs")
    supplier_email = fields.Char(string="E-mail", compute="_compute_supplier_signs")
    is_supplier_unread = fields.Boolean(
        compute="_compute_supplier_signs", help="The supplier could not be read in Lucca."
    )
    can_create_supplier = fields.Boolean(compute="_compute_can_create_supplier")

    def _compute_supplier_signs(self):
        countries = self.env["res.country"]
        by_code = countries.search([("code", "in", self._supplier_codes())]).grouped("code")
        for mapping in self:
            supplier = known_supplier(mapping)
            mapping.supplier_vat = supplier.vat_number
            mapping.supplier_registration = supplier.identifier
            mapping.supplier_country_id = by_code.get(supplier.territory, countries)
            mapping.supplier_iban = supplier.iban
            emails = filter(None, (contact.email for contact in supplier.contacts))
            mapping.supplier_email = next(emails, "")
            mapping.is_supplier_unread = mapping.kind == "supplier" and not mapping.supplier_data

    def _supplier_codes(self):
        """Return the country codes of these suppliers."""
        return list({known_supplier(mapping).territory for mapping in self} - {""})

    @api.depends("kind", "partner_id")
    @api.depends_context("uid")
    def _compute_can_create_supplier(self):
        is_allowed = self.has_access("write") and self._may_create_contacts()
        for mapping in self:
            is_open = mapping.kind == "supplier" and not mapping.partner_id
            mapping.can_create_supplier = is_open and is_allowed

    def _may_create_contacts(self):
        """Return whether the user has Odoo's right to create contacts, which rights on accounting do not imply."""
        return self.env["res.partner"].has_access("create")

    def action_create_supplier(self):
        """Create partners for suppliers with all that Lucca knows, or map suppliers to partners that exist already."""
        return self._make_suppliers(is_confirmed=False)

    def action_create_other_supplier(self):
        """Create a partner for a supplier, although existing partners fit it."""
        return self._make_suppliers(is_confirmed=True)

    def _make_suppliers(self, is_confirmed):
        self.check_access("write")
        to_make = self.filtered(lambda one: one.kind == "supplier" and not one.partner_id)
        if not to_make:
            raise UserError(
                self.env._(
                    "There is nothing to create: these are not suppliers, or they have their"
                    " supplier in Odoo already."
                )
            )
        if not self._may_create_contacts():
            raise UserError(
                self.env._(
                    "You may not create contacts. Choose an existing supplier, or ask your"
                    " administrator for the right to create contacts (Contact: Creation)."
                )
            )
        # The superuser creates them, as in a synchronisation; the user's right was checked above.
        made = make_partners(to_make.sudo(), is_confirmed)
        if len(to_make) == 1 and made.waiting:
            (trouble,) = made.waiting.values()
            return self._ask_or_refuse(to_make, trouble)
        return self._tell_made(made)

    def _ask_or_refuse(self, mapping, trouble):
        """Ask whether to create a supplier beside those that fit; if none fits, raise ``UserError``."""
        if not mapping.candidate_ids:
            raise UserError(in_words(self.env, told_by(trouble))) from trouble
        view = self.env.ref("lucca_invoices_sync.lucca_mapping_view_form_confirm")
        action = mapping.action_map()
        return {
            **action,
            "name": self.env._("Create Another Supplier?"),
            "views": [[view.id, "form"]],
        }

    def _tell_made(self, made):
        """Return the toast that tells which suppliers were created, found, or need a choice."""
        lines = []
        if made.created:
            lines.append(self.env._("Suppliers created: %s.", len(made.created)))
        unread = made.created.filtered("is_supplier_unread")
        if unread:
            lines.append(
                self.env._(
                    "Created with the name only, since Lucca gives nothing else: %s.",
                    _names(unread),
                )
            )
        if made.found:
            lines.append(
                self.env._(
                    "Suppliers that Odoo had already, and that are used: %s.", _names(made.found)
                )
            )
        if made.waiting:
            waiting = self.browse().union(*made.waiting)
            lines.append(self.env._("Need a choice: %s.", _names(waiting)))
        return toast(self.env, " ".join(lines), is_whole=not (made.waiting or unread))


def _names(mappings):
    """Return the names of the first mappings, and how many more there are."""
    names = mappings[:MOST_NAMES].mapped(lambda mapping: mapping.name or str(mapping.lucca_id))
    more = len(mappings) - MOST_NAMES
    return ", ".join(names) + (f" (+ {more})" if more > 0 else "")
