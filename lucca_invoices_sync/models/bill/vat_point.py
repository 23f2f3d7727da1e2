"""When the VAT of a bill falls due, by its electronic invoice (BT-8), and when its tax deducts it."""

from ..messages import Messages

_lt = Messages(__name__)


def note_vat_point(bill, tax, *, on_payment):
    """Tell which tax was taken since it is deducted when the supplier's VAT falls due."""
    told = (
        _lt(
            "According to the electronic invoice, VAT is due on payment: the tax “%s” is deducted then.",
            tax,
        )
        if on_payment
        else _lt(
            "According to the electronic invoice, VAT is due on the invoice (“on debits”): the tax “%s”"
            " is deducted then.",
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
                "According to the electronic invoice, VAT is due on the invoice (“on debits”): it could be"
                " deducted at once, but the tax “%s” deducts it only on payment.",
                tax,
            )
        )
    elif bill.company.tax_exigibility:
        bill.doubts.append(
            _lt(
                "According to the electronic invoice, VAT is due on payment, while the tax “%s” deducts it"
                " on the invoice: check it, and choose the tax that is deducted on payment on the bill.",
                tax,
            )
        )
