"""Run in Odoo's shell: import some slow documents with the scheduler in virtual time, with real commits."""

# pylint: disable=undefined-variable
from tests.scheduler import Scheduler, VirtualTime
from tests.simulator import LuccaServer, Tenant

with VirtualTime() as time_:
    tenant = Tenant(clock=time_.clock)
    purchase = tenant.add_purchase(supplier=tenant.add_supplier(), establishment=None)
    for _document in range(5):
        tenant.add_invoice(purchase=purchase, date="2026-01-15")
    with LuccaServer(tenant) as lucca:
        lucca.behaviour.seconds = 4
        connection = env["lucca.connection"].create(
            {"host": lucca.url, "api_key": tenant.api_key, "start_date": "2020-01-01"}
        )
        env.cr.commit()
        scheduler = Scheduler(env.registry, time_)
        scheduler.run(connection, hours=1)
        print(time_.elapsed() >= 4 * len(lucca.requests))
print("READY")
