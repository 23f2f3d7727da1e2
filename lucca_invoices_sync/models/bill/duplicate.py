from dataclasses import replace
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...lucca.booking.bill_numbers import read_number
from ...lucca.booking.duplicates import (
    Entry,
    is_alike_elsewhere,
    is_double,
    is_exact,
    is_exact_elsewhere,
    is_misdated,
    is_recurring,
    may_be_reversal,
    may_be_same,
)
from ..messages import Messages, Money, sentences
from ..troubles import contained

_lt = Messages(__name__)

#: The types of bills that a person may have entered an invoice or a credit note as.
BILLS = ("in_invoice", "in_receipt", "in_refund")


class LuccaBillDuplicate(models.AbstractModel):
    _name = "lucca.bill.duplicate"
    _description = "Existing Bills"

    @api.model
    def _without_duplicates(self, turn, bills):
        """Return the ``Bill``s that Odoo does not have yet, or that a person accepts; block the others."""
        coming = [self._entry_of(bill) for bill in bills]
        known = self._known(bills, coming) + self._announced(bills, coming) if bills else []
        elsewhere = self._find_elsewhere(bills, coming)
        kept = []
        for bill, entry in zip(bills, coming, strict=True):
            with contained(bill.document, turn):
                self._check(bill, entry, known, coming)
                bill.doubts += self._doubt_elsewhere(bill, entry, elsewhere)
                known.append((entry, self.env["account.move"]))
                kept.append(bill)
        return kept

    def _check(self, bill, entry, known, coming):
        """Add a doubt to a bill that looks like a known one of another supplier or year, or like a reversed one.

        :param entry: the bill's own ``Entry``
        :param known: ``(Entry, move)`` of existing bills, and of documents, whose move is empty
        :param coming: the entries of all bills of the batch
        :raises Blocked: the bill is one of the known ones, or may be a refund of one, and no person accepted it
        """
        readings = _readings_of(bill, entry)
        near = [pair for pair in known if any(may_be_same(one, pair[0]) for one in readings)]
        recurs = near and is_recurring(entry, [other for other, _move in known], coming)
        doubles = [
            pair for pair in near if any(is_double(one, pair[0], recurs) for one in readings)
        ]
        undone = [move for _entry, move in doubles if move._lucca_is_undone()]
        if double := next((pair for pair in doubles if pair[1] not in undone), None):
            bill.confirm(
                "duplicate_bill",
                self._explain(bill, *double),
                _advise(bill.document, double[1]),
                duplicate_move_id=double[1].id,
            )
            return
        if reversal := next((move for one, move in known if may_be_reversal(entry, one)), None):
            self._confirm_reversal(bill, reversal)
        bill.doubts += [self._doubt_undone(bill, move) for move in undone[:1]]
        bill.doubts += [
            _lt(
                "%(supplier)s has a bill with this number, total and date, too: %(twin)s.",
                supplier=self.env["res.partner"].browse(other.supplier).name,
                twin=self._name_of(bill, move),
            )
            for other, move in near
            if any(is_alike_elsewhere(one, other) for one in readings)
        ]
        if not recurs:
            bill.doubts += self._doubt_dates(bill, entry, known)

    def _confirm_reversal(self, bill, refund):
        """Have a person say whether a credit note is the refund by which somebody reversed a bill in Odoo already."""
        bill.confirm(
            "duplicate_bill",
            _lt(
                "%(bill)s was reversed in Odoo by %(refund)s, which has the same total, %(total)s, and belongs to"
                " no document of Lucca. If both are one credit, it must not be counted twice.",
                bill=self._name_of(bill, refund.reversed_entry_id),
                refund=self._name_of(bill, refund),
                total=Money(refund.currency_id.name, refund.amount_total),
            ),
            _lt("Then press “Link to It”. If it is another credit, press “Book Anyway”."),
            duplicate_move_id=refund.id,
        )

    def _doubt_undone(self, bill, move):
        """Return a doubt about a reversed bill with the document's number, which may be the same invoice."""
        told = _lt("%s has this number, too, and was reversed in Odoo.", self._name_of(bill, move))
        return sentences(told, _advise_to_delete())

    def _doubt_dates(self, bill, entry, known):
        """Return a doubt if a known bill agrees in all but the year: a date may have been typed wrongly."""
        misdated = [(other, move) for other, move in known if is_misdated(entry, other)]
        if len({other.day.year for other, _move in misdated}) != 1:
            return []  # with bills of several years, the supplier gives one number every year
        other, move = misdated[0]
        told = _lt(
            "%(supplier)s has a bill of %(date)s with this number and total, too: %(twin)s.",
            supplier=self.env["res.partner"].browse(other.supplier).name,
            date=other.day,
            twin=self._name_of(bill, move),
        )
        advice = _advise_to_delete()
        if move and not move.lucca_document_ids:
            advice = _lt(
                "If it is the same bill, correct the wrong date, delete this draft, and press “Retry” on the"
                " document."
            )
        return [sentences(told, advice)]

    def _doubt_elsewhere(self, bill, entry, documents):
        """Return a doubt if one of these documents of other companies is the same: it may have been approved twice."""
        supplier = bill.document._mapping("supplier").mapped("lucca_id")
        for document in documents:
            known = entry_of(document.move_id)
            # Each company may have a contact of its own for the supplier.
            if supplier and document._mapping("supplier").mapped("lucca_id") == supplier:
                known = replace(known, supplier=entry.supplier)
            if is_exact_elsewhere(entry, known):
                told = _lt(
                    "The same document of this supplier, with this number, date and total, is a bill of %(company)s"
                    " already: Lucca's %(document)s.",
                    company=document.company_id.name,
                    document=document.display_name,
                )
                return [sentences(told, _advise_to_delete())]
        return []

    def _explain(self, bill, entry, move):
        partner = self.env["res.partner"].browse(entry.supplier)
        facts = {
            "supplier": partner.name,
            "ref": move.ref or bill.booked.number or "-",
            "total": Money(entry.currency, entry.total),
            "twin": self._name_of(bill, move),
        }
        if not partner:
            return _lt(
                "A draft without supplier, “%(ref)s” of %(total)s, exists already: %(twin)s.",
                **facts,
            )
        return _lt(
            "%(supplier)s has a bill “%(ref)s” of %(total)s already: %(twin)s.",
            **facts,
        )

    def _name_of(self, bill, move):
        if not move:
            return _lt("another document of Lucca")
        if move.company_id == bill.company:
            return move
        return _lt("%(bill)s (%(company)s)", bill=move, company=move.company_id.name)

    def _entry_of(self, bill):
        """Return the ``Entry`` of a document that is to be booked."""
        currency = self.env["res.currency"].browse(bill.values["currency_id"])
        return Entry(
            supplier=bill.partner.commercial_partner_id.id,
            is_refund=bill.values["move_type"] == "in_refund",
            number=read_number(bill.booked.number),
            currency=currency.name,
            total=round_amount(currency, bill.booked.base.including_taxes),
            day=bill.booked.sure_date,  # one that cannot be tells no bill from another
            is_lucca=True,
        )

    def _known(self, bills, coming):
        """Return ``(Entry, move)`` of all bills in Odoo that any of these could be, by one query.

        A bill that was linked may have another number than its document. It has an entry for each. So has a bill
        that was typed with its number as the payment reference only.
        """
        own = self.env["account.move"].union(*(bill.document.move_id for bill in bills))
        pairs = zip(bills, coming, strict=True)
        wanted = [one for bill, entry in pairs for one in _readings_of(bill, entry)]
        found = self._find_alike(wanted, bills[0].company) - own
        answered = self._answered(found, bills)
        known = [(entry_of(move, move in answered), move) for move in found]
        return known + [
            (replace(entry, number=read_number(number)), move)
            for entry, move in known
            for number in _other_numbers(move)
        ]

    def _answered(self, moves, bills):
        """Return those refunds by which a person reversed a bill that can be no credit note of Lucca any more.

        A person left out that credit note, which is none of these ``Bill``s, since the refund is in its place. Or
        the reversed bill was created again, so that the refund and that bill cancel each other.
        """
        refunds = moves.filtered("reversed_entry_id")
        if not refunds:
            return refunds
        documents = self.env["lucca.document"]
        deciding = documents.search(
            [
                ("answered_move_id", "in", refunds.ids),
                ("id", "not in", [bill.document.id for bill in bills]),
            ]
        )
        replaced = documents.search([("reversal_move_id", "in", refunds.ids)])
        return deciding.answered_move_id | replaced.filtered(_is_billed_again).reversal_move_id

    def _announced(self, bills, coming):
        """Return ``(Entry, empty move)`` of similar documents for which a first look would create bills.

        Their bills will be in Odoo once booking starts. A connection that books has no such documents.
        """
        document = bills[0].document
        if document.connection_id.is_booking:
            return []
        traces = {entry.number.trace for entry in coming}
        alike = document._coming_alike(document.company_id, traces)
        return [(one._entry(), self.env["account.move"]) for one in alike if one._partner()]

    def _find_elsewhere(self, bills, coming):
        """Return the documents of the connection that any of these could be, and that are bills of other companies.

        Its branches and parents count as one company. This takes one query.
        """
        documents = self.env["lucca.document"]
        if not bills:
            return documents
        totals = {float(entry.total) for entry in coming}
        # Whoever looks at a preview may not see the other company.
        found = documents.sudo().search(
            [
                ("connection_id", "in", [bill.document.connection_id.id for bill in bills]),
                ("document_date", "in", [entry.day for entry in coming if entry.day]),
                ("amount_total", "in", [*totals, *(-total for total in totals)]),
                ("move_id.state", "!=", "cancel"),
                "!",
                ("company_id", "child_of", bills[0].company.root_id.id),
            ],
            order="id",
        )
        return found.filtered(lambda one: not one.move_id._lucca_is_undone())

    def _find_alike(self, wanted, company):
        """Return the bills of a company, its branches and parents that any of these entries could be."""
        moves = self.env["account.move"]
        moves.flush_model(
            ["ref", "payment_reference", "amount_total", "invoice_date", "commercial_partner_id"]
        )
        query = moves._search(
            [
                ("company_id", "child_of", company.root_id.id),
                ("move_type", "in", BILLS),
                ("state", "!=", "cancel"),
            ]
        )
        query.add_where(_may_be_one_of(wanted))
        return moves.browse(query)


