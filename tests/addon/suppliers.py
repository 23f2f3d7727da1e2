"""What the tests of suppliers share: partners, and purchases from suppliers of Lucca."""

from tests.addon.common import LuccaCase

SIREN, SIRET, VAT = "443121975", "44312197500017", "FR46443121975"
OTHER_SIREN, OTHER_SIRET, OTHER_VAT = "303265045", "30326504500011", "FR40303265045"
IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"


class SupplierCase(LuccaCase):
    def partner(self, country="fr", **values):
        """A company of a country, by its external id."""
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
        """A purchase from a supplier that is known by what is given only.

        :param on_purchase: the ``territoryId`` that the purchase has, where it is another
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
        """The partner on whom the bill of a supplier is booked."""
        return self.booked(**supplier).move_id.partner_id

    def assertFound(self, partner, **supplier):
        document = self.booked(**supplier)
        self.assertEqual(document.move_id.partner_id, partner, document.message)

    def assertNew(self, *others, **supplier):
        """The bill is booked on a new partner, which is returned."""
        known = self.env["res.partner"].search([])
        document = self.booked(**supplier)
        partner = document.move_id.partner_id
        self.assertTrue(partner, document.message)
        self.assertNotIn(partner, known)
        return partner
