"""The doubts about VAT of the company's country that a supplier charges although none may be due."""

from ...lucca.booking.exemption import says_exempt
from ...lucca.booking.lines import Kind
from ...lucca.booking.parties import Party, party_of
from ...lucca.booking.vat_areas import may_charge_vat
from ..mapping.repartition import adds_nothing
from ..messages import Messages
from ..supplier.identity import known_supplier
from .place import chosen_position, find_place

_lt = Messages(__name__)


def doubt_charged_vat(bill, books, mappings):
    """Add a doubt to a ``Bill`` that deducts VAT which the supplier should probably not have charged.

    It is abroad, or a person gave it a fiscal position without VAT, or Lucca says in words that it charges none.
    A supplier abroad may charge the VAT if it has a VAT number of the company's country, or if a person gave it
    a fiscal position that keeps the tax.

    :param mappings: ``{rate_type_id: mapping}`` of the VAT rates of the bill
    """
    here = bill.company.account_fiscal_country_id
    there = find_place(bill, books).country
    taxes = _deducted_taxes(bill, books, mappings, "" if there == here.code else there)
    if not taxes:
        return
    position = chosen_position(bill)
    replaced = _replaced(books, position, taxes)
    if position and replaced == taxes:
        return  # a person gave the supplier a position that keeps the taxes
    if not may_charge_vat(here.code or "", there, bill.tax_scope, _registered(bill, books)):
        bill.doubts.append(_doubt_abroad(bill, here, books.country(there)))
    elif position and all(map(adds_nothing, replaced)):
        # The position may be for the part without VAT, about which a bill of two parts has a doubt of its own.
        if not (any(map(is_untaxed, bill.lines)) and books.taxes.declares(position)):
            bill.doubts.append(_doubt_position(position, taxes))
    elif bill.supplier_mapping:
        _doubt_words(bill, known_supplier(bill.supplier_mapping).vat_number)


def is_untaxed(line):
    """Return whether a bill line is for a part without VAT of which no electronic invoice says why it has none."""
    return line.kind is Kind.UNTAXED and not line.category and line.base > 0


def _replaced(books, position, taxes):
    """Return the taxes that a fiscal position has in place of others, an archived one if it adds nothing to the total.

    That the one for VAT which the buyer owes is archived, as many are in Belgium, does not make charged VAT right.
    """
    archived = books.taxes.archived_of(position).filtered(adds_nothing)

    def replace(tax):
        mapped = position.map_tax(tax)
        instead = archived.filtered(lambda one: tax in one.original_tax_ids)
        return instead if instead and mapped == tax else mapped

    return taxes.browse().union(*map(replace, taxes))


def _doubt_abroad(bill, here, there):
    return _lt(
        "“%(supplier)s” is in %(there)s and has no VAT number of %(here)s, but the bill deducts its VAT as"
        " that of %(here)s. Look at the invoice. If it has a VAT number of %(here)s, enter it at the"
        " supplier, or give the supplier the fiscal position for suppliers at home. If it is another"
        " country's VAT, choose a tax on the bill that does not deduct it. If no VAT was due, ask for a"
        " corrected invoice.",
        supplier=bill.partner.commercial_partner_id.display_name,
        there=there,
        here=here,
    )


def _doubt_position(position, taxes):
    return _lt(
        "By its fiscal position “%(position)s” the supplier charges no VAT, but the invoice has the VAT of"
        " “%(taxes)s”, which the bill deducts. If you owe the VAT yourself, or the supplier is exempt, it"
        " cannot be deducted: ask for a corrected invoice. If it was due, correct the fiscal position of the"
        " supplier.",
        position=position,
        taxes=taxes,
    )


def _doubt_words(bill, vat_number):
    """Add a doubt if Lucca has words in place of a VAT number that say that the supplier charges no VAT."""
    if says_exempt(vat_number or ""):
        bill.doubts.append(
            _lt(
                "According to Lucca the supplier charges no VAT (“%s”), but the invoice has VAT, which the bill"
                " deducts. VAT that was charged by mistake cannot be deducted: look at the invoice, and correct"
                " the supplier in Lucca if it charges VAT.",
                vat_number,
            )
        )


def _deducted_taxes(bill, books, mappings, abroad):
    """Return the taxes that deduct printed VAT as the company's own.

    A rate of another country has a doubt of its own if its tax does so.

    :param abroad: the country of a supplier that is not at home (ISO 3166 code), else empty
    """
    return bill.document.env["account.tax"].union(
        *(
            tax
            for tax, printed in bill.printed_taxes()
            if printed.amount
            and tax.amount > 0
            and not mappings[printed.rate_type_id].is_foreign
            and not books.taxes.holds_foreign(tax, abroad)
        )
    )


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
