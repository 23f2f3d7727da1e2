import {addTour, given, says} from "./lucca_steps";

/** Enter address and key on the settings screen and test them. */
function connectWith(key) {
    return [
        {
            content: "Enter the address of the Lucca account",
            trigger: "#lucca .o_field_widget[name=lucca_host] input",
            run: `edit ${given("lucca_host")}`,
        },
        {
            content: "Enter the API key",
            trigger: "#lucca .o_field_widget[name=lucca_api_key]:visible input",
            run: `edit ${key}`,
        },
        {
            content: "Test the connection",
            trigger: "#lucca button[name=action_lucca_test_connection]",
            run: "click",
        },
    ];
}

addTour("lucca_wrong_key", {
    steps: () => [
        ...connectWith("wrong"),
        {
            content: "The trouble is told in one sentence",
            trigger: '.modal:contains("Lucca does not accept the API key")',
        },
        {
            content: "Close it",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "Discard what was typed",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            content: "Nothing is left of it",
            trigger: "body:not(:has(.o_dirty_warning))",
        },
    ],
});

addTour("lucca_sync_now", {
    steps: () => [
        {
            content: "Start the synchronisation",
            trigger: ".o_control_panel button[name=action_lucca_sync_now]",
            run: "click",
        },
        says("The synchronisation with Lucca starts"),
    ],
});

addTour("lucca_see_bill", {
    steps: () => [
        {
            content: "Open the bill that came",
            trigger: 'td:contains("F-TOUR-1")',
            run: "click",
        },
        {
            content: "It has Lucca's total",
            trigger: '.oe_subtotal_footer:contains("120.00")',
        },
        {
            content: "Its PDF is beside it",
            trigger: ".o-mail-Attachment iframe[src*='pdfjs']",
        },
        {
            content: "It leads to its Lucca document",
            trigger: "button[name=action_lucca_document]",
            run: "click",
        },
        {
            content: "The document is booked",
            trigger: '.o_form_view h1:contains("Invoice F-TOUR-1")',
        },
    ],
});
