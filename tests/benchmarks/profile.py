"""The shares of Odoo, Lucca and the addon in the time of a first import."""

from collections import Counter

from odoo.tools.profiler import Profiler

from .booking import connected, synchronise
from .harness import call

DOCUMENTS = 1_000
ADDON = "/lucca_invoices_sync/"
SCHEDULER = "/base/models/ir_cron.py"
HTTP = ("/urllib3/", "/requests/", "/http/client", "/socket.py")


def run(template, documents=DOCUMENTS):
    """Return ``{"bills", "shares": [[who, what, percentage], ...]}``, the largest share first."""
    with connected(template, documents, seed=7) as (name, connection):
        return call(name, sample, connection_id=connection)


def sample(env, connection_id):
    """Sample every ten milliseconds which function is running."""
    with Profiler(collectors=["traces_async"], db=None) as profiler:
        result = synchronise(env, connection_id)
    stacks = [entry["stack"] for entry in profiler.collectors[0].entries]
    seen = Counter(filter(None, map(_who, stacks)))
    shares = [[*who, 100 * count / seen.total()] for who, count in seen.most_common()]
    return {"bills": result["bills"], "shares": shares}


def _who(stack):
    """Return ``(who, what)``: Odoo with the called method, Lucca's answer, or a function of the addon."""
    ours = [index for index, frame in enumerate(stack) if ADDON in frame[0]]
    if not ours:
        is_scheduler = any(SCHEDULER in frame[0] for frame in stack)
        return (
            ("Odoo", "its scheduler") if is_scheduler else None
        )  # This is before or after the job.
    inner = ours[-1]
    if any(part in frame[0] for frame in stack for part in HTTP):
        return "Lucca", "its answers"
    place = stack[inner][0].rpartition("/")[2].removesuffix(".py")
    function = f"{place}.{stack[inner][2]}"
    if inner == len(stack) - 1:
        return "ours", function
    return "Odoo", f"{_callee(stack[inner + 1 :])} for {function}"


def _callee(frames):
    """Return the called method, without the decorators around it."""
    names = [frame[2] for frame in frames if "/orm/decorators" not in frame[0]]
    return names[0] if names else frames[0][2]
