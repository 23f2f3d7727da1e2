"""The time that Odoo's server needs for each screen of a large database."""

import re
import statistics

from lxml import etree
from odoo.tools.profiler import Profiler
from odoo.tools.safe_eval import safe_eval

from tests.processes.helpers import copy, execute

from . import large
from .harness import call, measured

DOCUMENTS = 100_000
TIMES = 5
#: The rows that a list shows at once.
PAGE = 80
ADDON = "lucca_invoices_sync"
#: The fields by which the graph and the pivots of documents group.
PERIODS, QUARTERS = ["document_date:month", "state"], ["nature_id", "document_date:quarter"]
#: The sums in the pivot of the audit trail.
AUDITED = ["amount_total:sum", "bill_total:sum", "difference_total:sum"]
#: ``{screen: (action, filters)}`` of the lists. A filter that groups by a field shows groups.
LISTS = {
    "Documents: what needs attention": ("lucca_document_action", ["attention"]),
    "Documents: all": ("lucca_document_action", []),
    "Documents: what needs attention, by reason": (
        "lucca_document_action",
        ["attention", "by_reason"],
    ),
    "Documents by supplier": ("lucca_document_action", ["by_supplier"]),
    "Documents by month": ("lucca_document_action", ["by_month"]),
    "To Map": ("lucca_mapping_action", ["needed"]),
    "VAT Rates": ("lucca_mapping_tax_action", []),
    "Suppliers": ("lucca_mapping_supplier_action", []),
    "Suppliers that are not mapped": ("lucca_mapping_supplier_action", ["unmapped"]),
    "Natures": ("lucca_mapping_nature_action", []),
    "Cost Centres and Sections": ("lucca_mapping_analytic_action", []),
    "Establishments": ("lucca_mapping_establishment_action", []),
    "Synchronisations": ("lucca_sync_run_action", []),
    "Audit Trail": ("lucca_audit_line_action", []),
    "Audit Trail: differences": ("lucca_audit_line_action", ["differs"]),
    "Audit Trail by explanation": ("lucca_audit_line_action", ["by_explanation"]),
    "Audit Trail by month": ("lucca_audit_line_action", ["by_month"]),
}


def run(template, documents=DOCUMENTS):
    """Return the figures of each screen, the slowest first; ``slowest`` is its slowest query."""
    with copy(template) as name:
        call(name, large.fill, documents=documents)
        execute(name, "VACUUM ANALYZE")
        return call(name, measure)


def measure(env):
    """Measure what each screen asks for, as an accounting manager."""
    from tests.books import user_of

    user = user_of(env, "account.group_account_manager")
    env = env(user=user, context={"allowed_company_ids": user.company_ids.ids})
    figures = [_measure(env, screen, ask) for screen, ask in _screens(env).items()]
    return {
        "documents": env["lucca.document"].search_count([]),
        "suppliers": env["lucca.mapping"].search_count([("kind", "=", "supplier")]),
        "screens": sorted(figures, key=lambda one: one["ms"], reverse=True),
    }


def _measure(env, screen, ask):
    times, queries = [], 0
    for _time in range(1 + TIMES):  # The first call reads views and settings.
        env.invalidate_all()
        with measured() as figures:
            ask()
        times.append(figures["seconds"] * 1000)
        queries = figures["queries"]
    env.invalidate_all()
    with Profiler(collectors=["sql"], db=None) as profiler:
        ask()
    slowest = max(profiler.collectors[0].entries, key=lambda entry: entry["time"])
    return {
        "screen": screen,
        "ms": statistics.median(times[1:]),
        "queries": queries,
        "slowest_ms": slowest["time"] * 1000,
        "slowest": _shortened(slowest["full_query"]),
    }


def _shortened(query):
    """Return a short form of a query: without its columns, quotes, and all but the first of many ids."""
    words = " ".join(query.replace('"', "").split())
    words = re.sub(r"^SELECT .*? FROM ", "SELECT … FROM ", words)
    words = re.sub(r"IN \((\d+), [\d, ]+\)", r"IN (\1, …)", words)
    return f"{words[:200]}…" if len(words) > 200 else words


