import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { TERMINAL } from "../card/const";

// What readers type for UIDs of 4, 7 and 10 bytes, as hexadecimal or as digits.
const UID_FORMS = /^([0-9a-f]{8}|[0-9a-f]{14}|[0-9a-f]{20}|[0-9]{10}|[0-9]{17})$/i;

patch(PosStore.prototype, {
    async afterProcessServerData() {
        if (this.barcodeReader) {
            this.barcodeReader.register({
                [TERMINAL]: (code) => this.onCampusCard(code.code),
            });
            this.barcodeReader.cardFallback = (code) => this._tryCampusCard(code);
        }
        return super.afterProcessServerData(...arguments);
    },

    get campusCardMethod() {
        return this.config.payment_method_ids.find(
            (method) => method.use_payment_terminal === TERMINAL
        );
    },

    async deleteOrders(orders) {
        const terminal = this.campusCardMethod?.payment_terminal;
        // The lines do not exist any more when their order is deleted.
        const abandoned = orders.filter(
            (order) => terminal && order && !order.finalized && order.payment_ids.length
        );
        await Promise.all(abandoned.map((order) => terminal.abandon(order)));
        return super.deleteOrders(...arguments);
    },

    _tryCampusCard(code) {
        const isCard =
            this.campusCardMethod && this.getOrder()?.remainingDue > 0 && UID_FORMS.test(code);
        if (isCard) {
            this.onCampusCard(code);
        }
        return isCard;
    },

    /** A card was tapped while no card payment was waiting for one: pay the open order. */
    async onCampusCard(credential) {
        const product = this.models["product.product"].getBy("barcode", credential);
        const order = this.getOrder();
        if (product && order) {
            return this.addLineToCurrentOrder(
                { product_id: product, product_tmpl_id: product.product_tmpl_id },
                {}
            );
        }
        const terminal = this.campusCardMethod?.payment_terminal;
        if (!terminal || terminal.payment || terminal.isRepeated(credential)) {
            return;
        }
        const isOpen =
            ["ProductScreen", "PaymentScreen"].includes(this.router.state.current) &&
            this.env.services.ui.activeElement === document;
        if (!this.config.campus_scan_to_pay || !isOpen || !(order?.remainingDue > 0)) {
            this.notification.add(_t("There is nothing to pay by card yet."), { type: "info" });
            return;
        }
        terminal.expect(credential, order);
        if (terminal.screen) {
            await terminal.screen.payByCampusCard();
        } else {
            // The payment screen goes on from here once it is there.
            await this.pay();
        }
    },
});
