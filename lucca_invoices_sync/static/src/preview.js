import {AttachmentView} from "@mail/core/common/attachment_view";
import {Component, useState} from "@odoo/owl";
import {SIZES} from "@web/core/ui/ui_service";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {url} from "@web/core/utils/urls";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Shows a document's files beside its form, by Odoo's component for the files of a bill. Opening
 * the document triggers the fetching of missing files, if the user may act on it.
 */
export class LuccaPreview extends Component {
    static template = "lucca_invoices_sync.Preview";
    static components = {AttachmentView};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.store = useService("mail.store");
        this.ui = useState(useService("ui"));
        this.asked = new Set();
        useRecordObserver((record) => {
            this.show(record);
            this.ask(record);
        });
    }

    /** Whether there is room beside the form, by Odoo's rule for bills. If not, nothing is loaded. */
    get hasRoom() {
        return this.ui.size >= SIZES.XXL;
    }

    /** Put the files into the store that Odoo's component reads. */
    show(record) {
        const {resId: id, resModel: model} = record;
        const files = record.data[this.props.name] || [];
        const attachments = files.map(({is_main, ...file}) => file);
        const main = files.find((file) => file.is_main);
        const thread = this.store.Thread.insert({model, id, attachments});
        // Keep the file that a person chose, unless it was removed.
        const shown = thread.message_main_attachment_id?.id;
        if (!files.some(({id: one}) => one === shown)) {
            thread.message_main_attachment_id = main && {id: main.id};
        }
    }

    /** Trigger the fetching of the files, once for each time that the document is opened. */
    ask({data, resId, resModel}) {
        if (data.can_show_files && !this.asked.has(resId)) {
            this.asked.add(resId);
            // If this request fails, the next opening sends it again.
            this.orm.silent
                .call(resModel, "action_show_files", [[resId]])
                .catch(() => undefined);
        }
    }
}

/** A file's name, which is a link to the file once it is attached. */
export class LuccaFileName extends Component {
    static template = "lucca_invoices_sync.FileName";
    static props = {...standardFieldProps};

    get name() {
        return this.props.record.data[this.props.name] || "?";
    }

    get url() {
        const attachment = this.props.record.data.attachment_id;
        return attachment && url(`/web/content/${attachment.id}`);
    }
}

registry.category("fields").add("lucca_preview", {
    component: LuccaPreview,
    supportedTypes: ["json"],
    fieldDependencies: [{name: "can_show_files", type: "boolean"}],
});
registry.category("fields").add("lucca_file_name", {
    component: LuccaFileName,
    supportedTypes: ["char"],
    fieldDependencies: [
        {name: "attachment_id", type: "many2one", relation: "ir.attachment"},
    ],
});
