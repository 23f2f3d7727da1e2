from odoo import api, fields, models

from ...lucca.files import name_may_hold_invoice
from ..bill.duplicate import round_amount
from ..messages import (
    Messages,
    in_words,
    lines,
    read_message,
    sentences,
    to_json,
)
from ..states import SETTLED
from . import change, telling
from .payment import PAID_TWICE

_lt = Messages(__name__)

#: The labels of the differences by which money may be lost: who is paid, on which account, and who pays.
SUPPLIER, ACCOUNT, TYPE = _lt("Supplier"), _lt("Account to pay"), _lt("Type")
#: The values of a document whose electronic invoice was not compared with its present bill.
NOT_COMPARED = {
    "electronic_check": False,
    "electronic_message": False,
    "electronic_differences": False,
    "has_differences": False,
    "compared_total": False,
}


class LuccaDocument(models.Model):
    """The comparison of a document with its electronic invoice and its bill."""

    _inherit = "lucca.document"

    electronic_table = fields.Html(compute="_compute_electronic_table", sanitize=False)
    electronic_list = fields.Html(
        compute="_compute_electronic_list",
        sanitize=False,
        help="The differences of the electronic invoice, one sentence each.",
    )
    is_alarming = fields.Boolean(
        compute="_compute_is_alarming",
        help="Its electronic invoice comes from another company, asks for payment to another account,"
        " or is a credit note where Lucca has an invoice, or the other way round. Nobody has seen it yet.",
    )

    @api.depends("electronic_differences")
    @api.depends_context("lang")
    def _compute_electronic_table(self):
        for document in self:
            env = document.env
            heads = (env._("Electronic invoice"), env._("Lucca or Odoo"))
            document.electronic_table = change.table(
                env, "", document.electronic_differences or [], heads
            )

    @api.depends("electronic_message")
    @api.depends_context("lang")
    def _compute_electronic_list(self):
        for document in self:
            said = (document.electronic_message or "").splitlines()
            document.electronic_list = change.as_list("", said) if said else False

    @api.depends("electronic_differences", "has_differences")
    def _compute_is_alarming(self):
        for document in self:
            labels = {
                read_message(to_json(row[0])) for row in document.electronic_differences or []
            }
            document.is_alarming = document.has_differences and bool(
                labels & {SUPPLIER, ACCOUNT, TYPE}
            )

    def _take_comparison(self, agrees, differences, beside=None, is_new_bill=False):
        """Store how electronic invoice, document and bill compare; note on the bill what was not noted before.

        :param agrees: whether the electronic invoice has the document's totals; None if there is none
        :param differences: ``models.bill.differences.DifferenceInWords``, the gravest first
        :param beside: a message on what is no difference, and to be told if nothing differs; may be None
        :param is_new_bill: whether the bill is new, so that its notes do not name any difference yet
        """
        told = set(map(_key, self.electronic_differences or []))
        fresh = [one for one in differences if _key(one.row) not in told]
        former = self.electronic_check
        check = agrees is not None and ("differs" if differences else agrees and "agrees")
        values = {
            "electronic_check": check,
            "electronic_message": self._describe_comparison(check, differences, beside),
            "electronic_differences": [one.row for one in differences],
            "has_differences": bool(fresh or (differences and self.has_differences)),
        }
        if fresh or check != former or len(told) != len(differences):
            self.write(values)
        if not self.move_id:
            return
        to_note = differences if is_new_bill else fresh
        if to_note:
            self._tell_differences(to_note)
        elif check == "agrees" and (is_new_bill or check != former):
            telling.note(self, self._describe_comparison(check, (), beside))
        if not differences and (told or former == "differs") and not self.is_changed:
            telling.finish_asking(self, but=PAID_TWICE)

    def _bill_to_compare(self):
        """Return the bill whose total is to be the electronic invoice's; empty if there is none yet.

        A draft that is about to follow a change in Lucca still has its former total. A draft without lines is one that
        a person is about to fill in.
        """
        bill = self.move_id
        is_ready = self.state not in ("pending", "failed") and bill.invoice_line_ids
        return bill if is_ready else bill.browse()

    def _describe_comparison(self, check, differences, beside):
        """Return a message on the result of the comparison; False if there is nothing to say."""
        if differences:
            return lines([one.sentence for one in differences])
        if check != "agrees":
            return False
        if self.move_id and not self._bill_to_compare():
            told = _lt("Checked against the electronic invoice: Lucca has the same totals.")
        else:
            told = _lt("Checked against the electronic invoice: the totals are the same.")
        return sentences(told, beside) if beside else told

    def _tell_differences(self, differences):
        """Note on the bill how its electronic invoice differs, or the bill itself; ask a person to look at it."""
        told = _lt("This bill has another total than Lucca:")
        if any(one.is_of_invoice for one in differences):
            told = _lt("The electronic invoice of this document says something else:")

        def describe(document):
            words = [in_words(document.env, one.sentence) for one in differences]
            return change.as_list(in_words(document.env, told), words)

        telling.note(self, describe)
        if self.has_differences:
            telling.ask(self, summarize(differences[0].row), describe)

    def _want_invoice(self):
        """Have files fetched first that may hold an electronic invoice which ends the need for attention.

        Each file is asked for once. A connection that does not attach files does not fetch them for this.
        """
        if self.reason not in SETTLED or not self.connection_id.attach_files:
            return
        files = self.file_ids.filtered(
            lambda file: (
                file.state == "pending"
                and file.lucca_file_id
                and name_may_hold_invoice(file.name or "")
                and not file.is_declined
            )
        )
        files.is_wanted = True


def total_of(bill):
    """Return the currency and total of a bill, as ``compared_total`` has them."""
    return f"{bill.currency_id.name} {round_amount(bill.currency_id, bill.amount_total)}"


def summarize(row):
    """Return a message of a few words on a difference of an electronic invoice, or of a bill.

    :param row: the first row of ``electronic_differences``, which is the gravest
    """
    return _lt("Difference: %s", read_message(to_json(row[0])))


def _key(row):
    """Return a row as messages, which are the same whether it comes from the database or not."""
    return tuple(read_message(to_json(part)) for part in row)
