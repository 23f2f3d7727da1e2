import {EventBus, onWillDestroy, status, useExternalListener} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {patch} from "@web/core/utils/patch";
import {FormController} from "@web/views/form/form_controller";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";

const CHANGED = "lucca_invoices_sync/changed";
const MODELS = new Set([
    "account.journal",
    "account.move",
    "lucca.connection",
    "lucca.document",
    "lucca.mapping",
    "lucca.sync.run",
]);
/** Something that a person opened above the screen, and has not finished with. */
const LAYERS =
    ".modal, .o_popover, .o-dropdown--menu, .o-autocomplete--dropdown-menu, .o_datetime_picker";
/** A screen is read anew so often at most, and looks so often whether an edit is over (ms). */
const PAUSE = 2000;
const PATIENCE = 300;

/** Tells the open screens when a synchronisation has brought something. */
export const luccaLiveService = {
    dependencies: ["bus_service"],

    start(env, {bus_service: bus}) {
        const target = new EventBus();
        const tell = () => target.trigger("changed");
        bus.subscribe(CHANGED, tell);
        bus.addEventListener("BUS:RECONNECT", tell); // what was told meanwhile may be lost
        return target;
    },
};

/** Whether a screen shows what a synchronisation may change. */
function isConcerned({env, props}) {
    const type = props.context.default_move_type || "";
    return MODELS.has(props.resModel) && !env.inDialog && !type.startsWith("out_");
}

/**
 * Read a screen anew when a synchronisation has brought something, but never under the hands of
 * whoever edits it: it catches up when the edit ends, when what lies above it is closed, and when
 * its browser tab is looked at again.
 *
 * @param {Component} controller of a view
 * @param {{isEdited: function(): boolean, reload: function(): Promise}} view
 */
function useLive(controller, {isEdited, reload}) {
    let typed = null;
    let timer = null;
    let reloadedAt = -PAUSE;

    function isBusy() {
        return (
            Boolean(typed?.isConnected) ||
            document.visibilityState === "hidden" ||
            performance.now() - reloadedAt < PAUSE ||
            document.querySelector(LAYERS) !== null ||
            isEdited()
        );
    }
    async function catchUp() {
        timer = null;
        if (status(controller) !== "mounted" || isBusy()) {
            timer = browser.setTimeout(catchUp, PATIENCE);
            return;
        }
        reloadedAt = performance.now();
        // The record may be gone, or the server out of reach: the screen stays as it is.
        await reload().catch(() => undefined);
    }

    // From the beginning: what comes between the reading and the showing counts, too.
    const live = useService("lucca_live");
    const onChanged = () => timer || catchUp();
    live.addEventListener("changed", onChanged);
    onWillDestroy(() => {
        live.removeEventListener("changed", onChanged);
        browser.clearTimeout(timer);
    });
    // What is typed is the record's only when the field is left. A search stays in its box.
    useExternalListener(document, "input", ({target}) => {
        const isEdit = !target.closest(".o_searchview");
        typed = isEdit && controller.rootRef.el?.contains(target) ? target : null;
    });
    useExternalListener(document, "focusout", () => (typed = null));
}

/** Let a list that is read anew leave out the groups that are empty by now. */
export function forgetGroups(list) {
    delete list.config.currentGroups;
}

/** A list or cards: selected rows stay selected. */
function useLiveList(controller) {
    const {model} = controller;
    useLive(controller, {
        isEdited: () =>
            Boolean(model.root.editedRecord) ||
            Boolean(model.root.selection?.length) ||
            Boolean(model.root.isDomainSelected),
        async reload() {
            if (model.useSampleModel) {
                controller.env.searchModel.search(); // the first rows replace the sample
            } else {
                forgetGroups(model.root);
                await model.root.load();
            }
        },
    });
}

/** A form, with its chatter and its attachments. */
function useLiveForm(controller) {
    const {env, model} = controller;
    const isEdited = () => model.root.isNew || model.root.dirty;
    useLive(controller, {
        isEdited,
        async reload() {
            Object.assign(env.chatter || {}, {
                fetchThreadData: true,
                fetchMessages: true,
            });
            // In the model's own queue, so that no edit that has begun meanwhile is lost.
            await model.mutex.exec(() => isEdited() || model.root._load());
            const {resId: id, resModel} = model.root;
            env.bus.trigger("MAIL:RELOAD-THREAD", {model: resModel, id});
        },
    });
}

for (const [Controller, use] of [
    [FormController, useLiveForm],
    [KanbanController, useLiveList],
    [ListController, useLiveList],
]) {
    patch(Controller.prototype, {
        setup() {
            super.setup(...arguments);
            if (isConcerned(this)) {
                use(this);
            }
        },
    });
}

registry.category("services").add("lucca_live", luccaLiveService);
