/** Keeps the parts of the first page that change (`data-live`) as the server has them. */
import { setMadeAt, showTimes } from "./age.js";
import { isFresh } from "./connection.js";

const EVERY_MS = 20_000;
/** After this time without use, stop asking. */
const STOP_AFTER_MS = 5 * 60_000;

async function refresh() {
    const asked = Date.now();
    const answer = await fetch("/my/card", { headers: { "X-Requested-With": "live" } });
    // A stored copy from the worker contains nothing new.
    if (!answer.ok || answer.redirected || answer.headers.has("Campus-Kept-At")) {
        return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
        const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
        if (other && other.outerHTML !== part.dataset.shown) {
            other.dataset.shown = other.outerHTML;
            showTimes(other);
            part.replaceWith(other);
        }
    }
    setMadeAt(asked);
    isFresh();
}

export function keepLive() {
    if (!document.querySelector("[data-live]")) {
        return;
    }
    let since = Date.now();
    const ask = () => {
        const watched =
            document.visibilityState === "visible" && Date.now() - since < STOP_AFTER_MS;
        if (watched && navigator.onLine) {
            refresh().catch(() => {});
        }
    };
    document.addEventListener("visibilitychange", () => {
        since = Date.now();
        ask();
    });
    window.addEventListener("online", ask);
    // The worker has taken over: asking once more lets it keep the page.
    navigator.serviceWorker?.addEventListener("controllerchange", ask);
    setInterval(ask, EVERY_MS);
}
