"""Run in Odoo's shell: make two companies, each with a connection to the same Lucca account."""

# pylint: disable=undefined-variable
from tests.books import archive_twins, swiss_company

archive_twins(env)
inactive = env["res.currency"].with_context(active_test=False)
inactive.search([("name", "in", ("USD", "GBP", "CHF"))]).active = True
companies = env.ref("base.main_company") | swiss_company(env)
env["lucca.connection"].create(
    [
        {
            "name": f"Lucca {company.id}",
            "company_id": company.id,
            "host": "http://127.0.0.1:9",
            "api_key": "test-key",
            "start_date": "2020-01-01",
            "requests_per_minute": 0,
        }
        for company in companies
    ]
)
env.cr.commit()
print("READY")
