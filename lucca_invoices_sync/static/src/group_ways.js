import {onWillStart} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {RelationalModel} from "@web/model/relational_model/relational_model";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {forgetGroups} from "./live";

// The number of buttons for which a group's row has room.
const SHOWN = 2;

/** A group of documents. Odoo would give the group of those without a reason no name. */
class LuccaDocumentGroup extends RelationalModel.Group {
    setup() {
        super.setup(...arguments);
        if (this.groupByField.name === "reason" && !this.serverValue) {
            this.displayName = _t("Other Documents");
        }
    }
}

class LuccaDocumentModel extends RelationalModel {
    static Group = LuccaDocumentGroup;
}

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
        const ways = (isByReason && this.groupWays[group.serverValue]) || [];
        const labels = new Set();
        return ways
            .filter((way) => this.isOffered(group, way))
            .filter(({label}) => !labels.has(label) && labels.add(label))
            .slice(0, SHOWN);
    }

    /** Return whether the group may have the button. It may while no document of it is loaded. */
    isOffered(group, {name}) {
        const records = group.list.records || [];
        const offered = records.flatMap(({data}) => data.ways_out || []);
        return !offered.length || offered.some((way) => way.name === name);
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
    Model: LuccaDocumentModel,
    Renderer: LuccaDocumentListRenderer,
});

registry.category("views").add("lucca_document_kanban", {
    ...kanbanView,
    Model: LuccaDocumentModel,
});
