"""The links between documents and the mappings that they use."""

from odoo.tools import SQL


def link_mappings(env, links):
    """Link documents to the mappings that they use, by two queries for all documents.

    Writing the field would take two queries a document.

    :param links: ``{document: mappings}``
    """
    field = env["lucca.document"]._fields["mapping_ids"]
    table, one, other = map(SQL.identifier, (field.relation, field.column1, field.column2))
    documents = env["lucca.document"].union(*links)
    pairs = [SQL("(%s, %s)", d.id, m.id) for d, mappings in links.items() for m in mappings]
    env.flush_all()
    env.cr.execute(SQL("DELETE FROM %s WHERE %s IN %s", table, one, documents._ids))
    if pairs:
        values = SQL(", ").join(pairs)
        env.cr.execute(SQL("INSERT INTO %s (%s, %s) VALUES %s", table, one, other, values))
    documents.invalidate_recordset(["mapping_ids"], flush=False)
    env["lucca.mapping"].invalidate_model(["document_ids"], flush=False)
    documents.modified(["mapping_ids"])
