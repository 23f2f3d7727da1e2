import {Component, reactive, toRaw, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

const PROGRESS = "lucca_invoices_sync/progress";
const FINISHED = "lucca_invoices_sync/finished";

/** The time after which a result that needs no attention disappears (ms). */
const SHOWN = 10000;

/** The time that people need to read a character of a message, and Odoo's time for any message (ms). */
const READ = 60;
const LEAST = 4000;

/**
 * Keeps the progress and results of the synchronisations that this user started. They are shown
 * in a lower corner, where they hide nothing important, such as the state of a form.
 *
 * `runs`: by connection, {name, step, left, total}; `left` is null if it is unknown.
 * `results`: by connection, {name, message, type, ways}.
 */
export const luccaProgressService = {
    dependencies: ["bus_service"],

    start(env, {bus_service: bus}) {
        const runs = reactive({});
        const results = reactive({});

        bus.subscribe(PROGRESS, ({connection_id, name, step, left}) => {
            const known = runs[connection_id];
            const isSameStep = known && known.step === step;
            const total = Math.max(left || 0, isSameStep ? known.total : 0);
            runs[connection_id] = {name, step, left, total};
        });
        bus.subscribe(FINISHED, ({connection_id, ...result}) => {
            delete runs[connection_id];
            results[connection_id] = result;
            if (["success", "info"].includes(result.type)) {
                browser.setTimeout(() => {
                    // A newer result may have replaced it.
                    if (toRaw(results)[connection_id] === result) {
                        delete results[connection_id];
                    }
                }, SHOWN);
            }
        });
        return {
            runs,
            results,
            expect({id, name}) {
                delete results[id];
                runs[id] ||= {name, step: _t("Starting"), left: null, total: 0};
            },
        };
    },
};

export class LuccaProgress extends Component {
    static template = "lucca_invoices_sync.Progress";
    static props = {};

    setup() {
        this.action = useService("action");
        const {runs, results} = useService("lucca_progress");
        this.runs = useState(runs);
        this.results = useState(results);
    }

    percent(run) {
        return run.total ? Math.round((100 * (run.total - run.left)) / run.total) : 0;
    }

    text(run) {
        return run.left ? _t("%(step)s: %(left)s left", run) : run.step;
    }

    close(id) {
        delete this.results[id];
    }

    async take(id, way) {
        this.close(id);
        await this.action.doAction(way.action);
    }
}

/** Run the client action that the button "Sync now" returns. */
function started(env, action) {
    const {message, type, connections} = action.params;
    const autocloseDelay = Math.max(LEAST, READ * message.length);
    env.services.notification.add(message, {
        title: _t("Lucca Invoices"),
        type,
        autocloseDelay,
    });
    connections.forEach(env.services.lucca_progress.expect);
}

registry.category("services").add("lucca_progress", luccaProgressService);
registry.category("main_components").add("LuccaProgress", {Component: LuccaProgress});
registry.category("actions").add("lucca_invoices_sync.started", started);
