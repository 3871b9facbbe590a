import { PROXY_PATIENCE_MS, PROXY_PAUSE_MS } from "./const";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function becomesVisible() {
    return new Promise((resolve) => {
        const look = () => {
            if (!document.hidden) {
                document.removeEventListener("visibilitychange", look);
                resolve();
            }
        };
        document.addEventListener("visibilitychange", look);
        look();
    });
}

/**
 * Asks the hardware proxy for scans as long as they are wanted.
 *
 * Odoo's own loop asks again at once whatever happened: without a proxy it never lets the page do
 * anything else. Here a question that failed is followed by a pause. A page that nobody sees does
 * not ask: like a reader that types, the proxy serves the page in front.
 *
 * @param {Object} proxy
 * @param {() => boolean} proxy.isWanted
 * @param {() => Promise<string>} proxy.ask may have `abort()`
 * @param {() => Promise<void>} proxy.reconnect called after a question that failed
 * @param {(code: string) => void} proxy.scan
 */
export async function receiveScans({ isWanted, ask, reconnect, scan }) {
    while (isWanted()) {
        await becomesVisible();
        const askedAt = Date.now();
        const code = await answerOf(ask());
        if (!isWanted()) {
            return;
        }
        if (code) {
            scan(code);
        } else if (Date.now() - askedAt < PROXY_PAUSE_MS) {
            await pause(PROXY_PAUSE_MS);
            await reconnect();
        }
    }
}

/** What the question brings; nothing when it fails, is lost, or nobody looks any more. */
async function answerOf(question) {
    const giveUp = () => question.abort?.();
    const look = () => document.hidden && giveUp();
    const timer = setTimeout(giveUp, PROXY_PATIENCE_MS);
    document.addEventListener("visibilitychange", look);
    try {
        return await question;
    } catch {
        return undefined;
    } finally {
        document.removeEventListener("visibilitychange", look);
        clearTimeout(timer);
    }
}
