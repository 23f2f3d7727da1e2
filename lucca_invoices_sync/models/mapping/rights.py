from odoo import models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS

from .mapping import ALL_TARGETS, IDENTITY


class LuccaMapping(models.Model):
    """The rights of people on what they map.

    Bills are booked as the superuser. A mapping must not give a person more rights than without it.
    """

    _inherit = "lucca.mapping"

    def _check_same_reference(self, vals):
        """Raise ``AccessError`` if a mapping would become that of another reference."""
        for name in vals.keys() & IDENTITY:
            if any(one.sudo()[name] != self._given(name, vals) for one in self):  # only compared
                raise AccessError(
                    self.env._(
                        "A mapping keeps its connection, its company, its kind and its Lucca ID:"
                        " make another mapping for another reference of Lucca."
                    )
                )

    def _check_writable(self, vals):
        """Raise ``AccessError`` for fields that only a synchronisation writes."""
        names = sorted(name for name in vals if name in self._fields and self._is_own(name))
        if names:
            fields_get = self.fields_get(names, ["string"])
            labels = ", ".join(fields_get[name]["string"] for name in names if name in fields_get)
            raise AccessError(
                self.env._("Only a synchronisation with Lucca fills these fields: %s.", labels)
            )

    def _is_own(self, name):
        """Return whether a field is stored, and only a synchronisation writes it."""
        field = self._fields[name]
        return field.readonly and field.store and name not in MAGIC_COLUMNS

    def _check_chosen(self, vals, names):
        """Raise ``AccessError`` if the user chooses a record that the user may not see.

        All companies of the user count, not only the current ones.

        :param names: the names of the fields whose values are checked
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
        """Raise ``AccessError`` if a company that is not the user's would newly get an establishment's bills.

        :param before: ``{mapping: company that got the bills so far}``
        """
        for mapping in self.sudo() if not self.env.su else ():  # only compared
            company = mapping._target_company()
            if company != before.get(mapping) and not company <= self.env.user.company_ids:
                raise AccessError(self._describe_refusal("target_journal_id"))

    def _load_records_write(self, values):
        # EXTENDS 'base': an imported spreadsheet also gives what a reference is already, which no person chose. In a
        # dialog, a person may choose the same supplier again to end a doubt.
        same = {
            name
            for name in values.keys() & set(ALL_TARGETS)
            if self.sudo()[name] == self._given(name, values)  # only compared
        }
        changed = {name: value for name, value in values.items() if name not in same}
        return super()._load_records_write(changed)

    def _describe_refusal(self, name):
        return self.env._(
            "%(field)s: you may only choose what you may see yourself, in the companies that you"
            " work for. Ask somebody of that company, or your administrator.",
            field=self._fields[name]._description_string(self.env),
        )

    def _given(self, name, vals):
        """Return a value that is to be written in the form in which the field is read."""
        field, one = self._fields[name], self[:1]
        return field.convert_to_record(field.convert_to_cache(vals[name], one), one)
