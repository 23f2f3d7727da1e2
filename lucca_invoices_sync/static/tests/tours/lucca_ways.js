import {addTour, click, open, says, way} from "./lucca_steps";

/** Without a selection, all exact matches are linked: two clicks. */
addTour("lucca_links_all", {
    steps: () => [
        click(
            "Press Link",
            '.o_control_panel button:contains("Link"), .o_list_buttons button:contains("Link")'
        ),
        {content: "The pairs are shown", trigger: '.modal td:contains("Facture F-15")'},
        click(
            "Link them",
            '.modal:contains("Exact matches: 15") button[name=action_apply]:visible'
        ),
        says("linked to their bills: 15"),
        {
            content: "Nothing waits any more",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(F-1)))",
        },
    ],
});

/** A selection: all rows, Link, the count: three clicks. */
addTour("lucca_links_selection", {
    steps: () => [
        click("Select all", ".o_list_view thead .o_list_record_selector input"),
        click("Press Link", '.o_control_panel button:contains("Link")'),
        {
            content: "What is not exact is told",
            trigger: '.modal li:contains("no bill of their supplier")',
        },
        click(
            "Link them",
            '.modal:contains("Exact matches: 2") button[name=action_apply]:visible'
        ),
        says("Not linked: 1"),
    ],
});

addTour("lucca_enters_by_hand", {
    steps: () => [
        open("F-HAND"),
        way("action_enter_by_hand"),
        {
            content: "The bill is opened",
            trigger: '.o_form_view .o_field_widget[name=ref] input:value("F-HAND")',
        },
    ],
});

addTour("lucca_books_anyway", {
    steps: () => [
        open("F-VAT"),
        way("action_ask_to_book"),
        {
            content: "It names what is booked",
            trigger: '.modal .o_lucca_preview:contains("110.00")',
        },
        {
            content: "And what is doubtful",
            trigger: '.modal .o_lucca_preview:contains("without VAT")',
        },
        click("Book it", '.modal button[name=action_apply]:contains("Book Anyway")'),
        {
            content: "It does not wait any more",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.o_lucca_ways_out button))",
        },
    ],
});

addTour("lucca_ignores_selection", {
    steps: () => [
        click("Select all", ".o_list_view thead .o_list_record_selector input"),
        click(
            "Press Do Not Import",
            '.o_control_panel button:contains("Do Not Import")'
        ),
        {
            content: "It asks with a count",
            trigger: '.modal .o_field_widget[name=question]:contains("and 3 others")',
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Another system",
        },
        click("Do not import them", ".modal button[name=action_apply]"),
        says("not imported: 8"),
    ],
});

addTour("lucca_takes_the_first_way", {
    steps: () => [
        click(
            "Take it in the row",
            '.o_data_row:contains("F-SUP") .o_lucca_ways_out button:contains("Choose the Supplier")'
        ),
        {
            content: "Choose",
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Chosen Supplier",
        },
        click("It is offered", '.ui-autocomplete li:contains("Chosen Supplier")'),
        click("Save", ".modal .o_form_button_save"),
        {content: "The dialog is gone", trigger: "body:not(:has(.modal))"},
    ],
});

addTour("lucca_auditor_has_no_way", {
    steps: () => [
        {content: "No button in the row", trigger: ".o_data_row:not(:has(button))"},
        open("F-VAT"),
        {
            content: "Nor on the form",
            trigger:
                ".o_form_view:not(:has(.o_lucca_ways_out button)):not(:has(.o_statusbar_buttons button))",
        },
    ],
});
