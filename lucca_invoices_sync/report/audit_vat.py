"""The VAT of an audit trail by rate, in Lucca's documents and in the tax lines of their bills."""

import math
from datetime import datetime, timezone
from decimal import Decimal

from odoo.tools import SQL, split_every

from ..lucca.audit import VatTotals, vat_by_rate
from ..lucca.documents.booked_documents import read_heading
from ..lucca.documents.dates import is_possible_date
from ..lucca.documents.reading import loads
from ..lucca.errors import DocumentError
from .audit_entries import BATCH, lines_of


def digits_of(rounding):
    """Return the number of decimals of a currency, computed from its rounding as Odoo does."""
    return max(0, math.ceil(-math.log10(rounding))) if rounding else 2


def vat_totals(lines):
    """Return the ``VatTotals`` of audit lines that the user may read."""
    totals, rates = VatTotals(), _Rates(lines.env)
    for ids in split_every(BATCH, lines.ids):
        payloads, booked = _payloads_of(lines.env, ids), _booked_vat(lines, ids)
        for line in lines_of(lines, ids):
            printed = _printed_vat(line, payloads.get(line["id"]), rates)
            there = booked.get(line["id"], {})
            totals.add(line["currency"] or "", printed, there, line["explanation"])
    return totals


class _Rates:
    """The VAT rates of Lucca's rate types; if Lucca gives none, the rates of their taxes in Odoo."""

    def __init__(self, env):
        # Lucca's rates are no secret, and a company may have none: its bill was linked to another's document.
        mappings = env["lucca.mapping"].sudo().search([("kind", "=", "tax")])
        self._mappings = {
            (one.connection_id.id, company_id, one.lucca_id): one
            for one in mappings
            for company_id in (one.company_id.id, None)
        }
        self._known = {}

    def of(self, line, rate_type_id, day):
        """Return a rate (a fraction) on a day; None if it is unknown."""
        key = (line["connection_id"], line["company_id"], rate_type_id)
        known = (*key, day.year, day.month)
        if known not in self._known:
            of_any = (line["connection_id"], None, rate_type_id)
            mapping = self._mappings.get(key) or self._mappings.get(of_any)
            self._known[known] = mapping and self._rate(mapping, day)
        return self._known[known]

    def _rate(self, mapping, day):
        rate = mapping._rate_on(day)
        if rate is not None:
            return rate.normalize()
        tax = mapping.tax_id
        return _fraction(tax.amount) if tax.amount_type == "percent" else None


def _fraction(percentage):
    return None if percentage is None else (Decimal(str(percentage)) / 100).normalize()


def _payloads_of(env, ids):
    query = "SELECT id, payload FROM lucca_document WHERE id = ANY(%s)"
    return dict(env.execute_query(SQL(query, list(ids))))


def _printed_vat(line, payload, rates):
    """Return ``{rate: VAT}`` of a document in Lucca, even if other parts of it cannot be read."""
    try:
        heading = read_heading(loads(payload or "null"))
    except (DocumentError, ValueError):
        return {}
    return vat_by_rate(heading, lambda one: rates.of(line, one, _tax_day(heading)))


def _tax_day(heading):
    """Return the day whose VAT rates apply, by the same rule as for a bill."""
    received = (heading.created_at or datetime.now(timezone.utc)).date()
    day = heading.document_date
    return day if day and is_possible_date(day, received) else received


def _booked_vat(lines, ids):
    """Return ``{document id: {rate: VAT}}`` of the tax lines of bills, negative for refunds.

    Bills that count as zero (cancelled, reversed, or in another currency) are left out.
    """
    rows = lines.env.execute_query(
        SQL(
            """
            SELECT line.id, CASE WHEN tax.amount_type = 'percent' THEN tax.amount END,
                   sum(item.amount_currency), max(currency.rounding)
              FROM %s line
              JOIN account_move_line item ON item.move_id = line.move_id
              JOIN account_tax tax ON tax.id = item.tax_line_id
              JOIN res_currency currency ON currency.id = line.currency_id
             WHERE line.id = ANY(%s) AND line.bill_state <> 'cancel' AND NOT line.is_reversed
               AND line.bill_currency_id = line.currency_id
             GROUP BY 1, 2
            """,
            lines._table_sql,
            list(ids),
        )
    )
    found = {}
    for document_id, percentage, amount, rounding in rows:
        found.setdefault(document_id, {})[_fraction(percentage)] = _decimal(amount, rounding)
    return found


def _decimal(amount, rounding):
    return Decimal(str(round(amount, digits_of(rounding))))
