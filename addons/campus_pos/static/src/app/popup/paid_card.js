import { Component, onWillUnmount, useEffect, useExternalListener, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { PAID_SHOWN_MS } from "../card/const";
import { HolderSheet, MoneySheet } from "./sheet";

const SHOW = "CAMPUS_CARD:PAID";

/**
 * What was paid, shown for a moment. It lies above the next customer's order and blocks
 * nothing: the cashier goes on scanning while the holder reads the balance.
 */
export class PaidCard extends Component {
    static template = "campus_pos.PaidCard";
    static components = { HolderSheet, MoneySheet };
    static props = {};

    setup() {
        this.ui = useService("ui");
        this.state = useState({ answer: null, format: null, dueMinor: 0 });
        useEffect(
            () => {
                const show = ({ detail }) => this.show(detail);
                this.env.bus.addEventListener(SHOW, show);
                return () => this.env.bus.removeEventListener(SHOW, show);
            },
            () => []
        );
        // The next thing the cashier does is for the next customer.
        useExternalListener(window, "pointerdown", () => this.hide(), { capture: true });
        useExternalListener(window, "keydown", () => this.hide(), { capture: true });
        onWillUnmount(() => clearTimeout(this.timer));
    }

    show(shown) {
        Object.assign(this.state, shown);
        this.hideLater();
    }

    /** Counted from the moment the order is stored: until then there is nothing else to see. */
    hideLater() {
        clearTimeout(this.timer);
        this.timer = setTimeout(
            () => (this.ui.isBlocked ? this.hideLater() : this.hide()),
            PAID_SHOWN_MS
        );
    }

    hide() {
        this.state.answer = null;
    }
}

registry.category("main_components").add("CampusPaidCard", { Component: PaidCard });

export function showPaid(env, { answer, format, dueMinor }) {
    env.services["mail.sound_effects"].play("bell");
    env.bus.trigger(SHOW, { answer, format, dueMinor });
}
