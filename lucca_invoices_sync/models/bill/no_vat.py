from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from ...lucca.booking.categories import EXPORT, INTRA, NOT_CHARGED, STANDARD, Owed
from ...lucca.booking.electronic_invoice import without_zero_rates
from ...lucca.booking.lines import Kind
from ...lucca.booking.self_assessed import (
    NOTHING_OWED,
    has_vat,
    read_self_assessed,
    without_self_assessed,
)
from ...lucca.booking.taxes import SERVICES
from ...lucca.booking.vat_areas import (
    ABROAD,
    DOMESTIC,
    INTRA_COMMUNITY,
    UNKNOWN,
    is_northern_irish_goods,
)
from ..mapping.repartition import adds_nothing, deduction_account, fraction_of, owed_rate
from ..messages import Messages, Money, code_and_name
from . import category
from .archived import refuse_archived
from .charged_vat import is_untaxed
from .import_box import doubt_import_box
from .no_vat_notes import (
    Options,
    doubt_choice,
    doubt_place,
    doubt_scope,
    doubt_stand_in,
    note_tax,
)
from .owed import compare_owed, note_charged, owes_listed
from .owed_part import find_losing, lose_as_charged, take_lost
from .place import find_relation, is_chosen
from .position_taxes import Usual, find_archived, find_fitting, only

_lt = Messages(__name__)

