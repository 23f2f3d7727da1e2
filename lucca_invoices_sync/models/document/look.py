from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: The digits that two numbers share which may be the same, see ``lucca.booking.bill_numbers``.
TRACE = "regexp_replace(coalesce(number, ''), '[^1-9]', '', 'g')"


class LuccaDocument(models.Model):
    """What a first look says of documents, before anything is booked."""

    _inherit = "lucca.document"

    coming_as = fields.Selection(
        [("in_invoice", "Bill"), ("in_refund", "Refund")],
        string="Would Become",
        readonly=True,
        help="What the first look at a new connection found: the bill is created when booking starts.",
    )

    _coming_check = models.Constraint(
        "CHECK (coming_as IS NULL OR state = 'pending')",
        "Only a document that is still to book would become a bill.",
    )
    _coming_idx = models.Index(f"(({TRACE})) WHERE coming_as IS NOT NULL")

    @api.model
    def _look_again(self, domain):
        """Have documents looked at anew that the first look is done with: something was decided."""
        coming = self.search(Domain("coming_as", "!=", False) & Domain(domain))
        coming.coming_as = False
        coming._start_sync()
        return coming

    @api.model
    def _coming_alike(self, company, traces):
        """The documents that would become bills of a company or its branches, by number traces.

        :param traces: as ``BillNumber.trace`` has them
        """
        query = self._search(
            [("company_id", "child_of", company.root_id.id), ("coming_as", "!=", False)]
        )
        query.add_where(SQL("%s IN %s", SQL(TRACE), tuple(traces)))
        return self.browse(query)

    @api.model
    def _end_look(self, connection):
        """All that was looked at is to be booked.

        What has no supplier in Odoo is resolved again, which makes it: it is new, or was deleted since.
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
