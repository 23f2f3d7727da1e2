"""Which company's bills the purchases of Lucca's establishments become."""

from odoo.tools import SQL


class Places:
    """Finds the company of a document, for one connection and one run of a step.

    A person's mapping of the establishment decides. Without one the document stays where its own
    bill is, else where the establishment's latest bill is, else it comes to the connection's
    company; unless the connection asks, and Odoo has more than one company: then nobody knows it.
    """

    def __init__(self, connection):
        self._connection = connection
        # The companies that the responsible does not see count, too.
        self._has_others = connection.env["res.company"].sudo().search_count([], limit=2) > 1
        self._asks = connection.asks_for_company and self._has_others
        self._booked_in = {}

    def company_of(self, finding, known):
        """Return the company whose bill a ``Finding`` becomes; empty where a person says so.

        :param known: ``{(company, kind, Lucca's id): mapping}`` of what the findings refer to
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
        """The company of an establishment's latest bill: one query for all that are new."""
        if mapping.id not in self._booked_in:
            new = mapping.union(*(one for key, one in known.items() if key[1] == mapping.kind))
            self._booked_in.update({**dict.fromkeys(new.ids, ()), **find_booked_in(new)})
        return self._connection.company_id.browse(self._booked_in[mapping.id])

    def find_answered(self):
        """Return the documents that wait for a company which is known by now.

        So it is after the connection was told not to ask, or where Odoo has one company only.
        """
        documents = self._connection.env["lucca.document"]
        waiting = documents.search(
            [
                ("connection_id", "=", self._connection.id),
                ("state", "=", "blocked"),
                ("reason", "=", "unmapped_establishment"),
                # What is resolved has its company, and waits for a journal there.
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

    A bill that a person made for a document which waited for its company is no answer: it came to
    the connection's company without being asked for.
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