def _is_billed_again(document):
    """Return whether the bill that a person created in the place of a reversed one is certain to be the same invoice.

    If it has another number or total, it may be another invoice of the supplier, who credited the former one.
    """
    bill = document.move_id
    is_in_books = bill.state == "posted" and not bill._lucca_is_undone()
    return is_in_books and is_exact(document._entry(), entry_of(bill))


def _readings_of(bill, entry):
    """Return the entry of a ``Bill`` once for each day that its document may be of; once if no day is known."""
    days = bill.booked.possible_days if entry.day else ()
    return [replace(entry, day=day) for day in days] or [entry]


def _advise(document, move):
    """Return what a person can do about a document whose bill exists already.

    :param move: that bill; empty if another document will become it
    """
    if move and not move.lucca_document_ids:
        return _lt(
            "Press “Link to It”. If it is another bill, press “Book Anyway” or “Do Not Import”."
        )
    if not all(document._is_approved() for document in move.lucca_document_ids):
        return _lt(
            "Lucca withdrew the document of that bill, so this one may replace it: then delete, cancel or reverse that"
            " bill, and press “Retry”. If it is another bill, press “Book Anyway”."
        )
    if document.move_id:
        # The draft was created before Lucca changed the document. “Do Not Import” would leave it beside the other bill.
        return _lt(
            "If it is the same invoice, delete this document's draft. If it is another bill, press “Book Anyway”."
        )
    return _lt("Press “Do Not Import”. If it is another bill, press “Book Anyway”.")


