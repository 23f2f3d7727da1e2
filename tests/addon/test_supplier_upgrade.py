"""Partners of an earlier version are recognised as this version reads them."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import lucca

from tests.addon.suppliers import SupplierCase

SCRIPT = Path(lucca.__file__).parents[1] / "migrations" / "19.0.1.2.0" / "post-suppliers.py"


class TestUpgrade(SupplierCase):
    def test_names_are_read_anew(self):
        known = self.partner(name="Northfork Corporation")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET lucca_name_key = 'northfork corporation' WHERE id = %s",
            [known.id],
        )
        self.env.invalidate_all()
        spec = spec_from_file_location("post_suppliers", SCRIPT)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual(known.lucca_name_key, "northfork")
        self.assertFound(known, name="Northfork Corp.")
