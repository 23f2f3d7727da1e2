"""The results as Markdown."""

import os
import platform

import psutil
from odoo.release import version

from tests.processes.helpers import execute

from .goals import queries, rate, reached

WHO = {
    "sync": "**Lucca Invoices Sync**, a whole synchronisation",
    "batches": "`account.move.create`, batches of 50 (the floor)",
    "one_by_one": "`account.move.create`, one by one",
    "oca": "OCA `account_invoice_import`",
    "odoo_ubl": "Odoo's upload of UBL files",
}
START = """# Benchmarks

Measured by `setup/benchmark`, which writes this page and its figures, [benchmarks.json](benchmarks.json). Lucca's
simulator was on the same machine. {machines}

Every synchronisation here is one by Odoo's own scheduler: its job loop calls the addon in slices of some ten seconds,
and goes on when a trigger or a notification says so. The figures include what the scheduler itself costs.

![The results as charts](benchmarks.svg)

## Goals

{table}
"""
BOOKING = """## Bills a second

The same bills for all, those of a small French company: {bills} for the first two, {few} for the others. The best of
three rounds. A synchronisation is all of it: listing, new suppliers, mappings, bills, notes, and the comparison with
Lucca's amounts; no files. The others only make bills of values that are given: those of plain
`account.move.create` have their taxes pinned, as ours have. OCA's module has no reader of files for Odoo 19 yet: it is
given what one would read, so reading costs it nothing.

{table}

{requests} requests for {documents} documents, {share:.2f} a document.

Two things save time: batches of 200, and lines that are created with the amounts and tax grids
that Odoo comes to. Odoo reckons them all the same, and writes what it finds to be different; given, there is nothing to
write.
"""
MEMORY = """## Memory

The process of a first import at its largest.

{table}
"""
IDLE = """## Idle

A synchronisation that finds nothing new. *Odoo* is the time without the wait for Lucca's answer. Queries include those
of the request budget: *in a shell* is a call outside of the scheduler, *in a job* the same inside one, *whole job* is
with the queries that Odoo's scheduler makes for any job.

{table}
"""
SCALING = """## Scale-out

Two connections to two accounts of Lucca, {bills:,} bills. Each has a cron worker in an Odoo process of its own, on one
database.

{table}
"""
REQUESTS = """## Requests of a first import

In virtual time: an answer takes 0.4 s, and the connection has 40 requests a minute. Each document has a purchase of its
own, one supplier has twenty purchases, and the documents are of twelve months. *Least* is what brings all of it:
each page of a hundred documents, purchases and suppliers, the VAT rates of each month, and each file. While the work
goes on, Lucca is asked every four minutes whether it has new documents: these are the counts. Of the imports of more
than {booked:,} documents no bills are made, which asks Lucca nothing.

{imports}

The same for many files of {documents:,} documents. The least time is that of the least requests at 40 a minute, less
the ten that may be sent at once.

{files}
"""
PAGES = """## Pages of any number and slowness

In virtual time: lists of 1 to 60 pages, with answers of 0.1 to 15 seconds. {combinations:,} of their {all:,}
combinations were tried. Each page has to be asked for once, all documents have to be booked, and the audit has to end.
Lucca was asked for {asked:,} pages where there are {pages:,}. {wrong}
"""
SCREENS = """## Screens

The server's time for what a screen asks for, the median of five times, with the slowest of its queries: a database of
{documents:,} documents with their bills and {suppliers:,} suppliers, an accounting manager. One document of each
supplier was listed and resolved by a synchronisation, the others are copies of it from earlier months; the bills are
posted. What a bill of Lucca's takes more than another bill is the addon's share of it.

{table}
"""
TRAIL = """## Audit trail

The PDF and the workbook of all documents of a database like that of the screens, each made in a process of its own.
Each document has a file, one in five a decision. *Memory* is by how much the process became larger.

{table}
"""
PROFILE = """## Where the time goes

Of a first import of {bills} bills, looked at every ten milliseconds: Odoo's own work {Odoo:.1f} %, waiting for
Lucca {Lucca:.1f} %, this addon's own Python {ours:.1f} %. The largest parts, by the function that asks for them:

{table}
"""


def machine(database):
    """Return a line about the machine of the measurement."""
    ((postgres,),) = execute(database, "SHOW server_version")
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, Python"
        f" {platform.python_version()}, Odoo {version}, PostgreSQL {postgres.split()[0]}"
    )


def written(results):
    """Return the page of the documentation, with the measured parts."""
    start = START.format(machines=_machines(results["measured"]), table=table(results))
    parts = [section(results[part]) for part, section in SECTIONS.items() if part in results]
    return "\n".join([start, *parts])


def _machines(measured):
    """Return when and on which machine the parts were measured, each machine once."""
    parts = {}
    for part in filter(measured.get, SECTIONS):
        parts.setdefault(measured[part], []).append(part)
    if len(parts) == 1:
        return f"All on {next(iter(parts))}."
    return "; ".join(f"{', '.join(names)}: {where}" for where, names in parts.items()) + "."


def table(results):
    """Return a table of the goals, the measured figures, and whether each goal is met."""
    rows = [(*goal, "yes" if is_met else "**no**") for *goal, is_met in reached(results)]
    return _markdown(("what", "goal", "measured", "met"), rows)


