import {addTour, click, says} from "./lucca_steps";

const SELECT_ALL = click(
    "Select all",
    "thead .o_list_record_selector input:not(:checked)"
);
const CHOOSE = click("Choose for all of them", "button[name=action_choose]");
const APPLY = click("Apply", ".modal button[name=action_apply]");

/** Pick a record by its name in a field of the dialog. */
function pick(field, name) {
    return [
        {
            content: `Look for ${name}`,
            trigger: `.modal .o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        click(`Pick ${name}`, `.ui-autocomplete li:contains("${name}")`),
    ];
}

/** What a person presses to get it done: the test fails where it takes more clicks. */
function within(most, steps) {
    const clicks = steps.filter((step) => step.run === "click").length;
    if (clicks > most) {
        throw new Error(`It takes ${clicks} clicks instead of ${most}`);
    }
    return steps;
}

addTour("lucca_create_suppliers", {
    steps: () =>
        within(2, [
            {
                content: "Thirty suppliers are unknown",
                trigger: ".o_pager_limit:contains(30)",
            },
            SELECT_ALL,
            click(
                "Create them",
                "button[name=action_create_supplier]:contains(Create)"
            ),
            says("Suppliers created: 30."),
        ]),
});

addTour("lucca_choose_natures", {
    steps: () =>
        within(4, [
            SELECT_ALL,
            CHOOSE,
            ...pick("account_id", "Zythologie"),
            APPLY,
            says("Mapped: 12."),
        ]),
});

addTour("lucca_who_chose", {
    steps: () => [
        click(
            "Show who chose it",
            '.o_data_row:contains("Zythologie") button[name=action_open_choices]'
        ),
        {
            content: "The choice is shown",
            trigger:
                '.modal .o_field_widget[name=choices_table] td:contains("Zythologie")',
        },
    ],
});

addTour("lucca_choose_cost_centres", {
    steps: () =>
        within(4, [
            SELECT_ALL,
            CHOOSE,
            ...pick("analytic_account_id", "Zythos"),
            APPLY,
            says("Mapped: 8."),
        ]),
});

addTour("lucca_choose_tax", {
    steps: () =>
        within(4, [
            {
                content: "Forty documents wait for one reason",
                trigger: '.o_group_name:contains("(40)")',
            },
            SELECT_ALL,
            CHOOSE,
            {
                content: "It says for how many it is",
                trigger:
                    '.modal .o_field_widget[name=summary]:contains("wait for them: 40")',
            },
            ...pick("tax_id", "20% other"),
            APPLY,
            says("Documents that are tried again now: 40."),
        ]),
});

/** Of several suppliers that fit, one is chosen where they are shown with their numbers. */
addTour("lucca_choose_candidate", {
    steps: () => [
        click("Open the document", ".o_data_row td[name=number]"),
        click(
            "Choose",
            ".o_form_view button[name=action_open_mappings]:contains(Supplier)"
        ),
        {
            content: "Lucca's VAT number is there",
            trigger:
                '.modal .o_field_widget[name=supplier_vat]:contains("FR46443121975")',
        },
        click(
            "Choose the second",
            '.modal .o_data_row:contains("Moreau Deux") button[name=action_lucca_choose]'
        ),
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "The document no longer asks for it",
            trigger:
                ".o_form_view:not(:has(button[name=action_open_mappings]:visible))",
        },
    ],
});

/** Who may not map is offered none of it, neither on the documents nor on the references. */
const OFFERS = "[name=action_choose], [name^=action_create], [name^=action_take]";

for (const list of ["documents", "references"]) {
    addTour(`lucca_offered_nothing_on_${list}`, {
        steps: () => [
            SELECT_ALL,
            {
                content: "The selection's buttons are shown",
                trigger: ".o_selection_box",
            },
            {
                content: "None of them maps",
                trigger: `body:not(:has(button:is(${OFFERS})))`,
            },
        ],
    });
}
