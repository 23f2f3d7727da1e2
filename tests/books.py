"""Companies and users for tests. This module works with every version of the addon."""


def archive_twins(env):
    """Archive the taxes named "INC", price-included copies, so that each rate has one purchase tax left."""
    env["account.tax"].search([("name", "like", "% INC")]).active = False


def swiss_company(env):
    """Return a new second company with the French chart of accounts, whose currency is the Swiss franc."""
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
    """Return a new company of a country with the chart of accounts that Odoo installs there.

    :param code: the country's code in lower case, such as ``be``
    """
    country = env.ref(f"base.{code}")
    company = env["res.company"].create(
        {
            "name": f"Société {code.upper()}",
            "country_id": country.id,
            "currency_id": country.currency_id.id,
        }
    )
    # Belgium has a chart for companies and one for associations.
    chart = {"be": "be_comp"}.get(code, code)
    env["account.chart.template"].try_loading(chart, company=company, install_demo=False)
    env.user.company_ids |= company
    return company


def company_with_journal(env, name="Elsewhere"):
    """A company with a purchase journal and no chart of accounts, which would take seconds."""
    company = env["res.company"].create({"name": name})
    add_purchase_journal(company)
    env.user.company_ids |= company
    return company


def add_purchase_journal(company):
    """The first purchase journal of a company."""
    values = {"name": "Bills", "code": "BILL", "type": "purchase", "company_id": company.id}
    return company.env["account.journal"].create(values)


def user_of(env, group, company=None, **values):
    """Return a new user with one group.

    :param group: external identifier of the group, which is also the user's name
    :param values: values of other fields, such as ``password``
    """
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
