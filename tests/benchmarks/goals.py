"""The goals, the measured figures, and whether each goal is met."""

from itertools import chain


def rate(figures):
    """Return the bills a second."""
    return figures["bills"] / figures["seconds"]


def queries(figures):
    """Return the queries a bill."""
    return figures["queries"] / figures["bills"]


def reached(results):
    """Return ``[(what, goal, measured, whether it is met), ...]`` of the measured parts."""
    return list(
        chain.from_iterable(
            goals(results[part]) for part, goals in GOALS.items() if part in results
        )
    )


def _booking(booking):
    sync = booking["sync"]
    speed = rate(sync) / rate(booking["batches"])
    return [
        ("Bills a second, as a part of the floor", "1.1 or more", f"{speed:.2f}", speed >= 1.1),
        ("Queries a bill", "8 at most", f"{queries(sync):.1f}", queries(sync) <= 8),
    ]


def _memory(imports):
    first, last = imports[0], imports[-1]
    grown = last["peak"] - first["peak"]
    what = f"Memory of {last['documents']:,} documents, over that of {first['documents']:,}"
    return [(what, "60 MB at most", f"{grown:.0f} MB", grown <= 60)]


def _idle(histories):
    idle = histories[-1]
    asked, spent = idle["requests"], idle["odoo_ms"]
    return [
        (f"Requests, idle with {idle['documents']:,} documents", "1", f"{asked:.0f}", asked <= 1),
        ("Queries, idle, in a shell", "15 at most", *_at_most(15, idle["shell_queries"])),
        ("Queries, idle, in a job of the scheduler", "15 at most", *_at_most(15, idle["queries"])),
        ("Odoo's time, idle", "50 ms at most", f"{spent:.0f} ms", spent <= 50),
    ]


def _at_most(most, number):
    return f"{number:,}", number <= most


def _scaling(scaling):
    waits = scaling["lock_waits_ms"] + scaling["conflicts"]
    told = f"{scaling['lock_waits_ms']:.0f} ms, {scaling['conflicts']}" if waits else "none"
    what = "Two connections at once, as a part of one after the other"
    return [
        (what, "0.6 at most", f"{scaling['ratio']:.2f}", scaling["ratio"] <= 0.6),
        ("Lock waits and conflicts of transactions", "none", told, not waits),
    ]


def _requests(requests):
    return [
        *(_first_import(one) for one in requests["imports"]),
        *_files(requests["files"]),
    ]


def _first_import(one):
    most = 1.03 * sum(one["least"].values()) + 10
    what = f"Requests of a first import of {one['documents']:,} documents"
    return what, f"{most:,.0f} at most", *_at_most(most, sum(one["asked"].values()))


def _files(files):
    number, fetched = files["least"]["files"], files["asked"]["files"]
    more = files["seconds"] / files["least_seconds"] - 1
    return [
        (f"Requests for {number:,} files", f"{number:,}", f"{fetched:,}", fetched == number),
        (
            f"Time of {number:,} files, over the budget's least",
            "5 % at most",
            f"{100 * more:.1f} %",
            more <= 0.05,
        ),
    ]


def _pages(pages):
    tried, wrong = pages["combinations"], len(pages["wrong"])
    what = f"Each page asked for once: combinations of pages and seconds that fail, of {tried:,}"
    return [(what, "none", wrong or "none", not wrong)]


def _screens(screens):
    # The audit trail compares each document with its bill on every screen.
    trail = [one for one in screens["screens"] if one["screen"].startswith("Audit Trail")]
    others = [one for one in screens["screens"] if one not in trail]
    what = f"The slowest {{}} with {screens['documents']:,} documents"
    return [
        (what.format("screen"), *_slowest(others, 200)),
        (what.format("screen of the audit trail"), *_slowest(trail, 300)),
    ]


def _slowest(screens, most):
    slowest = max(screens, key=lambda one: one["ms"])
    told = f"{slowest['ms']:.0f} ms ({slowest['screen']})"
    return f"{most} ms at most", told, slowest["ms"] <= most


def _trail(trail):
    goals = []
    for kind, one in trail.items():
        what = f"Audit trail of {one['documents']:,} documents as {kind.upper()}"
        goals += [
            (what, "60 s at most", f"{one['seconds']:.0f} s", one["seconds"] <= 60),
            (
                f"{what}: additional memory",
                "100 MB at most",
                f"{one['grown']:.0f} MB",
                one["grown"] <= 100,
            ),
        ]
    return goals


GOALS = {
    "booking": _booking,
    "memory": _memory,
    "idle": _idle,
    "scaling": _scaling,
    "requests": _requests,
    "pages": _pages,
    "screens": _screens,
    "trail": _trail,
}
