import re

from odoo.fields import Domain

from .models import asking
from .models.connection import secret
from .models.document import relinking

ADDON = "lucca_invoices_sync"
#: The beginnings of the names of our models, and of our fields on Odoo's models.
MODELS, FIELDS = "lucca.", "lucca_"


def uninstall_hook(env):
    """Delete what Odoo would leave behind, and keep the links of bills for a new installation.

    Odoo drops our tables and columns and the records of our models. It leaves records of its own models that only
    name ours.
    """
    relinking.keep_links(env)
    secret.drop_table(env.cr)  # the table belongs to no model
    env["ir.config_parameter"].search([("key", "=like", f"{ADDON}.%")]).unlink()
    _hand_over_activities(env)
    models, fields = _names_of(env, "ir.model", "model"), _names_of(env, "ir.model.fields", "name")
    models = [name for name in models if name.startswith(MODELS)]
    fields = [name for name in fields if name.startswith(FIELDS)]
    _delete_favourites(env, models, fields)
    _delete_export_templates(env, models, fields)
    env["ir.actions.act_window"].search([("res_model", "in", models)]).unlink()
    _delete_what_odoo_forgets(env, models)


def _names_of(env, model, field):
    """Return the names of the models, or fields, that this addon defines or extends."""
    data = env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", model)])
    return set(env[model].browse(data.mapped("res_id")).mapped(field))


def _hand_over_activities(env):
    """Turn our activities into To-Dos, including the finished ones.

    Odoo does this for open activities only, and does not delete an activity type that a finished one has.
    """
    if ours := env.ref(asking.ACTIVITY, raise_if_not_found=False):
        activities = env["mail.activity"].with_context(active_test=False)
        todo = env.ref("mail.mail_activity_data_todo")
        activities.search([("activity_type_id", "=", ours.id)]).activity_type_id = todo


def _delete_favourites(env, models, fields):
    """Delete favourites of our lists, and favourites of other lists that use our fields."""
    favourites = env["ir.filters"].with_context(active_test=False)
    favourites.search([("model_id", "in", models)]).unlink()
    texts = ("domain", "context", "sort")
    by_us = re.compile(rf"""['".]({"|".join(fields)})\b""")
    named = favourites.search(Domain.OR([(text, "ilike", "lucca")] for text in texts))
    named.filtered(lambda one: any(by_us.search(one[text] or "") for text in texts)).unlink()


def _delete_export_templates(env, models, fields):
    """Delete export templates of our models, and our fields from those of Odoo's models."""
    env["ir.exports"].search([("resource", "in", models)]).unlink()
    lines = env["ir.exports.line"].search([("name", "ilike", "lucca")])
    lines.filtered(lambda line: not set(fields).isdisjoint(line.name.split("/"))).unlink()


def _delete_what_odoo_forgets(env, models):
    """Delete rows that Odoo leaves in its register of modules when it uninstalls one.

    These are foreign keys on tables of other modules, and external ids by which other modules own a part of our
    models.
    """
    of_others = Domain("module.name", "=", ADDON) & Domain("model.model", "not in", models)
    env["ir.model.constraint"].search(of_others & Domain("type", "=", "f")).unlink()
    parts = ("selection__", "model_inherit__")
    starts = tuple(part + name.replace(".", "_") + "__" for part in parts for name in models)
    named = env["ir.model.data"].search([("module", "!=", ADDON), ("name", "ilike", "__lucca")])
    named.filtered(lambda data: data.name.startswith(starts)).unlink()
