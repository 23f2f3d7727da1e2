"""The companies of bills, by the establishments of their purchases in Lucca."""

from odoo.tools import SQL

from ..bill.archived import explain_archived_company


class CompanyFinder:
    """Finds the companies of a connection's documents, while a step works.

    A document that has a bill belongs to the company of that bill, whose people see it. Otherwise the
    mapping of the establishment by a person decides. Without one, it is the company of the
    establishment's bill that Odoo got last, else of the connection. If Odoo has several companies
    and the connection asks for the company of new establishments, a person chooses in place of the
    connection's company. Nobody sees the bills of an archived company, so a person chooses in its
    place, too.
    """

    def __init__(self, connection):
        self._connection = connection
        # Companies that the user does not see count as well, and archived ones may have bills.
        companies = connection.env["res.company"].sudo().with_context(active_test=False)
        companies = companies.search_fetch([], ["active"])
        self._has_others = len(companies) > 1
        self._asks = connection.asks_for_company and len(companies.filtered("active")) > 1
        self._booked_in = {}

    def company_of(self, inquiry, known):
        """Return the company of the bill of an ``Inquiry``; empty if a person has to choose it.

        :param known: ``{(company, kind, Lucca's id): mapping}`` of the references of the batch
        """
        bill = inquiry.document.move_id
        return bill.company_id if bill else self.target_of(inquiry, known)

    def target_of(self, inquiry, known):
        """Return the company in which a bill would be created now, whatever bill there is; may be empty.

        Without a mapping of the establishment to an active company, nothing speaks against the company of the
        document's own bill.

        :param known: as for ``company_of``
        """
        own, establishment = self._connection.company_id, inquiry.purchase.establishment
        if not establishment:
            return own
        # Establishments decide the company, so their mappings are the connection's.
        mapping = known.get((own, "establishment", establishment.lucca_id))
        target = mapping._target_company() if mapping else own.browse()
        if inquiry.document.move_id and not (target and target.active):
            return inquiry.document.move_id.company_id
        if not target and self._has_others and mapping:
            target = self._latest_company(mapping, known)
        return self._fit(target)

    def _fit(self, target):
        """Return the company of bills without one of their own; empty if a person has to choose it.

        :param target: the company that the mapping or the last bill names; may be empty
        """
        own = self._connection.company_id
        return target.filtered("active") if target else own.browse() if self._asks else own

    def _latest_company(self, mapping, known):
        """Return the company of the bill of an establishment that Odoo got last, or none, by one query a batch."""
        if mapping.id not in self._booked_in:
            new = mapping.union(*(one for key, one in known.items() if key[1] == mapping.kind))
            self._booked_in.update({**dict.fromkeys(new.ids, ()), **find_booked_in(new)})
        return self._connection.company_id.browse(self._booked_in[mapping.id])

    def describe_archived(self, establishment):
        """Return why a person has to choose the company of an establishment if that is archived; else False."""
        company = establishment._target_company()
        if establishment and not company:
            company = self._latest_company(establishment, {})
        return bool(company) and explain_archived_company(establishment, company)

    def find_answered(self):
        """Return the documents that wait for a company which is known by now.

        Their establishment's company is active again, or it has a bill, or the connection no longer asks,
        or Odoo has one company only.
        """
        documents = self._connection.env["lucca.document"]
        waiting = documents.search(
            [
                ("connection_id", "=", self._connection.id),
                ("state", "=", "blocked"),
                ("reason", "=", "unmapped_establishment"),
                # A resolved document has its company, and waits for a journal of it.
                ("is_resolved", "=", False),
            ]
        )
        establishments = waiting.mapping_ids.filtered(lambda one: one.kind == "establishment")
        self._booked_in.update(find_booked_in(establishments))
        companies = self._connection.company_id
        known = establishments.filtered(
            lambda one: self._fit(
                one._target_company() or companies.browse(self._booked_in.get(one.id, ()))
            )
        )
        return waiting.filtered(lambda document: document._mapping("establishment") <= known)


def find_booked_in(establishments):
    """Return ``{id of an establishment's mapping: id of the company of the bill that Odoo got last}``.

    A bill that a person made or linked for a document that waited for its company does not count:
    nobody chose that company, it is the connection's.
    """
    env = establishments.env
    field = env["lucca.document"]._fields["mapping_ids"]
    table, one, other = map(SQL.identifier, (field.relation, field.column1, field.column2))
    if not establishments:
        return {}
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT mapping.id, latest.company_id
              FROM lucca_mapping mapping
             CROSS JOIN LATERAL (
                   SELECT document.company_id
                     FROM %(table)s link
                     JOIN lucca_document document ON document.id = link.%(one)s
                    WHERE link.%(other)s = mapping.id AND document.move_id IS NOT NULL
                      AND document.is_resolved
                    ORDER BY link.%(one)s DESC
                    LIMIT 1
                   ) latest
             WHERE mapping.id IN %(ids)s
            """,
            table=table,
            one=one,
            other=other,
            ids=tuple(establishments.ids),
        )
    )
    return dict(rows)
