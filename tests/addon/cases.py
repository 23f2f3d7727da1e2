"""The cases of the page docs/cases.md: what happens to people who import supplier invoices.

Each case has what came from Lucca, the code that makes it, and the reason for the result. The
result itself is not written here: ``test_cases`` finds it out and compares it with the page.
"""

from typing import Any, NamedTuple

from tests.addon.common import add_withholding
from tests.addon.suppliers import (
    IBAN,
    OTHER_IBAN,
    OTHER_SIRET,
    OTHER_VAT,
    SIRET,
    VAT,
)

GERMAN = {"name": "Kessler GmbH", "vat": "DE462612124", "territory": "DE"}
AMERICAN = {"name": "Acme Inc.", "territory": "US"}


class Case(NamedTuple):
    """``make`` is given the test. It returns Lucca's JSON of the document, or of several, that the page shows."""

    came: str
    why: str
    make: Any


# --- suppliers ------------------------------------------------------------------------------------


def known_by_name(test):
    test.partner(name="Papeterie Moreau")
    return test.invoice(name="Papeterie Moreau", vat="N/A")


def known_by_siret(test):
    test.partner(name="Moreau", vat=VAT, company_registry=SIRET)
    return test.invoice(name="Ets Moreau", siret=SIRET, vat="TVA non applicable, art. 293 B")


def between_words(test):
    test.partner(name="Moreau", vat=VAT)
    return test.invoice(name="Ets Moreau", vat=f"{VAT[:2]} {VAT[2:]} (intracom)")


def of_a_vat_group(test):
    test.partner(name="Groupe Nord", vat=VAT, company_registry=SIRET)
    return test.invoice(name="Nord Services", vat=VAT, siret=OTHER_SIRET)


def two_courts(test):
    test.partner("de", name="Berger GmbH", company_registry="HRB 12345")
    return test.invoice(name="Kessler GmbH", siret="HRB 12345", territory="DE")


def two_moroccan_courts(test):
    test.partner("ma", name="Alpha SARL", company_registry="RC Casablanca 48213")
    return test.invoice(name="Beta SARL", siret="RC Rabat 48213", territory="MA")


def italian_vat_as_registration(test):
    test.partner("it", name="Rossi", vat="IT12345670017")
    return test.invoice(name="Rossi", siret="00743110157", territory="IT")


def in_other_letters(test):
    test.partner(name="Bäckerei Müller GmbH")
    return test.invoice(name="BAECKEREI MUELLER")


def another_siren(test):
    test.partner(name="Moreau", vat=VAT)
    return test.invoice(name="Moreau SARL", siret=OTHER_SIRET)


def swiss_suffix(test):
    test.partner("ch", name="Helvetia", vat="CHE-530.781.296 MWST")
    return test.invoice(name="Helvetia SA", vat="CHE-530.781.296 TVA", territory="CH")


def monaco(test):
    test.partner("mc", name="Monte", vat="FR53000004605")
    return test.invoice(name="Monte SAM", vat="53000004605", territory="MC")


def two_that_fit(test):
    test.partner(name="Moreau Paris", vat=VAT)
    test.partner(name="Moreau Lyon", vat=VAT)
    return test.invoice(name="Moreau", vat=VAT)


def our_vat_number(test):
    test.company.partner_id.vat = OTHER_VAT
    test.partner(name="Moreau")
    return test.invoice(name="Moreau", vat=OTHER_VAT)


def our_name(test):
    return test.invoice(name=test.company.name)


def account_of_a_contact(test):
    supplier = test.partner(name="Moreau", vat=VAT)
    contact = test.env["res.partner"].create({"name": "Compta", "parent_id": supplier.id})
    test.account(contact, IBAN)
    return test.invoice(name="Moreau", vat=VAT, iban=IBAN)


def another_vat_number(test):
    first = test.invoice(name="Moreau", vat=VAT)
    test.sync()
    test.tenant.suppliers[first["purchase"]["id"]]["legalRegistration"]["vatNumber"] = OTHER_VAT
    return test.invoice(purchase=test.tenant.purchases[first["purchase"]["id"]])


