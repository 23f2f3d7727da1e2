"""One decision for all documents that need attention for the same reason."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..asking import BILLING, MANAGER
from .linking import LINK

#: ``{method of a button for one document: method that does the same for many}``
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
        """Return the buttons that a list grouped by reason may have for the user.

        The list shows those that its documents offer, as many as there is room for.

        :return: ``{reason: [{"name": method, "label": words}, ...]}``, the best button first
        """
        self.check_access("read")
        groups = {group for group in (BILLING, MANAGER) if self.env.user.has_group(group)}
        return {reason: self._group_ways(ways, groups) for reason, ways in self._WAYS_OUT.items()}

    def _group_ways(self, ways, groups):
        """Return the buttons of a reason that work for many documents, each once.

        :param ways: the ``Way``s of the reason
        :param groups: the XML ids of the groups of buttons that the user has
        """
        found = {}
        for way in ways:
            if way.group in groups and way.method in FOR_MANY:
                # ``_lt`` has declared the label for translation.
                label = self.env._(way.label)  # pylint: disable=translation-not-lazy
                found.setdefault(FOR_MANY[way.method], {"name": way.method, "label": label})
        return list(found.values())

    def action_for_group(self, name=False, domain=()):
        """Press a button for all documents of a group that need attention, however many the list shows.

        :param name: the name of one of the buttons of ``get_group_ways``
        :param domain: the domain of the group
        :raises UserError: the button is for one document only, or no document of the group needs attention
        """
        self.check_access("read")
        if name not in FOR_MANY:
            raise UserError(self.env._("This cannot be done for many documents at once."))
        waiting = self.search(Domain("state", "=", "blocked") & Domain(list(domain)))
        if not waiting:
            raise UserError(self.env._("Nothing in this group needs attention any more."))
        return getattr(waiting, FOR_MANY[name])()

    def _ask_to_link(self):
        """Ask whether to link those of these documents that match a bill beyond doubt."""
        return self._ask_about(LINK)
