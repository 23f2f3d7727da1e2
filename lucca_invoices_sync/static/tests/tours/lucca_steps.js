export function click(content, trigger) {
    return {content, trigger, run: "click"};
}

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
