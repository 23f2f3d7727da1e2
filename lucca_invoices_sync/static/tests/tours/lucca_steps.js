import {registry} from "@web/core/registry";

/**
 * How long a step waits for its element, in milliseconds. On a busy machine, a screen that is read again
 * while a synchronisation works takes more than the ten seconds that Odoo gives.
 */
const PATIENCE = 60000;

export function addTour(name, tour) {
    registry.category("web_tour.tours").add(name, {timeout: PATIENCE, ...tour});
}

export function click(content, trigger) {
    return {content, trigger, run: "click"};
}

/** Open a document of a list, or of cards on a phone. */
export function open(number) {
    return click(
        `Open ${number}`,
        `.o_data_row:contains("${number}") td[name=number], .o_kanban_record:contains("${number}")`
    );
}

export function way(name) {
    return click(
        `Take the way ${name}`,
        `.o_form_view .o_lucca_ways_out button[name=${name}]`
    );
}

export function says(words) {
    return {
        content: `A notification says "${words}"`,
        trigger: `.o_notification:contains("${words}")`,
    };
}

/** The Lucca to connect to: the test gives its address and key as cookies. */
export function given(name) {
    const cookie = document.cookie
        .split("; ")
        .find((one) => one.startsWith(`${name}=`));
    return decodeURIComponent(cookie.slice(name.length + 1));
}
