"""The results as Markdown."""

import os
import platform

import psutil
from odoo.release import version

from tests.processes.helpers import execute

WHO = {
    "sync": "**Lucca Invoices Sync**, a whole synchronisation",
    "batches": "`account.move.create`, batches of 50 (the floor)",
    "one_by_one": "`account.move.create`, one by one",
    "oca": "OCA `account_invoice_import`",
    "odoo_ubl": "Odoo's upload of UBL files",
}
TEMPLATE = """# Benchmarks

{day}, {machine}. Measured by `setup/benchmark`, which writes this page and its figures,
[benchmarks.json](benchmarks.json).

![The results as charts](benchmarks.svg)

## Goals

{table}

## Bills a second

The same bills for all, those of a small French company: {bills} for the first two, {few} for the others. The best of
three rounds. A synchronisation is all of it: listing, new suppliers, mappings, bills, notes, and the comparison with
Lucca's amounts; no files. The others only make bills of values that are given: those of plain
`account.move.create` have their taxes pinned, as ours have. OCA's module has no reader of files for Odoo 19 yet: it is
given what one would read, so reading costs it nothing.

{throughput}

It is faster than the floor for two reasons: batches of 200, and lines that are created with the amounts and tax grids
that Odoo comes to. Odoo reckons them all the same, and writes what it finds to be different; given, there is nothing to
write.

## Memory

The process of a first import at its largest.

{memory}

## Idle

A synchronisation that finds nothing new; *Odoo* is without the wait for Lucca's answer. Queries include those of the
request budget.

{idle}

## Scale-out

Two connections to two accounts of Lucca, {scaling_bills:,} bills, each on an Odoo process of its own, on one database.

{scaling}

## Where the time goes

Of a first import of {profile_bills} bills, looked at every ten milliseconds: Odoo's own work {odoo:.1f} %, waiting for
Lucca {lucca:.1f} %, this addon's own Python {ours:.1f} %. The largest parts, by the function that asks for them:

{profile}
"""


def machine(database):
    """What it was measured on, in a line."""
    ((postgres,),) = execute(database, "SHOW server_version")
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, Python"
        f" {platform.python_version()}, Odoo {version}, PostgreSQL {postgres.split()[0]}, Lucca's"
        " simulator on the same machine"
    )


def written(results):
    """The page of the documentation."""
    booking, scaling, profile = results["booking"], results["scaling"], results["profile"]
    shares = {
        who: sum(share for one, _what, share in profile["shares"] if one == who)
        for who in ("Odoo", "Lucca", "ours")
    }
    return TEMPLATE.format(
        day=results["day"],
        machine=results["machine"],
        table=table(results),
        bills=booking["sync"]["bills"],
        few=booking["oca"]["bills"],
        throughput=_throughput(booking),
        memory=_memory(results["memory"]),
        idle=_idle(results["idle"]),
        scaling_bills=scaling["bills"],
        scaling=_scaling(scaling),
        profile_bills=profile["bills"],
        odoo=shares["Odoo"],
        lucca=shares["Lucca"],
        ours=shares["ours"],
        profile=_profile(profile["shares"][:15]),
    )


def table(results):
    """The goals, what was measured, and whether it is enough."""
    booking, scaling = results["booking"], results["scaling"]
    sync, memory, idle = booking["sync"], results["memory"], results["idle"][-1]
    speed = rate(sync) / rate(booking["batches"])
    grown = memory[-1]["peak"] - memory[0]["peak"]
    many = f"{memory[-1]['documents']:,}"
    waits = scaling["lock_waits_ms"] + scaling["conflicts"]
    goals = [
        ("Bills a second, as a part of the floor", "0.9 or more", f"{speed:.2f}", speed >= 0.9),
        ("Queries a bill", "8 at most", f"{queries(sync):.1f}", queries(sync) <= 8),
        (
            f"Memory of {many} documents, over that of {memory[0]['documents']:,}",
            "60 MB at most",
            f"{grown:.0f} MB",
            grown <= 60,
        ),
        (
            f"Requests, idle with {idle['documents']:,} documents",
            "2 at most",
            f"{idle['requests']:.0f}",
            idle["requests"] <= 2,
        ),
        ("Queries, idle", "15 at most", idle["queries"], idle["queries"] <= 15),
        ("Odoo's time, idle", "50 ms at most", f"{idle['odoo_ms']:.0f} ms", idle["odoo_ms"] <= 50),
        (
            "Two connections at once, as a part of one after the other",
            "0.6 at most",
            f"{scaling['ratio']:.2f}",
            scaling["ratio"] <= 0.6,
        ),
        (
            "Lock waits and conflicts of transactions",
            "none",
            "none" if not waits else f"{scaling['lock_waits_ms']:.0f} ms, {scaling['conflicts']}",
            not waits,
        ),
    ]
    rows = [(*goal[:3], "yes" if goal[3] else "**no**") for goal in goals]
    return _markdown(("what", "goal", "measured", "met"), rows)


def rate(figures):
    """Bills a second."""
    return figures["bills"] / figures["seconds"]


def queries(figures):
    """Queries a bill."""
    return figures["queries"] / figures["bills"]


def _throughput(booking):
    sync = booking["sync"]
    rows = [
        (words, f"{rate(booking[who]):.1f}", f"{queries(booking[who]):.1f}")
        for who, words in WHO.items()
    ]
    asked = f"{sync['requests']} requests for {sync['documents']} documents"
    asked += f", {sync['requests'] / sync['documents']:.2f} a document."
    return _markdown(("", "bills a second", "queries a bill"), rows) + f"\n\n{asked}"


def _memory(imports):
    rows = [
        (f"{one['documents']:,}", f"{one['peak']:.0f}", f"{rate(one):.1f}", f"{queries(one):.1f}")
        for one in imports
    ]
    return _markdown(("documents", "megabytes", "bills a second", "queries a bill"), rows)


def _idle(histories):
    rows = [
        (
            f"{one['documents']:,}",
            f"{one['ms']:.0f} ms",
            f"{one['odoo_ms']:.0f} ms",
            one["queries"],
            f"{one['slowest_query_ms']:.1f} ms",
            f"{one['requests']:.0f}",
        )
        for one in histories
    ]
    return _markdown(
        ("known documents", "all", "Odoo", "queries", "slowest query", "requests"), rows
    )


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
    return _markdown(("", ""), rows)


def _profile(shares):
    return _markdown(
        ("whose", "what", "share"), [(who, what, f"{share:.1f} %") for who, what, share in shares]
    )


def _markdown(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