def _advise_to_delete():
    return _lt("If it is the same invoice, delete this draft.")


def _may_be_one_of(wanted):
    """Return the SQL condition for bills that ``is_double`` may find to be one of these entries.

    Two spellings of one number have the same digits, apart from zeros.
    """
    totals = tuple({float(entry.total) for entry in wanted})
    days = [entry.day for entry in wanted if entry.day]
    has_number = SQL(
        "regexp_replace(coalesce(nullif(ref, ''), payment_reference), '[^1-9]', '', 'g') IN %s",
        tuple({entry.number.trace for entry in wanted}),
    )
    return SQL(
        """(
            commercial_partner_id IN %(suppliers)s AND (abs(amount_total) IN %(totals)s OR %(has_number)s)
            OR commercial_partner_id IS NULL AND state = 'draft' AND %(has_number)s
            OR invoice_date IN %(days)s AND abs(amount_total) IN %(totals)s AND %(has_number)s
        )""",
        suppliers=tuple({entry.supplier for entry in wanted}),
        totals=totals,
        days=tuple(set(days)) or (None,),
        has_number=has_number,
    )


def entry_of(move, is_answered=False):
    """Return the ``Entry`` of a bill in Odoo. One of a negative total is a refund, which Odoo offers to make of it.

    :param is_answered: whether a person decided already that it is no credit note which is still to come
    """
    total = round_amount(move.currency_id, move.amount_total)
    return Entry(
        supplier=move.commercial_partner_id.id or 0,
        is_refund=(move.move_type == "in_refund") != (total < 0),
        number=read_number(move.ref or ""),
        currency=move.currency_id.name,
        total=abs(total),
        day=move.invoice_date or None,
        is_lucca=bool(move.lucca_document_ids),
        is_reversal=bool(move.reversed_entry_id) and not is_answered,
    )


def _other_numbers(move):
    """Return the numbers of a bill, beside its reference, by which a document may be the same."""
    numbers = [one.number or "" for one in move.lucca_document_ids if one.number != move.ref]
    return numbers if move.ref else [*numbers, *filter(None, [move.payment_reference])]


def round_amount(currency, amount):
    """Return an amount as Odoo rounds it (``Decimal``), so that Lucca's and Odoo's can be compared."""
    return Decimal(str(currency.round(float(amount)) if currency else amount))
