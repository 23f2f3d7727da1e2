"""What is left to do for a connection's documents and files."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ..states import MAPPED_BY_REASON
from .companies import CompanyFinder

WORK = ("pending", "failed")
#: Fields of documents that have a bill and still need a person, or the step that posts bills.
FLAGS = ("is_changed", "is_left_draft", "has_differences", "is_to_post")
#: The longest time by which a mapping may be older than the stop of a document that did not see it.
LONGEST_OVERLAP = timedelta(minutes=1)


class Left(NamedTuple):
    """What is left to do for a connection, in numbers.

    :ivar has_work: whether a step after the list has something to do
    :ivar waiting: ``{reason: number}`` of the documents that need attention
    :ivar coming: documents that would become bills, as the first look found
    :ivar changed: bills whose document changed in Lucca
    :ivar differing: documents that differ from their electronic invoices or bills
    :ivar drafts: bills that were not posted because of a doubt
    :ivar failing: documents that fail again and again
    :ivar stuck: files that fail again and again
    :ivar next_try_at: when the first failed document or file is tried again, or None
    """

    has_work: bool
    waiting: dict
    coming: int
    changed: int
    differing: int
    drafts: int
    failing: int
    stuck: int
    next_try_at: datetime | None


class _Group(NamedTuple):
    """Documents with equal values of these fields, how many they are, and their first next try."""

    state: str
    reason: str
    files_state: str
    is_changed: bool
    is_left_draft: bool
    has_differences: bool
    is_to_post: bool
    coming_as: str
    count: int
    next_try_at: datetime | None


def find_left(connection):
    """Return the ``Left`` of a connection, by one query unless a document or file failed."""
    documents = connection.env["lucca.document"]
    left = Domain("state", "in", (*WORK, "blocked")) | Domain("files_state", "in", WORK)
    for name in FLAGS:
        left |= Domain(name, "=", True)
    found = documents._read_group(
        Domain("connection_id", "=", connection.id) & left,
        [*_Group._fields[:-2]],
        ["__count", "next_try_at:min"],
    )
    groups, waiting, failing, stuck = [_Group(*group) for group in found], Counter(), 0, 0
    tries = [group.next_try_at for group in groups]
    for group in groups:
        if group.state == "blocked":
            waiting[group.reason] += group.count
    is_booking = connection.is_booking
    if any(group.state == "failed" for group in groups):
        failing = _count_stuck(connection)
    if any(group.files_state == "failed" for group in groups):
        tries.append(_next_try_of_files(connection))
        stuck = _count_stuck_files(connection)
    return Left(
        has_work=any(_is_work(group, is_booking) for group in groups),
        waiting=waiting,
        coming=0 if is_booking else _count(groups, "coming_as"),
        changed=_count(groups, "is_changed"),
        differing=_count(groups, "has_differences"),
        drafts=_count(groups, "is_left_draft"),
        failing=failing,
        stuck=stuck,
        next_try_at=min(filter(None, tries), default=None),
    )


def _is_work(group, is_booking):
    """Return whether a step has work with the documents of a group.

    A first look has work with each document only once.
    """
    is_seen = not is_booking and group.coming_as
    is_to_book = group.state in WORK and not is_seen
    return is_to_book or group.files_state in WORK or (is_booking and _is_to_post(group))


def _is_to_post(group):
    """Return whether the bills of a group are to be posted now, as ``lucca.sync.post`` decides it."""
    return group.is_to_post and group.state == "imported" and group.files_state not in WORK


def _count(groups, name):
    return sum(group.count for group in groups if getattr(group, name))


def _next_try_of_files(connection):
    mine = [
        ("document_id.connection_id", "=", connection.id),
        ("document_id.files_state", "=", "failed"),
        ("state", "=", "failed"),
    ]
    return connection.env["lucca.file"].search(mine, order="next_try_at", limit=1).next_try_at


def _count_stuck(connection):
    documents = connection.env["lucca.document"]
    mine = Domain("connection_id", "=", connection.id)
    return documents.search_count(mine & documents._domain_stuck())


def _count_stuck_files(connection):
    files = connection.env["lucca.file"]
    mine = [
        ("document_id.connection_id", "=", connection.id),
        ("document_id.files_state", "=", "failed"),
    ]
    return files.search_count([*mine, *files._domain_stuck()])


def find_answered(connection, left):
    """Return the documents that wait for a mapping or company which is known by now.

    Those that wait in a company which was archived since are among them: they need another company.

    :param left: the ``Left`` of the connection
    """
    found = _find_mapped(connection, left) | _find_in_archived(connection, left)
    if "unmapped_establishment" in left.waiting:
        found |= CompanyFinder(connection).find_answered()
    return found


def release(connection, answered):
    """Try documents again that ``find_answered`` returned.

    Those that wait in an archived company return to the connection's first. They would be found again and
    again if they were stopped before their new company is known.
    """
    hidden = answered.filtered(lambda one: not (one.company_id.active or one.move_id))
    hidden.company_id = connection.company_id
    answered._try_again()


def _find_in_archived(connection, left):
    """Return the documents without a bill that wait in an archived company, where nobody sees them."""
    documents = connection.env["lucca.document"]
    if not left.waiting:
        return documents
    return documents.search(
        [
            ("connection_id", "=", connection.id),
            ("state", "=", "blocked"),
            ("reason", "!=", "not_approved"),
            ("move_id", "=", False),
            ("company_id.active", "=", False),
        ]
    )


def _find_mapped(connection, left):
    """Return the documents that wait for a mapping which a person made at the same time.

    Mapping a reference releases the documents that wait for it, except those that another
    transaction blocks at that moment. No query is made if no document waits for a mapping.
    """
    documents = connection.env["lucca.document"]
    kinds = [
        (reason, kind)
        for reason, kinds in MAPPED_BY_REASON.items()
        for kind in kinds
        if reason in left.waiting
    ]
    if not kinds:
        return documents
    found = connection.env.execute_query(
        SQL(
            """
            SELECT DISTINCT document.id
              FROM lucca_document document
              JOIN lucca_document_lucca_mapping_rel link ON link.lucca_document_id = document.id
              JOIN lucca_mapping mapping ON mapping.id = link.lucca_mapping_id
             WHERE document.connection_id = %s AND document.state = 'blocked'
               AND (document.reason, mapping.kind) IN %s AND mapping.is_mapped
               AND mapping.write_date > document.blocked_at - %s
            """,
            connection.id,
            tuple(kinds),
            LONGEST_OVERLAP,
        )
    )
    return documents.browse(document_id for (document_id,) in found)
