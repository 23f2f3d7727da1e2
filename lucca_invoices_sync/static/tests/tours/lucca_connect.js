import {addTour, given} from "./lucca_steps";

const OF_LUCCA = "#lucca .o_field_widget";

function typeAccount() {
    return [
        {
            content: "No option is in the way before there is an account",
            trigger: "#lucca:not(:has([name=lucca_supplier_policy]:visible))",
        },
        {
            content: "Enter the address of the Lucca account",
            trigger: `${OF_LUCCA}[name=lucca_host] input`,
            run: `edit ${given("lucca_host")}`,
        },
        {
            content: "Enter the API key",
            trigger: `${OF_LUCCA}[name=lucca_api_key]:visible input`,
            run: `edit ${given("lucca_key")}`,
        },
    ];
}

function test() {
    return [
        {
            content: "Test the connection",
            trigger: "#lucca button[name=action_lucca_test_connection]",
            run: "click",
        },
        {
            content: "It says what the key opens",
            trigger: '.o_notification:contains("Connected to")',
        },
        {
            content: "What was typed is still there, and not saved",
            trigger: ".o_dirty_warning",
        },
    ];
}

addTour("lucca_test_only", {
    steps: () => [
        ...typeAccount(),
        ...test(),
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

/** Test, choose an option, save: the first look begins. */
addTour("lucca_connect_with_options", {
    steps: () => [
        ...typeAccount(),
        ...test(),
        {
            content: "The options are there before anything begins",
            trigger: `${OF_LUCCA}[name=lucca_supplier_policy]:visible`,
        },
        {
            content: "Documents count from a day that can be chosen",
            trigger: `${OF_LUCCA}[name=lucca_start_date] button`,
            run: "click",
        },
        {
            content: "Choose it",
            trigger: `${OF_LUCCA}[name=lucca_start_date] input`,
            run: "edit 01/01/2020 && press Enter",
        },
        {
            content: "Post the bills",
            trigger: `${OF_LUCCA}[name=lucca_auto_post] input`,
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The connection is there, and looks first",
            trigger: "#lucca button[name=action_lucca_open_look]",
        },
    ],
});

/** What would come, and the way to each; then booking starts. */
function seeLook() {
    return [
        {
            content: "It says what would come",
            trigger:
                '.o_lucca_look [data-key="coming:in_invoice"] .o_lucca_count:contains("2")',
        },
        {
            content: "It says which suppliers would be created",
            trigger: '.o_lucca_look [data-key="created"] .o_lucca_count:contains("1")',
        },
        {
            content: "It says what would wait",
            trigger: '.o_lucca_look [data-key="reason:duplicate_bill"]',
            run: "click",
        },
        {
            content: "It leads to exactly that",
            trigger:
                '.o_data_row:contains("F-TYPED"):only-of-type, .o_kanban_record:contains("F-TYPED")',
        },
        {
            content: "Go back to the page",
            trigger: ".o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
    ];
}

function startBooking() {
    return [
        {
            content: "Start booking",
            trigger: ".o_lucca_look button[name=action_start_booking]",
            run: "click",
        },
        {
            content: "The question names the numbers",
            trigger: '.modal:contains("2 bills"):contains("one new supplier")',
        },
        {
            content: "Confirm",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "It starts",
            trigger: '.o_notification:contains("starts")',
        },
        {
            content: "There is nothing to start any more",
            trigger: ".o_lucca_look:not(:has(button[name=action_start_booking]))",
        },
    ];
}

addTour("lucca_first_look", {
    steps: () => [
        {
            content: "Open the first look from the settings",
            trigger: "#lucca button[name=action_lucca_open_look]",
            run: "click",
        },
        ...seeLook(),
        ...startBooking(),
    ],
});

/** From the card of the connection, as those who do not see the settings. */
function openFromCard() {
    return [
        {
            content: "The card leads to the first look",
            trigger: ".o_kanban_record button[name=action_open_look]",
            run: "click",
        },
    ];
}

addTour("lucca_manager_starts", {
    steps: () => [...openFromCard(), ...seeLook(), ...startBooking()],
});

addTour("lucca_only_looks", {
    steps: () => [
        ...openFromCard(),
        ...seeLook(),
        {
            content: "There is nothing to press",
            trigger: ".o_lucca_look:not(:has(button[name=action_start_booking]))",
        },
    ],
});

addTour("lucca_second_company", {
    steps: () => [
        {
            content: "The page warns of bills that the other company has already",
            trigger:
                '.o_lucca_look .alert-warning:contains("2 of these documents are bills of")',
        },
        {
            content: "It is not green",
            trigger: ".o_lucca_look:not(:has(.alert-success))",
        },
        {
            content: "Start booking",
            trigger: ".o_lucca_look button[name=action_start_booking]",
            run: "click",
        },
        {
            content: "The question warns, too, before it names the numbers",
            trigger:
                '.modal:contains("3 bills") .alert-warning:contains("2 of these documents are bills of")',
        },
        {
            content: "Change one's mind",
            trigger: ".modal .btn-secondary",
            run: "click",
        },
        {
            content: "Nothing has started",
            trigger: ".o_lucca_look button[name=action_start_booking]",
        },
    ],
});
