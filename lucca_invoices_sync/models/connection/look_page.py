"""The contents of the page of a first look: how many records of each kind would be created, or wait.

Each line of the page has a ``key``, ``what`` or ``what:value``. ``find_domain`` finds its records.
"""

from collections import Counter

from odoo.tools import SQL, format_list
from odoo.tools.misc import formatLang

from ..mapping.mapping import LISTS
from ..mapping.purchase_taxes import PurchaseTaxes
from ..messages import money

DOCUMENTS = "lucca_document_action"
SUPPLIERS = LISTS["supplier"]
#: The kinds of references that need not be mapped for a document to be booked.
OPTIONAL = ("nature", "cost_center", "axis_section")
BILL, REFUND = "coming:in_invoice", "coming:in_refund"
UNLOOKED, CREATED, STAND_INS = "unlooked", "created", "stand_ins"
#: The reason whose line comes before those of the others.
THERE_ALREADY = "duplicate_bill"


def find_domain(connection, key):
    """Return ``(XML id of the list, domain)`` of a line of a connection's page; None if there is no such line.

    :param key: the key of the line
    """
    what, _colon, value = key.partition(":")
    if what == STAND_INS:
        rates = [mapping.id for mapping in _find_stand_ins(connection)]
        return LISTS["tax"], [("id", "in", rates)]
    if value in LISTS and what in ("needed", "unmapped"):
        is_open = ("is_needed", "=", True) if what == "needed" else ("is_mapped", "=", False)
        return LISTS[value], [("kind", "=", value), is_open]
    return {
        "coming": (DOCUMENTS, [("coming_as", "=", value)]),
        "reason": (DOCUMENTS, [("state", "=", "blocked"), ("reason", "=", value)]),
        UNLOOKED: (
            DOCUMENTS,
            [("state", "in", ("pending", "failed")), ("coming_as", "=", False)],
        ),
        "found": (
            SUPPLIERS,
            [("kind", "=", "supplier"), ("is_mapped", "=", True), ("found_by", "=", value)],
        ),
        CREATED: (SUPPLIERS, [("kind", "=", "supplier"), ("is_to_create", "=", True)]),
    }.get(what)


def describe(connection):
    """Return ``{"error", "remark", "warning", "is_over", "sections", "confirm"}``, which the page shows.

    ``sections`` is ``[{"title", "lines": [{"key", "label", "detail", "count"}]}]``. ``count`` is the
    number of records that a line leads to. ``confirm`` says what *Start Booking* would do.
    """
    env = connection.env
    documents, totals = _count_documents(connection)
    references = _count_references(connection)
    sections = [
        (env._("What Would Be Created"), _coming(env, documents, totals)),
        (env._("Suppliers"), _suppliers(env, references)),
        (env._("To Map"), [*_to_map(env, references), *_stand_ins(connection)]),
        (env._("What Would Need Attention"), _waiting(env, documents)),
    ]
    return {
        "error": connection.last_error or connection.warning,
        "remark": connection._describe_look(documents[BILL] + documents[REFUND]),
        "warning": _warn_of_bills_elsewhere(connection),
        "is_over": bool(connection.last_success_at) and not documents[UNLOOKED],
        "sections": [{"title": title, "lines": lines} for title, lines in sections if lines],
        "confirm": _describe_start(env, documents, references[CREATED]),
    }


# --- counting -------------------------------------------------------------------------------------


def _count_documents(connection):
    """Return ``({key: number}, {key: {currency id: total}})`` of the documents, by one query.

    A total is the sum of absolute amounts.
    """
    documents = connection.env["lucca.document"]
    query = documents._search([("connection_id", "=", connection.id)])
    query.groupby = SQL("state, coming_as, reason, currency_id")
    rows = connection.env.execute_query(
        query.select(SQL("state, coming_as, reason, currency_id, count(*), sum(abs(amount_total))"))
    )
    counts, totals = Counter(), {}
    for state, coming_as, reason, currency_id, count, total in rows:
        key = _key_of(state, coming_as, reason)
        counts[key] += count
        totals.setdefault(key, Counter())[currency_id] += total or 0
    return counts, totals


