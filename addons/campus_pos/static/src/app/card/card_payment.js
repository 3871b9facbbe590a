import { _t } from "@web/core/l10n/translation";
import { ENQUIRY_INTERVAL_MS } from "./const";
import { sentenceOf } from "./sentence_of";
import { NoAnswerError } from "./till_client";

const OPEN_STATES = ["open", "captured"];
// Refusals after which the PIN can be typed. The last one does not use up the attempt number.
export const PIN_CODES = ["pin_needed", "pin_wrong"];

/**
 * One payment line on its way through the terminal. Knows no screen and no POS record: it
 * asks the server and says in which phase it is.
 *
 *     waiting -> asking -> paid
 *                  |  \--> refused -> (next tap, or the PIN) asking
 *                  \-----> unknown -> paid | waiting
 *     enquiring (after a reload) -> paid | waiting | unknown
 *     any of them -> cancelling -> cancelled
 *
 * The line's uuid names the reservation, so a question asked twice is answered once. After a
 * refusal the next try has the next attempt number under the same uuid.
 */
export class CardPayment {
    constructor({ client, uuid, amountMinor, onPhase, attempt = 0 }) {
        this.client = client;
        this.uuid = uuid;
        this.amountMinor = amountMinor;
        this.onPhase = onPhase;
        this.attempt = attempt;
        this.phase = "waiting";
        this.answer = null;
        this.error = "";
        this.credential = "";
        this.nextCredential = "";
        this.inFlight = Promise.resolve();
        this.hasConflict = false;
        this.conflict = null;
    }

    /**
     * A card was presented. Ignored while an answer is on its way, and after the end; kept
     * while it is not known whether this is paid already.
     */
    async tap(credential) {
        if (["enquiring", "unknown"].includes(this.phase)) {
            this.nextCredential = credential;
        }
        if (!["waiting", "refused"].includes(this.phase)) {
            return;
        }
        this.credential = credential;
        this.nextCredential = "";
        this._enter("asking");
        this.inFlight = this._ask(credential);
        await this.inFlight;
    }

    /** The holder typed the PIN, because the card was refused without it. */
    async enterPin(pin) {
        if (this.phase !== "refused" || !PIN_CODES.includes(this.answer?.code)) {
            return;
        }
        this._enter("asking");
        this.inFlight = this._ask(this.credential, pin);
        await this.inFlight;
    }

    async _ask(credential, pin = null) {
        try {
            this._apply(
                await this.client.authorise(
                    this.uuid,
                    this.amountMinor,
                    credential,
                    this.attempt,
                    pin
                )
            );
        } catch (error) {
            this._fail(error);
        }
    }

    _apply(answer) {
        if (this.phase === "cancelling") {
            return;
        }
        if (answer.code === "conflict") {
            // Another card or try was first: ask which. If it was not of this till,
            // the id belongs to another payment: say so, or the cashier tries for ever.
            this.conflict = this.hasConflict ? answer : null;
            this.hasConflict = true;
            this.enquire();
            return;
        }
        this.answer = answer;
        this.error = "";
        if (!answer.ok) {
            this.attempt++;
        }
        this._enter(answer.ok ? "paid" : "refused");
    }

    _fail(error) {
        if (this.phase === "cancelling") {
            return;
        }
        if (error instanceof NoAnswerError) {
            this.enquire();
            return;
        }
        // The server booked nothing: it answered with an error, or was not asked.
        this.answer = null;
        this.error = explain(error);
        this._enter("refused");
    }

    /** The page was loaded again in the middle of this payment: how did it end? */
    async resume() {
        this._enter("enquiring");
        if (!(await this._enquireOnce()) && this.phase === "enquiring") {
            await this.enquire();
        }
    }

    /** Ask what became of this payment until the server says so. */
    async enquire() {
        this._enter("unknown");
        while (this.phase === "unknown") {
            const known = await this._enquireOnce();
            if (!known && this.phase === "unknown") {
                await new Promise((resolve) => setTimeout(resolve, ENQUIRY_INTERVAL_MS));
            }
        }
    }

    async _enquireOnce() {
        let answer;
        try {
            answer = await this.client.status(this.uuid);
        } catch (error) {
            if (!(error instanceof NoAnswerError)) {
                this._fail(error);
            }
            return false;
        }
        if (!["enquiring", "unknown"].includes(this.phase)) {
            return true;
        }
        this.attempt = answer.attempt;
        if (OPEN_STATES.includes(answer.state)) {
            this.answer = answer;
            this._enter("paid");
            return true;
        }
        if (this.conflict) {
            this.answer = this.conflict;
            this._enter("refused");
            return true;
        }
        this._enter("waiting");
        if (this.nextCredential) {
            this.tap(this.nextCredential);
        }
        return true;
    }

    /**
     * End without a payment. Resolves to true when it is certain that nothing stays set
     * aside, to false when the server could not be asked.
     */
    cancel() {
        this.cancelling ??= this._cancel();
        return this.cancelling;
    }

    async _cancel() {
        if (this.phase === "paid") {
            return false;
        }
        const settled = ["waiting", "refused"].includes(this.phase);
        this._enter("cancelling");
        let certain = true;
        if (!settled) {
            await this.inFlight;
            try {
                await this.client.release(this.uuid);
            } catch {
                certain = false;
            }
        }
        this._enter("cancelled");
        return certain;
    }

    _enter(phase) {
        this.phase = phase;
        this.onPhase?.(this);
    }
}

function explain(error) {
    return sentenceOf(error, _t("The server cannot be reached. Card payments need it."));
}
