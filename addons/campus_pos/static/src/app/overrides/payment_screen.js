import { onMounted, onWillUnmount } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { pendingCardLine } from "../card/payment_campus_card";

patch(PaymentScreen.prototype, {
    setup() {
        super.setup(...arguments);
        const terminal = this.pos.campusCardMethod?.payment_terminal;
        if (!terminal) {
            return;
        }
        onMounted(() => {
            terminal.screen = this;
            this._startCampusCard(terminal);
        });
        onWillUnmount(() => {
            terminal.screen = null;
        });
    },

    _startCampusCard(terminal) {
        if (this.pos.paymentTerminalInProgress) {
            return; // the only method of this till, chosen by the screen itself
        }
        const pending = pendingCardLine(this.currentOrder);
        if (pending?.amount > 0) {
            // The page was loaded again in the middle of this payment.
            terminal.resumed = pending.uuid;
            this.sendPaymentRequest(pending);
        } else if (pending) {
            // Nothing moves before a refund is stored: the cashier is asked again.
            pending.setPaymentStatus("retry");
        } else if (terminal.nextTap) {
            this.payByCampusCard();
        }
    },

    async payByCampusCard() {
        const waiting = this.paymentLines.find(
            (line) =>
                line.payment_method_id === this.pos.campusCardMethod &&
                ["pending", "retry"].includes(line.getPaymentStatus())
        );
        if (waiting) {
            return this.sendPaymentRequest(waiting);
        }
        return this.addNewPaymentLine(this.pos.campusCardMethod);
    },
});
