import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const POLL_MS = 1000;
const GOING = ["queued", "running"];

/** Progress bar of an import in the background. Reloads the form when the import ends. */
export class CampusImportProgress extends Component {
    static template = "campus_import.ImportProgress";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        const { progress, phase, state } = this.props.record.data;
        this.now = useState({ progress, phase, state });
        onMounted(() => this.schedule());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get percent() {
        return Math.round(this.now.progress || 0);
    }

    get label() {
        if (this.now.state === "queued") {
            return _t("Waiting for the background worker");
        }
        const phases = this.props.record.fields.phase.selection;
        return Object.fromEntries(phases)[this.now.phase] || _t("Working");
    }

    schedule() {
        this.timer = setTimeout(() => this.poll(), POLL_MS);
    }

    async poll() {
        const { resId, resModel, data } = this.props.record;
        if (GOING.includes(data.state)) {
            const fields = ["progress", "phase", "state"];
            try {
                const [now] = await this.orm.silent.read(resModel, [resId], fields);
                Object.assign(this.now, now);
                if (now.state !== data.state) {
                    await this.props.record.load();
                }
            } catch (error) {
                // The server restarts. The job continues, so keep asking.
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
            }
        }
        this.schedule();
    }
}

registry.category("fields").add("campus_import_progress", {
    component: CampusImportProgress,
    supportedTypes: ["float"],
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "phase", type: "selection" },
    ],
});
