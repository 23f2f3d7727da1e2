"""Suppliers that a person has made of what Lucca knows, by the way a synchronisation makes them."""

from dataclasses import dataclass, field
from typing import Any

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.booking.parties import party_of
from ..sync.locks import lock_names
from .directory import ids_with
from .identity import known_supplier
from .supplier import lock_names_of


@dataclass
class Made:
    """What became of mappings: ``created`` have a new partner, ``found`` one that was there already.

    ``waiting`` is ``{mapping: the exception that says why}`` of the others.
    """

    created: Any
    found: Any
    waiting: dict[Any, Exception] = field(default_factory=dict)


def make_partners(mappings, is_confirmed=False):
    """Give suppliers their partners: those that are sure signs' in Odoo already, else new ones.

    It is safe beside a synchronisation and beside other people who do the same: see ``_lock``.

    :param mappings: of suppliers without partner, with all rights
    :param is_confirmed: whether the person knows the partners that may be it, and wants another one
    :raises ConcurrencyError: where the request has to begin anew, which Odoo does by itself
    """
    suppliers = {mapping: known_supplier(mapping) for mapping in mappings}
    # What nobody could read in Lucca is not kept as if it were Lucca's word.
    unread = mappings.filtered(lambda mapping: not mapping.supplier_data)
    _lock(mappings.env, suppliers.values())
    waiting = {}
    for company, of_company in mappings.grouped("company_id").items():
        for members in of_company.grouped("connection_id").values():
            model = mappings.env["lucca.supplier"].with_company(company)
            maker = model.with_context(lucca_person_creates=True)
            own = {mapping: suppliers[mapping] for mapping in members}
            waiting |= _make_confirmed(maker, own) if is_confirmed else maker._map_new(own)
    unread.supplier_data = False
    done = mappings.filtered("partner_id")
    done._release_and_look_again()
    created = done.filtered(lambda mapping: mapping.found_by == "person_created")
    return Made(created, done - created, waiting)


def _make_confirmed(maker, suppliers):
    """Make partners whatever fits in Odoo; our own company is never made."""
    waiting = {}
    for mapping, supplier in suppliers.items():
        step = maker._looking_for(mapping, [supplier])
        try:
            with mapping.env.cr.savepoint():
                step._check_may_be_created(mapping, supplier)
                mapping.is_doubtful = False  # the person says that it is another company
                step._create_new({mapping: supplier})
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as trouble:  # noqa: BLE001  (one supplier's own)
            waiting[mapping] = trouble
    return waiting


def _lock(env, suppliers):
    """Keep others from making the same partners until the transaction ends.

    What they made since the transaction began is not seen in it: then it has to begin anew. So a
    synchronisation and a person, or two people, never make one supplier twice.

    :raises ConcurrencyError: where others did
    """
    lock_names(env.cr, lock_names_of(suppliers))
    keys = frozenset().union(*(party_of(supplier).keys for supplier in suppliers))
    with env.registry.cursor() as cr:
        there = set(ids_with(env(cr=cr), keys))
    if there - set(ids_with(env, keys)):
        raise ConcurrencyError("Others made suppliers with the same signs meanwhile")