def draft_supplier(choose=False):
    def make(test):
        purchase = test.purchase(name="x")
        purchase["supplier"] = {"name": "Brouillon"}
        json = test.invoice(purchase)
        if choose:
            test.sync()
            test.document(json)._choose_supplier(test.partner(name="Menuiserie Blanc"))
        return json

    return make


def nobody_mapped(beside_another=False):
    """Make a purchase in Paris, in a database with a second company that may have the establishment of Lyon."""

    def make(test):
        other = test.env["res.company"].create({"name": "Filiale Lyon"})
        if beside_another:
            test.env["lucca.mapping"].create(
                {
                    "connection_id": test.connection.id,
                    "kind": "establishment",
                    "lucca_id": 987,
                    "target_company_id": other.id,
                }
            )
        purchase = test.purchase(vat=VAT)
        purchase["establishment"] = {"id": 986, "name": "Paris"}
        return test.invoice(purchase)

    return make


SUPPLIERS = [
    Case(
        "Two suppliers with the registration `N/A`, each with a VAT number of its own",
        "A text that is not a number identifies nobody.",
        lambda test: [
            test.invoice(name="Moreau", siret="N/A", vat=VAT),
            test.invoice(name="Lefort", siret="N/A", vat=OTHER_VAT),
        ],
    ),
    Case(
        "The VAT number `N/A`; Odoo knows the name", "Only the name can be compared.", known_by_name
    ),
    Case(
        "“BAECKEREI MUELLER” without numbers; Odoo knows “Bäckerei Müller GmbH”",
        "Accents, umlauts and “and” are written in several ways.",
        in_other_letters,
    ),
    Case(
        "A SIRET that Odoo knows, and “TVA non applicable, art. 293 B” as VAT number",
        "A text that is not a number does not contradict the SIRET.",
        known_by_siret,
    ),
    Case("A VAT number between words", "The number in it is found and checked.", between_words),
    Case(
        'Territory `{"id": 49, "name": "Allemagne"}`, VAT number `462612124`, purchase in `DE`',
        "The number of a territory does not say the country. The purchase says it.",
        lambda test: test.invoice(
            name="Kessler GmbH",
            vat="462612124",
            territory={"id": 49, "name": "Allemagne"},
            on_purchase="DE",
        ),
    ),
    Case(
        'Territory `{"id": 49, "name": "Deutschland"}`, VAT number `462612124`',
        "The name of a territory is in the language of the Lucca account.",
        lambda test: test.invoice(
            name="Kessler GmbH", vat="462612124", territory={"id": 49, "name": "Deutschland"}
        ),
    ),
    Case(
        "The VAT number of a company in Odoo, and the SIRET of another",
        "Companies of a VAT group share one VAT number. Their SIREN numbers differ.",
        of_a_vat_group,
    ),
    Case(
        "The register number of a supplier in Odoo, and another name (Germany)",
        "Each German court has its own register, so two companies may have the same number.",
        two_courts,
    ),
    Case(
        "The register number of a supplier in Odoo, of another court (Morocco), and another name",
        "In a country with several registers, a number counts only with the name.",
        two_moroccan_courts,
    ),
    Case(
        "“Rossi” with a partita IVA as registration; Odoo has “Rossi” with another VAT number",
        "In Italy and other countries the registration is the VAT number without its letters.",
        italian_vat_as_registration,
    ),
    Case(
        "“Moreau SARL” with a SIRET; Odoo has “Moreau” with the VAT number of another SIREN",
        "A different number means another company, even if the names agree.",
        another_siren,
    ),
    Case(
        "A Swiss number with TVA; Odoo has it with MWST",
        "The words TVA and MWST are not part of the number.",
        swiss_suffix,
    ),
    Case(
        "A supplier in Monaco, its VAT number without `FR`",
        "Monaco has French VAT numbers.",
        monaco,
    ),
    Case("Two suppliers in Odoo have the VAT number", "The addon does not guess.", two_that_fit),
    Case(
        "Our own VAT number on a supplier that Odoo knows by name",
        "Text recognition took the buyer's number for the supplier's.",
        our_vat_number,
    ),
    Case("Our own name as the supplier's", "A company sends no invoices to itself.", our_name),
    Case(
        "The IBAN of the supplier's contact",
        "The account of a contact belongs to the supplier.",
        account_of_a_contact,
    ),
    Case(
        "A known supplier has another VAT number in Lucca",
        "It may be another company. A person decides it once.",
        another_vat_number,
    ),
    Case("A draft supplier", "It has no id that could be mapped.", draft_supplier()),
    Case(
        "A draft supplier, after a person chose the supplier for the document",
        "The person sees the invoice.",
        draft_supplier(choose=True),
    ),
    Case(
        "An establishment that nobody mapped, Odoo has a second company",
        "Nothing else suggests the second company.",
        nobody_mapped(),
    ),
    Case(
        "A purchase in Paris without a mapping, while another establishment belongs to the second company",
        "The establishment may belong to either company.",
        nobody_mapped(beside_another=True),
    ),
]

