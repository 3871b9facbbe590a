import { patch } from "@web/core/utils/patch";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { OpenPaymentsDialog } from "./open_payments_dialog";

patch(ClosePosPopup.prototype, {
    async closeSession() {
        if (this.pos.campusCardMethod) {
            // Orders that this till still holds come first: they use up their reservations.
            if (!(await this.pos.pushOrdersWithClosingPopup())) {
                return;
            }
            const end = await this._settleOpenPayments();
            if (end === "charged") {
                // There is an order more than this popup has counted.
                this.props.close();
                return this.pos.closeSession();
            }
            if (end === "open") {
                return;
            }
        }
        return super.closeSession(...arguments);
    },

    /** Resolves to `none` when nothing is open any more, `charged` when orders were made, `open` else. */
    async _settleOpenPayments() {
        const payments = await this.pos.data.call("pos.session", "campus_card_open_payments", [
            [this.pos.session.id],
        ]);
        if (!payments.length) {
            return "none";
        }
        const end = await makeAwaitable(this.dialog, OpenPaymentsDialog, {
            payments,
            settle: (payment, charge) =>
                this.pos.data.call("pos.session", "campus_card_settle_payment", [
                    [this.pos.session.id],
                    payment.uuid,
                    charge,
                ]),
        });
        if (!end) {
            return "open";
        }
        return end.charged ? "charged" : "none";
    },
});
