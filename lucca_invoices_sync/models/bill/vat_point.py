"""When the VAT of a bill falls due, by its electronic invoice (BT-8), and when its tax deducts it."""

from ..messages import Messages

_lt = Messages(__name__)


def note_vat_point(bill, tax, *, on_payment):
    """Tell which tax was taken since it is deducted when the supplier's VAT falls due."""
    told = (
        _lt("VAT on payment, says the electronic invoice: the tax “%s” is deducted then.", tax)
        if on_payment
        else _lt(
            "VAT on the invoice (“on debits”), says the electronic invoice: the tax “%s” is deducted then.",
            tax,
        )
    )
    bill.notes.append(told)


def note_other_vat_point(bill, tax, *, on_payment):
    """Tell of a tax that stays, and is deducted at another moment; too early is a doubt.

    Without taxes on payment the company does not tell the two apart.
    """
    if not on_payment:
        bill.notes.append(
            _lt(
                "VAT on the invoice (“on debits”), says the electronic invoice: it could be deducted at once,"
                " and the tax “%s” does so on payment.",
                tax,
            )
        )
    elif bill.company.tax_exigibility:
        bill.doubts.append(
            _lt(
                "VAT on payment, says the electronic invoice, while the tax “%s” deducts it on the invoice:"
                " check it, and choose the tax that is deducted on payment on the bill.",
                tax,
            )
        )