# --- VAT ------------------------------------------------------------------------------------------


def bought(scope):
    def make(test):
        first = test.invoice(vat=VAT)
        test.sync()
        test.mapping("nature").tax_scope = scope
        return test.invoice(purchase=test.tenant.purchases[first["purchase"]["id"]])

    return make


def of_new_nature(test):
    """Add an invoice of a nature that nobody mapped, to a company that maps another one."""
    test.invoice(vat=VAT)
    test.sync()
    fees = test.env["account.account"].search([("code", "=", "622600")])
    test.mapping("nature").account_id = fees
    purchase = test.purchase(name="Ateliers Blanc", vat=OTHER_VAT)
    purchase["nature"] = {"id": 77, "name": "Machines"}
    return test.invoice(purchase=purchase)


def archived_tax(test):
    first = test.invoice(vat=VAT)
    test.sync()
    test.mapping("tax").tax_id = test.tax_20.copy({"name": "20% old"})
    test.mapping("tax").tax_id.active = False
    return test.invoice(purchase=test.tenant.purchases[first["purchase"]["id"]])


def withheld(test):
    add_withholding(test.tenant, test.tax_20)
    taxes = [("0.2", "8.26"), {"rateTypeId": 900, "value": "-6.20"}]
    return test.invoice(excluding="41.32", taxes=taxes)


def german_vat(create=False):
    def make(test):
        json = test.invoice(**GERMAN, lines=[(100, "0.19")])
        if create:
            test.sync()
            test.mapping("tax").action_create_tax()
        return json

    return make


