from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list

MANAGER = "account.group_account_manager"
#: The most people that are named who may choose another company.
NAMED = 3


class LuccaMapping(models.Model):
    """Establishments: the companies that get the bills of their purchases, and the people who choose these."""

    _inherit = "lucca.mapping"

    other_companies_advice = fields.Char(
        compute="_compute_other_companies_advice",
        help="Who can choose the company if the user may not.",
    )

    @api.depends_context("uid")
    def _compute_other_companies_advice(self):
        establishments = self.filtered(lambda mapping: mapping.kind == "establishment")
        (self - establishments).other_companies_advice = False
        if establishments:
            advice = establishments._advise_on_other_companies()
            establishments.other_companies_advice = advice

    def _advise_on_other_companies(self):
        """Return a text on who may choose a company that is not the user's; False if there is none."""
        hers = self.env.user.company_ids
        # It is no secret that there are companies that the user does not see, nor who works for them.
        others = self.env["res.company"].sudo().search([("id", "not in", hers.ids)])
        if not others:
            return False
        managers = (
            self.env["res.users"]
            .sudo()  # as for the companies
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(MANAGER).ids),
                    ("share", "=", False),
                    ("company_ids", "in", self.company_id.ids),
                    ("company_ids", "in", others.ids),
                ],
                limit=NAMED,
            )
        )
        if not managers:
            return self.env._(
                "You can choose among the companies that you work for. If the bills belong to another"
                " one, ask your administrator: nobody does the accounting of both yet."
            )
        return self.env._(
            "You can choose among the companies that you work for. If the bills belong to another one,"
            " ask somebody who does the accounting of both: %s.",
            format_list(self.env, managers.mapped("name"), "or"),
        )

    @api.model
    def _companies_of(self, connection):
        """Return the companies in which a connection creates bills: its own, and those of its establishments."""
        establishments = self.search(
            [("connection_id", "=", connection.id), ("kind", "=", "establishment")]
        )
        return connection.company_id.union(*(one._target_company() for one in establishments))

    @api.model
    def _has_establishments_elsewhere(self, connection, company):
        """Return whether establishments of a connection are mapped to other companies than this one."""
        theirs = Domain("target_company_id", "not in", [False, company.id])
        theirs |= Domain("target_company_id", "=", False) & Domain(
            "target_journal_id.company_id", "not in", [False, company.id]
        )
        mine = Domain("connection_id", "=", connection.id) & Domain("kind", "=", "establishment")
        return bool(self.search_count(mine & theirs, limit=1))
