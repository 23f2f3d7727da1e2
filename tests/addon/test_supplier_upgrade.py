"""The upgrade reads the names of existing partners as this version does."""

from tests.addon.common import migrate
from tests.addon.suppliers import SupplierCase


class TestUpgrade(SupplierCase):
    def test_names_are_read_again(self):
        known = self.partner(name="Northfork Corporation")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET lucca_name_key = 'northfork corporation' WHERE id = %s",
            [known.id],
        )
        self.env.invalidate_all()
        migrate(self.env, "19.0.1.2.0/post-suppliers.py", "19.0.1.1.0")
        self.assertEqual(known.lucca_name_key, "northfork")
        self.assertFound(known, name="Northfork Corp.")