VAT_AND_AMOUNTS = [
    Case("20 % of VAT, nothing else", "Most purchases are services.", lambda test: test.invoice()),
    Case(
        "20 % of VAT, of a nature that is mapped to goods",
        "The nature says what is bought.",
        bought("consu"),
    ),
    Case(
        "A nature that is new in Lucca; another nature has an account",
        "It may belong on another account than other purchases, and with another tax: machines are fixed assets.",
        of_new_nature,
    ),
    Case(
        "The tax in the mapping is archived",
        "A bill with an archived tax could not be posted.",
        archived_tax,
    ),
    Case(
        "No VAT, a German supplier",
        "Services from another country of the European Union are self-assessed.",
        lambda test: test.invoice(excluding=100, taxes=[], **GERMAN),
    ),
    Case(
        "No VAT, an American supplier",
        "Services from outside the European Union are self-assessed.",
        lambda test: test.invoice(excluding=100, taxes=[], **AMERICAN),
    ),
    Case(
        "No VAT, a French supplier",
        "The supplier may be exempt. Nothing says that the company owes VAT.",
        lambda test: test.invoice(excluding=100, taxes=[], vat=VAT),
    ),
    Case(
        "A rate of 0 %, a French supplier",
        "The rate has its own tax. Otherwise it is like an invoice without a rate.",
        lambda test: test.invoice(excluding=100, taxes=[{"rateTypeId": 49, "value": 0}], vat=VAT),
    ),
    Case(
        "A rate of 0 %, a German supplier",
        "The tax is the same as without a rate.",
        lambda test: test.invoice(excluding=100, taxes=[{"rateTypeId": 49, "value": 0}], **GERMAN),
    ),
    Case(
        "VAT that is listed and not in the total (`intraCommunityTaxes`), a German supplier",
        "Such VAT is not charged. The company self-assesses it.",
        lambda test: test.invoice(
            excluding=100,
            taxes=[{"rateTypeId": 45, "value": 20}],
            including=100,
            intraCommunityTaxes=True,
            **GERMAN,
        ),
    ),
    Case(
        "Such VAT at two rates, a German supplier",
        "A bill without VAT has one tax, which gives the VAT of one rate.",
        lambda test: test.invoice(
            excluding=200,
            taxes=[{"rateTypeId": 45, "value": 20}, {"rateTypeId": 47, "value": 5.5}],
            including=200,
            intraCommunityTaxes=True,
            **GERMAN,
        ),
    ),
    Case(
        "Such VAT, a French supplier",
        "Nobody says which tax declares it, for example for construction work.",
        lambda test: test.invoice(
            excluding=100,
            taxes=[{"rateTypeId": 45, "value": 20}],
            including=100,
            intraCommunityTaxes=True,
            vat=VAT,
        ),
    ),
    Case(
        "120 without VAT, 20 of VAT and a total of 120, a German supplier",
        "20 is the VAT of 100, so the total contains it. Somebody entered the total twice.",
        lambda test: test.invoice(
            excluding=120, taxes=[{"rateTypeId": 45, "value": 20}], including=120, **GERMAN
        ),
    ),
    Case(
        "VAT in the total and `intraCommunityTaxes`",
        "VAT is self-assessed or part of the total, not both.",
        lambda test: test.invoice(intraCommunityTaxes=True, vat=VAT),
    ),
    Case(
        "No VAT, a French supplier with a German VAT number",
        "The company owes the VAT if the supply is from Germany.",
        lambda test: test.invoice(
            excluding=100, taxes=[], name=GERMAN["name"], vat=GERMAN["vat"], territory="FR"
        ),
    ),
    Case(
        "100 without VAT, 10 of VAT at 20 %",
        "It is rarely right that half of an invoice has no VAT.",
        lambda test: test.invoice(excluding=100, taxes=[("0.2", 10)]),
    ),
    Case(
        "107 without VAT, 20 of VAT at 20 %",
        "A small part without VAT is usual, for example a deposit on packaging.",
        lambda test: test.invoice(excluding=107, taxes=[("0.2", 20)]),
    ),
    Case(
        "100 without VAT, 19 of VAT at the French 20 %, a German supplier",
        "It may be German VAT, with the French rate in Lucca.",
        lambda test: test.invoice(excluding=100, taxes=[{"rateTypeId": 45, "value": 19}], **GERMAN),
    ),
    Case(
        "70 without VAT, 20 of VAT at 20 %",
        "30 were deducted without VAT, for example for a voucher.",
        lambda test: test.invoice(excluding=70, taxes=[("0.2", 20)]),
    ),
    Case(
        "15 without VAT, 203 of VAT at 20 %",
        "A forwarder bills import VAT like this to a company that does not self-assess it, for example in"
        " Switzerland. French companies have self-assessed it on their VAT return since 2022.",
        lambda test: test.invoice(excluding=15, taxes=[("0.2", 203)]),
    ),
    Case(
        "21.23 and 4.25 of VAT make 25.47",
        "The amount to pay was rounded.",
        lambda test: test.invoice(excluding="21.23", taxes=[("0.2", "4.25")], including="25.47"),
    ),
    Case(
        "1,000 and 200 of VAT make 900",
        "A deposit was deducted. The bill always has the printed total.",
        lambda test: test.invoice(excluding=1000, taxes=[("0.2", 200)], including=900),
    ),
    Case(
        "41.32, 8.26 of VAT, and a tax of -15 % withheld: 43.38",
        "Both taxes have the same base. This is for companies in countries that withhold a tax, such as Spain,"
        " Italy and Portugal.",
        withheld,
    ),
    Case(
        "100, VAT of 20.03",
        "The supplier rounded VAT line by line. It is booked as it is printed.",
        lambda test: test.invoice(excluding=100, taxes=[("0.2", "20.03")]),
    ),
    Case(
        "99.98, VAT of 20.00 at 20 % and 0.00 at 10 %",
        "A rate without VAT gets no line.",
        lambda test: test.invoice(excluding="99.98", taxes=[("0.2", "20.00"), ("0.1", 0)]),
    ),
    Case(
        "A cost of 130 for a total of 120",
        "Even if no VAT is recovered, the cost is not above the total.",
        lambda test: test.invoice(excluding=100, taxes=[("0.2", 20)], cost=130),
    ),
    Case(
        "A cost of 50 for 100 excluding taxes",
        "The cost contains the amount excluding taxes.",
        lambda test: test.invoice(excluding=100, taxes=[("0.2", 20)], cost=50),
    ),
    Case(
        "120 dollars that Lucca converts to 10,800 euros",
        "This exchange rate is far from Odoo's own.",
        lambda test: test.invoice(excluding=120, taxes=[], currency="USD", counter=("EUR", 90)),
    ),
    Case(
        "VAT at the French rate of 20 %, a British supplier",
        "British VAT may have been entered with the French rate. It is not deducted in France.",
        lambda test: test.invoice(
            name="Harrow Ltd",
            territory="GB",
            excluding=100,
            taxes=[{"rateTypeId": 45, "value": 20}],
        ),
    ),
    Case("VAT of 19 %, a German supplier", "VAT of another country is not deducted.", german_vat()),
    Case(
        "German VAT of 19 %, after *Create It* was pressed",
        "VAT of another country is part of the expense.",
        german_vat(create=True),
    ),
]

