"""What a bill without VAT says about it: which tax declares the VAT, and what a person should check."""

from typing import Any, NamedTuple

from ...lucca.booking.self_assessed import has_vat
from ...lucca.booking.taxes import GOODS, INVESTMENTS, SERVICES
from ...lucca.booking.vat_areas import ABROAD, DOMESTIC, INTRA_COMMUNITY, UNKNOWN
from ..mapping.repartition import owed_rate
from ..messages import Messages, sentences
from .import_box import describe_import_box, doubt_import_box, has_wrong_box
from .owed import describe_foreign_place
from .place import chosen_position, find_place, find_relation

_lt = Messages(__name__)


class Options(NamedTuple):
    """What the fiscal position of a supplier has for a bill that no tax declares.

    ``position`` may be empty, and ``is_chosen`` says whether a person gave it the supplier. ``declares`` says whether
    it has taxes that the buyer owes. ``fitting`` and ``archived`` are its active and its archived taxes among which a
    person has to choose; they are None if it declares nothing.
    """

    position: Any
    is_chosen: bool
    declares: bool = False
    fitting: Any = None
    archived: Any = None


def note_tax(bill, books, relation, tax, options):
    """Note on a ``Bill`` which tax declares the VAT; if none does, add a note or a doubt about what to check.

    :param relation: where the supplier counts as being, see ``lucca.booking.vat_areas``
    :param tax: the ``account.tax`` of the bill; may be empty
    :param options: the ``Options`` of its fiscal position
    """
    is_chosen = options.is_chosen
    if is_chosen and not (tax or options.position.with_context(active_test=False).tax_ids):
        return  # a person chose a position without taxes: no VAT is due
    is_zero = tax.amount_type == "percent" and not tax.amount
    is_doubtful = (not tax or is_zero) and not is_chosen and doubt_place(bill, books, relation)
    if not tax and is_chosen and options.declares and relation in (DOMESTIC, UNKNOWN):
        bill.doubts.append(_describe_chosen(bill, books, options))
    elif relation == DOMESTIC and not tax:
        if not (is_doubtful or bill.is_marked_as_owed):
            bill.notes += _describe_domestic(bill)
    elif not tax:
        bill.doubts.append(_describe_undeclared(bill, books, relation, options))
    elif is_zero and relation != DOMESTIC and bill.tax_scope != GOODS:
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
        if relation != DOMESTIC:
            _note_stand_in(bill, tax)
        if relation == ABROAD and (bill.tax_scope, tax.tax_scope) == (GOODS, SERVICES):
            bill.notes.append(_describe_import(tax))
        doubt_import_box(bill, books, tax)


def doubt_place(bill, books, relation):
    """Add a doubt if the supplier's VAT number, or Lucca, says that it is not at home; return whether it does."""
    doubt = describe_foreign_place(bill, books, relation)
    if doubt:
        bill.doubt_once(doubt)
    return bool(doubt)


def doubt_scope(bill, tax):
    """Add a doubt about a tax that may be for goods or for services, which a VAT return has in two boxes."""
    bill.doubt_once(
        _lt(
            "The bill has the tax “%s”, which does not say whether it is for goods or for services from abroad: check"
            " it. So that the next bills have no such doubt, set the tax scope of such taxes, choose the reverse-charge"
            " taxes of the connection (for suppliers in the European Union), or give the account the default tax of"
            " what is bought.",
            tax,
        )
    )


def doubt_stand_in(bill, tax, position):
    """Add a doubt about the only tax of a fiscal position, whose scope says that it is for something else."""
    bill.doubts.append(
        _lt(
            "Only “%(tax)s” of the fiscal position “%(position)s” can be the tax of this bill, but its tax scope says"
            " that it is for something else than what is bought: check it. If it is right for all that such suppliers"
            " sell, empty its tax scope, and the next bills have no such doubt. Otherwise say what is bought under"
            " Natures, or choose another tax on the bill.",
            tax=tax,
            position=position,
        )
    )


