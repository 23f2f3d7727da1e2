import {Component, markup} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const CONNECTION = "lucca.connection";

/** The page of a first look. Each line opens the records that it counts. */
export class LuccaLook extends Component {
    static template = "lucca_invoices_sync.Look";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
    }

    get look() {
        return this.props.record.data[this.props.name] || {sections: []};
    }

    async call(method, ...args) {
        return this.orm.call(CONNECTION, method, [[this.props.record.resId], ...args]);
    }

    async show(line) {
        await this.action.doAction(await this.call("action_open_found", line.key));
    }

    openConnection() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: CONNECTION,
            res_id: this.props.record.resId,
            views: [[false, "form"]],
        });
    }

    refresh() {
        return this.props.record.load();
    }

    get question() {
        const {confirm, warning} = this.look;
        return warning
            ? markup`<span class="alert alert-warning d-block">${warning}</span>${confirm}`
            : confirm;
    }

    start() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Start Booking"),
            body: this.question,
            confirmLabel: _t("Start Booking"),
            confirm: async () => {
                await this.action.doAction(await this.call("action_start_booking"));
                await this.refresh();
            },
            cancel: () => {},
        });
    }
}

/** The button that tests the typed values of the settings screen without saving them. */
export class LuccaTestConnection extends Component {
    static template = "lucca_invoices_sync.TestConnection";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    async test() {
        const {record} = this.props;
        await record.isDirty(); // first gives the text of the active field to the record
        const {lucca_host, lucca_api_key, lucca_start_date} = record.data;
        const typed = {
            lucca_host,
            lucca_api_key,
            lucca_start_date: lucca_start_date && lucca_start_date.toISODate(),
        };
        const method = "action_lucca_test_connection";
        this.action.doAction(await this.orm.call(record.resModel, method, [[], typed]));
    }
}

registry.category("fields").add("lucca_look", {
    component: LuccaLook,
    supportedTypes: ["json", "jsonb"],
});
registry.category("view_widgets").add("lucca_test_connection", {
    component: LuccaTestConnection,
});
