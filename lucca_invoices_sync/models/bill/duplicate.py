from typing import Any, NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...lucca.booking.names import reference_key
from ..texts import money
from ..troubles import contained


class Entry(NamedTuple):
    """What tells one bill from another; ``move`` is empty for one that is about to be made."""

    move: Any
    is_lucca: bool
    partner_id: int
    move_type: str
    key: str
    currency_id: int
    total: float
    date: Any


class LuccaBillDuplicate(models.AbstractModel):
    _name = "lucca.bill.duplicate"
    _description = "Bills that Are There Already"

    @api.model
    def _without_duplicates(self, turn, bills):
        """Those of the ``Bill``s that Odoo has not yet; the others wait, unless a person said so."""
        entries = self._known(bills)
        kept = []
        for bill in bills:
            entry = self._entry_of(bill)
            with contained(bill.document, turn):
                self._check(bill, entry, entries)
                entries.append(entry)
                kept.append(bill)
        return kept

    def _check(self, bill, entry, entries):
        twin = next((other for other in entries if self._is_same(entry, other)), None)
        if not twin:
            return
        bill.confirm(
            "duplicate_bill",
            self.env._(
                "%(supplier)s has a bill “%(ref)s” of %(total)s already: %(twin)s.",
                supplier=self.env["res.partner"].browse(entry.partner_id).name,
                ref=twin.move.ref or bill.booked.number or "-",
                total=money(self.env, twin.total, bill.booked.base.currency),
                twin=twin.move.display_name or self.env._("another document of Lucca"),
            ),
            self.env._("Link it to this document, book it anyway, or ignore this document."),
            duplicate_move_id=twin.move.id,
        )

    def _is_same(self, new, known):
        """Whether two entries are one bill: two documents of Lucca by their number only."""
        if (new.partner_id, new.move_type) != (known.partner_id, known.move_type):
            return False
        if known.is_lucca:
            return bool(new.key) and new.key == known.key
        if new.currency_id != known.currency_id or _differ(self.env, new, known):
            return False
        if new.key and known.key:
            return new.key == known.key
        return new.date == known.date

    def _entry_of(self, bill):
        values = bill.values
        return Entry(
            self.env["account.move"],
            True,
            bill.partner.commercial_partner_id.id,
            values["move_type"],
            reference_key(bill.booked.number),
            values["currency_id"],
            float(bill.booked.base.including_taxes),
            bill.booked.document_date,
        )

    def _known(self, bills):
        """The entries of all bills in Odoo that any of these could be, by one query."""
        wanted = [self._entry_of(bill) for bill in bills]
        moves = self._find_alike(wanted, bills[0].company) if bills else self.env["account.move"]
        moves -= self.env["account.move"].union(*(bill.document.move_id for bill in bills))
        return [
            Entry(
                move,
                bool(move.lucca_document_ids),
                move.commercial_partner_id.id,
                move.move_type,
                reference_key(move.ref or ""),
                move.currency_id.id,
                move.amount_total,
                move.invoice_date,
            )
            for move in moves
        ]

    def _find_alike(self, wanted, company):
        moves = self.env["account.move"]
        moves.flush_model(["ref", "amount_total"])
        query = moves._search(
            [
                ("company_id", "=", company.id),
                ("move_type", "in", ("in_invoice", "in_refund")),
                ("state", "!=", "cancel"),
                ("commercial_partner_id", "in", [entry.partner_id for entry in wanted]),
            ]
        )
        query.add_where(
            SQL(
                "(amount_total IN %s OR regexp_replace(upper(ref), '[^[:alnum:]]', '', 'g') IN %s)",
                tuple({entry.total for entry in wanted}),
                tuple({entry.key for entry in wanted}),
            )
        )
        return moves.browse(query)


def _differ(env, one, other):
    currency = env["res.currency"].browse(one.currency_id)
    return currency.compare_amounts(one.total, other.total) != 0
