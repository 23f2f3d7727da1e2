import {addTour, open} from "./lucca_steps";

function press(name) {
    return {
        content: `Press ${name}`,
        trigger: `button[name="${name}"]:not(:visible:disabled)`,
        run: "click",
    };
}

/** An accounting manager maps the VAT rate without leaving the document. */
addTour("lucca_manager_maps", {
    steps: () => [
        open("F-VAT-1"),
        {
            content: "It says what is missing",
            trigger: ".alert-warning .o_field_widget[name=message]",
        },
        press("action_open_mappings"),
        {
            content: "Choose the tax",
            trigger: ".modal .o_field_widget[name=tax_id] input",
            run: "edit 20% G",
        },
        {
            content: "It is offered",
            trigger: '.ui-autocomplete li:contains("20% G")',
            run: "click",
        },
        {
            content: "Save",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

/** A billing user leaves a document out, with a reason. */
addTour("lucca_billing_ignores", {
    steps: () => [
        open("F-VAT-1"),
        {
            content: "A manager would have to map it",
            trigger: ".o_form_view:not(:has(button[name=action_open_mappings]))",
        },
        {
            content: "Do not import it",
            trigger: 'button:contains("Do Not Import"):visible',
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Paid in cash",
        },
        {
            content: "Apply",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The reason is kept",
            trigger: '.alert .o_field_widget[name=message]:contains("Paid in cash")',
        },
    ],
});

/** An auditor reads, and is offered nothing else. */
addTour("lucca_auditor_reads", {
    steps: () => [
        open("F-VAT-1"),
        {
            content: "It is shown as in Lucca",
            trigger: '.o_lucca_paper:contains("120.00")',
        },
        {
            content: "There is nothing to press",
            trigger:
                ".o_form_view:not(:has(.o_statusbar_buttons button)):not(:has(.o_lucca_ways_out button))",
        },
    ],
});

/** An administrator finds state and schedule on the connection, and starts it. */
addTour("lucca_connection", {
    steps: () => [
        {
            content: "The card tells what waits",
            trigger: ".o_kanban_record .o_field_widget[name=health]",
        },
        {
            content: "Open it",
            trigger:
                ".o_kanban_record .o_field_widget[name=name], .o_kanban_record span",
            run: "click",
        },
        {
            content: "One line says it all",
            trigger: ".alert .o_field_widget[name=summary]",
        },
        {
            content: "The schedule is there",
            trigger: ".o_field_widget[name=sync_interval]",
        },
        press("action_sync_now"),
        {
            content: "The progress is shown",
            trigger: ".o_lucca_progress .card",
        },
        press("action_open_attention"),
        {
            content: "What waits is listed",
            trigger: ".o_data_row",
        },
    ],
});

/** The purchase journal's card leads to what waits. */
addTour("lucca_dashboard", {
    steps: () => [
        {
            content: "The card tells what waits",
            trigger: ".o_kanban_record a[name=action_lucca_attention]",
            run: "click",
        },
        {
            content: "It is listed",
            trigger: ".o_data_row",
        },
    ],
});

/** Graph and pivot show what came. */
addTour("lucca_insight", {
    steps: () => [
        {
            content: "The graph is drawn",
            trigger: ".o_graph_renderer canvas",
        },
        {
            content: "Go to the pivot",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "It has figures",
            trigger: ".o_pivot_cell_value",
        },
    ],
});

/** The bill says that files are missing; they are asked for. */
addTour("lucca_fetch_files", {
    steps: () => [
        {
            content: "Open the bill",
            trigger: 'td:contains("F-FILE-1")',
            run: "click",
        },
        press("action_lucca_fetch_files"),
        {
            content: "The scheduler fetches them",
            trigger: ".o_notification:contains(starts)",
        },
    ],
});
