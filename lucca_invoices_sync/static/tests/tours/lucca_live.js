import {rpc} from "@web/core/network/rpc";
import {addTour, click, open, way} from "./lucca_steps";

/** What came is told in the corner, in the colour of its news. */
function told(colour) {
    return {
        content: `It is told (${colour})`,
        trigger: `.o_lucca_result.border-${colour}`,
    };
}

/** Press "Sync now" in another tab, which leaves this one as it is. */
async function synchronise(model, method, ids) {
    const args = [ids];
    await rpc(`/web/dataset/call_kw/${model}/${method}`, {
        model,
        method,
        args,
        kwargs: {},
    });
}

addTour("lucca_live_document", {
    steps: () => [
        open("F-VAT"),
        way("action_retry"),
        told("warning"),
        {
            content: "It waits again, and the form shows so",
            trigger:
                ".o_form_view .o_lucca_ways_out button[name=action_ask_to_book]:visible",
        },
        way("action_ask_to_book"),
        click("Book it", ".modal button[name=action_apply]"),
        told("success"),
        {
            content: "The form leads to the bill",
            trigger: "body:not(:has(.modal)) button[name=action_open_bill]",
        },
    ],
});

addTour("lucca_live_bills", {
    steps: () => [
        {
            content: "There is one bill",
            trigger: ".o_list_view .o_pager_limit:text(1)",
        },
        {
            content: "Search, which leaves the cursor in the search box",
            trigger: ".o_searchview_input",
            run: "edit F-",
        },
        {
            content: "Search",
            trigger: ".o_searchview_input",
            run: "press Enter",
        },
        {
            content: "It is searched, and synchronised elsewhere",
            trigger: ".o_searchview_facet:contains(F-)",
            run: () => synchronise("account.move", "action_lucca_sync_now", []),
        },
        told("success"),
        {
            content: "The new ones are counted and shown",
            trigger:
                ".o_list_view:has(.o_pager_limit:text(3)) .o_data_row:contains(F-3)",
        },
    ],
});

function shows(figure) {
    return {
        content: `It shows ${figure}`,
        trigger: `.o_form_view button[name=action_open_documents] .o_field_widget[name=known_count]:text(${figure})`,
    };
}

addTour("lucca_live_figures", {
    steps: () => [
        {
            content: "An auditor cannot synchronise",
            trigger: ".o_form_view:not(:has(button[name=action_sync_now]))",
        },
        shows(2),
    ],
});

const COUNTED = {
    content: "What needs attention is counted",
    trigger: ".o_kanban_record a[name=action_lucca_attention]",
};

addTour("lucca_live_dashboard", {steps: () => [COUNTED]});

addTour("lucca_live_dashboard_rests", {
    steps: () => [
        {
            ...COUNTED,
            run: () => new Promise((resolve) => setTimeout(resolve, 3000)), // a reload waits for two seconds
        },
    ],
});

const NAME = ".o_form_view .o_field_widget[name=name] input";

async function synchroniseElsewhere() {
    const id = Number(window.location.pathname.split("/").pop());
    await synchronise("lucca.connection", "action_sync_now", [id]);
}

addTour("lucca_live_edit", {
    steps: () => [
        shows(1),
        {
            content: "Type another name",
            trigger: NAME,
            run: "edit Half a name",
        },
        {
            content: "Synchronise meanwhile",
            trigger: ".o_form_view",
            run: synchroniseElsewhere,
        },
        told("success"),
        shows(1),
        {
            content: "What was typed is still there",
            trigger: `${NAME}:value(Half a name)`,
        },
        click("Give the edit up", ".o_form_button_cancel"),
        shows(2),
    ],
});

/** The file's name leads to it, whatever is beside the form. */
const FILE_STEPS = [
    click("Look at the files", ".o_form_view .o_notebook .nav-link[name=files]"),
    {
        content: "Its name opens the file",
        trigger:
            ".o_field_widget[name=file_ids] a[href*='/web/content/'][target=_blank]",
    },
];

addTour("lucca_live_preview", {
    steps: () => [
        open("F-VAT"),
        {
            content: "The PDF is beside it",
            trigger:
                ".o_form_view .o_field_lucca_preview .o-mail-Attachment iframe[src*='pdfjs']",
        },
        ...FILE_STEPS,
    ],
});

addTour("lucca_live_file", {steps: () => [open("F-VAT"), ...FILE_STEPS]});

addTour("lucca_live_group", {
    steps: () => [
        {
            content: "A group has only the buttons that its documents have",
            trigger:
                ".o_group_header:contains(Unreadable):has(button):not(:has(button[name=action_ask_to_book]))",
        },
        click(
            "Book all of the group",
            ".o_group_header .o_lucca_group_ways button[name=action_ask_to_book]"
        ),
        click(
            "Say so",
            ".modal button[name=action_apply]:visible:has(.o_field_widget[name=accepted_count]:text(2))"
        ),
        {
            content: "The group is gone",
            trigger:
                "body:not(:has(.modal)) .o_list_view:not(:has(button[name=action_ask_to_book]))",
        },
        told("success"),
    ],
});
