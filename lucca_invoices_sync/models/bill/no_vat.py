from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from ...lucca.booking.amounts import round_to
from ...lucca.booking.categories import EXPORT, INTRA, NOT_CHARGED, STANDARD, Owed
from ...lucca.booking.electronic_invoice import without_zero_rates
from ...lucca.booking.self_assessed import (
    NOTHING_OWED,
    has_vat,
    read_self_assessed,
    without_self_assessed,
)
from ...lucca.booking.taxes import GOODS, SERVICES
from ...lucca.booking.vat_areas import (
    ABROAD,
    DOMESTIC,
    INTRA_COMMUNITY,
    UNKNOWN,
    is_northern_irish_goods,
)
from ..mapping.purchase_taxes import adds_nothing, deduction_account
from ..messages import Messages, Money, joined, sentences
from .category import SCOPES, find_parts, note_contradictions, note_part
from .owed import compare_owed, describe_foreign_number, note_charged, owes_listed

_lt = Messages(__name__)

ZERO = Decimal(0)


class LuccaBillNoVat(models.AbstractModel):
    """The tax of a bill whose supplier charges no VAT: whether the company owes it, and which tax declares it.

    A tax that would add VAT to the total is never used, since the total is the printed one.
    """

    _name = "lucca.bill.no_vat"
    _description = "The Tax of a Bill without VAT"

    @api.model
    def _decide(self, bill, books):
        """Set the ``unprinted_tax`` of a ``Bill`` without VAT; leave a bill with VAT as it is.

        If an electronic invoice agrees with Lucca, its parts without VAT get the taxes of their VAT
        categories instead, also on a bill with VAT.
        """
        base = bill.booked.base
        note_charged(bill)
        if bill.evidence:
            note_contradictions(bill, books)
            if bill.evidence.untaxed:
                self._decide_by_category(bill, books)
                return
        if has_vat(base) or not (base.including_taxes or base.excluding_taxes):
            return
        owed = read_self_assessed(bill.booked)
        if owed.listed and not owes_listed(bill):
            return  # the total was probably entered as the amount excluding taxes, too
        self._decide_by_place(bill, books, owed)

    def _decide_by_place(self, bill, books, owed):
        """Set the tax of a bill without VAT by a person's choice, else by the place of the supplier."""
        chosen, relation = self._chosen_tax(bill), books.relation(bill.partner, bill.tax_scope)
        is_owed = bool(owed.listed) or bill.booked.is_self_assessed
        is_at_home = relation in (DOMESTIC, UNKNOWN)
        if not chosen and is_at_home and bill.booked.base.taxes and not is_owed:
            self._doubt_place(bill, books, relation)
            return  # the invoice has a rate of 0 %, whose mapped tax is used
        tax = chosen or self._find_tax(bill, books, relation, owed)
        if not tax and owed.listed and not bill.booked.is_self_assessed:
            return  # the amounts are probably wrong: they do not show that the company owes VAT
        bill.unprinted_tax = tax
        lost = self._take_lost(bill, books, relation, owed)
        bill.booked = without_self_assessed(bill.booked, lost)
        compare_owed(bill, owed, [(bill.unprinted_tax, bill.booked.base.excluding_taxes)])
        if not chosen:
            self._tell(bill, books, relation, bill.unprinted_tax)

    def _decide_by_category(self, bill, books):
        """Set the tax of each part without VAT of an electronic invoice, also beside charged VAT."""
        is_mixed, chosen = has_vat(bill.booked.base), self._chosen_tax(bill)
        # The VAT that is charged says nothing about the rate of VAT that is owed.
        owed = NOTHING_OWED if is_mixed else read_self_assessed(bill.booked)
        if not is_mixed and len(bill.evidence.untaxed) == 1:
            bill.category_scope = SCOPES.get(*bill.evidence.untaxed, "")
        parts = find_parts(bill, books, owed, chosen, is_mixed=is_mixed)
        bill.category_taxes = {part.category: part.tax for part in parts}
        if is_mixed:
            bill.booked = without_zero_rates(bill.booked)
        else:
            self._use_categories(bill, books, parts, owed)
        for part in parts:
            tax = bill.category_taxes[part.category]
            self._tell_category(bill, books, part._replace(tax=tax), chosen, is_mixed=is_mixed)

    def _use_categories(self, bill, books, parts, owed):
        """Set the taxes of a bill without any VAT by the categories of its parts.

        VAT that is owed and not recovered is looked for only if there is a single part.
        """
        lost, bill.unprinted_tax = ZERO, self.env["account.tax"]
        if len(parts) == 1:
            part = parts[0]
            bill.unprinted_tax = part.tax
            lost = self._take_lost(bill, books, part.relation, owed)
            bill.category_taxes = {part.category: bill.unprinted_tax}
        bill.booked = without_self_assessed(bill.booked, lost)
        amounts = [(bill.category_taxes[part.category], part.amount) for part in parts]
        compare_owed(bill, owed, amounts)

    def _tell_category(self, bill, books, part, chosen, *, is_mixed):
        """Note why a part has no VAT: by its category, or by the supplier's place if that decides."""
        if chosen:
            return
        is_free_import = part.category == EXPORT and _is_zero(part.tax)
        if part.relation == DOMESTIC and part.category in (INTRA, EXPORT, STANDARD):
            return  # ``note_contradictions`` has added a doubt about it
        if not is_mixed and (part.owed is Owed.BY_PLACE or is_free_import):
            self._tell(bill, books, part.relation, part.tax)
        elif part.category in NOT_CHARGED:
            note_part(bill, part, is_mixed=is_mixed)
            if not is_mixed and part.owed is Owed.BY_NOBODY:
                self._doubt_place(bill, books, part.relation)

    def _chosen_tax(self, bill):
        """Return the tax that a person mapped to the only rate of 0 % on the invoice; else an empty one."""
        ids = {tax.rate_type_id for tax in bill.booked.base.taxes if not tax.value}
        mappings = bill.document._mapping("tax").filtered(
            lambda one: one.lucca_id in ids and one.found_by == "person"
        )
        tax = mappings.tax_id
        is_one = len(ids) == len(tax) == 1 and tax.active
        return tax if is_one and adds_nothing(tax) else tax.browse()

    # --- which tax ------------------------------------------------------------------------------

    def _find_tax(self, bill, books, relation, owed):
        """Return the tax that declares the VAT; empty if there is none, or more than one fits.

        It is the connection's, else what the supplier's fiscal position makes of the usual tax.
        """
        if tax := self._tax_of_connection(bill, books, relation):
            return tax
        usual = self._usual_taxes(bill, books, owed)
        position = self._position(bill, books, relation)
        if relation == DOMESTIC and not self._is_chosen(position, bill):
            # A supplier at home would have charged any tax above 0 %.
            return self._only(usual.filtered(lambda tax: not tax.amount))
        default = usual & bill.company.account_purchase_tax_id
        return self._replace(bill, books, position, default or usual) or self._replace(
            bill, books, position, usual
        )

    def _replace(self, bill, books, position, usual):
        """Return the one tax that replaces usual ones in a fiscal position and adds nothing to the total.

        It is empty if there is no such tax, or more than one.
        """
        own = self.env["lucca.bill.tax"]._taxes_of_account(bill, books)
        found = usual.browse()
        for one in usual:
            replaced = position.map_tax(one) if position.tax_ids else one
            # The account's own tax fits what is bought, whatever its scope says.
            is_said = one in own or one.tax_scope == bill.tax_scope
            found |= replaced.filtered(
                lambda tax, is_said=is_said: (
                    tax.active
                    and adds_nothing(tax)
                    and (is_said or tax.tax_scope in (bill.tax_scope, False))
                )
            )
        if self._only(found) or not usual:
            return self._only(found)
        # A chart may not say which tax one replaces, as in France for services from abroad.
        rate = Decimal(str(usual[0].amount)) / 100
        return self._only(books.taxes.choose_self_assessed(position, rate, bill.tax_scope))

    def _only(self, taxes):
        return taxes if len(taxes) == 1 else taxes.browse()

    def _tax_of_connection(self, bill, books, relation):
        """Return the connection's tax for purchases from the European Union; empty if it is not for this bill.

        A company outside the Union uses the tax for services from any country abroad.
        """
        is_service = bill.tax_scope == SERVICES
        is_outside = relation == ABROAD and is_service and not books.is_in_union
        if relation != INTRA_COMMUNITY and not is_outside:
            return self.env["account.tax"]
        kind = "services" if is_service else "goods"
        tax = bill.document.connection_id[f"reverse_charge_{kind}_tax_id"]
        own = tax.filtered_domain(tax._check_company_domain(bill.company))
        return own.filtered(lambda one: one.active and adds_nothing(one))

    def _usual_taxes(self, bill, books, owed):
        """Return the taxes that a supplier at home would have charged; several if nobody said which."""
        default = bill.company.account_purchase_tax_id
        rate = self._listed_rate(bill, owed)
        own = self.env["lucca.bill.tax"]._taxes_of_account(bill, books)
        if rate is None and len(own) == 1:
            return own
        if rate is None and default:
            rate = Decimal(str(default.amount)) / 100
        if rate is None:
            return default
        found = books.taxes.choose(rate, bill.tax_scope, own) if own else own
        return found or books.taxes.choose(rate, bill.tax_scope)

    def _listed_rate(self, bill, owed):
        """Return the rate (a fraction) of VAT that is listed but not charged.

        It is None if there is no single rate, or if it is another country's.
        """
        mappings = bill.document._mapping("tax").filtered(
            lambda one: one.lucca_id in owed.rate_type_ids and not one.is_foreign
        )
        rates = {one._rate_on(bill.booked.tax_day) for one in mappings}
        return rates.pop() if len(rates) == 1 else None

    def _position(self, bill, books, relation):
        """Return the supplier's fiscal position; for goods from Northern Ireland that of the European Union.

        Odoo finds the position of the United Kingdom for these, so the bill gets the other one here.
        """
        position, supplier = books.fiscal_position(bill.partner), bill.partner.commercial_partner_id
        country, number = supplier.country_id.code or "", supplier.vat or ""
        if relation != INTRA_COMMUNITY or self._is_chosen(position, bill):
            return position
        if not (is_northern_irish_goods(country, number, bill.tax_scope) and books.union_position):
            return position
        bill.values["fiscal_position_id"] = books.union_position.id
        return books.union_position

    def _is_chosen(self, position, bill):
        """Return whether a person gave the supplier this fiscal position."""
        chosen = bill.partner.with_company(bill.company).property_account_position_id
        return bool(position) and chosen == position

    # --- VAT that is owed and not recovered -----------------------------------------------------

    def _take_lost(self, bill, books, relation, owed):
        """Return the VAT that is owed and not recovered, which Lucca's charge contains; zero if there is none.

        If the supplier's fiscal position has one tax that loses just this share, the bill gets that
        tax. Otherwise its ``lost_self_assessed`` is set.
        """
        unit = self.env["res.currency"].browse(bill.values["currency_id"])._lucca_unit()
        rate = Decimal(str(bill.unprinted_tax.amount)) / 100
        due = round_to(bill.booked.base.including_taxes * rate, unit)
        if not due or not 0 < owed.lost <= due + unit:
            return ZERO  # a charge with more than the VAT that is due contradicts the total
        losing = books.taxes.choose_self_assessed(
            self._position(bill, books, relation),
            rate,
            bill.tax_scope,
            lost_share=owed.lost / due,
            slack=unit / due,
        )
        if len(losing) == 1:
            bill.unprinted_tax = losing
        else:
            bill.lost_self_assessed = owed.lost
        return owed.lost

    @api.model
    def _add_lost_vat(self, bill):
        """Add VAT that is owed and not recovered to the charge, if the tax of the bill does not do so.

        Two lines move it there from the account of deducted VAT.
        """
        lost, tax = bill.lost_self_assessed, bill.unprinted_tax
        account = deduction_account(tax) if lost else None
        if not account:
            return
        name = self.env._("Self-assessed VAT that is not recovered")
        for account_id, amount in ((bill.account_values["account_id"], lost), (account.id, -lost)):
            values = {
                "name": name,
                "account_id": account_id,
                "quantity": 1.0,
                "price_unit": float(amount),
                "tax_ids": [Command.clear()],
                "extra_tax_data": False,
            }
            bill.values["invoice_line_ids"].append(Command.create(values))
        bill.doubts.append(
            _lt(
                "According to Lucca's cost, %(lost)s of the self-assessed VAT is not recovered. It"
                " is moved from “%(account)s” to the expense. Odoo's VAT return still counts it as"
                " deducted. To avoid this, give the fiscal position a purchase tax of -100 %% on"
                " the account of VAT due and +100 %% without an account, choose it on the bill, and"
                " delete the two lines.",
                lost=Money(bill.booked.base.currency, lost),
                account=joined([account.with_company(bill.company).code, account], " "),
            )
        )

    # --- words ----------------------------------------------------------------------------------

    def _tell(self, bill, books, relation, tax):
        """Note which tax declares the VAT; if none does, add a note or a doubt about what to check."""
        position = self._position(bill, books, relation)
        if self._is_chosen(position, bill) and not (tax or position.tax_ids):
            return  # a person chose a position without taxes: no VAT is due
        is_doubtful = (not tax or _is_zero(tax)) and self._doubt_place(bill, books, relation)
        if relation == DOMESTIC and not tax:
            if not (is_doubtful or bill.is_marked_as_owed):
                bill.notes.append(self._describe_domestic(bill))
        elif not tax:
            bill.doubts.append(self._describe_undeclared(bill, books, relation, position))
        elif _is_zero(tax) and relation != DOMESTIC and bill.tax_scope != GOODS:
            bill.doubts.append(
                _lt(
                    "The invoice has no VAT, and its supplier is abroad. The tax “%s” declares no"
                    " VAT. If you owe VAT here for services from abroad, choose the tax for that on"
                    " the bill.",
                    tax,
                )
            )
        else:
            bill.notes.append(_lt("The invoice has no VAT: the bill has the tax “%s”.", tax))

    def _doubt_place(self, bill, books, relation):
        """Add a doubt if the supplier's VAT number says that it is not at home; return whether it does.

        Nothing is doubtful if a person chose the supplier's fiscal position.
        """
        doubt = describe_foreign_number(bill, books, relation)
        if not doubt or self._is_chosen(self._position(bill, books, relation), bill):
            return False
        if doubt not in bill.doubts:
            bill.doubts.append(doubt)
        return True

    def _describe_domestic(self, bill):
        return _lt(
            "The invoice has no VAT, although “%s” is in your VAT territory: check why. It may be"
            " exempt or a small business (in France, art. 293 B CGI): then there is nothing to do."
            " If you owe the VAT, as for construction work, give the supplier a fiscal position for"
            " it, and choose its tax on the bill.",
            bill.partner.display_name,
        )

    def _describe_undeclared(self, bill, books, relation, position):
        supplier = bill.partner.commercial_partner_id
        if relation == UNKNOWN:
            return _lt(
                "The invoice has no VAT, and the country of “%s” is not known: enter it. If it is"
                " abroad, you may owe the VAT: choose the tax on the bill.",
                supplier.display_name,
            )
        told = [
            _lt(
                "The invoice has no VAT, and “%(supplier)s” is in %(country)s: you may owe the VAT,"
                " and no tax declares it. Choose the tax on the bill.",
                supplier=supplier.display_name,
                country=supplier.country_id,
            )
        ]
        if relation == INTRA_COMMUNITY and not supplier.vat:
            told.append(
                _lt(
                    "The supplier has no VAT number in Odoo, and Odoo uses it to find the fiscal"
                    " position."
                )
            )
        elif position:
            told.append(
                _lt(
                    "Its fiscal position “%s” has no active tax for this: unarchive or create one,"
                    " or choose one on the Lucca connection.",
                    position,
                )
            )
        return sentences(*told)


def _is_zero(tax):
    return tax.amount_type == "percent" and not tax.amount
