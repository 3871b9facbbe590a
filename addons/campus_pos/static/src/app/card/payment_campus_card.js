import { _t } from "@web/core/l10n/translation";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { PaymentInterface } from "@point_of_sale/app/utils/payment/payment_interface";
import { register_payment_method } from "@point_of_sale/app/services/pos_store";
import { EARLY_TAP_MS, PENDING_STATUSES, REPEATED_TAP_MS, TERMINAL } from "./const";
import { toMajor, toMinor } from "./money";
import { CardPayment } from "./card_payment";
import { ReleaseQueue } from "./release_queue";
import { TillClient } from "./till_client";
import { showCardPopup } from "../popup/card_popup";
import { showRefundPopup } from "../popup/refund_popup";
import { showPaid } from "../popup/paid_card";

/**
 * The campus card as a payment terminal: the reader is a keyboard or the camera, and the
 * bank is our own server.
 */
export class PaymentCampusCard extends PaymentInterface {
    setup() {
        super.setup(...arguments);
        this.supports_reversals = true;
        this.client = new TillClient(this.pos, this.payment_method_id);
        this.releases = new ReleaseQueue(this.client, this.pos.session.id);
        this.payment = null;
        this.nextTap = null;
        this.lastPaid = { credential: "", at: 0 };
    }

    // -- what the payment screen calls -------------------------------------------

    async sendPaymentRequest(uuid) {
        await super.sendPaymentRequest(...arguments);
        const line = this.pos.models["pos.payment"].getBy("uuid", uuid);
        if (line.amount < 0) {
            return showRefundPopup(this, line);
        }
        return this._charge(line);
    }

    async sendPaymentCancel(order, uuid) {
        await super.sendPaymentCancel(...arguments);
        if (this.payment?.uuid === uuid) {
            await this.payment.cancel();
        } else {
            await this._release(uuid);
        }
        return true;
    }

    async sendPaymentReversal(uuid) {
        let state = "unknown";
        try {
            state = await this.client.release(uuid);
        } catch {
            this._alert(_t("The server cannot be reached. The payment stays as it is."));
        }
        return ["released", "expired", "none"].includes(state);
    }

    /** Give back what was set aside for an order that is thrown away. */
    async abandon(order) {
        const lines = order.payment_ids.filter(
            (line) => line.payment_method_id === this.payment_method_id && line.amount > 0
        );
        await Promise.all(lines.map((line) => this._release(line.uuid)));
    }

    // -- taps outside a payment ----------------------------------------------------

    /** Whether this card has just paid here and is still lying on the reader. */
    isRepeated(credential) {
        return (
            credential === this.lastPaid.credential &&
            Date.now() - this.lastPaid.at < REPEATED_TAP_MS
        );
    }

    /** Start the payment of this order with a card that was tapped before it was asked for. */
    expect(credential, order) {
        this.nextTap = { credential, order: order.uuid, at: Date.now() };
    }

    /** The tap for this order, once. An old tap does not pay. */
    takeTap(order) {
        const tap = this.nextTap;
        this.nextTap = null;
        const isGood = tap?.order === order.uuid && Date.now() - tap.at < EARLY_TAP_MS;
        return isGood ? tap.credential : "";
    }

    // -- charging --------------------------------------------------------------------

    async _charge(line) {
        const credential = this.takeTap(line.pos_order_id);
        if (!this._isAmountGood(line)) {
            this._removeLater(line);
            return false;
        }
        // A line that was waiting when the page was loaded: the server knows how it ended.
        const resumed = this.resumed === line.uuid;
        this.resumed = null;
        line.setPaymentStatus("waitingCard");
        const isPaid = await this._run(line, { credential, resumed });
        if (!isPaid) {
            this._removeLater(line);
        }
        return isPaid;
    }

    async _run(line, { credential, resumed }) {
        const payment = new CardPayment({
            client: this.client,
            uuid: line.uuid,
            amountMinor: toMinor(line.amount),
        });
        this.payment = payment;
        try {
            // The line is stored before anything is sent, so that a reload finds it again.
            const stored = this.pos.data.synchronizeLocalDataInIndexedDB();
            if (resumed) {
                payment.resume();
            }
            const shown = showCardPopup(this, payment, line);
            await stored;
            if (credential) {
                payment.tap(credential);
            }
            const end = await shown;
            if (end === "paid") {
                this._notePaid(line, payment);
                return true;
            }
            if (end === "uncertain") {
                this.releases.add(line.uuid);
            }
            return false;
        } finally {
            this.payment = null;
        }
    }

    _notePaid(line, payment) {
        const { answer } = payment;
        this.lastPaid = { credential: payment.credential, at: Date.now() };
        line.update({
            cardholder_name: answer.holder.name,
            card_no: answer.card.number,
            transaction_id: line.uuid,
        });
        line.ticket = _t("Balance after: %s", this.format(answer.after_minor));
        showPaid(this.env, {
            answer,
            format: (minor) => this.format(minor),
            // The line itself does not count as paid yet.
            dueMinor: toMinor(line.pos_order_id.remainingDue) - toMinor(line.amount),
        });
    }

    _isAmountGood(line) {
        const due = line.pos_order_id.remainingDue;
        if (toMinor(line.amount) > 0 && toMinor(line.amount) <= toMinor(due)) {
            return true;
        }
        this._alert(
            _t(
                "A card pays for goods only: at most the %s that are due.",
                this.env.utils.formatCurrency(due)
            )
        );
        return false;
    }

    // -- helpers -----------------------------------------------------------------------

    format(minor) {
        return this.env.utils.formatCurrency(toMajor(minor));
    }

    /** The payment screen still holds the line while our answer is on its way to it. */
    _removeLater(line) {
        const order = line.pos_order_id;
        setTimeout(() => {
            if (order && order.payment_ids.includes(line) && !line.isDone()) {
                order.removePaymentline(line);
            }
        });
    }

    async _release(uuid) {
        try {
            await this.client.release(uuid);
        } catch {
            this.releases.add(uuid);
        }
    }

    _alert(body) {
        this.env.services.dialog.add(AlertDialog, { title: _t("Campus Card"), body });
    }
}

/** The card payment of an order that was not finished when the page was loaded. */
export function pendingCardLine(order) {
    return order.payment_ids.find(
        (line) =>
            line.payment_method_id?.use_payment_terminal === TERMINAL &&
            PENDING_STATUSES.includes(line.getPaymentStatus())
    );
}

register_payment_method(TERMINAL, PaymentCampusCard);
