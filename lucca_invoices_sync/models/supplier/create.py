from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import email_normalize

from ...lucca.booking.ibans import read_iban
from ...lucca.booking.parties import party_of
from ..messages import Messages

_lt = Messages(__name__)

#: The scheduled action runs once a day; an hour less, so that it finds what it asked about the day before.
VIES_PAUSE = timedelta(hours=23)
#: VIES is asked this often about a number: a week, which is longer than a member state's service is out of reach.
VIES_TRIES = 7


class LuccaSupplierCreate(models.AbstractModel):
    _name = "lucca.supplier.create"
    _description = "Lucca's Suppliers as New Partners"

    @api.model
    def _create_partners(self, suppliers):
        """Return new partners, which all companies share.

        :param suppliers: the ``Supplier``s of Lucca
        """
        prepared = [self._prepare(one) for one in self._without_our_accounts(suppliers)]
        partners = self.env["res.partner"].create(prepared)
        # VIES is asked later: waiting for it here would hold locks that other processes need.
        self.env.remove_to_compute(partners._fields["vies_valid"], partners)
        return partners

    def _without_our_accounts(self, suppliers):
        """Return suppliers without the IBANs of other companies of this database.

        Machines that read invoices sometimes take the buyer's IBAN for the seller's, also when the buyer is another
        company of the group. The bill says that its supplier does not have Lucca's IBAN.
        """
        # The current user may not see each company, and an archived one has its accounts, too.
        accounts = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        ours = accounts.search(
            [
                ("sanitized_acc_number", "in", [read_iban(one.iban) for one in suppliers]),
                ("partner_id.ref_company_ids", "!=", False),
            ]
        )
        numbers = set(ours.mapped("sanitized_acc_number"))
        return [
            replace(one, iban="") if read_iban(one.iban) in numbers else one for one in suppliers
        ]

    @api.model
    def _prepare(self, supplier):
        """Return the values of a new partner. Other addons may extend this."""
        party = party_of(supplier)
        country = self.env["res.country"].search([("code", "=", party.country)])
        vat = self._vat(party, country)
        return {
            "name": supplier.name,
            "is_company": True,
            "supplier_rank": 1,
            "country_id": country.id,
            "vat": vat or False,
            "vies_valid": False,
            "company_registry": self._registration(party, supplier) or False,
            "comment": self._comment(party, supplier, vat),
            "property_supplier_payment_term_id": self._payment_term(supplier.payment_days).id,
            "child_ids": [
                Command.create(self._prepare_contact(contact, country))
                for contact in supplier.contacts
            ],
            "bank_ids": self._prepare_bank_accounts(supplier),
        }

    def _vat(self, party, country):
        """Return the VAT number in Odoo's form; empty if Odoo takes it for invalid."""
        written = party.vat.written if party.vat else ""
        partners = self.env["res.partner"]
        return partners._run_vat_checks(country, written, validation="setnull")[0]

    def _registration(self, party, supplier):
        if not party.stated:
            return ""
        is_french = party.stated.country == "FR"
        french = party.stated.establishment or party.stated.number
        return french if is_french else supplier.identifier or party.stated.number

    def _comment(self, party, supplier, vat):
        """Return a comment that says where the partner comes from, and which invalid numbers were left out."""
        notes = [self.env._("Created from Lucca Invoices.")]
        if supplier.vat_number and not vat:
            notes.append(
                self.env._("Its VAT number in Lucca is not valid: %s", supplier.vat_number)
            )
        if supplier.identifier and not (party.stated or party.vat):
            notes.append(
                self.env._("Its registration in Lucca is not valid: %s", supplier.identifier)
            )
        if supplier.iban and not party.ibans:
            notes.append(self.env._("Its IBAN in Lucca is not valid: %s", supplier.iban))
        return Markup("").join(Markup("<p>%s</p>") % note for note in notes)

    def _prepare_contact(self, contact, country):
        """Return the values of a contact. An unreadable e-mail address or phone number goes to its note."""
        email = email_normalize(contact.email)
        # ``_phone_format`` would need a partner if there is no number.
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
        """Return the commands for the bank account, which a person has to trust (``allow_out_payment``)."""
        iban = read_iban(supplier.iban)
        if not iban:
            return []
        bank = self.env["res.bank"].search([("bic", "=", supplier.bic)], limit=1)
        values = {"acc_number": iban, "bank_id": bank.id if supplier.bic else False}
        return [Command.create(values)]

    def _payment_term(self, days):
        """Return the payment term with a single payment after exactly these days; empty if there is none.

        Another term would be a guess. Without one, a bill is due by the days that the supplier has in Lucca.

        :param days: after the date of the bill; None if unknown
        """
        terms = self.env["account.payment.term"]
        if days is None:
            return terms
        domain = terms._check_company_domain(self.env.company)
        plain = terms.search(domain).filtered(_is_plain)
        return plain.filtered(lambda term: term.line_ids.nb_days == days).sorted("sequence")[:1]

    # --- VIES -----------------------------------------------------------------------------------

    @api.model
    def _ask_vies_later(self, mappings):
        """Schedule VIES requests about new suppliers, if their company verifies VAT numbers.

        VIES may take ten seconds a number, and is often out of reach. Other processes wait for locks here.
        """
        due = mappings.filtered("partner_id.perform_vies_validation")
        if due:
            due.write({"is_vies_due": True, "vies_tries": 0, "vies_asked_at": False})
            # An administrator may have deleted the scheduled action, which is like switching it off.
            job = self.env.ref("lucca_invoices_sync.cron_check_vies", raise_if_not_found=False)
            if job:
                job.sudo()._trigger()  # the current user may not be allowed to read it

    @api.model
    def _cron_check_vies(self):
        """Ask VIES about the suppliers that are due, and commit after each.

        A number that VIES does not confirm, since it is wrong or VIES is out of reach, is asked about again
        after a day, ``VIES_TRIES`` times in all. Until VIES or a person confirms it, the bills of its supplier
        have a doubt.
        """
        mappings, now = self.env["lucca.mapping"], fields.Datetime.now()
        due = mappings.search(
            [
                ("is_vies_due", "=", True),
                "|",
                ("vies_tries", "<", VIES_TRIES),
                ("partner_id.commercial_partner_id.vies_valid", "=", True),
                "|",
                ("vies_asked_at", "=", False),
                ("vies_asked_at", "<=", now - VIES_PAUSE),
            ]
        )
        for left, mapping in zip(range(len(due) - 1, -1, -1), due, strict=True):
            partner = mapping.partner_id.commercial_partner_id
            if not partner.vies_valid:  # a person may have confirmed the number
                partner._compute_vies_valid()  # it logs a note on the partner if VIES is out of reach
            mapping.write(
                {
                    "is_vies_due": not partner.vies_valid,
                    "vies_asked_at": now,
                    "vies_tries": mapping.vies_tries + 1,
                }
            )
            if partner.vies_valid:
                self._tell_drafts(mapping)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    def _tell_drafts(self, mapping):
        """Log a note on those draft bills of a supplier whose fiscal position is now another one."""
        for move in mapping.document_ids.move_id.filtered(lambda move: move.state == "draft"):
            positions = self.env["account.fiscal.position"].with_company(move.company_id)
            position = positions._get_fiscal_position(move.partner_id)
            if position != move.fiscal_position_id:
                move._message_log(
                    body=self.env._(
                        "VIES confirms the VAT number %(number)s: the supplier's fiscal position is now"
                        " “%(position)s”. Choose it on this bill, and check the taxes.",
                        number=move.partner_id.vat,
                        position=position.name or "-",
                    )
                )


def doubts_of_vies(mapping, partner):
    """Return the doubts about a bill of a new supplier whose VAT number neither VIES nor a person confirmed.

    :param mapping: the supplier's mapping; may be empty
    """
    if not mapping.is_vies_due or partner.commercial_partner_id.vies_valid:
        return []
    doubts = [
        _lt(
            "VIES has not confirmed the VAT number %s yet. The fiscal position was chosen without it.",
            partner.vat,
        )
    ]
    if mapping.vies_tries >= VIES_TRIES:
        doubts.append(
            _lt(
                "VIES is not asked again. If the number is right, set “Intra-Community Valid” on the supplier."
                " If it is wrong, correct it there."
            )
        )
    return doubts


def _is_plain(term):
    """Return whether a payment term is one payment of all, some days after the bill's date."""
    line = term.line_ids
    return (
        len(line) == 1
        and (line.value, line.value_amount, line.delay_type) == ("percent", 100, "days_after")
        and not term.early_discount
    )
