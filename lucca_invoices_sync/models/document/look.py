from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .document import TRACE


class LuccaDocument(models.Model):
    """The result of the first look at a document, before its connection books anything."""

    _inherit = "lucca.document"

    @api.model
    def _look_again(self, domain):
        """Have documents of a domain looked at again, after a decision; return those that had a result.

        Only documents that would become bills have a result to renew.
        """
        coming = self.search(Domain("coming_as", "!=", False) & Domain(domain))
        coming.coming_as = False
        coming._start_sync()
        return coming

    @api.model
    def _coming_alike(self, company, traces):
        """Return the documents with these numbers that would become bills of a company or its branches.

        :param traces: the traces of the numbers, see ``BillNumber.trace``
        """
        query = self._search(
            [("company_id", "child_of", company.root_id.id), ("coming_as", "!=", False)]
        )
        query.add_where(SQL("%s IN %s", SQL(TRACE), tuple(traces)))
        return self.browse(query)

    @api.model
    def _end_look(self, connection):
        """Have all documents booked that the first look was about.

        Documents without a supplier in Odoo are resolved again, which creates the supplier.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE lucca_document document
                   SET coming_as = NULL,
                       is_resolved = is_resolved AND NOT EXISTS (
                           SELECT 1
                             FROM lucca_document_lucca_mapping_rel link
                             JOIN lucca_mapping mapping ON mapping.id = link.lucca_mapping_id
                            WHERE link.lucca_document_id = document.id
                              AND mapping.kind = 'supplier' AND mapping.partner_id IS NULL
                       )
                 WHERE connection_id = %s AND state IN ('pending', 'failed')
                """,
                connection.id,
            )
        )
        self.env.invalidate_all()
