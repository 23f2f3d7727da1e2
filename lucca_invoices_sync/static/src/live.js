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
/** Models whose screens take long to read: they reload when a synchronisation ends or pauses. */
const SLOW_MODELS = new Set(["account.journal"]);
/** Elements that a person opened above the screen, which must not change until they are closed. */
const LAYERS =
    ".modal, .o_popover, .o-dropdown--menu, .o-autocomplete--dropdown-menu, .o_datetime_picker";
/** The shortest time between two reloads, and between two checks whether an edit has ended (ms). */
const PAUSE = 2000;
const BUSY_PAUSE = 300;

/** Tells the open screens that a synchronisation may have changed what they show. */
export const luccaLiveService = {
    dependencies: ["bus_service"],

    start(env, {bus_service: bus}) {
        const target = new EventBus();
        const tell = (payload) => target.trigger("changed", payload);
        bus.subscribe(CHANGED, tell);
        bus.addEventListener("BUS:RECONNECT", () => tell({})); // messages may have been lost
        return target;
    },
};

/** Return whether a screen shows records that a synchronisation may change. */
function isConcerned({env, props}) {
    const type = props.context.default_move_type || "";
    return MODELS.has(props.resModel) && !env.inDialog && !type.startsWith("out_");
}

/**
 * Reload a screen after a synchronisation, but not while a person edits it. It then reloads once
 * the edit ends, the dialog or menu above it is closed, and its browser tab is visible again.
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
            timer = browser.setTimeout(catchUp, BUSY_PAUSE);
            return;
        }
        reloadedAt = performance.now();
        // If the record was deleted, or the server does not answer, the screen stays as it is.
        await reload().catch(() => undefined);
    }

    // Listening begins in the setup, so that no change between reading and mounting is lost.
    const live = useService("lucca_live");
    const mayWait = SLOW_MODELS.has(controller.props.resModel);
    const onChanged = ({detail}) =>
        (detail.is_at_work && mayWait) || timer || catchUp();
    live.addEventListener("changed", onChanged);
    onWillDestroy(() => {
        live.removeEventListener("changed", onChanged);
        browser.clearTimeout(timer);
    });
    // A field gives its text to the record only when it is left. Typing a search is no edit.
    useExternalListener(document, "input", ({target}) => {
        const isEdit = !target.closest(".o_searchview");
        typed = isEdit && controller.rootRef.el?.contains(target) ? target : null;
    });
    useExternalListener(document, "focusout", () => (typed = null));
}

/** Make the next reload of a list leave out groups that became empty. */
export function forgetGroups(list) {
    delete list.config.currentGroups;
}

/** Reload a list or kanban view, unless rows are edited or selected. */
function useLiveList(controller) {
    const {model} = controller;
    useLive(controller, {
        isEdited: () =>
            Boolean(model.root.editedRecord) ||
            Boolean(model.root.selection?.length) ||
            Boolean(model.root.isDomainSelected),
        async reload() {
            if (model.useSampleModel) {
                controller.env.searchModel.search(); // the first records replace Odoo's sample
            } else {
                forgetGroups(model.root);
                await model.root.load();
            }
        },
    });
}

/** Reload a form with its chatter and attachments. */
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
            // The model's own queue prevents the loss of an edit that begins at the same time.
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