def _booking(booking):
    sync = booking["sync"]
    rows = [
        (words, f"{rate(booking[who]):.1f}", f"{queries(booking[who]):.1f}")
        for who, words in WHO.items()
    ]
    return BOOKING.format(
        bills=sync["bills"],
        few=booking["oca"]["bills"],
        table=_markdown(("", "bills a second", "queries a bill"), rows),
        requests=sync["requests"],
        documents=sync["documents"],
        share=sync["requests"] / sync["documents"],
    )


def _memory(imports):
    heads = ("documents", "megabytes", "bills a second", "queries a bill", "slices", "requests")
    rows = [
        (
            f"{one['documents']:,}",
            f"{one['peak']:.0f}",
            f"{rate(one):.1f}",
            f"{queries(one):.1f}",
            one["slices"],
            f"{one['requests']:,}",
        )
        for one in imports
    ]
    return MEMORY.format(table=_markdown(heads, rows))


def _idle(histories):
    heads = (
        "known documents",
        "all",
        "Odoo",
        "queries in a shell",
        "in a job",
        "whole job",
        "slowest query",
        "requests",
    )
    rows = [
        (
            f"{one['documents']:,}",
            f"{one['ms']:.0f} ms",
            f"{one['odoo_ms']:.0f} ms",
            one["shell_queries"],
            one["queries"],
            one["job_queries"],
            f"{one['slowest_query_ms']:.1f} ms",
            f"{one['requests']:.0f}",
        )
        for one in histories
    ]
    return IDLE.format(table=_markdown(heads, rows))


def _scaling(scaling):
    rows = [
        ("one after the other", f"{scaling['serial']:.1f} s"),
        ("at once", f"{scaling['parallel']:.1f} s"),
        ("waits for locks", f"{scaling['lock_waits_ms']:.0f} ms"),
        (
            "waits for a supplier that the other one just makes",
            f"{scaling['name_waits_ms']:.0f} ms",
        ),
        ("conflicts of transactions", scaling["conflicts"]),
    ]
    return SCALING.format(bills=scaling["bills"], table=_markdown(("", ""), rows))


def _requests(requests):
    kinds = ("count", "documents", "purchases", "suppliers", "rates", "files")
    heads = ("documents", "least", "asked", *kinds, "virtual time", "slices")
    rows = [
        (
            f"{one['documents']:,}",
            f"{sum(one['least'].values()):,}",
            f"{sum(one['asked'].values()):,}",
            *(f"{one['asked'].get(kind, 0):,}" for kind in kinds),
            f"{one['seconds'] / 60:.1f} min",
            one["slices"],
        )
        for one in requests["imports"]
    ]
    booked = max(one["documents"] for one in requests["imports"] if "imported" in one["states"])
    return REQUESTS.format(
        booked=booked,
        imports=_markdown(heads, rows),
        documents=requests["files"]["documents"],
        files=_files(requests["files"]),
    )


def _files(files):
    asked = files["asked"]
    others = sum(asked.values()) - asked["files"] - asked["count"]
    rows = [
        ("files", f"{asked['files']:,}"),
        ("pages and VAT rates", f"{others:,}"),
        ("counts", f"{asked['count']:,}"),
        ("refused by Lucca's own limit", files["refused"]),
        ("time", f"{files['seconds'] / 60:.1f} min"),
        ("least time", f"{files['least_seconds'] / 60:.1f} min"),
    ]
    return _markdown(("", ""), rows)


def _pages(pages):
    wrong = [f"{one['pages']} of {one['seconds']} s" for one in pages["wrong"]]
    words = f"Wrong: {', '.join(wrong)}." if wrong else "Nothing went wrong."
    return PAGES.format(**{**pages, "wrong": words})


def _screens(screens):
    heads = ("screen", "time", "queries", "slowest query", "")
    rows = [
        (
            one["screen"],
            f"{one['ms']:.0f} ms",
            one["queries"],
            f"{one['slowest_ms']:.0f} ms",
            f"`{one['slowest']}`",
        )
        for one in screens["screens"]
    ]
    return SCREENS.format(**{**screens, "table": _markdown(heads, rows)})


def _trail(trail):
    heads = ("", "documents", "time", "memory", "size of the file", "queries")
    rows = [
        (
            kind.upper(),
            f"{one['documents']:,}",
            f"{one['seconds']:.1f} s",
            f"{one['grown']:.0f} MB",
            f"{one['size']:.1f} MB",
            one["queries"],
        )
        for kind, one in trail.items()
    ]
    return TRAIL.format(table=_markdown(heads, rows))


def _profile(profile):
    rows = [(who, what, f"{share:.1f} %") for who, what, share in profile["shares"][:15]]
    shares = {
        who: sum(share for one, _what, share in profile["shares"] if one == who)
        for who in ("Odoo", "Lucca", "ours")
    }
    words = _markdown(("whose", "what", "share"), rows)
    return PROFILE.format(bills=profile["bills"], table=words, **shares)


SECTIONS = {
    "booking": _booking,
    "memory": _memory,
    "idle": _idle,
    "scaling": _scaling,
    "requests": _requests,
    "pages": _pages,
    "screens": _screens,
    "trail": _trail,
    "profile": _profile,
}


def _markdown(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