def _key_of(state, coming_as, reason):
    if coming_as:
        return f"coming:{coming_as}"
    if state == "blocked":
        return f"reason:{reason}"
    return UNLOOKED if state in ("pending", "failed") else state


def _count_references(connection):
    """Return ``{key: number}`` of the references, by two queries."""
    mappings = connection.env["lucca.mapping"]
    mine = [("connection_id", "=", connection.id)]
    counts = Counter()
    names = ["kind", "is_mapped", "found_by", "is_to_create"]
    for kind, is_mapped, found_by, is_to_create, count in mappings._read_group(
        mine, names, ["__count"]
    ):
        if kind == "supplier" and is_mapped:
            counts[f"found:{found_by}"] += count
        elif kind == "supplier" and is_to_create:
            counts[CREATED] += count
        elif kind in OPTIONAL and not is_mapped:
            counts[f"unmapped:{kind}"] += count
    needed = mappings._read_group([*mine, ("is_needed", "=", True)], ["kind"], ["__count"])
    counts.update({f"needed:{kind}": count for kind, count in needed})
    return counts


def _warn_of_bills_elsewhere(connection):
    """Return a warning if documents that would become bills are bills of another connection already; else False."""
    count, companies = _count_bills_elsewhere(connection)
    if not count:
        return False
    env = connection.env
    facts = {
        "count": formatLang(env, count, digits=0),
        "companies": _name_companies(env, companies),
    }
    told = (
        env._("One of these documents is a bill of %(companies)s already.", **facts)
        if count == 1
        else env._("%(count)s of these documents are bills of %(companies)s already.", **facts)
    )
    return env._(
        "%s “Start Booking” would create a second bill for each: another connection to this Lucca account"
        " created the first. Choose the company of each establishment on that connection instead (unarchive it"
        " if necessary), and delete this one. Or give this connection a key that sees only the documents of its"
        " company.",
        told,
    )


def _count_bills_elsewhere(connection):
    """Return ``(number of documents, companies of their bills)`` by one query, if others have the same account.

    The documents are those that would become bills and have one by another connection. Bills that are
    cancelled do not count.
    """
    env, others = connection.env, connection._find_same_account()
    # The companies are only counted and named, see ``_name_companies``.
    companies = env["res.company"].sudo()
    if not others:
        return 0, companies
    env.flush_all()
    coming = env["lucca.document"]._search(
        [("connection_id", "=", connection.id), ("coming_as", "!=", False)]
    )
    ((count, company_ids),) = env.execute_query(
        SQL(
            """
            SELECT count(DISTINCT document.id), array_agg(DISTINCT bill.company_id)
              FROM lucca_document document
              JOIN lucca_document twin
                ON twin.lucca_type = document.lucca_type AND twin.lucca_id = document.lucca_id
               AND twin.connection_id IN %(others)s
              JOIN account_move bill ON bill.id = twin.move_id AND bill.state <> 'cancel'
             WHERE document.id IN %(coming)s
            """,
            others=tuple(others.ids),
            coming=coming.subselect(),
        )
    )
    return count, companies.browse(company_ids or ())


def _name_companies(env, companies):
    """Return the names of companies as text. Those that the user does not work for are not named."""
    named = companies & env.user.company_ids
    names = named.mapped("name")
    if companies - named:
        names.append(env._("another company"))
    return format_list(env, names)


# --- lines ----------------------------------------------------------------------------------------


def _line(key, label, count, detail=""):
    return {"key": key, "label": label, "count": count, "detail": detail}


def _lines(counts, rows):
    """Return the lines of those ``(key, label, detail)`` whose count is not 0."""
    return [_line(key, label, counts[key], detail) for key, label, detail in rows if counts[key]]


def _coming(env, counts, totals):
    rows = [
        (BILL, env._("Bills"), _in_words(env, totals.get(BILL))),
        (REFUND, env._("Refunds"), _in_words(env, totals.get(REFUND))),
        (UNLOOKED, env._("Not looked at yet"), ""),
    ]
    return _lines(counts, rows) or [_line(BILL, env._("Bills"), 0)]