ZERO = Decimal(0)
#: The field of a bill line with its analytic accounts.
ANALYTIC = "analytic_distribution"


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
            category.note_contradictions(bill, books)
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
        """Set the tax of a bill without VAT by a person's choice, else by the place of the supplier.

        If the place says that no VAT is owed, a rate of 0 % on the invoice keeps its own tax.
        """
        choice, relation = self._find_choice(bill), find_relation(bill, books)
        chosen, found = choice.tax_id, self._find_tax(bill, books, relation, owed)
        if not (chosen or found) and owed.listed and not bill.booked.is_self_assessed:
            return  # the amounts are probably wrong: they do not show that the company owes VAT
        if not chosen and self._keeps_rate(bill, books, relation, found):
            self._tell(bill, books, relation, found.browse(), owed)
            return
        bill.unprinted_tax = chosen or found
        if not chosen:
            self._set_position(bill, books, relation)
        lost = take_lost(bill, books, relation, owed)
        tax = bill.unprinted_tax
        bill.unprinted_tax = lose_as_charged(bill, books, relation, tax, is_chosen=bool(chosen))
        bill.booked = without_self_assessed(bill.booked, lost)
        compare_owed(bill, owed, [(bill.unprinted_tax, bill.booked.base.excluding_taxes)])
        if chosen:
            doubt_choice(
                bill, books, choice, found, self._declaring_position(bill, books, relation)
            )
        else:
            self._tell(bill, books, relation, bill.unprinted_tax, owed)

    def _keeps_rate(self, bill, books, relation, found):
        """Return whether a rate on the invoice has its mapped tax, since the supplier's place says of no other one.

        :param found: the tax that the supplier's place has; may be empty
        """
        is_owed = bill.is_marked_as_owed or any(tax.value for tax in bill.booked.base.taxes)
        if is_owed or not bill.booked.base.taxes or relation not in (DOMESTIC, UNKNOWN):
            return False
        return not (found and is_chosen(self._position(bill, books, relation), bill))

    def _decide_by_category(self, bill, books):
        """Set the tax of each part without VAT of an electronic invoice, also beside charged VAT."""
        is_mixed, choice = has_vat(bill.booked.base), self._find_choice(bill)
        # The VAT that is charged says nothing about the rate of VAT that is owed.
        owed = NOTHING_OWED if is_mixed else read_self_assessed(bill.booked)
        if not is_mixed and len(bill.evidence.untaxed) == 1:
            bill.category_scope = category.SCOPES.get(*bill.evidence.untaxed, "")
        parts = category.find_parts(bill, books, owed, choice.tax_id, is_mixed=is_mixed)
        bill.category_taxes = {part.category: part.tax for part in parts}
        if is_mixed:
            bill.booked = without_zero_rates(bill.booked)
        else:
            self._use_categories(bill, books, parts, owed)
        category.lose_by_category(bill, books, parts, is_chosen=bool(choice))
        for part in parts:
            tax = bill.category_taxes[part.category]
            if choice:
                is_owed = part.owed is Owed.BY_BUYER
                position = is_owed and self._declaring_position(bill, books, part.relation)
                of_part = category.of_part(bill, part.category)
                doubt_choice(of_part, books, choice, part.other, position)
            else:
                self._tell_category(bill, books, part._replace(tax=tax), owed, is_mixed=is_mixed)

    def _use_categories(self, bill, books, parts, owed):
        """Set the taxes of a bill without any VAT by the categories of its parts.

        VAT that is owed and not recovered is looked for only if there is a single part.
        """
        lost, bill.unprinted_tax = ZERO, self.env["account.tax"]
        if len(parts) == 1:
            part = parts[0]
            bill.unprinted_tax = part.tax
            lost = take_lost(bill, books, part.relation, owed)
            bill.category_taxes = {part.category: bill.unprinted_tax}
        bill.booked = without_self_assessed(bill.booked, lost)
        amounts = [(bill.category_taxes[part.category], part.amount) for part in parts]
        compare_owed(bill, owed, amounts)

    def _tell_category(self, bill, books, part, owed, *, is_mixed):
        """Note why a part has no VAT: by its category, or by the supplier's place if that decides.

        :param owed: the VAT that Lucca lists as owed by the company, ``SelfAssessed``
        """
        is_free_import = part.category == EXPORT and _is_zero(part.tax)
        if part.relation == DOMESTIC and part.category in (INTRA, EXPORT, STANDARD):
            return  # ``note_contradictions`` has added a doubt about it
        if not is_mixed and (part.owed is Owed.BY_PLACE or is_free_import):
            self._tell(bill, books, part.relation, part.tax, owed)
        elif part.category in NOT_CHARGED:
            category.note_part(bill, part, is_mixed=is_mixed)
            position, offered = self._position(bill, books, part.relation), part.tax
            of_part = category.of_part(bill, part.category)
            if not offered and part.owed is Owed.BY_BUYER:
                offered = find_archived(of_part, books, position, self._usual(of_part, books, owed))
            doubt_import_box(of_part, books, offered)
            self._doubt_scope(bill, books, part.relation, part.tax)
            self._doubt_stand_in(bill, books, part.relation, part.tax, owed)
            if not is_mixed and part.owed is Owed.BY_NOBODY and not is_chosen(position, bill):
                doubt_place(bill, books, part.relation)

    def _find_choice(self, bill):
        """Return the mapping of the only rate of 0 % on the invoice, if a person chose its tax; else an empty one."""
        ids = {tax.rate_type_id for tax in bill.booked.base.taxes if not tax.value}
        mappings = bill.document._mapping("tax").filtered(
            lambda one: one.lucca_id in ids and one.found_by == "person"
        )
        tax = mappings.tax_id
        if not (len(ids) == len(tax) == 1 and adds_nothing(tax)):
            return mappings.browse()
        refuse_archived(bill.document, tax)
        return mappings

    # --- which tax ------------------------------------------------------------------------------

    def _find_tax(self, bill, books, relation, owed):
        """Return the tax that declares the VAT; empty if there is none, or more than one fits.

        It is the connection's, else what the supplier's fiscal position makes of the usual tax, else the only tax of
        the position that a person gave a supplier at home.
        """
        if tax := self._tax_of_connection(bill, books, relation):
            return tax
        usual = self._usual(bill, books, owed)
        position = self._position(bill, books, relation)
        if relation == DOMESTIC and not is_chosen(position, bill):
            # A supplier at home would have charged any tax above 0 %.
            return only(usual.taxes.filtered(lambda tax: not tax.amount))
        found = only(find_fitting(bill, books, position, usual)) or only(
            find_losing(bill, books, position, usual.rate)
        )
        if found or relation != DOMESTIC:
            return found
        return books.taxes.only_for_all(position, usual.rate, bill.tax_scope)

    def _tax_of_connection(self, bill, books, relation):
        """Return the connection's tax for purchases from the European Union; empty if it is not for this bill.

        A company outside the Union uses the tax for services from any country abroad. It may be archived:
        ``check_archived`` refuses the bill if it has that tax in the end.
        """
        is_service = bill.tax_scope == SERVICES
        is_outside = relation == ABROAD and is_service and not books.is_in_union
        if relation != INTRA_COMMUNITY and not is_outside:
            return self.env["account.tax"]
        kind = "services" if is_service else "goods"
        tax = bill.document.connection_id[f"reverse_charge_{kind}_tax_id"]
        own = tax.filtered_domain(tax._check_company_domain(bill.company))
        return own.filtered(adds_nothing)

    def _usual(self, bill, books, owed):
        """Return the ``Usual`` taxes that a supplier at home would have charged; several if nobody said which."""
        default = bill.company.account_purchase_tax_id
        rate = self._listed_rate(bill, owed)
        own = self.env["lucca.bill.tax"]._taxes_of_account(bill, books)
        if rate is None and (len(own) == 1 or not default):
            taxes = only(own)
            return Usual(taxes, fraction_of(taxes))
        if rate is None:
            rate = fraction_of(default)
        found = books.taxes.choose(rate, bill.tax_scope, own) if own else own
        return Usual(found or books.taxes.choose(rate, bill.tax_scope), rate)

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
        """Return the supplier's fiscal position; for goods from Northern Ireland that of the European Union."""
        position, supplier = books.fiscal_position(bill.partner), bill.partner.commercial_partner_id
        country, number = supplier.country_id.code or "", supplier.vat or ""
        if relation != INTRA_COMMUNITY or is_chosen(position, bill):
            return position
        is_irish = is_northern_irish_goods(country, number, bill.tax_scope)
        return (is_irish and books.union_position) or position

    def _set_position(self, bill, books, relation):
        """Give a bill the fiscal position that decides its tax, if it is not the one that Odoo finds.

        For goods from Northern Ireland, Odoo finds that of the United Kingdom.
        """
        position = self._position(bill, books, relation)
        if position != books.fiscal_position(bill.partner):
            bill.values["fiscal_position_id"] = position.id

    def _declaring_position(self, bill, books, relation):
        """Return the supplier's fiscal position if it has taxes that the buyer owes; else an empty one.

        At home, only a position that a person gave the supplier says that VAT is owed.
        """
        position = self._position(bill, books, relation)
        counts = relation != DOMESTIC or is_chosen(position, bill)
        return position if counts and books.taxes.declares(position) else position.browse()

    # --- VAT that is owed and not recovered -----------------------------------------------------

    @api.model
    def _add_lost_vat(self, bill):
        """Add VAT that is owed and not recovered to the charge, if the tax of the bill does not do so.

        Two lines move it there from the account of deducted VAT.
        """
        lost, tax = bill.lost_self_assessed, bill.unprinted_tax
        account = deduction_account(tax) if lost else None
        if not account:
            return
        _command, _id, charge = bill.values["invoice_line_ids"][0]
        common = {
            "name": self.env._("Self-assessed VAT that is not recovered"),
            "quantity": 1.0,
            "tax_ids": [Command.clear()],
            "extra_tax_data": False,
        }
        of_charge = {key: charge[key] for key in ("account_id", ANALYTIC) if key in charge}
        bill.values["invoice_line_ids"] += [
            Command.create({**common, **of_charge, "price_unit": float(lost)}),
            Command.create(
                {**common, "account_id": account.id, ANALYTIC: False, "price_unit": float(-lost)}
            ),
        ]
        bill.doubts.append(
            _lt(
                "According to Lucca's cost, %(lost)s of the self-assessed VAT is not recovered. It"
                " is moved from “%(account)s” to the expense. Odoo's VAT return still counts it as"
                " deducted. To avoid this, give the fiscal position a purchase tax of -100 %% on"
                " the account of VAT due and +100 %% without an account, choose it on the bill, and"
                " delete the two lines.",
                lost=Money(bill.booked.base.currency, lost),
                account=code_and_name(account, bill.company),
            )
        )

    @api.model
    def _doubt_part(self, bill, books):
        """Add a doubt if a part of a ``Bill`` with VAT has none, and the supplier's fiscal position declares VAT.

        A building firm may charge the VAT of its materials, while the buyer owes that of the work.
        """
        is_split = any(line.kind is Kind.LOST_VAT for line in bill.lines)
        if bill.unprinted_tax is not None or is_split:
            return  # a part whose VAT is not recovered has no tax either
        part = sum((line.base for line in bill.lines if is_untaxed(line)), ZERO)
        if part <= 0:
            return
        position = self._declaring_position(bill, books, find_relation(bill, books))
        if position:
            bill.doubts.append(
                _lt(
                    "%(amount)s is without VAT, and the supplier has the fiscal position “%(position)s”, whose"
                    " taxes declare VAT that you owe. If you owe the VAT of this part, choose the tax on its line.",
                    amount=Money(bill.booked.base.currency, part),
                    position=position,
                )
            )

    # --- words ----------------------------------------------------------------------------------

    def _tell(self, bill, books, relation, tax, owed):
        """Note which tax declares the VAT; if none does, add a note or a doubt about what to check."""
        position = self._position(bill, books, relation)
        options = Options(position, is_chosen(position, bill))
        if not tax and books.taxes.declares(position):
            usual = self._usual(bill, books, owed)
            options = options._replace(
                declares=True,
                fitting=find_fitting(bill, books, position, usual),
                archived=find_archived(bill, books, position, usual),
            )
        note_tax(bill, books, relation, tax, options)
        self._doubt_scope(bill, books, relation, tax)
        self._doubt_stand_in(bill, books, relation, tax, owed)

    def _doubt_scope(self, bill, books, relation, tax):
        """Add a doubt if nothing says whether the tax of a purchase from abroad is for goods or for services."""
        # Outside the Union, as in Switzerland, only services are owed: customs charge the VAT of goods.
        if not tax or not books.is_in_union or relation not in (INTRA_COMMUNITY, ABROAD):
            return
        position = self._position(bill, books, relation)
        own = self.env["lucca.bill.tax"]._taxes_of_account(bill, books)
        said = position.map_tax(own) | self._tax_of_connection(bill, books, relation)
        if owed_rate(tax) and not (tax.tax_scope or tax in said or is_chosen(position, bill)):
            doubt_scope(bill, tax)

    def _doubt_stand_in(self, bill, books, relation, tax, owed):
        """Add a doubt if a bill has the only tax of its fiscal position, which is for something else than is bought."""
        position = self._position(bill, books, relation)
        if not tax or relation != DOMESTIC or not is_chosen(position, bill):
            return
        usual = self._usual(bill, books, owed)
        stand_in = books.taxes.only_for_all(position, usual.rate, bill.tax_scope)
        if (
            tax == stand_in
            and owed_rate(tax)
            and tax not in find_fitting(bill, books, position, usual)
        ):
            doubt_stand_in(bill, tax, position)


def _is_zero(tax):
    return tax.amount_type == "percent" and not tax.amount
