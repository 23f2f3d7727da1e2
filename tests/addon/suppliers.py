"""A test case about suppliers: partners in Odoo, and purchases from suppliers in Lucca."""

from tests.addon.common import LuccaCase

SIREN, SIRET, VAT = "443121975", "44312197500017", "FR46443121975"
OTHER_SIREN, OTHER_SIRET, OTHER_VAT = "303265045", "30326504500011", "FR40303265045"
IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"


class SupplierCase(LuccaCase):
    def partner(self, country="fr", **values):
        """Return a new company of a country, given by its code in lower case."""
        return self.env["res.partner"].create(
            {
                "name": "Known",
                "is_company": True,
                "country_id": country and self.env.ref(f"base.{country}").id,
                **values,
            }
        )

    def account(self, partner, iban, **values):
        return self.env["res.partner.bank"].create(
            {"partner_id": partner.id, "acc_number": iban, **values}
        )

    def purchase(self, on_purchase=None, **supplier):
        """Return a purchase from a supplier of which only the given values are known.

        :param on_purchase: the ``territoryId`` on the purchase, if it differs from the supplier's
        """
        territory = supplier.pop("territory", "FR")
        is_object = isinstance(territory, dict)
        supplier = self.tenant.add_supplier(
            **{"name": "Moreau", "territory": "" if is_object else territory, **supplier}
        )
        if is_object:
            supplier["territory"] = territory
        purchase = self.tenant.add_purchase(
            supplier=supplier, title="Fournitures", establishment=None
        )
        if on_purchase:
            purchase["supplier"]["territoryId"] = on_purchase
        return purchase

    def booked(self, **supplier):
        return self.book(purchase=self.purchase(**supplier), lines=[(100, None)])

    def supplier_of(self, **supplier):
        """Return the partner of the bill of a supplier."""
        return self.booked(**supplier).move_id.partner_id

    def assertFound(self, partner, **supplier):
        document = self.booked(**supplier)
        self.assertEqual(document.move_id.partner_id, partner, document.message)

    def assertNew(self, *others, **supplier):
        """Assert that the bill has a new partner, and return it."""
        known = self.env["res.partner"].search([])
        document = self.booked(**supplier)
        partner = document.move_id.partner_id
        self.assertTrue(partner, document.message)
        self.assertNotIn(partner, known)
        return partner
