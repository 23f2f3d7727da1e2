from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_list

from ...lucca.booking.taxes import is_of_rate
from ..messages import Messages, Rate, in_words, percent
from ..toasts import toast
from .purchase_taxes import PurchaseTaxes
from .repartition import adds_nothing, fraction_of

_lt = Messages(__name__)


class LuccaMapping(models.Model):
    """VAT rates: the taxes that a person may choose, and the creation of taxes for other countries' rates."""

    _inherit = "lucca.mapping"

    offered_tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes to Choose from",
        compute="_compute_offered_tax_ids",
        help="The company's purchase taxes that the rate's documents could be booked with.",
    )
    can_create_tax = fields.Boolean(compute="_compute_offered_tax_ids")

    @api.depends("kind", "percentage", "percentage_known", "territory", "company_id", "tax_id")
    def _compute_offered_tax_ids(self):
        rates = self.filtered(lambda one: one.kind == "tax")
        (self - rates).offered_tax_ids = (self - rates).can_create_tax = False
        for company, members in rates.grouped("company_id").items():
            domain = self.env["account.tax"]._check_company_domain(company)
            all_taxes = self.tax_id.search([*domain, ("type_tax_use", "=", "purchase")])
            taxes = PurchaseTaxes(company)
            for mapping in members:
                mapping.offered_tax_ids = all_taxes.filtered(
                    lambda tax, one=mapping, taxes=taxes: not one._find_misfit(tax, taxes)
                )
                mapping.can_create_tax = mapping._lacks_foreign_tax(taxes)

    def _lacks_foreign_tax(self, taxes):
        """Return whether this is another country's rate without a tax that may hold its VAT."""
        if not (self.is_foreign and self.percentage_known and self.percentage > 0):
            return False
        return not self.tax_id.active or bool(self._find_misfit(self.tax_id, taxes))

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        if not self.env.su:
            mappings._check_tax_fits()
        return mappings

    def write(self, vals):
        is_chosen = "tax_id" in vals and not self.env.su
        before = {mapping: mapping.tax_id for mapping in self} if is_chosen else {}
        result = super().write(vals)
        for mapping, tax in before.items():
            if mapping.tax_id != tax:  # a tax that was chosen before may be written again
                mapping._check_tax_fits()
        return result

    def _check_tax_fits(self):
        """Raise ``ValidationError`` for a tax of another rate, or one that deducts another country's VAT here.

        This is for people. A tax that a program writes is checked when a bill uses it.
        """
        for mapping in self.filtered(lambda one: one.kind == "tax" and one.tax_id):
            if misfit := mapping._find_misfit(mapping.tax_id, PurchaseTaxes(mapping.company_id)):
                raise ValidationError(in_words(self.env, misfit))

    def _find_misfit(self, tax, taxes):
        """Return why a tax cannot be this rate's, as a message; False if nothing speaks against it.

        :param taxes: the company's ``PurchaseTaxes``
        """
        rate = self._fraction() if self.percentage_known else None
        if tax.type_tax_use != "purchase":
            return _lt("The tax “%s” is not one of purchases: choose a purchase tax.", tax)
        if rate == 0:
            # A rate of 0 % may have a tax that the buyer owes, which adds nothing to the total.
            return not adds_nothing(tax) and self._describe_other_rate(tax)
        if tax.amount_type != "percent":
            return rate is not None and _lt(
                "The tax “%(tax)s” is a group of taxes or not a percentage: choose a single percentage"
                " for “%(rate)s”.",
                tax=tax,
                rate=self.display_name,
            )
        if rate is not None and not is_of_rate(fraction_of(tax), rate):
            return self._describe_other_rate(tax)
        return self._find_foreign_misfit(tax, taxes)

    def _find_foreign_misfit(self, tax, taxes):
        """Return why a tax cannot hold the VAT of this rate of another country, as a message; else False."""
        if not self.is_foreign or taxes.holds_foreign(tax, self._country()):
            return False
        return _lt(
            "The tax “%(tax)s” would deduct the VAT of “%(rate)s” as if it were %(company)s's own,"
            " but it is another country's: choose a tax whose VAT is part of the expense, or press"
            " Create It.",
            tax=tax,
            rate=self.display_name,
            company=self.company_id.name,
        )

    def _describe_other_rate(self, tax):
        return _lt(
            "The tax “%(tax)s” is of %(percentage)s, the VAT rate in Lucca is “%(rate)s”: choose a tax"
            " of the same rate.",
            tax=tax,
            percentage=Rate(tax.amount / 100),
            rate=self.display_name,
        )

    # --- making one -----------------------------------------------------------------------------

    def action_create_tax(self):
        """Map other countries' VAT rates to taxes, which are created unless that was done before.

        Return a toast, which counts the other references that still need a choice.

        :raises UserError: none of these is such a rate, or the company has a VAT number in each of their countries
        """
        self.check_access("write")
        abroad = self.filtered("can_create_tax")
        to_create = abroad._without_vat_number()
        if not abroad:
            raise UserError(
                self.env._(
                    "Only the tax of another country's VAT rate is created here, once. A tax of the"
                    " company's own country has boxes in its VAT return: choose or unarchive it under"
                    " Configuration > Taxes."
                )
            )
        if not to_create:
            abroad[0]._refuse_to_create()
        for mapping in to_create.with_context(lucca_releases_later=True):
            mapping.tax_id = mapping._ensure_foreign_taxes()
        to_create._release_and_look_again()
        named = format_list(self.env, to_create.tax_id.mapped("display_name"))
        message = self.env._("The VAT has a tax now: %s.", named)
        if left := len(self.filtered(lambda one: not one.is_mapped)):
            message += " " + self.env._("Need a choice: %(left)s.", left=left)
        return toast(self.env, message, is_whole=not left)

    def _without_vat_number(self):
        """Return the rates of countries where the company has no VAT number, so that they have no boxes in a return."""
        return self.filtered(lambda one: not one._country_of_vat_number())

    def _country_of_vat_number(self):
        """Return the country of the rate if the company has a VAT number there; else none."""
        return self.company_id.multi_vat_foreign_country_ids.filtered(
            lambda country: country.code == self._country()
        )

    def _refuse_to_create(self):
        """Raise ``UserError`` for the rate of a country where the company has a VAT number."""
        raise UserError(
            self.env._(
                "%(company)s has a VAT number in %(country)s, so this VAT is declared there: choose"
                " one of the taxes of %(country)s, or make one under Configuration > Taxes.",
                company=self.company_id.name,
                country=self._country_of_vat_number().name,
            )
        )

    def _ensure_foreign_taxes(self):
        """Return the tax of the rate; create it, and those of the percentages that the rate had in other months."""
        rates = {Decimal(rate) for rate in (self.percentages or {}).values()} - {0}
        account, made = self._foreign_account(), {}
        for rate in sorted(rates | {self._fraction()}):
            found = self._find_foreign_taxes(rate).filtered(
                lambda tax: tax.repartition_line_ids.account_id == account
            )
            made[rate] = found[:1] or self._create_foreign_tax(rate)
            made[rate].active = True
        return made[self._fraction()]

    def _find_foreign_taxes(self, rate):
        """Return the taxes that were created for a rate (a fraction) of this country, archived ones last."""
        taxes = PurchaseTaxes(self.company_id)
        domain = [
            *self.tax_id._check_company_domain(self.company_id),
            ("type_tax_use", "=", "purchase"),
            ("amount_type", "=", "percent"),
            ("name", "=like", f"%({self._country()})"),
        ]
        found = self.tax_id.with_context(active_test=False).search(domain, order="active desc, id")
        return found.filtered(
            lambda tax: (
                is_of_rate(fraction_of(tax), rate) and taxes.holds_foreign(tax, self._country())
            )
        )

    def _foreign_account(self):
        """Return the account for VAT that is claimed back abroad; empty if the VAT is part of the charge."""
        # The connection may be of a company that the user does not see.
        account = self.connection_id.sudo().foreign_vat_account_id
        return account.filtered_domain(account._check_company_domain(self.company_id)).sudo(False)

    def _create_foreign_tax(self, rate):
        name = self._free_tax_name(rate)
        country = self.company_id.account_fiscal_country_id or self.company_id.country_id
        group = {"name": name, "company_id": self.company_id.id, "country_id": country.id}
        return self.env["account.tax"].create(
            {
                "name": name,
                "invoice_label": name,
                "type_tax_use": "purchase",
                "amount_type": "percent",
                "amount": float(rate * 100),
                "price_include_override": "tax_excluded",
                "company_id": self.company_id.id,
                # Odoo posts no bill with the tax of a country where the company has no VAT number.
                "country_id": country.id,
                "tax_group_id": self.env["account.tax.group"].create(group).id,
                "repartition_line_ids": self._prepare_repartition(),
            }
        )

    def _free_tax_name(self, rate):
        """Return a name that no tax of the company's group has, and that ends with the country's code."""
        words, country = self.env._("VAT %s", percent(self.env, rate)), f"({self._country()})"
        name, number = f"{words} {country}", 1
        # Odoo requires that names are unique in the whole group of companies.
        taxes = self.env["account.tax"].sudo().with_context(active_test=False)
        same_group = Domain("company_id", "child_of", self.company_id.root_id.id)
        while taxes.search_count(same_group & Domain("name", "=", name), limit=1):
            number += 1
            name = f"{words} [{number}] {country}"
        return name

    def _prepare_repartition(self):
        """Return repartition lines that put all VAT on the account of the charge, or on that for VAT claimed back.

        The VAT is in no box of the company's VAT return, and in no closing entry of its taxes.
        """
        account = self._foreign_account()
        of_tax = {"account_id": account.id, "use_in_tax_closing": False}
        return [
            Command.create(
                {
                    "document_type": document_type,
                    "repartition_type": repartition_type,
                    **(of_tax if repartition_type == "tax" else {}),
                }
            )
            for document_type in ("invoice", "refund")
            for repartition_type in ("base", "tax")
        ]

    # --- looking for one --------------------------------------------------------------------------

    def action_open_taxes(self):
        """Show the company's purchase taxes of the rate, archived ones included."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_tax_form")
        domain = Domain(self.tax_id._check_company_domain(self.company_id))
        domain &= Domain("type_tax_use", "=", "purchase")
        context = {"active_test": False, "default_type_tax_use": "purchase"}
        if self.percentage_known:
            amount = float(self._fraction() * 100)
            domain &= Domain("amount", ">", amount - 0.0001) & Domain(
                "amount", "<", amount + 0.0001
            )
            context["default_amount"] = amount
        return {**action, "domain": list(domain), "context": context, "target": "current"}