def doubt_choice(bill, books, mapping, other, position):
    """Add a doubt if a person mapped a rate of 0 % to a tax without VAT, but the supplier's place makes VAT due.

    Add one, too, if that tax declares VAT in the wrong box of the VAT return, or if a supplier at home may be abroad.
    The mapping of a rate says nothing about the suppliers for which it was made. Another country's rate is only on
    invoices from there.

    :param mapping: the mapping of the rate, whose tax the bill has
    :param other: the tax that the bill would have without that choice; may be empty
    :param position: the supplier's fiscal position if it has taxes that the buyer owes; else empty
    """
    doubt_import_box(bill, books, mapping.tax_id, is_chosen=True)
    if owed_rate(mapping.tax_id) or mapping.is_foreign:
        return
    if other and owed_rate(other):
        doubt = _describe_choice(bill, books, mapping, other)
    elif not other and position:
        doubt = _lt(
            "A person chose the tax “%(tax)s” for the VAT rate “%(rate)s”, so the bill declares no VAT. The fiscal"
            " position “%(position)s” of “%(supplier)s” has taxes that declare it, but not exactly one that is active"
            " and for this. If you owe the VAT, choose the right tax on the bill. If no VAT is due on what this"
            " supplier sells, give it a fiscal position without taxes.",
            tax=mapping.tax_id,
            rate=mapping.display_name,
            position=position,
            supplier=bill.partner.display_name,
        )
    else:
        # A part without VAT says nothing of the place of a supplier that charges VAT.
        if not (chosen_position(bill) or has_vat(bill.booked.base)):
            doubt_place(bill, books, find_relation(bill, books))
        return
    bill.doubt_once(doubt)


def _describe_choice(bill, books, mapping, other):
    if has_wrong_box(bill, books, other):
        told = _lt(
            "A person chose the tax “%(tax)s” for the VAT rate “%(rate)s”, so the bill declares no VAT. By the country"
            " or the fiscal position of “%(supplier)s”, you may owe it. If no VAT is due on what this supplier sells,"
            " give it a fiscal position without taxes.",
            tax=mapping.tax_id,
            rate=mapping.display_name,
            supplier=bill.partner.display_name,
        )
        return sentences(told, describe_import_box(bill, books, other, is_chosen=True))
    return _lt(
        "A person chose the tax “%(tax)s” for the VAT rate “%(rate)s”, so the bill declares no VAT. Without that"
        " choice it would have the tax “%(other)s”, because of the country or the fiscal position of"
        " “%(supplier)s”. If you owe the VAT, choose that tax on the bill. If no VAT is due on what this supplier"
        " sells, give it a fiscal position without taxes.",
        tax=mapping.tax_id,
        rate=mapping.display_name,
        other=other,
        supplier=bill.partner.display_name,
    )


def _note_stand_in(bill, tax):
    """Note that a tax of goods declares the VAT of an investment from abroad.

    In the French return (CA3), VAT on fixed assets is deducted in line 19, and other VAT in line 20.
    """
    if bill.tax_scope == INVESTMENTS and tax.amount and tax.tax_scope == GOODS:
        bill.notes.append(
            _lt(
                "“%s” is the tax of goods, as there is none for investments from abroad: the VAT return deducts the"
                " VAT with that of goods (in France in line 20 of the CA3, instead of 19).",
                tax,
            )
        )


def _describe_import(tax):
    return _lt(
        "“%s” is a tax for services, as the fiscal position has none for goods: compare the bill with the customs"
        " declaration. If customs charged the VAT, choose a tax on the bill that declares none.",
        tax,
    )


