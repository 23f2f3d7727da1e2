from odoo import api, models

from ...lucca.booking.amounts import one_per_rate
from ...lucca.booking.lines import Kind
from ...lucca.booking.recovery import keep_recovered
from ...lucca.booking.taxes import same_rate
from ..mapping.repartition import fraction_of
from ..messages import Messages, Money, Rate, sentences
from ..troubles import Blocked
from .evidence import is_on_payment
from .vat_point import note_archived, note_other_vat_point, note_vat_point

_lt = Messages(__name__)


class LuccaBillTax(models.AbstractModel):
    _name = "lucca.bill.tax"
    _description = "The Taxes of a Bill"

    @api.model
    def _mappings(self, bill, books, lost):
        """Set the ``rate_taxes`` of a ``Bill``; return ``{rate_type_id: mapping}`` of its document's VAT rates.

        VAT that is not recovered at all needs no tax, but keeps one that recovers nothing, for the VAT return. Rates
        that have their tax already keep it. A bill without printed VAT has no mappings.

        :param lost: ``{rate_type_id: VAT that is not recovered}``
        :raises Blocked: a printed VAT has no mapping, no tax, or a tax that does not fit
        """
        known = {mapping.lucca_id: mapping for mapping in bill.document._mapping("tax")}
        self._check_known(bill, known)
        if bill.unprinted_tax is not None:
            return {}
        day = bill.booked.tax_day
        bill.rate_taxes |= self._find_taxes_without_recovery(bill, books, known, lost)
        # Zero VAT at a rate above zero makes no line, so that it needs no tax.
        taxes = [
            tax
            for tax in one_per_rate(keep_recovered(bill.booked.base, lost).taxes)
            if tax.rate_type_id not in bill.rate_taxes
            and (tax.value or not known[tax.rate_type_id]._rate_on(day))
        ]
        bill.rate_taxes |= {
            tax.rate_type_id: self._tax_of(bill, books, known[tax.rate_type_id]) for tax in taxes
        }
        unmapped = [tax for tax in taxes if not bill.rate_taxes[tax.rate_type_id]]
        if unmapped:
            raise Blocked("unmapped_tax", self._explain_unmapped(unmapped, known, bill, books))
        for tax in taxes:
            chosen, mapping = bill.rate_taxes[tax.rate_type_id], known[tax.rate_type_id]
            self._check_tax(bill, chosen, mapping)
            # A person cannot choose such a tax any more; an older choice or a program's is a doubt.
            if misfit := mapping._find_foreign_misfit(chosen, books.taxes):
                bill.doubts.append(misfit)
        return known

    def _find_taxes_without_recovery(self, bill, books, known, lost):
        """Return ``{rate_type_id: tax}`` of the rates whose VAT is lost as a whole, by Lucca's cost as by their tax.

        :param known: ``{rate_type_id: mapping}``
        :param lost: ``{rate_type_id: VAT that is not recovered}``
        """
        position, day, found = books.fiscal_position(bill.partner), bill.booked.tax_day, {}
        for printed in one_per_rate(bill.booked.base.taxes):
            one = printed.rate_type_id
            is_whole = lost.get(one) == printed.value
            if not is_whole or one in bill.rate_taxes or known[one].is_foreign:
                continue  # another country's VAT is in no box of the VAT return
            tax, rate = self._usual_tax_of(bill, books, known[one]), _signed_rate(known[one], day)
            is_usable = tax and not _why_unusable(tax, bill.company)
            is_of_rate = rate is None or same_rate(fraction_of(tax), rate)
            if is_usable and is_of_rate and books.taxes.lost_share(through(position, tax)) == 1:
                found[one] = tax
        return found

    def _check_known(self, bill, known):
        """Raise ``Blocked`` for a printed VAT rate whose mapping somebody deleted from the database."""
        printed = {tax.rate_type_id for tax in bill.booked.base.taxes}
        if lost := sorted(printed - known.keys()):
            raise Blocked(
                "unmapped_tax",
                _lt(
                    "These VAT rates of Lucca were deleted in Odoo: %s. To read them in Lucca again,"
                    " press “Retry”.",
                    [str(one) for one in lost],
                ),
            )

    @api.model
    def _rates(self, bill, mappings):
        """Return ``{rate_type_id: fraction}``: Lucca's rate, else the tax's; what has neither is left out."""
        rates = {
            lucca_id: self._rate_of(mapping, bill.booked.tax_day)
            for lucca_id, mapping in mappings.items()
        }
        return {lucca_id: rate for lucca_id, rate in rates.items() if rate is not None}

    def _rate_of(self, mapping, day):
        rate = _signed_rate(mapping, day)
        if rate is None and mapping.tax_id:
            return fraction_of(mapping.tax_id)
        return rate

    @api.model
    def _taxes(self, bill, books):
        """Return the taxes of each line of a ``Bill``, empty for a line without tax.

        For printed VAT there is one tax for each of ``line.taxes``, in the same order.
        """
        none = self.env["account.tax"]
        if bill.unprinted_tax is not None:
            # Only lines for what was bought have the tax, not those for a rounding or a difference.
            return [
                bill.category_taxes.get(line.category, bill.unprinted_tax)
                if line.kind is Kind.UNTAXED
                else none
                for line in bill.lines
            ]
        position = books.fiscal_position(bill.partner)
        found = {
            rate_type_id: self._through(position, tax, bill)
            for rate_type_id, tax in bill.rate_taxes.items()
        }
        return [
            none.concat(*(found[tax.rate_type_id] for tax in line.taxes))
            or (bill.category_taxes.get(line.category, none) if line.category else none)
            for line in bill.lines
        ]

    @api.model
    def _taxes_for(self, own, line, bill, books):
        """Return the taxes of a line that is on another account than the bill's; empty if they are not certain.

        :param own: the *Default Taxes* of that account for purchases
        """
        known = {mapping.lucca_id: mapping for mapping in bill.document._mapping("tax")}
        position, found = books.fiscal_position(bill.partner), own.browse()
        for printed in line.taxes:
            mapping = known[printed.rate_type_id]
            tax = self._tax_of(bill, books, mapping, own)
            of_bill = bill.rate_taxes[printed.rate_type_id]
            shares = {books.taxes.lost_share(one) for one in (tax, of_bill)}
            if not _fits(tax, of_bill) or (bill.has_lost_vat and len(shares) > 1):
                return own.browse()
            found += self._through(position, tax, bill)
        return found

    # --- which tax ------------------------------------------------------------------------------

    def _tax_of(self, bill, books, mapping, own=None):
        """Return the tax of a printed rate, empty if several fit and nobody said which.

        If an electronic invoice says when the supplier's VAT falls due, and neither the account nor a person decides,
        it is the tax that deducts the VAT at that time.

        :param own: the taxes of the line's account if that is not the bill's; else None
        """
        tax, day = self._usual_tax_of(bill, books, mapping, own), bill.booked.tax_day
        rate, on_payment = self._rate_of(mapping, day), is_on_payment(bill)
        if not (rate and rate > 0) or mapping.is_foreign:
            return tax
        of_account = self._taxes_of_account(bill, books) if own is None else own
        is_chosen = mapping.found_by == "person" or tax in of_account
        if on_payment is None:
            if own is None and not is_chosen:
                note_archived(bill, tax, books.taxes.archived_better(tax, bill.tax_scope))
            return tax
        if tax and (tax.tax_exigibility == "on_payment") == on_payment:
            return tax
        fitting = books.taxes.due_at(rate, bill.tax_scope, is_on_payment=on_payment)
        if tax and (is_chosen or len(fitting) != 1):
            note_other_vat_point(bill, tax, on_payment=on_payment)
            return tax
        if len(fitting) != 1:
            return tax
        note_vat_point(bill, fitting, on_payment=on_payment)
        return fitting

    def _usual_tax_of(self, bill, books, mapping, own=None):
        """Return the tax of a printed rate by its account, its nature or its mapping, in this order.

        It is empty if several fit and nobody said which.

        :param own: the taxes of the line's account if that is not the bill's; else None
        """
        day = bill.booked.tax_day
        mapped, rate = mapping._tax_on(day), self._rate_of(mapping, day)
        if rate is None or mapping.is_foreign:
            return mapped
        is_stand_in = books.taxes.stands_in(mapped, mapping.connection_id.tax_scope)
        if not mapped or (is_stand_in and rate > 0 and mapping.found_by != "person"):
            mapped = self._map_anew(mapping, rate, books) or mapped
        if rate < 0:  # a tax is withheld, whatever is bought
            return mapped
        if own is None:
            own = self._taxes_of_account(bill, books)
        found = books.taxes.choose(rate, bill.tax_scope, own) if own else own
        scope = bill.document._mapping("nature").tax_scope
        if not found and scope:
            if mapping.found_by == "person" and books.taxes.lost_share(mapped):
                return mapped  # the usual tax of what is bought would recover more
            found = books.taxes.choose(rate, scope)
            if not found and books.taxes.is_of_other_scope(mapped, scope):
                return mapped.browse()
        if mapped in found or not found:
            return mapped
        return found if len(found) == 1 else mapped.browse()

    def _map_anew(self, mapping, rate, books):
        """Map a rate to the only tax that fits, which may have been unarchived since the rate was first seen.

        :return: that tax; empty if there is not exactly one
        """
        fitting = books.taxes.choose(rate, mapping.connection_id.tax_scope)
        if len(fitting) != 1:
            return fitting.browse()
        if rate == mapping._fraction() and mapping.tax_id != fitting:
            mapping.write({"tax_id": fitting.id, "found_by": False})
        return fitting

    @api.model
    def _taxes_of_account(self, bill, books):
        """Return the purchase taxes that the company gave the bill's account (*Default Taxes*).

        The taxes of the account of last resort do not count, since that does not tell what is bought:
        in Belgium it is for goods for resale.
        """
        values = self.env["lucca.bill.line"]._account_values(bill, books)
        if not bill.is_account_chosen:
            return self.env["account.tax"]
        account = self.env["account.account"].browse(values["account_id"])
        return account.tax_ids.filtered(lambda tax: tax.type_tax_use == "purchase")

    def _explain_unmapped(self, taxes, known, bill, books):
        day, currency = bill.booked.tax_day, bill.booked.base.currency
        rates = [
            _lt(
                "“%(name)s” (VAT of %(amount)s)",
                name=known[tax.rate_type_id]._name_on(day),
                amount=Money(currency, tax.value),
            )
            for tax in taxes
        ]
        told = [_lt("Press “Choose the Tax” and give the VAT rate its tax in Odoo: %s.", rates)]
        for tax in taxes:
            told += self._explain_candidates(known[tax.rate_type_id], bill, books)
        return sentences(*dict.fromkeys(told))

    def _explain_candidates(self, mapping, bill, books):
        """Yield messages on which taxes a person could choose, and why none was taken."""
        rate = self._rate_of(mapping, bill.booked.tax_day)
        if mapping.is_foreign:
            yield _explain_foreign(mapping)
        if rate is None or mapping.is_foreign:
            return
        if fitting := books.taxes.of_rate(rate, bill.tax_scope):
            yield _lt("These fit: %s.", fitting)
        archived = books.taxes.archived(rate, bill.tax_scope)
        if archived and not books.taxes.choose(rate, bill.tax_scope):
            yield _lt("Or unarchive one in Odoo, then press “Retry”: %s.", archived)
        nature = bill.document._mapping("nature")
        if mapping._tax_on(bill.booked.tax_day) and nature:
            yield _lt(
                "“%(tax)s” is the rate's tax, but the nature “%(nature)s” needs another: say what is"
                " bought under Natures, or give the nature's account a default tax of this rate.",
                tax=mapping.tax_id,
                nature=nature.display_name,
            )

    def _check_tax(self, bill, tax, mapping):
        """Raise ``Blocked`` for a tax that no bill can have, or that has another rate than Lucca's."""
        if why := _why_unusable(tax, bill.company):
            facts = {"tax": tax, "rate": mapping.display_name, "company": bill.company.name}
            raise Blocked("unmapped_tax", why.filled(**facts, country=tax.country_id))
        rate = _signed_rate(mapping, bill.booked.tax_day)
        if rate is not None and not same_rate(fraction_of(tax), rate):
            raise Blocked(
                "tax_mismatch",
                _lt(
                    "The tax “%(tax)s” is of %(percentage)s, the VAT rate in Lucca is “%(rate)s”: press"
                    " “Other Tax”.",
                    tax=tax,
                    percentage=Rate(tax.amount / 100),
                    rate=mapping.display_name,
                ),
            )

    def _through(self, position, tax, bill):
        """Return the tax that the fiscal position has for ``tax``, if its VAT is the printed one; else ``tax``."""
        mapped = through(position, tax)
        if mapped != tax or position.map_tax(tax) == tax:
            return mapped
        bill.notes.append(
            _lt(
                "The fiscal position “%(position)s” of the supplier would replace the tax"
                " “%(tax)s”. The tax stays, since the invoice has this VAT.",
                position=position,
                tax=tax,
            )
        )
        return tax