# --- what is there already ------------------------------------------------------------------------


def typed(number, supplier=True, total=120, **values):
    """Return a function that types a bill, then adds its document with the number FA-2026-001."""

    def make(test):
        partner = test.partner(name="Moreau", vat=VAT)
        test.typed(partner if supplier else test.env["res.partner"], number, total, **values)
        return test.invoice(number="FA-2026-001", vat=VAT, excluding=100, taxes=[("0.2", 20)])

    return make


def each_month(test):
    purchase = test.purchase(vat=VAT)
    return [
        test.invoice(
            purchase=purchase,
            number="LOYER",
            date=f"2026-{month:02}-01",
            created_at=f"2026-{month:02}-03T10:00:00Z",
        )
        for month in (1, 2, 3)
    ]


def twice_in_a_month(test):
    purchase = test.purchase(vat=VAT)
    return [
        test.invoice(purchase=purchase, number="LOYER", date=day)
        for day in ("2026-01-01", "2026-01-19")
    ]


def twelve_of_two_years(test):
    purchase = test.purchase(vat=VAT)
    return [
        test.invoice(purchase=purchase, number="12", date=day)
        for day in ("2025-03-10", "2026-02-10")
    ]


DOUBLES = [
    Case(
        "The number 12 of 2025 and of 2026",
        "Suppliers start their numbers again each year.",
        twelve_of_two_years,
    ),
    Case(
        "LOYER on three monthly invoices", "The same word is on every month's invoice.", each_month
    ),
    Case(
        "LOYER on two invoices of one month, with one total",
        "Somebody may have uploaded one invoice twice.",
        twice_in_a_month,
    ),
    Case(
        "FA-2026-001; somebody typed “Facture FA 2026/1”",
        "Words, separators and leading zeros do not count.",
        typed("Facture FA 2026/1"),
    ),
    Case(
        "FA-2026-001; somebody typed “001”, with the same total",
        "People leave out the first part of a number.",
        typed("001"),
    ),
    Case(
        "FA-2026-001; somebody typed “FA-26-001 (paid)”, with the same total",
        "The year may have two digits, and words may stand behind a number. The total makes it likely.",
        typed("FA-26-001 (paid)"),
    ),
    Case(
        "FA-2026-001; typed with a cent's difference",
        "A supplier uses a number once a year, so it is the same bill, whatever its total.",
        typed("FA-2026-001", total=120.01),
    ),
    Case(
        "FA-2026-001; a draft without supplier has its number and total",
        "Such drafts come from Odoo's own electronic invoices.",
        typed("FA-2026-001", supplier=False),
    ),
]

