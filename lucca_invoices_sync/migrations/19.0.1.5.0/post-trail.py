"""Write the cost of the documents that are known already to its new column."""

from odoo.addons.lucca_invoices_sync.lucca.documents.booked_documents import read_heading
from odoo.addons.lucca_invoices_sync.lucca.documents.reading import loads
from odoo.addons.lucca_invoices_sync.lucca.errors import DocumentError
from odoo.addons.lucca_invoices_sync.models.sync.rows import cost_of
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env
from odoo.tools import SQL, split_every

#: How many documents are read at once.
BATCH = 1000


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    cr.execute("SELECT id FROM lucca_document WHERE payload IS NOT NULL ORDER BY id")
    for ids in split_every(BATCH, [document_id for (document_id,) in cr.fetchall()], tuple):
        cr.execute("SELECT id, payload FROM lucca_document WHERE id IN %s", [ids])
        costs = [(document_id, _cost(payload)) for document_id, payload in cr.fetchall()]
        _write(env, [(document_id, cost) for document_id, cost in costs if cost])


def _cost(payload):
    try:
        return cost_of(read_heading(loads(payload)))
    except (DocumentError, ValueError):  # an unreadable document has no cost
        return 0


def _write(env, costs):
    if costs:
        env.execute_query(
            SQL(
                "UPDATE lucca_document document SET amount_cost = cost.value"
                " FROM (VALUES %s) cost (id, value) WHERE document.id = cost.id",
                SQL(", ").join(costs),
            )
        )
