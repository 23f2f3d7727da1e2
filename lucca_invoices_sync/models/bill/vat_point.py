"""The notes on when VAT falls due, also by the electronic invoice (BT-8), and when the tax of the bill deducts it."""

from ..messages import Messages

_lt = Messages(__name__)


def note_vat_point(bill, tax, *, on_payment):
    """Note the tax that was chosen because it deducts the VAT when that falls due for the supplier."""
    if not on_payment:
        told = _lt(
            "According to the electronic invoice, VAT is due on the invoice (“on debits”): the tax “%s”"
            " is deducted then.",
            tax,
        )
    elif bill.electronic.vat_point:
        told = _lt(
            "According to the electronic invoice, VAT is due on payment: the tax “%s” is deducted then.",
            tax,
        )
    else:
        told = _lt(
            "The VAT of an advance is due when it is paid: the tax “%s” is deducted then.",
            tax,
        )
    bill.notes.append(told)


def note_other_vat_point(bill, tax, *, on_payment):
    """Note a tax that deducts the VAT at another time than when it falls due; add a doubt if that is too early.

    A company that does not use taxes on payment (``tax_exigibility``) gets no such doubt.
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
        told = (
            _lt(
                "According to the electronic invoice, VAT is due on payment, while the tax “%s” deducts it"
                " on the invoice: check it, and choose the tax that is deducted on payment on the bill.",
                tax,
            )
            if bill.electronic.vat_point
            else _lt(
                "The VAT of an advance is due when it is paid, while the tax “%s” deducts it on the invoice:"
                " check it, and choose the tax that is deducted on payment on the bill.",
                tax,
            )
        )
        bill.doubts.append(told)


def note_archived(bill, tax, archived):
    """Note a tax that stands in for archived ones, which deduct the VAT at another time; nothing if there are none.

    In France, "10% G" deducts on the invoice the VAT of services, which falls due on payment (CGI, art. 269-2 c).
    """
    if archived:
        bill.notes.append(
            _lt(
                "The tax “%(tax)s” is not for what is bought, and deducts the VAT at another time than"
                " “%(archived)s”, which is archived. Unarchive that tax, and the next bills have it.",
                tax=tax,
                archived=archived,
            )
        )
