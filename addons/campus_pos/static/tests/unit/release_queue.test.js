import { advanceTime, animationFrame, beforeEach, describe, expect, test } from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import { RELEASE_GIVE_UP_MS, RELEASE_INTERVAL_MS } from "@campus_pos/app/card/const";
import { ReleaseQueue } from "@campus_pos/app/card/release_queue";
import { NoAnswerError } from "@campus_pos/app/card/till_client";

describe.current.tags("headless");
beforeEach(() => browser.localStorage.clear());

/** A queue whose server gives these answers in turn, and then the last one again; errors are thrown. */
function makeQueue(answers, session = 7) {
    const asked = [];
    const client = {
        release: async (uuid) => {
            asked.push(uuid);
            const answer = answers.length > 1 ? answers.shift() : answers[0];
            if (answer instanceof Error) {
                throw answer;
            }
            return answer;
        },
    };
    return { queue: new ReleaseQueue(client, session), asked };
}

const names = (queue) => queue.entries.map((entry) => entry.uuid);

test("a payment that the server took back is asked for once", async () => {
    const { queue, asked } = makeQueue(["released"]);
    queue.add("a");
    expect(asked).toEqual([]);
    await advanceTime(RELEASE_INTERVAL_MS);
    await animationFrame();
    expect(names(queue)).toEqual([]);
    await advanceTime(3 * RELEASE_INTERVAL_MS);
    expect(asked).toEqual(["a"]);
});

test("while the server is silent the payment is kept and asked for again", async () => {
    const { queue, asked } = makeQueue([new NoAnswerError(), new NoAnswerError(), "released"]);
    queue.add("a");
    for (let turn = 1; turn <= 2; turn++) {
        await advanceTime(RELEASE_INTERVAL_MS);
        await animationFrame();
        expect(asked.length).toBe(turn);
        expect(names(queue)).toEqual(["a"]);
    }
    await advanceTime(RELEASE_INTERVAL_MS);
    await animationFrame();
    expect(names(queue)).toEqual([]);
});

test("a request that may still be on its way is asked for until it never can arrive", async () => {
    const { queue, asked } = makeQueue(["none"]);
    queue.add("a");
    await advanceTime(RELEASE_INTERVAL_MS);
    await animationFrame();
    expect(names(queue)).toEqual(["a"]);
    queue.entries = queue.entries.map((entry) => ({
        ...entry,
        since: entry.since - RELEASE_GIVE_UP_MS - 1,
    }));
    await queue.work();
    expect(asked.length).toBe(2);
    expect(names(queue)).toEqual([]);
});

test("one that is not answered does not hold up the next", async () => {
    const { queue, asked } = makeQueue([new NoAnswerError(), "released"]);
    queue.add("a");
    queue.add("b");
    await queue.work();
    expect(asked).toEqual(["a", "b"]);
    expect(names(queue)).toEqual(["a"]);
});

test("after a reload the till goes on with what it has kept, each session with its own", async () => {
    const first = makeQueue([new NoAnswerError()]);
    first.queue.add("a");
    const other = makeQueue(["released"], 8);
    await animationFrame();
    expect(other.asked).toEqual([]);
    const again = makeQueue(["released"]);
    await animationFrame();
    expect(again.asked).toEqual(["a"]);
    expect(names(again.queue)).toEqual([]);
});

test("the network is back: nobody waits for the next turn", async () => {
    const { queue, asked } = makeQueue(["released"]);
    queue.add("a");
    window.dispatchEvent(new CustomEvent("pos-network-online"));
    await animationFrame();
    expect(asked).toEqual(["a"]);
    expect(names(queue)).toEqual([]);
});

test("what else is in the storage is no payment", async () => {
    browser.localStorage.setItem("campus_card.release.7", "no JSON");
    const { queue, asked } = makeQueue(["released"]);
    await queue.work();
    expect(names(queue)).toEqual([]);
    expect(asked).toEqual([]);
});
