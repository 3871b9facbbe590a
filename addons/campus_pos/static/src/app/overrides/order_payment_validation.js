import { RPCError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { TERMINAL } from "../card/const";

const SPINNER_DELAY_MS = 2000;

patch(OrderPaymentValidation.prototype, {
    /** Not if cash was taken too: the receipt screen shows the change. */
    get opensNextCustomer() {
        const lines = this.order.payment_ids;
        return (
            this.pos.config.campus_skip_receipt &&
            !this.order.isToInvoice() &&
            lines.length > 0 &&
            lines.every(
                (line) =>
                    line.amount > 0 && line.payment_method_id?.use_payment_terminal === TERMINAL
            )
        );
    },

    async shouldHideValidationBehindFeedbackScreen() {
        if (!this.opensNextCustomer) {
            return super.shouldHideValidationBehindFeedbackScreen(...arguments);
        }
        const { ui } = this.pos.env.services;
        const order = this.order;
        // Show no spinner over the customer's balance unless the server is slow.
        ui.block({ delay: SPINNER_DELAY_MS });
        try {
            if ((await this.finalizeValidation()) instanceof RPCError) {
                return false;
            }
        } finally {
            ui.unblock();
        }
        this.pos.orderDone(order);
    },
});
