from odoo import models
from odoo.exceptions import UserError


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        # EXTENDS 'account': add what the card of a purchase journal shows about Lucca.
        result = super()._fill_sale_purchase_dashboard_data(dashboard_data)
        if not self.env["lucca.document"].has_access("read"):
            return result  # users of other addons' groups may read journals, too
        if by_journal := self._lucca_connections():
            waiting = self._lucca_waiting(by_journal)
            for journal, connections in by_journal.items():
                dashboard_data[journal.id]["lucca"] = {
                    "attention": waiting[journal],
                    "is_stopped": any(
                        one.last_error or not one.company_id.active for one in connections
                    ),
                }
                if journal._lucca_find_looking(connections):
                    dashboard_data[journal.id]["lucca"]["is_looking"] = True
        return result

    def _lucca_connections(self):
        """Return ``{journal: connections that create bills in it}``, for the current companies.

        The connections may belong to another company and be invisible to the user.
        """
        companies = self.env.companies
        # All users who see a journal may know where its bills come from.
        served = self.env["lucca.connection"].sudo()._of_companies(companies)
        found = {
            journal: members
            for journal, members in served.grouped("journal_id").items()
            if journal in self and members.company_id & companies
        }
        for mapping in served.env["lucca.mapping"]._establishments_of(companies):
            _company, journal = mapping._target()
            if journal in self and mapping.connection_id in served:
                found[journal] = found.get(journal, served.browse()) | mapping.connection_id
        return found

    def _lucca_find_looking(self, connections):
        """Return those connections that do not book yet and that the user may read."""
        looking = connections.filtered(lambda one: one.active and not one.is_booking)
        return looking.with_env(self.env)._filtered_access("read")

    def _lucca_waiting(self, by_journal):
        """Return ``{journal: number}`` of the documents of its company that need attention.

        Only documents that the user may read count.
        """
        connections = self.env["lucca.connection"].union(*by_journal.values())
        groups = self.env["lucca.document"]._read_group(
            [("connection_id", "in", connections.ids), ("needs_attention", "=", True)],
            ["connection_id", "company_id"],
            ["__count"],
        )
        return {
            journal: sum(
                count
                for connection, company, count in groups
                if connection in mine and journal.company_id in company.parent_ids
            )
            for journal, mine in by_journal.items()
        }

    def action_lucca_sync_now(self):
        """Trigger the synchronisation of the connections that create bills in this journal."""
        self.check_access("read")
        self.env["lucca.connection"]._check_may_start()
        connections = self.env["lucca.connection"].sudo()  # as in ``_lucca_connections``
        return connections.union(*self._lucca_connections().values())._start()

    def action_lucca_open_look(self):
        """Open the page of the first look; raise ``UserError`` if the connection books already."""
        self.check_access("read")
        connections = self.env["lucca.connection"].union(*self._lucca_connections().values())
        looking = self._lucca_find_looking(connections)
        if not looking:
            raise UserError(
                self.env._("The connection to Lucca creates bills already: there is no first look.")
            )
        return looking[0].action_open_look()

    def action_lucca_attention(self):
        """Open the documents that need attention."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_document_action"
        )
        connections = self.env["lucca.connection"].union(*self._lucca_connections().values())
        domain = [
            ("connection_id", "in", connections.ids),
            ("company_id", "child_of", self.company_id.ids),
        ]
        return {**action, "domain": domain}
