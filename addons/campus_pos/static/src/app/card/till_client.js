import { ConnectionLostError } from "@web/core/network/rpc";
import { ANSWER_DEADLINE_MS } from "./const";

/** No answer came: the server may or may not have got the question. */
export class NoAnswerError extends Error {
    name = "NoAnswerError";
}

/** The till knows that it is offline: nothing was asked. */
export class OfflineError extends Error {
    name = "OfflineError";
}

/** The questions that a till may ask the server about cards. */
export class TillClient {
    constructor(pos, paymentMethod) {
        this.pos = pos;
        this.paymentMethod = paymentMethod;
    }

    async authorise(uuid, amountMinor, credential, attempt, pin = null) {
        if (this.pos.data.network.offline) {
            throw new OfflineError("authorise");
        }
        return this._call("campus_card_authorise", [
            uuid,
            amountMinor,
            credential,
            this.pos.session.id,
            attempt,
            pin,
        ]);
    }

    release(uuid) {
        return this._call("campus_card_release", [uuid, this.pos.session.id]);
    }

    status(uuid) {
        return this._call("campus_card_status", [uuid, this.pos.session.id]);
    }

    quoteRefund(uuid, amountMinor, orderId) {
        return this._call("campus_card_quote_refund", [
            uuid,
            amountMinor,
            orderId,
            this.pos.session.id,
        ]);
    }

    quoteCash(amountMinor, orderId) {
        return this._call("campus_card_quote_cash", [amountMinor, orderId, this.pos.session.id]);
    }

    /** Throws NoAnswerError when nothing came back in time, RPCError when the server said no. */
    async _call(method, args) {
        let timer;
        const deadline = new Promise((_resolve, reject) => {
            timer = setTimeout(() => reject(new NoAnswerError(method)), ANSWER_DEADLINE_MS);
        });
        try {
            return await Promise.race([
                this.pos.data.call("pos.payment.method", method, [
                    [this.paymentMethod.id],
                    ...args,
                ]),
                deadline,
            ]);
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                throw new NoAnswerError(method);
            }
            throw error;
        } finally {
            clearTimeout(timer);
        }
    }
}
