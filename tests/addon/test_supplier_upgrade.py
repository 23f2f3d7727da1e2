"""Each upgrade reads the names and numbers of existing partners as its version does."""

from tests.addon.common import migrate
from tests.addon.suppliers import SIREN, VAT, SupplierCase


class TestUpgrade(SupplierCase):
    def test_keys_are_computed_again(self):
        known = self.partner(name="Northfork Corporation", vat=VAT, active=False)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET lucca_name_key = 'northfork corporation', lucca_vat_key = '0',"
            " lucca_registry_key = NULL WHERE id = %s",
            [known.id],
        )
        self.env.invalidate_all()
        migrate(self.env, "0.0.0/post-partner-keys.py", "19.0.1.1.0")
        keys = (known.lucca_name_key, known.lucca_vat_key, known.lucca_registry_key)
        self.assertEqual(keys, ("northfork", VAT, f"FR{SIREN}"))
