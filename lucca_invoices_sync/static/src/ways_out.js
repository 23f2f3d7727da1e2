import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {ViewButton} from "@web/views/view_button/view_button";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Shows the buttons that a document offers to its user: {name, label}, the best one first.
 * A list shows only the first one.
 */
export class LuccaWaysOut extends Component {
    static template = "lucca_invoices_sync.WaysOut";
    static components = {ViewButton};
    static props = {...standardFieldProps, isShort: {type: Boolean, optional: true}};

    get ways() {
        const ways = this.props.record.data[this.props.name] || [];
        return this.props.isShort ? ways.slice(0, 1) : ways;
    }

    className(index) {
        if (this.props.isShort) {
            return "btn-link p-0 text-nowrap";
        }
        return index ? "btn-secondary btn-sm" : "btn-primary btn-sm";
    }

    clickParams({name}) {
        return {type: "object", name};
    }
}

registry.category("fields").add("lucca_ways_out", {
    component: LuccaWaysOut,
    supportedTypes: ["json"],
    extractProps: ({options}) => ({isShort: Boolean(options.short)}),
});
