from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..states import MAPPED_BY_REASON, reasons_of

# Few documents need attention, and many use a reference. The query therefore begins with the former;
# MATERIALIZED keeps PostgreSQL from choosing another order.
_NEEDED = """(
    WITH waiting AS MATERIALIZED (
        SELECT DISTINCT link.lucca_mapping_id AS id, document.reason
          FROM lucca_document document
          JOIN lucca_document_lucca_mapping_rel link ON link.lucca_document_id = document.id
         WHERE document.state = 'blocked' AND document.reason IN %s
    )
    SELECT mapping.id FROM waiting JOIN lucca_mapping mapping ON mapping.id = waiting.id
     WHERE (waiting.reason, mapping.kind) IN %s
)"""
# The number of documents that wait for each reference, found from the documents that need attention.
_COUNT_WAITING = """
    SELECT mapping.id, count(*)
      FROM lucca_document document
      JOIN lucca_document_lucca_mapping_rel link ON link.lucca_document_id = document.id
      JOIN lucca_mapping mapping ON mapping.id = link.lucca_mapping_id
     WHERE document.state = 'blocked' AND (document.reason, mapping.kind) IN %s
       AND mapping.is_mapped IS NOT TRUE AND mapping.id IN %s
     GROUP BY mapping.id
"""
# The number of documents that use each reference, counted without reading the documents.
_COUNT_DOCUMENTS = """
    SELECT lucca_mapping_id, count(*) FROM lucca_document_lucca_mapping_rel
     WHERE lucca_mapping_id IN %s GROUP BY lucca_mapping_id
"""


class LuccaMapping(models.Model):
    """The documents that use a reference, and those that wait for it."""

    _inherit = "lucca.mapping"

    document_count = fields.Integer(string="Documents", compute="_compute_document_count")
    waiting_count = fields.Integer(
        string="Waiting",
        compute="_compute_waiting_count",
        help="The number of documents that wait until it is mapped.",
    )
    is_needed = fields.Boolean(
        compute="_compute_is_needed",
        search="_search_is_needed",
        help="Documents wait for it.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Refuse to delete mappings that documents use."""
        for mapping in self.filtered("document_count"):
            raise UserError(
                self.env._(
                    "Documents use “%s”, so it cannot be deleted. Empty it instead, or choose"
                    " something else for it.",
                    mapping.display_name,
                )
            )

    def _compute_document_count(self):
        self.env["lucca.document"].flush_model(["mapping_ids"])
        counts = dict(self.env.execute_query(SQL(_COUNT_DOCUMENTS, self._ids or (None,))))
        for mapping in self:
            mapping.document_count = counts.get(mapping.id, 0)

    def _compute_waiting_count(self):
        self.env["lucca.document"].flush_model(["state", "reason", "mapping_ids"])
        self.flush_model(["kind", "is_mapped"])
        query = SQL(_COUNT_WAITING, _needed_pairs(), self._ids or (None,))
        counts = dict(self.env.execute_query(query))
        for mapping in self:
            mapping.waiting_count = counts.get(mapping.id, 0)

    def _compute_is_needed(self):
        # A user who sees a reference may know that documents wait for it.
        asked = self.sudo().with_context(active_test=False)
        needed = asked.search([("id", "in", self.ids), ("is_needed", "=", True)])
        for mapping in self:
            mapping.is_needed = mapping.id in needed._ids

    @api.model
    def _search_is_needed(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["lucca.document"].flush_model(["state", "reason", "mapping_ids"])
        needed = Domain("is_mapped", "=", False) & Domain(
            "id", "in", SQL(_NEEDED, tuple(MAPPED_BY_REASON), _needed_pairs())
        )
        return needed if True in value else ~needed

    # --- what waits for it --------------------------------------------------------------------------

    def _release_changed(self, names, before):
        """Have documents booked that waited for mappings whose fields have changed.

        :param names: the names of the fields
        :param before: the values of these fields before, for each mapping
        """
        pairs = zip(self, before, strict=True)
        changed = [one for one, old in pairs if [one[name] for name in names] != old]
        self.browse().union(*changed)._release_and_look_again()

    def _take_partner(self, partner, found_by):
        """Map a supplier, without having documents booked: the caller does that once for many suppliers."""
        values = {"partner_id": partner.id, "found_by": found_by}
        self.with_context(lucca_releases_later=True).write(values)

    def _release_and_look_again(self):
        """Have documents booked that waited for these mappings, and renew the first look at others."""
        self._release_documents()
        self._look_again()

    def _release_documents(self):
        """Have documents booked that waited for these mappings."""
        # A user who maps may not write documents, or see those of all companies.
        documents = self.env["lucca.document"].sudo()
        # A nature without an account may still say what is bought, which decides the tax.
        mapped = self.filtered(lambda mapping: mapping.is_mapped or mapping.kind == "nature")
        waiting = Domain.OR(
            Domain("mapping_ids", "in", members.ids) & Domain("reason", "in", reasons_of(kind))
            for kind, members in mapped.grouped("kind").items()
        )
        released = documents.search(waiting)
        # Documents that need attention in another company than their establishment's are released, too.
        moved = mapped.filtered(lambda mapping: mapping.kind == "establishment")
        for company, members in moved.grouped(lambda one: one._target_company()).items():
            elsewhere = Domain("mapping_ids", "in", members.ids)
            released |= documents.search(
                elsewhere & Domain("state", "=", "blocked") & Domain("company_id", "!=", company.id)
            )
        released._try_again()
        # Documents that were resolved for another company are resolved again.
        to_do = [("mapping_ids", "in", moved.ids), ("state", "in", ("pending", "failed"))]
        documents.search(to_do).is_resolved = False
        documents._follow_natures(mapped.filtered("account_id"))

    def _look_again(self):
        """Renew the first look at documents with these mappings, if their connection does not book yet."""
        # A user who maps may not write documents, or see those of all companies.
        mappings = self.sudo()
        looking = mappings.filtered(lambda mapping: not mapping.connection_id.is_booking)
        if looking:
            documents = mappings.env["lucca.document"]
            documents._look_again([("mapping_ids", "in", looking.ids)])


def _needed_pairs():
    """Return pairs of a reason and a kind of references that end it."""
    return tuple((reason, kind) for reason, kinds in MAPPED_BY_REASON.items() for kind in kinds)
