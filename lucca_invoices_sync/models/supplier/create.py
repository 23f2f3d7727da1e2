from markupsafe import Markup
from odoo import api, models
from odoo.fields import Command
from odoo.tools import email_normalize

from ...lucca.booking.suppliers import iban_key


class LuccaSupplierCreate(models.AbstractModel):
    _name = "lucca.supplier.create"
    _description = "Lucca's Suppliers as New Partners"

    @api.model
    def _create_partners(self, suppliers):
        """The new partners, seen by all companies."""
        return self.env["res.partner"].create([self._prepare(supplier) for supplier in suppliers])

    @api.model
    def _prepare(self, supplier):
        """The values of a new partner. To be extended."""
        country = self.env["res.country"].search([("code", "=", supplier.territory.upper())])
        partners = self.env["res.partner"]
        vat, _code = partners._run_vat_checks(country, supplier.vat_number, validation="setnull")
        notes = [self.env._("Created from Lucca Invoices.")]
        if supplier.vat_number and not vat:
            notes.append(
                self.env._("Its VAT number in Lucca is not valid: %s", supplier.vat_number)
            )
        if supplier.iban and not iban_key(supplier.iban):
            notes.append(self.env._("Its IBAN in Lucca is not valid: %s", supplier.iban))
        return {
            "name": supplier.name,
            "is_company": True,
            "supplier_rank": 1,
            "country_id": country.id,
            "vat": vat or False,
            "company_registry": supplier.identifier or False,
            "comment": Markup("").join(Markup("<p>%s</p>") % note for note in notes),
            "property_supplier_payment_term_id": self._payment_term(supplier.payment_days).id,
            "child_ids": [
                Command.create(self._prepare_contact(contact, country))
                for contact in supplier.contacts
            ],
            "bank_ids": self._prepare_bank_accounts(supplier),
        }

    def _prepare_contact(self, contact, country):
        """A contact; what is no e-mail address or phone number is kept in its note."""
        email = email_normalize(contact.email)
        # Not _phone_format, which needs a partner where there is no number.
        phone = self.env["res.partner"]._phone_format_number(contact.phone, country)
        unread = [contact.email if not email else "", contact.phone if not phone else ""]
        return {
            "name": contact.name,
            "type": "contact",
            "email": email,
            "phone": phone,
            "comment": Markup("<p>%s</p>") % " ".join(unread).strip() if any(unread) else False,
        }

    def _prepare_bank_accounts(self, supplier):
        """Its account, which is not trusted: a person allows payments to it (``allow_out_payment``)."""
        iban = iban_key(supplier.iban)
        if not iban:
            return []
        bank = self.env["res.bank"].search([("bic", "=", supplier.bic)], limit=1)
        values = {"acc_number": iban, "bank_id": bank.id if supplier.bic else False}
        return [Command.create(values)]

    def _payment_term(self, days):
        """The payment term of one payment whose days are nearest."""
        terms = self.env["account.payment.term"]
        if days is None:
            return terms
        domain = terms._check_company_domain(self.env.company)
        plain = terms.search(domain).filtered(_is_plain)
        return plain.sorted(lambda term: (abs(term.line_ids.nb_days - days), term.sequence))[:1]


def _is_plain(term):
    """Whether all is due so many days after the bill's date."""
    line = term.line_ids
    return (
        len(line) == 1
        and (line.value, line.value_amount, line.delay_type) == ("percent", 100, "days_after")
        and not term.early_discount
    )
