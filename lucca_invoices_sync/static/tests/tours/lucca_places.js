import {addTour, open} from "./lucca_steps";

/** Press a button beside the reason why a document waits. */
function press(words) {
    return {
        content: `Press ${words}`,
        trigger: `.o_form_view .o_lucca_ways_out button:contains("${words}")`,
        run: "click",
    };
}

function choose(field, words) {
    return [
        {
            content: `Look for ${words}`,
            trigger: `.modal .o_field_widget[name=${field}] input`,
            run: `edit ${words}`,
        },
        {
            content: `${words} is offered`,
            trigger: `.ui-autocomplete li:not(.o_m2o_dropdown_option):contains("${words}")`,
            run: "click",
        },
    ];
}

const closed = {
    content: "The dialog is gone",
    trigger: "body:not(:has(.modal))",
};

/** A manager of one company is asked for the company of an establishment. */
addTour("lucca_manager_chooses_company", {
    steps: () => [
        open("F-PLACE-1"),
        press("Choose the Company"),
        {
            content: "She is told who chooses another company",
            trigger:
                '.modal .o_field_widget[name=other_companies_advice]:contains("Boss of Both")',
        },
        ...choose("target_company_id", "YourCompany"),
        {
            content: "The journal may be chosen, too",
            trigger: ".modal .o_field_widget[name=target_journal_id] input",
        },
        {
            content: "Save",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        closed,
    ],
});

/** The menu of the establishments is there for her. */
addTour("lucca_manager_lists_establishments", {
    steps: () => [
        {
            content: "The company can be chosen in the list",
            trigger: '.o_data_row:contains("Lyon") td[name=target_company_id]',
        },
        {
            content: "The menu is there",
            trigger: ".o_menu_sections button:contains(Configuration)",
            run: "click",
        },
        {
            content: "It has the establishments",
            trigger: '.dropdown-item:contains("Establishments")',
        },
    ],
});

/** A billing user chooses the supplier of several documents that Lucca names none for. */
addTour("lucca_billing_chooses_supplier", {
    steps: () => [
        {
            content: "Select all",
            trigger: ".o_list_table thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Choose their supplier",
            trigger: '.o_control_panel button:contains("Choose the Supplier")',
            run: "click",
        },
        {
            content: "It says how many get it",
            trigger: '.modal .o_field_widget[name=message]:contains("2")',
        },
        ...choose("partner_id", "Menuiserie Blanc"),
        {
            content: "Book them",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        closed,
    ],
});

/** A manager makes the tax of another country's VAT rate. */
addTour("lucca_manager_creates_tax", {
    steps: () => [
        open("F-PLACE-1"),
        press("Choose the Tax"),
        {
            content: "Create it",
            trigger: ".modal button[name=action_create_tax]",
            run: "click",
        },
        closed,
    ],
});

/** Nothing needs attention. */
addTour("lucca_nothing_waits", {
    steps: () => [
        {
            content: "The list of what needs attention is empty",
            trigger: ".o_view_nocontent",
        },
    ],
});
