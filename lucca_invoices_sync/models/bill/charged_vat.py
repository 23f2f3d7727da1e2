"""The doubt about VAT of the company's country that a supplier abroad charges."""

from ...lucca.booking.parties import Party, party_of
from ...lucca.booking.vat_areas import may_charge_vat
from ..messages import Messages
from ..supplier.identity import known_supplier
from .place import find_place

_lt = Messages(__name__)


def doubt_charged_vat(bill, books, mappings):
    """Add a doubt to a ``Bill`` that deducts VAT of a supplier abroad which should not have charged it.

    There is none if the supplier has a VAT number of the company's country, or if a person gave it a
    fiscal position that keeps the tax.

    :param mappings: ``{rate_type_id: mapping}`` of the VAT rates of the bill
    """
    supplier, here = bill.partner.commercial_partner_id, bill.company.account_fiscal_country_id
    there = find_place(bill, books).country
    taxes = _deducted_taxes(bill, books, mappings, there)
    if not taxes or _is_position_chosen(bill, taxes):
        return
    if may_charge_vat(here.code or "", there, bill.tax_scope, _registered(bill, books)):
        return
    bill.doubts.append(
        _lt(
            "“%(supplier)s” is in %(there)s and has no VAT number of %(here)s, but the bill deducts its VAT as"
            " that of %(here)s. Look at the invoice. If it has a VAT number of %(here)s, enter it at the"
            " supplier, or give the supplier the fiscal position for suppliers at home. If it is another"
            " country's VAT, choose a tax on the bill that does not deduct it. If no VAT was due, ask for a"
            " corrected invoice.",
            supplier=supplier.display_name,
            there=books.country(there),
            here=here,
        )
    )


def _deducted_taxes(bill, books, mappings, there):
    """Return the taxes that deduct printed VAT as the company's own.

    A rate of another country has a doubt of its own if its tax does so.
    """
    return bill.document.env["account.tax"].union(
        *(
            tax
            for tax, printed in bill.printed_taxes()
            if printed.amount
            and tax.amount > 0
            and not mappings[printed.rate_type_id].is_foreign
            and not books.taxes.holds_foreign(tax, there)
        )
    )


def _is_position_chosen(bill, taxes):
    """Return whether a person gave the supplier a fiscal position that keeps the taxes as they are."""
    position = bill.partner.with_company(bill.company).property_account_position_id
    return bool(position) and position.map_tax(taxes) == taxes


def _registered(bill, books):
    """Return the countries of the VAT numbers by which Odoo, Lucca and the electronic invoice know the supplier.

    The company's own numbers are left out, which machines may read as the supplier's.
    """
    parties, mapping = [bill.partner.commercial_partner_id._lucca_party()], bill.supplier_mapping
    if mapping:
        parties.append(party_of(known_supplier(mapping)))
    if bill.evidence:
        numbers = (bill.electronic.seller.vat, bill.electronic.tax_representative_vat)
        parties += [Party.of(vat=number or "") for number in numbers]
    named = [party.without(books.own_parties).vat for party in parties]
    return [number.country for number in named if number]
