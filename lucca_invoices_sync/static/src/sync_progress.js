import {Component, reactive, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

const PROGRESS = "lucca_invoices_sync/progress";
const FINISHED = "lucca_invoices_sync/finished";

/**
 * Shows the progress of the synchronisations that this user started, and what came of them.
 * `runs`: by connection, {name, step, left, total}; `left` is null where nobody knows.
 */
export const luccaProgressService = {
    dependencies: ["action", "bus_service", "notification"],

    start(env, {action, bus_service: bus, notification}) {
        const runs = reactive({});

        bus.subscribe(PROGRESS, ({connection_id, name, step, left}) => {
            const known = runs[connection_id];
            const isSameStep = known && known.step === step;
            const total = Math.max(left || 0, isSameStep ? known.total : 0);
            runs[connection_id] = {name, step, left, total};
        });
        bus.subscribe(FINISHED, (result) => {
            delete runs[result.connection_id];
            const close = notification.add(result.message, {
                title: _t("Lucca Invoices"),
                type: result.type,
                sticky: result.sticky,
                buttons: (result.ways || []).map((way, index) => ({
                    name: way.button,
                    primary: !index,
                    onClick: () => {
                        close();
                        action.doAction(way.action);
                    },
                })),
            });
        });
        return {
            runs,
            expect({id, name}) {
                runs[id] ||= {name, step: _t("Starting"), left: null, total: 0};
            },
        };
    },
};

export class LuccaProgress extends Component {
    static template = "lucca_invoices_sync.Progress";
    static props = {};

    setup() {
        this.runs = useState(useService("lucca_progress").runs);
    }

    percent(run) {
        return run.total ? Math.round((100 * (run.total - run.left)) / run.total) : 0;
    }

    text(run) {
        return run.left ? _t("%(step)s: %(left)s left", run) : run.step;
    }
}

/** What the button "Sync now" answers. */
function started(env, action) {
    const {message, type, connections} = action.params;
    env.services.notification.add(message, {title: _t("Lucca Invoices"), type});
    connections.forEach(env.services.lucca_progress.expect);
}

registry.category("services").add("lucca_progress", luccaProgressService);
registry.category("main_components").add("LuccaProgress", {Component: LuccaProgress});
registry.category("actions").add("lucca_invoices_sync.started", started);
