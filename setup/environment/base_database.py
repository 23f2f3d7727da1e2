"""Run in Odoo's shell: see that the base database is one of a French company, in English and French."""

# pylint: disable=undefined-variable
company = env.ref("base.main_company")
if company.chart_template != "fr":
    env["account.chart.template"].try_loading("fr", company=company, install_demo=False)
assert company.chart_template == "fr", company.chart_template
assert company.currency_id.name == "EUR", company.currency_id.name
assert env["res.lang"]._lang_get("fr_FR"), "French is not installed"
env.cr.commit()
