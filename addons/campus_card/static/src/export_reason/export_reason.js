import { Component, useEffect, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { exportAllItem } from "@web/views/list/export_all/export_all";
import { ExportDataDialog } from "@web/views/view_dialogs/export_data_dialog";

const LETTERS_MIN = 5;

/** Whether the server wants a reason before these fields (or those of the list) are exported. */
async function isNeeded(orm, model, names = false) {
    try {
        return await orm.silent.call("campus.export", "reason_needed", [model, names]);
    } catch {
        // who may not give a reason is told by the export itself
        return false;
    }
}

/** Give the reason; false, with a sentence, when it is none. The server checks it again. */
async function give(orm, notification, text) {
    if (text.trim().length < LETTERS_MIN) {
        notification.add(_t("Say for what you need this data, and who gets it."), {
            type: "danger",
        });
        return false;
    }
    await orm.create("campus.export", [{ reason: text.trim() }]);
    return true;
}

export class ExportReason extends Component {
    static template = "campus_card.ExportReason";
    static props = { state: Object };
}

/** The reason is asked where the fields are chosen, as soon as one of them tells of a person. */
patch(ExportDataDialog.prototype, {
    setup() {
        super.setup();
        this.campusReason = useState({ isNeeded: false, text: "" });
        const learn = async () => {
            const names = this.state.exportList.map((field) => field.id);
            this.campusReason.isNeeded = await isNeeded(this.orm, this.props.root.resModel, names);
        };
        useEffect(
            () => void learn(),
            () => [this.state.exportList.map((field) => field?.id).join()]
        );
    },

    async onClickExportButton() {
        const reason = this.campusReason;
        if (this.state.exportList.length && reason.isNeeded) {
            if (!(await give(this.orm, this.notification, reason.text))) {
                return;
            }
            reason.isNeeded = false;
        }
        return super.onClickExportButton();
    },
});
ExportDataDialog.components = { ...ExportDataDialog.components, ExportReason };

/** Asks for the reason alone, where a list is exported as it stands. */
export class ExportReasonDialog extends Component {
    static template = "campus_card.ExportReasonDialog";
    static components = { Dialog, ExportReason };
    static props = { close: Function, given: Function };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ isNeeded: true, text: "" });
    }

    async confirm() {
        if (await give(this.orm, this.notification, this.state.text)) {
            this.props.close();
            this.props.given();
        }
    }
}

patch(exportAllItem.Component.prototype, {
    async onDirectExportData() {
        const go = () => super.onDirectExportData();
        // The menu closes meanwhile, and with it what its component would be answered.
        const { orm, dialog } = this.env.services;
        if (await isNeeded(orm, this.env.searchModel.resModel)) {
            dialog.add(ExportReasonDialog, { given: go });
            return;
        }
        return go();
    },
});
