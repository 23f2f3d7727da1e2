"""Creates suppliers from Lucca's data for a person, by the code that a synchronisation uses."""

from dataclasses import dataclass, field
from typing import Any

from odoo.exceptions import ConcurrencyError

from ...lucca.booking.parties import party_of
from ..locks import lock_names
from ..savepoints import attempt
from .directory import ids_with
from .identity import known_supplier
from .supplier import lock_names_of


@dataclass
class Made:
    """The result of creating partners for mappings.

    :ivar created: the mappings with a new partner
    :ivar found: the mappings with a partner that existed already
    :ivar waiting: ``{mapping: the exception that says why it has no partner}``
    """

    created: Any
    found: Any
    waiting: dict[Any, Exception] = field(default_factory=dict)


def make_partners(mappings, is_confirmed=False):
    """Map suppliers to existing partners with the same signs, else to new ones; return ``Made``.

    It is safe while synchronisations and other people do the same, see ``_lock``.

    :param mappings: the mappings of suppliers without a partner, with all rights (``sudo``)
    :param is_confirmed: whether the person saw the existing partners that may fit, and wants a new one
    :raises ConcurrencyError: if the request has to be repeated, which Odoo does by itself
    """
    suppliers = {mapping: known_supplier(mapping) for mapping in mappings}
    # Mapping stores the mere name of these suppliers as if Lucca had given it: it is removed below.
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
    """Create partners even if existing ones fit; return ``{mapping: exception}`` of the others.

    A supplier with the name of our own company is never created.
    """
    waiting = {}
    for mapping, supplier in suppliers.items():
        creator = maker._looking_for(mapping, [supplier])
        with attempt(mapping.env) as attempted:
            creator._check_may_be_created(mapping, supplier)
            mapping.is_doubtful = False  # the person decided that it is another company
            creator._create_new({mapping: supplier})
        if attempted.error:
            waiting[mapping] = attempted.error
    return waiting


def _lock(env, suppliers):
    """Keep other processes from creating the same partners until the transaction ends.

    This transaction cannot see partners that others created since it began. If there are any, it has
    to be repeated. Therefore no supplier is created twice.

    :raises ConcurrencyError: if others created partners with the same signs
    """
    lock_names(env.cr, lock_names_of(suppliers))
    keys = frozenset().union(*(party_of(supplier).keys for supplier in suppliers))
    with env.registry.cursor() as cr:
        there = set(ids_with(env(cr=cr), keys))
    if there - set(ids_with(env, keys)):
        raise ConcurrencyError("Others made suppliers with the same signs meanwhile")