def _in_words(env, totals):
    """Return totals as text, the largest first."""
    currencies = env["res.currency"]
    found = sorted((totals or {}).items(), key=lambda pair: -pair[1])
    return ", ".join(
        money(env, total, currencies.browse(currency_id).name)
        for currency_id, total in found
        if currency_id
    )


def _suppliers(env, counts):
    signs = env["lucca.mapping"]._fields["found_by"]._description_selection(env)
    rows = [
        *((f"found:{sign}", env._("Found: %s", words), "") for sign, words in signs),
        (CREATED, env._("Would be created"), env._("No supplier in Odoo fits.")),
        ("needed:supplier", env._("To be chosen"), env._("Unknown, or more than one fits.")),
    ]
    return _lines(counts, rows)


def _to_map(env, counts):
    plans = env._("Optional. Without one, the lines have no analytic account.")
    rows = [
        ("needed:tax", env._("VAT rates without a tax"), env._("Documents wait for their tax.")),
        (
            "needed:establishment",
            env._("Establishments"),
            env._("Documents wait for their company."),
        ),
        (
            "unmapped:nature",
            env._("Natures without an account"),
            env._(
                "Optional. Without one, the supplier's usual account is used, or the connection's."
            ),
        ),
        ("unmapped:cost_center", env._("Cost centres without an analytic account"), plans),
        ("unmapped:axis_section", env._("Sections without an analytic account"), plans),
    ]
    if not env.user.has_group("analytic.group_analytic_accounting"):
        rows = rows[:3]
    return _lines(counts, rows)


def _stand_ins(connection):
    """Return the line of the VAT rates whose tax is for something else; an empty list if there are none."""
    env, found = connection.env, _find_stand_ins(connection)
    if not found:
        return []
    archived = format_list(env, [tax.name for taxes in found.values() for tax in taxes])
    detail = env._(
        "Unarchive %s. Otherwise the VAT is deducted at another time than it falls due.", archived
    )
    return [_line(STAND_INS, env._("VAT rates with a tax for something else"), len(found), detail)]


def _find_stand_ins(connection):
    """Return ``{mapping: archived taxes}`` of the VAT rates that lack the tax of what most purchases are.

    Their tax deducts the VAT at another time than the archived ones, as "10% G" instead of "10% S" in France.
    """
    # Administrators, who may not read taxes and accounts, see the page, too.
    mappings = connection.sudo().env["lucca.mapping"]
    mapped = [
        ("connection_id", "=", connection.id),
        ("kind", "=", "tax"),
        ("tax_id.tax_scope", "not in", [False, connection.tax_scope]),
        ("found_by", "=", False),
    ]
    scope, found = connection.tax_scope, {}
    for company, members in mappings.search(mapped).grouped("company_id").items():
        taxes = PurchaseTaxes(company)
        for mapping in members.filtered(lambda one: not one.is_foreign):
            archived = taxes.archived_better(mapping.tax_id, scope)
            # If a better tax is active, the next bills have it.
            if archived and taxes.choose(mapping._fraction(), scope) == mapping.tax_id:
                found[mapping] = archived
    return found


def _waiting(env, counts):
    reasons = env["lucca.document"]._fields["reason"]._description_selection(env)
    own = sorted(reasons, key=lambda pair: (pair[0] != THERE_ALREADY, -counts[f"reason:{pair[0]}"]))
    return _lines(counts, [(f"reason:{reason}", words, "") for reason, words in own])


def _describe_start(env, documents, created):
    """Return sentences on what *Start Booking* would create, with numbers."""
    figures = [
        (documents[BILL], env._("one bill"), env._("%s bills")),
        (documents[REFUND], env._("one refund"), env._("%s refunds")),
        (created, env._("one new supplier"), env._("%s new suppliers")),
    ]
    parts = [
        one if number == 1 else many % formatLang(env, number, digits=0)
        for number, one, many in figures
        if number
    ] or [env._("no bill")]
    return env._(
        "Odoo creates %(things)s now, and from then on a bill for each new document of Lucca. Once bills are"
        " created, there is no way back to the first look.",
        things=format_list(env, parts),
    )
