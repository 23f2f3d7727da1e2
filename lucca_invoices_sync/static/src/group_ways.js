import {onWillStart} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {forgetGroups} from "./live";

/** A list whose groups by reason have buttons that act on the whole group. */
export class LuccaDocumentListRenderer extends ListRenderer {
    static groupRowTemplate = "lucca_invoices_sync.GroupRow";

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        this.groupWays = {};
        onWillStart(async () => {
            this.groupWays = await this.call("get_group_ways");
        });
    }

    call(method, kwargs) {
        return this.orm.call(this.props.list.resModel, method, [[]], kwargs);
    }

    waysOf(group) {
        const isByReason = group.groupByField.name === "reason";
        return (isByReason && this.groupWays[group.serverValue]) || [];
    }

    async takeForGroup(group, {name}) {
        const {list} = this.props;
        const {context} = list;
        const reload = () => {
            forgetGroups(list);
            return list.load();
        };
        const domain = group.list.domain;
        const action = await this.call("action_for_group", {name, domain, context});
        if (action) {
            await this.action.doAction(action, {onClose: reload});
        }
        if (action?.target !== "new") {
            await reload();
        }
    }
}

registry.category("views").add("lucca_document_list", {
    ...listView,
    Renderer: LuccaDocumentListRenderer,
});
