import { Component } from "@odoo/owl";

/** The person whose card was tapped: photo (or initial), name, department and role. */
export class HolderSheet extends Component {
    static template = "campus_pos.HolderSheet";
    static props = {
        holder: Object,
        card: { type: [Object, Boolean], optional: true },
    };

    get initial() {
        return [...(this.props.holder.name || "?").trim()][0];
    }

    get place() {
        return [this.props.holder.department, this.props.holder.role].filter(Boolean).join(" · ");
    }
}

/** What is paid from which pocket, and the balance before and after. */
export class MoneySheet extends Component {
    static template = "campus_pos.MoneySheet";
    static props = {
        label: String,
        answer: Object,
        format: Function,
        amountMinor: { type: Number, optional: true },
        availableMinor: { type: Number, optional: true },
    };

    get amountMinor() {
        return this.props.amountMinor ?? this.props.answer.amount_minor;
    }

    /** Naming the pocket says nothing new when the only one is cash. */
    get pockets() {
        const { pockets } = this.props.answer;
        return pockets.length === 1 && pockets[0].plan === "cash" ? [] : pockets;
    }
}
