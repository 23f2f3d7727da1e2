from odoo import models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS

from .mapping import IDENTITY


class LuccaMapping(models.Model):
    """What a person may choose.

    Bills are booked as the superuser: whoever maps must not reach further by it than alone.
    """

    _inherit = "lucca.mapping"

    def _check_same_reference(self, vals):
        """Raise ``AccessError`` where a mapping would become that of another reference."""
        for name in vals.keys() & IDENTITY:
            if any(one.sudo()[name] != self._given(name, vals) for one in self):  # only compared
                raise AccessError(
                    self.env._(
                        "A mapping keeps its connection, its company, its kind and its Lucca ID:"
                        " make another mapping for another reference of Lucca."
                    )
                )

    def _check_writable(self, vals):
        """Raise ``AccessError`` for what only a synchronisation writes."""
        names = sorted(name for name in vals if name in self._fields and self._is_own(name))
        if names:
            fields_get = self.fields_get(names, ["string"])
            labels = ", ".join(fields_get[name]["string"] for name in names if name in fields_get)
            raise AccessError(
                self.env._("Only a synchronisation with Lucca fills these fields: %s.", labels)
            )

    def _is_own(self, name):
        """Whether a field is written by a synchronisation only, and holds something by itself."""
        field = self._fields[name]
        return field.readonly and field.store and name not in MAGIC_COLUMNS

    def _check_chosen(self, vals, names):
        """Raise ``AccessError`` where somebody chooses a record that is not hers to see.

        All her companies count, also those that she does not work in at the moment.
        """
        companies = self.env.user.company_ids
        for name in vals.keys() & set(names):
            chosen = self._given(name, vals).with_context(allowed_company_ids=companies.ids)
            is_same = self and all(one.sudo()[name] == chosen for one in self)  # only compared
            is_company = chosen._name == "res.company"
            is_hers = chosen <= companies if is_company else chosen.has_access("read")
            if chosen and not is_same and not is_hers:
                raise AccessError(self._describe_refusal(name))

    def _check_own_company(self, before):
        """Raise ``AccessError`` where an establishment's bills come to a company that is not hers.

        :param before: ``{mapping: company}`` to which they came so far
        """
        for mapping in self.sudo() if not self.env.su else ():  # only compared
            company = mapping._target_company()
            if company != before.get(mapping) and not company <= self.env.user.company_ids:
                raise AccessError(self._describe_refusal("target_journal_id"))

    def _describe_refusal(self, name):
        return self.env._(
            "%(field)s: you may only choose what you may see yourself, in the companies that you"
            " work for. Ask somebody of that company, or your administrator.",
            field=self._fields[name]._description_string(self.env),
        )

    def _given(self, name, vals):
        """A value that is to be written, as the field gives it."""
        field, one = self._fields[name], self[:1]
        return field.convert_to_record(field.convert_to_cache(vals[name], one), one)
