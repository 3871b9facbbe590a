import { advanceTime, beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { RPCError } from "@web/core/network/rpc";
import { CardPayment } from "@campus_pos/app/card/card_payment";
import { toMajor, toMinor } from "@campus_pos/app/card/money";
import { sentenceOf } from "@campus_pos/app/card/sentence_of";
import { NoAnswerError, OfflineError } from "@campus_pos/app/card/till_client";
import { availableMinor, nextStep, partialMinor } from "@campus_pos/app/popup/refusals";

describe.current.tags("headless");
beforeEach(allowTranslations);

const PAID = { ok: true, code: "ok", state: "open" };
const SHORT = {
    ok: false,
    code: "insufficient",
    state: "none",
    before_minor: 620,
    numbers: { available_minor: 620, missing_minor: 630 },
};

/** A server that gives these answers in turn; errors are thrown, promises waited for. */
function makePayment(answers, states = []) {
    const calls = [];
    const phases = [];
    const give = async (queue) => {
        const answer = await queue.shift();
        if (answer instanceof Error) {
            throw answer;
        }
        return answer;
    };
    const client = {
        authorise: (uuid, minor, credential, attempt, pin) => {
            calls.push(["authorise", credential, minor, attempt, ...(pin ? [pin] : [])]);
            return give(answers);
        },
        status: () => {
            calls.push(["status"]);
            return give(states);
        },
        release: async () => {
            calls.push(["release"]);
        },
    };
    const payment = new CardPayment({
        client,
        uuid: "u",
        amountMinor: 1250,
        onPhase: ({ phase }) => phases.push(phase),
    });
    return { payment, calls, phases };
}

test("a tap asks once and is paid", async () => {
    const { payment, calls, phases } = makePayment([PAID]);
    await payment.tap("04A1");
    expect(phases).toEqual(["asking", "paid"]);
    expect(calls).toEqual([["authorise", "04A1", 1250, 0]]);
});

test("a PIN is asked for, typed and sent with the next try", async () => {
    const refusal = { ok: false, code: "pin_needed", state: "none", numbers: {} };
    const wrong = { ...refusal, code: "pin_wrong" };
    const { payment, calls, phases } = makePayment([refusal, wrong, PAID]);
    await payment.enterPin("2580");
    await payment.tap("04A1");
    await payment.enterPin("1111");
    await payment.enterPin("2580");
    expect(phases).toEqual(["asking", "refused", "asking", "refused", "asking", "paid"]);
    expect(calls).toEqual([
        ["authorise", "04A1", 1250, 0],
        ["authorise", "04A1", 1250, 1, "1111"],
        ["authorise", "04A1", 1250, 2, "2580"],
    ]);
});

test("a PIN does not answer another refusal", async () => {
    const { payment, calls } = makePayment([SHORT]);
    await payment.tap("04A1");
    await payment.enterPin("2580");
    expect(calls).toEqual([["authorise", "04A1", 1250, 0]]);
});

test("a second tap while the answer is on its way is ignored", async () => {
    const { promise, resolve } = Promise.withResolvers();
    const { payment, calls } = makePayment([promise]);
    const first = payment.tap("04A1");
    await payment.tap("04A1");
    await payment.tap("04D4");
    resolve(PAID);
    await first;
    await payment.tap("04A1");
    expect(calls.length).toBe(1);
    expect(payment.phase).toBe("paid");
});

test("after a refusal the next card is the next attempt", async () => {
    const { payment, calls, phases } = makePayment([SHORT, PAID]);
    await payment.tap("04D4");
    await payment.tap("04A1");
    expect(phases).toEqual(["asking", "refused", "asking", "paid"]);
    expect(calls.map((call) => call[3])).toEqual([0, 1]);
});

test("a lost answer is asked for until it is known", async () => {
    const lost = new NoAnswerError();
    const { payment, calls } = makePayment([lost], [lost, lost, { ...PAID, attempt: 1 }]);
    await payment.tap("04A1");
    for (let turn = 0; turn < 3; turn++) {
        await advanceTime(2000);
    }
    expect(calls.map(([name]) => name)).toEqual(["authorise", "status", "status", "status"]);
    expect(payment.phase).toBe("paid");
});

test("a payment that never arrived waits for the card again", async () => {
    const { payment } = makePayment([new NoAnswerError()], [{ state: "none", attempt: 3 }]);
    await payment.tap("04A1");
    expect(payment.phase).toBe("waiting");
    expect(payment.attempt).toBe(3);
});

test("after a reload the till asks before it waits, and keeps a tap of that moment", async () => {
    const { promise, resolve } = Promise.withResolvers();
    const { payment, calls, phases } = makePayment([PAID], [promise]);
    const resumed = payment.resume();
    await payment.tap("04A1");
    resolve({ state: "none", attempt: 2 });
    await resumed;
    await payment.inFlight;
    expect(calls).toEqual([["status"], ["authorise", "04A1", 1250, 2]]);
    expect(phases).toEqual(["enquiring", "waiting", "asking", "paid"]);
});

test("a conflict is settled by asking who has paid", async () => {
    const { payment } = makePayment(
        [{ ok: false, code: "conflict" }],
        [{ ...PAID, holder: { name: "Lin" }, attempt: 1 }]
    );
    await payment.tap("04D4");
    await advanceTime(0);
    expect(payment.phase).toBe("paid");
    expect(payment.answer.holder.name).toBe("Lin");
});

test("an id that is another payment's is said to be so, and the cashier can go on", async () => {
    const nobody = { state: "none", attempt: 0 };
    const conflict = { ok: false, code: "conflict", message: "Already answered" };
    const { payment } = makePayment([conflict, conflict], [nobody, nobody]);
    await payment.tap("04A1");
    await advanceTime(0);
    expect(payment.phase).toBe("waiting");
    await payment.tap("04A1");
    await advanceTime(0);
    expect(payment.phase).toBe("refused");
    expect(payment.answer.message).toBe("Already answered");
    expect(await payment.cancel()).toBe(true);
});

test("offline nothing is sent and nothing is uncertain", async () => {
    const { payment } = makePayment([new OfflineError()]);
    await payment.tap("04A1");
    expect(payment.phase).toBe("refused");
    expect(payment.error).toMatch(/cannot be reached/);
    expect(await payment.cancel()).toBe(true);
});

test("cancelling before the card asks the server nothing", async () => {
    const { payment, calls } = makePayment([]);
    expect(await payment.cancel()).toBe(true);
    expect(payment.phase).toBe("cancelled");
    expect(calls).toEqual([]);
});

test("cancelling while the answer is on its way waits for it and gives the money back", async () => {
    const { promise, resolve } = Promise.withResolvers();
    const { payment, calls, phases } = makePayment([promise]);
    payment.tap("04A1");
    const cancelled = payment.cancel();
    expect(payment.cancel()).toBe(cancelled);
    resolve(PAID);
    expect(await cancelled).toBe(true);
    expect(calls.map(([name]) => name)).toEqual(["authorise", "release"]);
    expect(phases).toEqual(["asking", "cancelling", "cancelled"]);
});

test("cancelling while the server is silent is not certain", async () => {
    const lost = new NoAnswerError();
    const { payment } = makePayment([lost], [lost, lost]);
    payment.client.release = () => Promise.reject(lost);
    await payment.tap("04A1");
    expect(await payment.cancel()).toBe(false);
    expect(payment.phase).toBe("cancelled");
});

test("amounts are whole cents", () => {
    for (const [amount, minor] of [
        [0.1 + 0.2, 30],
        [1.15, 115],
        [19.99, 1999],
        [-4.35, -435],
        [21474836.47, 2147483647],
    ]) {
        expect(toMinor(amount)).toBe(minor);
    }
    expect(toMajor(1250)).toBe(12.5);
});

test("a refusal about money offers what is there", () => {
    expect(partialMinor(SHORT)).toBe(620);
    expect(availableMinor(SHORT)).toBe(620);
    const limited = { code: "limit_day", before_minor: 400, numbers: { left_minor: 900 } };
    expect(partialMinor(limited)).toBe(400);
    expect(partialMinor({ code: "card_frozen", numbers: {} })).toBe(0);
    expect(partialMinor(null)).toBe(0);
    expect(nextStep({ code: "card_lost" })).toMatch(/Keep the card/);
    expect(nextStep({ code: "something_new" })).toMatch(/another way/);
});

test("a cashier reads sentences, and no exception of a program", () => {
    const answered = Object.assign(new RPCError("500"), {
        data: { name: "builtins.TypeError", message: "int() argument must be a string" },
    });
    expect(sentenceOf(answered)).toMatch(/did not work/);
    expect(sentenceOf(new TypeError("x is undefined"))).toMatch(/did not work/);
    answered.data = { name: "odoo.exceptions.UserError", message: "The day is closed." };
    expect(sentenceOf(answered)).toBe("The day is closed.");
    expect(sentenceOf(new OfflineError())).toMatch(/cannot be reached/);
});