def _screens(env):
    """Return ``{screen: a function that asks for it}``."""
    documents = env["lucca.document"]
    booked = documents.search([("move_id.state", "=", "posted")], limit=1)
    forms = {
        "A document that is booked": booked,
        "A document that waits": documents.search([("state", "=", "blocked")], limit=1),
        "A reference that is not mapped": env["lucca.mapping"].search(
            [("is_mapped", "=", False)], limit=1
        ),
        "The connection": booked.connection_id,
        "A synchronisation": env["lucca.sync.run"].search([("booked", ">", 0)], limit=1),
        "A bill": booked.move_id,
        "A bill that is not of Lucca": env["account.move"].search(
            [("ref", "=", large.ANOTHER_BILL)], limit=1
        ),
    }
    return {
        **{screen: _list(env, *asked) for screen, asked in LISTS.items()},
        **{screen: _form(record) for screen, record in forms.items()},
        "The first look": _form(
            booked.connection_id, env.ref(f"{ADDON}.lucca_connection_view_look")
        ),
        "Documents as a graph": lambda: documents.formatted_read_group([], PERIODS, ["__count"]),
        "Documents as a pivot": lambda: documents.formatted_read_grouping_sets(
            [], [[], ["state"], PERIODS[:1], PERIODS], ["__count"]
        ),
        "Amounts by nature as a pivot": lambda: documents.formatted_read_grouping_sets(
            [], [[], ["nature_id"], QUARTERS[1:], QUARTERS], ["amount_company:sum"]
        ),
        "Audit Trail as a pivot": lambda: env["lucca.audit.line"].formatted_read_grouping_sets(
            [], [[], ["currency_id"], ["currency_id", "explanation"]], AUDITED
        ),
        "The connections' cards": _read_all(env["lucca.connection"], "kanban"),
        "The dashboard's share": lambda: _dashboard(env["account.journal"].search([])),
    }


def _list(env, action, filters):
    action = env["ir.actions.act_window"]._for_xml_id(f"{ADDON}.{action}")
    records = env[action["res_model"]]
    context = safe_eval(action["context"] or "{}")
    records = records.with_context(**context)
    domain, groups = _search(records, filters)
    domain = [*safe_eval(action["domain"] or "[]"), *domain]
    arch = etree.fromstring(records.get_view(view_type="list")["arch"])
    specification = _specification(arch)
    if groups:
        return lambda: records.web_read_group(
            domain,
            groups,
            ["__count"],
            limit=PAGE,
            # The groups of a short list are open at once.
            auto_unfold=len(filters) > 1,
            unfold_read_specification=specification,
        )
    order = arch.get("default_order") or None
    return lambda: records.web_search_read(domain, specification, limit=PAGE, order=order)


def _search(records, filters):
    """Return ``(domain, groups)`` of the filters of a model's search view."""
    arch = etree.fromstring(records.get_view(view_type="search")["arch"])
    domain, groups = [], []
    for name in filters:
        (node,) = arch.xpath("//filter[@name=$name]", name=name)
        domain += safe_eval(node.get("domain") or "[]")
        groups += filter(None, [safe_eval(node.get("context") or "{}").get("group_by")])
    return domain, groups


def _form(record, view=None):
    arch = record.get_view(view and view.id, view_type="form")["arch"]
    specification = _specification(etree.fromstring(arch))
    return lambda: record.web_read(specification)


def _read_all(records, kind):
    specification = _specification(etree.fromstring(records.get_view(view_type=kind)["arch"]))
    return lambda: records.web_search_read([], specification, limit=PAGE)


def _dashboard(journals):
    return journals._lucca_waiting(journals._lucca_connections())


def _specification(arch):
    """Return what the web client asks for of a view's fields, including those of embedded lists."""
    specification = {}
    for node in arch.iterdescendants("field"):
        if next(node.iterancestors("field"), arch) is not arch and arch.tag != "field":
            continue
        parts = _specification(node) if len(node) else {"display_name": {}}
        specification[node.get("name")] = {"fields": parts}
    return specification