def through(position, tax):
    """Return the tax that a fiscal position has for another one, if its VAT is the same; else that one."""
    mapped = position.map_tax(tax)
    is_alike = (
        len(mapped) == 1
        and mapped.active
        and (mapped.amount_type, mapped.amount) == (tax.amount_type, tax.amount)
        and not mapped.has_negative_factor
    )
    return mapped if is_alike else tax


def _why_unusable(tax, company):
    """Return why no bill of a company can have a tax, as a message whose places are not filled; None if one can."""
    if not tax.active:
        return _lt(
            "The tax “%(tax)s” of the VAT rate “%(rate)s” is archived in Odoo: unarchive it, then press"
            " “Retry”, or press “Choose the Tax”."
        )
    if _is_of_another_country(tax, company):
        return _lt(
            "The tax “%(tax)s” of the VAT rate “%(rate)s” is of %(country)s, which is not the fiscal"
            " country of %(company)s: press “Choose the Tax”."
        )
    if tax.amount_type != "percent":
        return _lt(
            "The tax “%(tax)s” of the VAT rate “%(rate)s” is a group of taxes or not a percentage: press"
            " “Choose the Tax” and choose a single percentage."
        )
    return None


def _is_of_another_country(tax, company):
    """Return whether Odoo refuses a tax on the company's bills, such as after a change of its fiscal country."""
    here = company.account_fiscal_country_id
    if not here or tax.country_id == here:
        return False
    # A branch uses the fiscal positions of its parents, which a user of the branch may not read.
    return tax.country_id not in company.sudo().parent_ids.multi_vat_foreign_country_ids


def _signed_rate(mapping, day):
    """Return Lucca's rate of a day (a fraction), negative if the tax is withheld; None if it is not known.

    Whether Lucca writes a withheld rate with its sign is not known.
    """
    rate = mapping._rate_on(day)
    is_withheld = rate is not None and mapping._tax_on(day).amount < 0
    return -abs(rate) if is_withheld else rate


def _fits(tax, other):
    """Return whether a tax is active, and of the type and rate of another one."""
    return tax.active and (tax.amount_type, tax.amount) == (other.amount_type, other.amount)


def _explain_foreign(mapping):
    """Return what a person can do about a rate of another country's VAT that has no tax."""
    if country := mapping._country_of_vat_number():
        return _lt(
            "%(company)s has a VAT number in %(country)s: press “Choose the Tax”, and choose the tax of %(country)s"
            " with this rate.",
            company=mapping.company_id.name,
            country=country,
        )
    return _lt(
        "It is another country's VAT, which is not deducted here: press “Choose the Tax”, then “Create It”."
    )
