import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Layout } from "@web/search/layout";

const TONE_OF_STATE = {
    active: "good",
    frozen: "warn",
    lost: "bad",
    expired: "over",
    replaced: "over",
    returned: "over",
};

/** The first page of the card office: what waits, what happened today, where the cards are. */
export class CampusOverview extends Component {
    static template = "campus_card.Overview";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.silent.call("campus.overview", "get_overview", []);
    }

    get todo() {
        const texts = {
            approve: { label: _t("Requests to approve"), icon: "fa-inbox", tone: "info" },
            scan: { label: _t("Approved, waiting for a chip"), icon: "fa-barcode", tone: "info" },
            collect: { label: _t("Ready for collection"), icon: "fa-handshake-o", tone: "info" },
            lost: {
                label: _t("Lost: found or replace?"),
                icon: "fa-exclamation-triangle",
                tone: "bad",
            },
            expiring: { label: _t("Expiring within 30 days"), icon: "fa-clock-o", tone: "warn" },
            correction: {
                label: _t("Corrections to decide"),
                icon: "fa-balance-scale",
                tone: "warn",
            },
        };
        return this.state.data.todo.map((item) => ({ ...item, ...texts[item.key] }));
    }

    get states() {
        const most = Math.max(1, ...this.state.data.states.map((item) => item.count));
        return this.state.data.states.map((item) => ({
            ...item,
            tone: TONE_OF_STATE[item.state] || "info",
            share: Math.round((100 * item.count) / most),
        }));
    }

    openTodo(item) {
        const name = item.label.toString();
        this.openList(item.model, item.domain, name);
    }

    openState(item) {
        this.openList("campus.card", [["state", "=", item.state]], item.label);
    }

    openList(model, domain, name) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
        });
    }

    openToday(kind) {
        this.action.doAction("campus_card.campus_transfer_action", {
            additionalContext: { [`search_default_${kind}`]: 1, search_default_today: 1 },
        });
    }

    open(action) {
        this.action.doAction(`campus_card.${action}`);
    }
}

registry.category("actions").add("campus_overview", CampusOverview);