# --- dates and payment ----------------------------------------------------------------------------


def paid_by_card(test):
    supplier = test.partner(name="Moreau", vat=VAT)
    test.account(supplier, IBAN)
    details = {"paymentMethod": "SingleUseCard", "bankAccount": {"iban": IBAN}}
    return test.invoice(vat=VAT, paymentDetails=details)


def unknown_account(test):
    supplier = test.partner(name="Moreau", vat=VAT)
    test.account(supplier, IBAN)
    details = {"paymentMethod": "BankTransfer", "bankAccount": {"iban": OTHER_IBAN}}
    return test.invoice(vat=VAT, paymentDetails=details)


DATES_AND_PAYMENT = [
    Case(
        "The document date `0001-01-01`",
        "In Lucca this means that there is no date.",
        lambda test: test.invoice(date="0001-01-01"),
    ),
    Case(
        "The document date 1900-01-01",
        "An impossible date would disturb the numbers of the journal.",
        lambda test: test.invoice(date="1900-01-01"),
    ),
    Case(
        "The due date `0001-01-01`",
        "In Lucca this means that there is no due date. The payment term is used.",
        lambda test: test.invoice(dueDate="0001-01-01"),
    ),
    Case(
        "The due date 2025-01-01 of a document of 2026-01-15",
        "The year is probably wrong. An invoice that came some weeks after its payment has no doubt.",
        lambda test: test.invoice(dueDate="2025-01-01"),
    ),
    Case("Paid by single-use card", "Nobody may pay it again.", paid_by_card),
    Case(
        "The payment was cancelled in Lucca",
        "Somebody should find out why.",
        lambda test: test.invoice(paymentState="Cancelled"),
    ),
    Case(
        "An IBAN that the supplier does not have in Odoo",
        "Invoice fraud works with a changed account.",
        unknown_account,
    ),
]

# --- changes in Lucca after the bill was made -----------------------------------------------------


def changed(touch=None, **changes):
    def make(test):
        json = test.invoice(vat=VAT, dueDate="2026-02-28")
        test.sync()
        if touch:
            touch(test.document(json).move_id)
        test.tenant.change(json, **changes)
        test.connection.last_audit_at = False
        return json

    return make


def then_mapped(test):
    json = of_new_nature(test)
    test.sync()
    account = test.env["account.account"].search([("code", "=", "615500")])
    test.mapping("nature", name="Machines").account_id = account
    return json


def other_supplier(test):
    json = test.invoice(vat=VAT)
    test.sync()
    other = test.tenant.add_supplier(name="Imprimerie Deux", vat=OTHER_VAT)
    purchase = test.tenant.purchases[json["purchase"]["id"]]
    purchase["supplier"] = {"id": other["id"], "name": other["name"], "territoryId": "FR"}
    test.connection.last_audit_at = False
    return json


CHANGES = [
    Case(
        "The nature without an account gets one in Odoo; nobody touched the draft",
        "The doubt asked for it, and nobody had worked on the draft.",
        then_mapped,
    ),
    Case(
        "The due date is removed; nobody touched the draft",
        "Nobody had worked on the draft.",
        changed(dueDate=None),
    ),
    Case(
        "The due date changes; somebody set a payment reference on the draft",
        "What an accountant entered is not overwritten.",
        changed(lambda move: move.write({"payment_reference": "RF18"}), dueDate="2026-03-31"),
    ),
    Case(
        "The number changes; the bill is posted",
        "Only an accountant changes a posted bill.",
        changed(lambda move: move.action_post(), documentNumber="F-2"),
    ),
    Case(
        "The purchase gets another supplier",
        "Nobody had worked on the draft. Its notes say what changed.",
        other_supplier,
    ),
]

SECTIONS = {
    "Suppliers": SUPPLIERS,
    "VAT and amounts": VAT_AND_AMOUNTS,
    "Bills that exist already": DOUBLES,
    "Dates and payment": DATES_AND_PAYMENT,
    "Changes after the bill was made": CHANGES,
}
