import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useAsyncLockedMethod } from "@point_of_sale/app/hooks/hooks";
import { toMajor } from "../card/money";
import { sentenceOf } from "../card/sentence_of";

/** Card payments without an order, before the till closes: each is charged or released. */
export class OpenPaymentsDialog extends Component {
    static template = "campus_pos.OpenPaymentsDialog";
    static components = { Dialog };
    static props = {
        payments: Array,
        settle: Function,
        getPayload: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ payments: this.props.payments, done: {}, error: "" });
        this.settle = useAsyncLockedMethod(this.settle);
    }

    get isDone() {
        return this.state.payments.every((payment) => this.state.done[payment.uuid]);
    }

    get hasCharged() {
        return Object.values(this.state.done).includes("captured");
    }

    amount(payment) {
        return this.env.utils.formatCurrency(toMajor(payment.amount_minor));
    }

    time(payment) {
        return deserializeDateTime(payment.reserved_at).toFormat("HH:mm");
    }

    async settle(payment, charge) {
        this.state.error = "";
        try {
            this.state.done[payment.uuid] = await this.props.settle(payment, charge);
        } catch (error) {
            this.state.error = sentenceOf(error);
        }
    }

    finish() {
        this.props.getPayload({ charged: this.hasCharged });
        this.props.close();
    }
}
