from markupsafe import Markup
from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools.misc import format_datetime

from ..programs import is_program
from .mapping import ALL_TARGETS

#: The fields that people choose.
CHOSEN = {*ALL_TARGETS, "tax_scope"}


class LuccaMapping(models.Model):
    """Who chose what a reference is in Odoo. What a synchronisation finds out is not recorded."""

    _inherit = "lucca.mapping"

    choices_table = fields.Html(compute="_compute_choices_table", sanitize=False)

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        if self._is_written_by_a_person():
            nothing = self._values_of(CHOSEN)
            mappings._note_choices(dict.fromkeys(mappings, nothing))
        return mappings

    def write(self, vals):
        names = CHOSEN & vals.keys()
        if not (names and self._is_written_by_a_person()):
            return super().write(vals)
        before = {mapping: mapping._values_of(names) for mapping in self}
        result = super().write(vals)
        self._note_choices(before)
        return result

    def _is_written_by_a_person(self):
        """Return whether neither a program of the addon nor Odoo itself (an upgrade, demonstration data) writes."""
        return self.env.uid != SUPERUSER_ID and not is_program(self.env)

    def _values_of(self, names):
        """Return ``{field: value}``, records with the right to read their names in the mapping's company."""
        # The user may not see the company that somebody else chose before.
        mapping = self.sudo().with_company(self.company_id)
        return {name: mapping[name] for name in sorted(names)}

    def _note_choices(self, before):
        """Add what a person chose to the histories of mappings.

        :param before: ``{mapping: {field: value before}}``
        """
        at, user = fields.Datetime.to_string(fields.Datetime.now()), self.env.user.name
        # Nobody may write a history.
        for mapping in self.sudo():
            former = before[mapping]
            now = mapping._values_of(former)
            rows = [
                [at, user, name, _to_text(former[name]), _to_text(now[name])]
                for name in former
                if former[name] != now[name]
            ]
            if rows:
                mapping.choices = [*(mapping.choices or []), *rows]

    @api.depends("choices")
    @api.depends_context("lang", "tz")
    def _compute_choices_table(self):
        env = self.env
        heads = (env._("When"), env._("Who"), env._("What"), env._("Before"), env._("Now"))
        labels = self.fields_get(CHOSEN, ["string", "selection"])
        scopes = dict(labels["tax_scope"]["selection"])
        for mapping in self:
            rows = [
                (
                    format_datetime(env, at, dt_format="short"),
                    user,
                    labels[name]["string"],
                    *(scopes.get(value, value) for value in values),
                )
                for at, user, name, *values in reversed(mapping.choices or [])
            ]
            mapping.choices_table = _as_table(heads, rows) if rows else False

    def action_open_choices(self):
        """Show one reference with the choices of people in a dialog."""
        return {**self.action_map(), "name": self.env._("Who Chose It")}


def _to_text(value):
    """Return a value of a field as text. A selection stays as it is stored."""
    if not value or isinstance(value, str):
        return value or ""
    if value._name == "account.account":
        return f"{value.code} {value.name}"  # Odoo shows the code to some users only
    return value.display_name


def _as_table(heads, rows):
    """Return rows of texts as an HTML table."""
    row = Markup("<tr>%s</tr>")
    head = row % Markup("").join(Markup("<th>%s</th>") % one for one in heads)
    body = Markup("").join(
        row % Markup("").join(Markup("<td>%s</td>") % cell for cell in cells) for cells in rows
    )
    return Markup('<table class="table table-sm">%s%s</table>') % (head, body)
