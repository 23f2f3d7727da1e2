"""One decision for all documents that wait for the same reason."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..asking import BILLING, MANAGER
from .linking import LINK

#: ``{way out of one document: the method that takes it for many}``
FOR_MANY = {
    "action_open_mappings": "action_choose",
    "action_choose_supplier": "action_choose_supplier",
    "action_link_exact": "_ask_to_link",
    "action_ask_to_book": "action_ask_to_book",
    "action_activate_currency": "action_activate_currency",
    "action_retry": "action_retry",
    "action_ask_to_ignore": "action_ask_to_ignore",
}


class LuccaDocument(models.Model):
    _inherit = "lucca.document"

    def get_group_ways(self):
        """Return the buttons of a list that is grouped by reason, for the user.

        The list shows those of them that its documents offer, as many as there is room for.

        :return: ``{reason: [{"name": the method, "label": the words}, ...]}``, the best one first
        """
        self.check_access("read")
        groups = {group for group in (BILLING, MANAGER) if self.env.user.has_group(group)}
        return {reason: self._group_ways(ways, groups) for reason, ways in self._WAYS_OUT.items()}

    def _group_ways(self, ways, groups):
        """Those of a reason's ways that can be taken for many, each once."""
        found = {}
        for way in ways:
            if way.group in groups and way.method in FOR_MANY:
                label = self.env._(way.label)  # pylint: disable=translation-not-lazy
                found.setdefault(FOR_MANY[way.method], {"name": way.method, "label": label})
        return list(found.values())

    def action_for_group(self, name=False, domain=()):
        """Take a way out for all documents of a group that wait, however many the list shows.

        :param name: of one of ``get_group_ways``
        :param domain: of the group
        """
        self.check_access("read")
        if name not in FOR_MANY:
            raise UserError(self.env._("This cannot be done for many documents at once."))
        waiting = self.search(Domain("state", "=", "blocked") & Domain(list(domain)))
        if not waiting:
            raise UserError(self.env._("Nothing in this group needs attention any more."))
        return getattr(waiting, FOR_MANY[name])()

    def _ask_to_link(self):
        """Ask whether those of these documents are linked that are a bill beyond doubt."""
        return self._ask_about(LINK)
