from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...lucca.api.errors import InvalidHost
from ...lucca.api.hosts import is_loopback
from ..texts import explain

#: The least and the largest value of the fields that have limits.
LIMITS = {
    "requests_per_minute": (0, 10_000),
    "largest_file": (1, 200),
    "audit_days": (0, 3650),
    "tax_tolerance": (0, 1000),
}


class LuccaConnection(models.Model):
    """The checks of a connection's values. They say what to do instead."""

    _inherit = "lucca.connection"

    def _prepare_create_values(self, vals_list):
        # EXTENDS 'base': the values now include defaults and computed ones, and are not in the database yet.
        vals_list = super()._prepare_create_values(vals_list)
        required = [name for name, field in self._fields.items() if field.required and field.store]
        for vals in vals_list:
            self._check_values({**dict.fromkeys(required), **vals})
        return vals_list

    def _check_values(self, vals):
        """Raise ``ValidationError`` for values whose refusal by the database would show the whole row."""
        labels = self.env["ir.model.fields"].get_field_string(self._name)
        for name in vals.keys() & self._fields.keys():
            field, value = self._fields[name], vals[name]
            if field.required and field.store and not value:
                raise ValidationError(self._explain_empty(name, labels[name]))
            least, most = LIMITS.get(name, (None, None))
            if name in LIMITS and not least <= (value or 0) <= most:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” must be between %(least)s and %(most)s.",
                        field=labels[name],
                        least=least,
                        most=most,
                    )
                )

    def _explain_empty(self, name, label):
        if name == "journal_id":
            return self.env._("Choose a purchase journal. If the company has none, create one.")
        return self.env._("“%s” cannot be empty.", label)

    @api.constrains("host")
    def _check_host(self):
        for connection in self:
            try:
                connection._url()
            except InvalidHost as error:
                raise ValidationError(explain(error).in_words(self.env)) from error

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_documents(self):
        """Refuse to delete connections whose documents prove what became of each of them.

        ``unlink`` has deleted those that never had a bill or a decision.
        """
        documents = self.env["lucca.document"].sudo()  # those of all companies count
        if found := documents.search([("connection_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "“%s” has bills, or decisions of people about its documents, so it cannot be deleted."
                    " Archive it instead: then nothing is synchronised any more.",
                    found.connection_id.name,
                )
            )

    def _check_same_account(self, before):
        """Raise ``ValidationError`` if a connection with documents got another account or company.

        The ids of two accounts would be mixed up. A loopback address, which tests and demonstrations
        use, is taken for the same account.

        :param before: ``{connection: (host, company)}`` before the change
        """
        for connection in self:
            host, company = before[connection]
            is_same = is_loopback(connection.host) or connection._url() == connection._url(host)
            documents = self.env["lucca.document"].search_count(
                [("connection_id", "=", connection.id)], limit=1
            )
            if documents and not (is_same and connection.company_id == company):
                raise ValidationError(
                    self.env._(
                        "“%s” has documents already: archive it and make a new connection for"
                        " another Lucca account or company.",
                        connection.name,
                    )
                )

    def _check_only_one(self, is_working=False):
        """Raise ``ValidationError`` for a company's second connection to an account.

        Every bill would come twice. Two connections that an earlier version allowed may stay.

        :param is_working: whether to leave out archived connections
        """
        for connection in self:
            mine = [("company_id", "=", connection.company_id.id), ("id", "!=", connection.id)]
            # All connections of the company count, whichever companies the user has selected.
            others = self.sudo().with_context(active_test=is_working).search(mine)
            same = others.filtered(lambda one, own=connection: one._is_to(own.host))
            if same:
                raise ValidationError(same.sorted("active", reverse=True)[0]._describe_double())

    def _shares_account(self):
        """Return whether another company has a connection to the same account."""
        others = self._find_same_account()
        return any(one.active and one.company_id != self.company_id for one in others)

    def _find_same_account(self):
        """Return the other connections to the same account, archived ones included, with superuser rights."""
        # All companies count, whichever ones the user has selected.
        connections = self.sudo().with_context(active_test=False)
        others = connections.search([("id", "!=", self.id)])
        return others.filtered(lambda one: one._is_to(self.host))

    def _describe_double(self):
        values = {"name": self.name, "company": self.company_id.name}
        if self.active:
            return self.env._(
                "“%(name)s” connects %(company)s to this Lucca account already. Open that"
                " connection instead: a second one would bring every document twice.",
                **values,
            )
        return self.env._(
            "“%(name)s” connects %(company)s to this Lucca account already, and is archived."
            " Unarchive it instead: a second one would bring every document twice.",
            **values,
        )
