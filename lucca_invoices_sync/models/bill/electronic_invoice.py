import io
import logging

from odoo import api, models
from odoo.tools.pdf import OdooPdfFileReader

from ...lucca.booking.electronic_invoice import may_hold_invoice, read_invoice
from ...lucca.files import PDF, XML, kind_of
from ..document import change
from ..messages import Messages, Money

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)


class LuccaElectronicInvoice(models.AbstractModel):
    _name = "lucca.electronic.invoice"
    _description = "Comparison with the Electronic Invoice in a File"

    @api.model
    def _check(self, document, content):
        """Compare Lucca's totals with those of a file that is, or holds, an electronic invoice.

        What is found is told on the bill, which stays Lucca's. The first such file counts.
        """
        if document.electronic_check:
            return
        invoices = filter(None, map(read_invoice, self._invoices_in(content)))
        invoice = next((one for one in invoices if one.has_totals), None)
        if not invoice:
            return
        amounts = document._booked_document().base
        document.electronic_check = "agrees" if invoice.agrees_with(amounts) else "differs"
        if document.electronic_check == "agrees":
            told = _lt("Checked against the electronic invoice: the totals are the same.")
        else:
            told = _lt(
                "The totals of the electronic invoice are not Lucca's, which this bill has."
                " Electronic invoice: %(theirs)s. Lucca: %(ours)s.",
                theirs=self._written(invoice, invoice.total_tax),
                ours=self._written(amounts, amounts.total_tax),
            )
        document.electronic_message = told
        change.note(document, told)

    def _invoices_in(self, content):
        """The contents that may be an invoice's XML."""
        kind = kind_of(content)
        if kind is XML:
            return [content]
        return self._embedded(content) if kind is PDF and may_hold_invoice(content) else []

    def _embedded(self, content):
        try:
            reader = OdooPdfFileReader(io.BytesIO(content), strict=False)
            if reader.isEncrypted:  # PDF/A, which these are, is not; and nothing could be checked
                return []
            return [part for _name, part in reader.getAttachments() if isinstance(part, bytes)]
        except Exception as error:  # noqa: BLE001  (the reader raises anything for a broken file)
            _logger.info("The files in a PDF could not be read: %s", error)
            return []

    def _written(self, totals, tax):
        """Totals, of a document of either sign."""
        return _lt(
            "%(excluding)s + %(tax)s VAT = %(including)s",
            excluding=Money(totals.currency, abs(totals.excluding_taxes)),
            tax=Money(totals.currency, abs(tax)),
            including=Money(totals.currency, abs(totals.including_taxes)),
        )