def _describe_domestic(bill):
    """Yield notes on a bill without VAT of a supplier at home, for which no tax of the bill declares any."""
    if bill.is_refund:
        yield _lt(
            "The credit note has no VAT, although “%s” is in your VAT territory: check why. There is nothing to do"
            " if the credited invoice had no VAT, or if the credit note is net of tax (in France “avoir net de taxe”):"
            " then you keep the VAT that you deducted. Otherwise ask for a credit note with VAT.",
            bill.partner.display_name,
        )
        return
    yield _lt(
        "The invoice has no VAT, although “%s” is in your VAT territory: check why. It may be exempt or a small"
        " business (in France art. 293 B CGI, in Belgium art. 56bis CTVA, in Switzerland art. 10 LTVA). If you owe"
        " the VAT, as for construction work, give the supplier a fiscal position for it, and choose its tax on the"
        " bill.",
        bill.partner.display_name,
    )
    yield from _describe_positions_of_parents(bill)
    has_tax = bool(bill.booked.base.taxes)  # a rate of 0 % has the tax to which it is mapped
    if bill.company.account_fiscal_country_id.code == "BE" and not has_tax:
        yield _lt(
            "Box 82 of the VAT return (81 for goods for resale, 83 for investments) lacks this bill, unless you choose"
            " a purchase tax of 0 %% on it, such as “%s”.",
            "0% S",
        )


def _describe_positions_of_parents(bill):
    """Yield a note for each parent company of the bill's branch in which the supplier has a fiscal position."""
    # A user of the branch may not read its parent companies.
    for parent in bill.company.sudo().parent_ids - bill.company:
        position = bill.partner.sudo().with_company(parent).property_account_position_id
        if position:
            yield _lt(
                "In %(parent)s, “%(supplier)s” has the fiscal position “%(position)s”, which counts in that company"
                " alone: give it one in %(company)s, too, if it sells the same there.",
                parent=parent.name,
                supplier=bill.partner.display_name,
                position=position.name,
                company=bill.company.name,
            )


def _describe_chosen(bill, books, options):
    """Describe that no tax of a position that a person gave the supplier was found, although it has some."""
    told = _lt(
        "The invoice has no VAT, and “%(supplier)s” has the fiscal position “%(position)s”, whose taxes declare VAT"
        " that you owe. No tax of the bill declares it: choose the tax on the bill.",
        supplier=bill.partner.display_name,
        position=options.position,
    )
    return sentences(
        told,
        _describe_options(bill, books, options)
        or _lt("The fiscal position has no active tax for this: create one."),
        _lt(
            "If no VAT is due on what this supplier sells, give it a fiscal position without taxes."
        ),
    )


def _describe_options(bill, books, options):
    """Describe the taxes of a fiscal position among which a person has to choose; None if there are none."""
    offered = options.fitting or options.archived
    if has_wrong_box(bill, books, offered):
        return describe_import_box(bill, books, offered[0])
    if options.fitting:
        return _lt(
            "Several taxes of the fiscal position fit: %s. So that the next bills have the right one by"
            " themselves, give their account the default tax of what is bought.",
            options.fitting,
        )
    if options.archived:
        return _lt(
            "Its fiscal position “%(position)s” has no active tax for this. Unarchive the right one, and the next bills"
            " have it: %(taxes)s.",
            position=options.position,
            taxes=options.archived,
        )
    return None


def _describe_undeclared(bill, books, relation, options):
    supplier, place = bill.partner.commercial_partner_id, find_place(bill, books)
    if relation == UNKNOWN:
        return _lt(
            "The invoice has no VAT, and the country of “%s” is not known: enter it. If it is"
            " abroad, you may owe the VAT: choose the tax on the bill.",
            supplier.display_name,
        )
    if not supplier.country_id:
        return _lt(
            "The invoice has no VAT, and “%(supplier)s” has no country in Odoo. Its data in Lucca, its electronic"
            " invoice or its VAT number says %(country)s: enter the country, so that Odoo finds the fiscal position."
            " You may owe the VAT, and no tax declares it: choose the tax on the bill.",
            supplier=supplier.display_name,
            country=books.country(place.country),
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
    elif options.position:
        told.append(
            _describe_options(bill, books, options)
            or _lt(
                "Its fiscal position “%s” has no active tax for this: unarchive or create one,"
                " or choose one on the Lucca connection.",
                options.position,
            )
        )
    return sentences(*told)
