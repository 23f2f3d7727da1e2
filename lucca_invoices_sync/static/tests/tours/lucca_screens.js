import {addTour, click} from "./lucca_steps";

/** On a phone, what a reference is in Odoo is chosen on its card. */
addTour("lucca_chooses_on_the_card", {
    steps: () => [
        {
            content: "The card counts the documents that wait",
            trigger: ".o_kanban_record .text-warning-emphasis:contains(1)",
        },
        click("Choose", ".o_kanban_record button[name=action_map]"),
        {
            content: "Open the taxes",
            trigger: ".modal .o_field_widget[name=tax_id] input",
            run: "click",
        },
        click("Choose the tax", '.modal .o_kanban_record:contains("20% other")'),
        click("Save", ".modal .o_form_button_save"),
        {
            content: "Nothing waits for a choice any more",
            trigger:
                "body:not(:has(.modal)):not(:has(.o_kanban_record:not(.o_kanban_ghost)))",
        },
    ],
});

/** A synchronisation opens, and leads to the documents that needed attention in it. */
addTour("lucca_run_leads_to_its_documents", {
    steps: () => [
        click("Open the synchronisation", ".o_data_row td[name=new]"),
        click(
            "Show what needed attention",
            ".o_form_view button[name=action_open_documents]:has([name=blocked])"
        ),
        {
            content: "The document is listed",
            trigger: '.o_data_row:contains("F-VAT-1") [name=situation]',
        },
    ],
});
