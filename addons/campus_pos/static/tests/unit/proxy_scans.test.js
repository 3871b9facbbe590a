import { advanceTime, animationFrame, describe, expect, test } from "@odoo/hoot";
import { receiveScans } from "@campus_pos/app/card/proxy_scans";

describe.current.tags("headless");

/** A proxy that gives these answers in turn; errors are thrown. It is wanted until they run out. */
function makeProxy(answers) {
    const seen = [];
    const proxy = {
        isWanted: () => answers.length > 0,
        ask: () => {
            seen.push("ask");
            const answer = answers.shift();
            return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
        },
        reconnect: async () => seen.push("reconnect"),
        scan: (code) => seen.push(code),
    };
    return { proxy, seen };
}

test("scans come one after the other without a pause", async () => {
    const { proxy, seen } = makeProxy(["04A1B2C3", "04A1B2C4", "end"]);
    await receiveScans(proxy);
    expect(seen).toEqual(["ask", "04A1B2C3", "ask", "04A1B2C4", "ask"]);
});

test("a proxy that is away is asked again only after a pause", async () => {
    const { proxy, seen } = makeProxy([new Error("away"), "04A1B2C3", "end"]);
    const done = receiveScans(proxy);
    // the pause begins once the answer is in
    await animationFrame();
    await advanceTime(900);
    expect(seen).toEqual(["ask"]);
    await advanceTime(200);
    await done;
    expect(seen).toEqual(["ask", "reconnect", "ask", "04A1B2C3", "ask"]);
});

test("an empty answer at once is a pause too", async () => {
    const { proxy, seen } = makeProxy(["", "end"]);
    const done = receiveScans(proxy);
    // the pause begins once the answer is in
    await animationFrame();
    await advanceTime(900);
    expect(seen).toEqual(["ask"]);
    await advanceTime(200);
    await done;
});

test("a question that is never answered is given up", async () => {
    let aborted = 0;
    let wanted = true;
    const question = () => {
        let fail;
        const promise = new Promise((_resolve, reject) => (fail = reject));
        promise.abort = () => {
            aborted += 1;
            wanted = false;
            fail(new Error("aborted"));
        };
        return promise;
    };
    const done = receiveScans({
        isWanted: () => wanted,
        ask: question,
        reconnect: async () => {},
        scan: () => {},
    });
    await animationFrame();
    await advanceTime(69000);
    expect(aborted).toBe(0);
    await advanceTime(2000);
    await done;
    expect(aborted).toBe(1);
});
