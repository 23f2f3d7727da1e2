"""The companies of bills, by the establishments of their purchases in Lucca."""

from odoo.tools import SQL


class Places:
    """Finds the companies of a connection's documents, during one run of a step.

    The mapping of the establishment by a person decides. Without one, it is the company of the
    document's own bill, else of the establishment's latest bill, else of the connection. If Odoo has
    several companies and the connection asks for the company of new establishments, a person
    chooses in place of the connection's company.
    """

    def __init__(self, connection):
        self._connection = connection
        # Companies that the user does not see count as well.
        self._has_others = connection.env["res.company"].sudo().search_count([], limit=2) > 1
        self._asks = connection.asks_for_company and self._has_others
        self._booked_in = {}

    def company_of(self, finding, known):
        """Return the company of the bill of a ``Finding``; empty if a person has to choose it.

        :param known: ``{(company, kind, Lucca's id): mapping}`` of the references of the batch
        """
        own, establishment = self._connection.company_id, finding.purchase.establishment
        if not establishment:
            return own
        # Establishments decide the company, so their mappings are the connection's.
        mapping = known.get((own, "establishment", establishment.lucca_id))
        if mapping and mapping._target_company():
            return mapping._target_company()
        if finding.document.move_id:
            return finding.document.company_id
        has_bills = self._has_others and mapping
        booked_in = self._latest_company(mapping, known) if has_bills else own.browse()
        return booked_in or (own.browse() if self._asks else own)

    def _latest_company(self, mapping, known):
        """Return the company of an establishment's latest bill, or none, by one query a batch."""
        if mapping.id not in self._booked_in:
            new = mapping.union(*(one for key, one in known.items() if key[1] == mapping.kind))
            self._booked_in.update({**dict.fromkeys(new.ids, ()), **find_booked_in(new)})
        return self._connection.company_id.browse(self._booked_in[mapping.id])

    def find_answered(self):
        """Return the documents that wait for a company which is known by now.

        Their establishment has a bill, or the connection no longer asks, or Odoo has one company only.
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
        if not self._asks:
            return waiting
        establishments = waiting.mapping_ids.filtered(lambda one: one.kind == "establishment")
        booked = establishments.browse(find_booked_in(establishments))
        return waiting.filtered(lambda document: document.mapping_ids & booked)


def find_booked_in(establishments):
    """Return ``{id of an establishment's mapping: id of the company of its latest bill}``.

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
