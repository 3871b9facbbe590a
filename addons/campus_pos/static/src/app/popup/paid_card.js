import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
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
        this.state = useState({ answer: null, format: null });
        useEffect(
            () => {
                const show = ({ detail }) => this.show(detail);
                this.env.bus.addEventListener(SHOW, show);
                return () => this.env.bus.removeEventListener(SHOW, show);
            },
            () => []
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    show({ answer, format }) {
        Object.assign(this.state, { answer, format });
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.hide(), PAID_SHOWN_MS);
    }

    hide() {
        this.state.answer = null;
    }
}

registry.category("main_components").add("CampusPaidCard", { Component: PaidCard });

export function showPaid(env, answer, { format }) {
    env.services["mail.sound_effects"].play("bell");
    env.bus.trigger(SHOW, { answer, format });
}
