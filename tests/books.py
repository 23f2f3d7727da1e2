"""Companies and users for tests: nothing in here knows a version of the addon."""


def archive_twins(env):
    """Leave one purchase tax a rate: this chart's "INC" taxes are copies that are not price-included."""
    env["account.tax"].search([("name", "like", "% INC")]).active = False


def swiss_company(env):
    """A second company: the French chart of accounts, in Swiss francs."""
    company = env["res.company"].create(
        {"name": "Filiale Suisse", "country_id": env.ref("base.fr").id}
    )
    env["account.chart.template"].try_loading("fr", company=company, install_demo=False)
    company.currency_id = env.ref("base.CHF")
    env["res.currency.rate"].create(
        {
            "name": "2020-01-01",
            "currency_id": env.ref("base.EUR").id,
            "company_id": company.id,
            "rate": 1.1,
        }
    )
    env.user.company_ids |= company
    archive_twins(env)
    return company


def company_of(env, code):
    """A company of a country (``be``), with its own chart of accounts as Odoo installs it."""
    country = env.ref(f"base.{code}")
    company = env["res.company"].create(
        {
            "name": f"Société {code.upper()}",
            "country_id": country.id,
            "currency_id": country.currency_id.id,
        }
    )
    chart = {"be": "be_comp"}.get(code, code)  # Belgium has one for companies, one for associations
    env["account.chart.template"].try_loading(chart, company=company, install_demo=False)
    env.user.company_ids |= company
    return company


def user_of(env, group, company=None, **values):
    """A user of one group; ``values`` are of other fields, a password for one."""
    company = company or env.ref("base.main_company")
    return env["res.users"].create(
        {
            "name": group,
            "login": f"{group}@{company.id}",
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, [env.ref(group).id])],
            **values,
        }
    )
