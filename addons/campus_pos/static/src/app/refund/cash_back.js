import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { TextInputPopup } from "@point_of_sale/app/components/popups/text_input_popup/text_input_popup";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { TERMINAL } from "../card/const";
import { toMajor, toMinor } from "../card/money";
import { sentenceOf } from "../card/sentence_of";

const isCard = (line) => line.payment_method_id?.use_payment_terminal === TERMINAL;

/** The order whose goods come back, if there is one. */
function originalOf(order) {
    return order.lines.find((line) => line.refunded_orderline_id)?.refunded_orderline_id.order_id;
}

/** Cents that would leave the till in another way than to a card. */
function otherMinor(order) {
    const others = order.payment_ids.filter((line) => !isCard(line));
    return -others.reduce((sum, line) => sum + toMinor(line.amount), 0);
}

/**
 * What a card has paid goes back to the card. The server refuses anything else; here the cashier
 * learns it before the money is out of the drawer.
 */
patch(OrderPaymentValidation.prototype, {
    async askBeforeValidation() {
        if ((await super.askBeforeValidation(...arguments)) === false) {
            return false;
        }
        return this._mayGiveBack();
    },

    async _mayGiveBack() {
        const client = this.pos.campusCardMethod?.payment_terminal?.client;
        const amountMinor = otherMinor(this.order);
        const original = originalOf(this.order);
        const isAsked = original
            ? original.payment_ids.some(isCard)
            : toMinor(this.order.priceIncl) < 0;
        if (!client || !isAsked || amountMinor <= 0) {
            return true;
        }
        let answer;
        try {
            answer = await client.quoteCash(amountMinor, original?.id || false);
        } catch (error) {
            this._alertCash(
                sentenceOf(
                    error,
                    _t("The server cannot be reached. Money goes back once it answers again.")
                )
            );
            return false;
        }
        return !answer.card_minor || this._askCashReason(answer, original);
    },

    async _askCashReason(answer, original) {
        const amount = this.pos.env.utils.formatCurrency(toMajor(answer.card_minor));
        if (!answer.may) {
            this._alertCash(
                original
                    ? _t(
                          "%s of it was paid by card and goes back to the card: choose Campus Card. Only a manager gives it back in another way.",
                          amount
                      )
                    : _t(
                          "Refund the order that was paid: Orders, Paid. Only a manager gives money for goods without one."
                      )
            );
            return false;
        }
        const reason = await makeAwaitable(this.pos.dialog, TextInputPopup, {
            title: original
                ? _t("%s was paid by card. Why is it not given back to the card?", amount)
                : _t("Why is %s given for goods without an order?", amount),
            startingValue: this.order.campus_cash_reason || "",
        });
        if (!reason?.trim()) {
            if (reason !== undefined) {
                this._alertCash(_t("Write a reason. Without one no money is given back."));
            }
            return false;
        }
        this.order.campus_cash_reason = reason.trim();
        return true;
    },

    _alertCash(body) {
        this.pos.dialog.add(AlertDialog, { title: _t("Campus Card"), body });
    },
});
