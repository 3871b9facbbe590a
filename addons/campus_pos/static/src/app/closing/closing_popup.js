import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";
import { settleOpenPayments } from "./settle_open_payments";

patch(PosStore.prototype, {
    /** Payments are settled before the cash is counted: what is charged counts too. */
    async closeSession() {
        if (this.campusCardMethod) {
            // Orders that this till still holds come first: they use up their reservations.
            if (!(await this.pushOrdersWithClosingPopup())) {
                return;
            }
            if ((await settleOpenPayments(this)) === "open") {
                return;
            }
        }
        return super.closeSession(...arguments);
    },
});

ClosePosPopup.props = [...ClosePosPopup.props, "campus_late?"];

patch(ClosePosPopup.prototype, {
    /** Another device may have authorised a card while the cash was counted. */
    async closeSession() {
        if (this.pos.campusCardMethod) {
            const end = await settleOpenPayments(this.pos);
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
});
