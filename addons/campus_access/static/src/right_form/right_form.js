import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

/**
 * A form that saves nothing by itself. Odoo's forms save when somebody leaves them or looks at another tab;
 * a right that was changed only to see what would change must not be in force then.
 */
export class RightFormController extends FormController {
    setup() {
        super.setup();
        this.dialogs = useService("dialog");
    }

    /** Ask what becomes of a change. Resolves to false if the user stays here, or it cannot be saved. */
    async settle(save) {
        if (!(await this.model.root.isDirty())) {
            return true;
        }
        const wanted = await new Promise((resolve) => {
            this.dialogs.add(ConfirmationDialog, {
                title: _t("Save this right?"),
                body: _t("It is in force at the doors as soon as it is saved."),
                confirmLabel: _t("Save"),
                confirm: () => resolve("save"),
                cancelLabel: _t("Discard"),
                cancel: () => resolve("discard"),
                dismiss: () => resolve("stay"),
            });
        });
        if (wanted === "save") {
            return save();
        }
        if (wanted === "discard") {
            await this.model.root.discard();
            return true;
        }
        return false;
    }

    beforeVisibilityChange() {}

    async beforeLeave({ forceLeave } = {}) {
        return forceLeave || this.settle(() => super.beforeLeave());
    }

    async beforeUnload(ev) {
        if (await this.model.root.isDirty()) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }

    async beforeExecuteActionButton(clickParams) {
        const isNew = this.model.root.isNew;
        const goesOn = await this.settle(() => super.beforeExecuteActionButton(clickParams));
        return isNew && !this.model.root.resId ? false : goesOn;
    }
}

registry.category("views").add("campus_access_right_form", {
    ...formView,
    Controller: RightFormController,
});
