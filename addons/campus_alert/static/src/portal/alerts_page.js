/* The button that switches push messages on and off on this device. Plain script: the page
   works in any layout. */

(() => {
    const WORKER = "/my/card/alerts/worker.js";
    const SCOPE = "/my/card/alerts";

    const box = document.querySelector("[data-campus-push]");
    if (!box) {
        return;
    }
    const button = box.querySelector("button");
    const status = box.querySelector("[data-status]");
    const texts = {};
    for (const node of box.querySelectorAll("[data-text]")) {
        texts[node.dataset.text] = node.textContent;
    }

    /** Says in words of the page why something did not work; any other error is the program's own. */
    class SaidError extends Error {}

    async function callServer(url, params) {
        const response = await fetch(url, {
            method: "POST",
            credentials: "same-origin",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
        });
        const answer = await response.json();
        if (answer.error || !answer.result.ok) {
            throw new SaidError(answer.result?.message || texts.failed);
        }
    }

    function toBytes(base64url) {
        const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
        return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    }

    async function current() {
        const registration = await navigator.serviceWorker.getRegistration(SCOPE);
        return registration?.pushManager.getSubscription();
    }

    async function show() {
        const isOn = Boolean(await current());
        button.textContent = isOn ? texts.stop : texts.start;
        button.dataset.on = isOn ? "1" : "";
        status.textContent = isOn ? texts.on : texts.off;
    }

    async function start() {
        if ((await Notification.requestPermission()) !== "granted") {
            throw new SaidError(texts.denied);
        }
        const registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
        while (!registration.active) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const subscription = await subscribe(registration);
        try {
            await callServer("/my/card/alerts/push", { subscription: subscription.toJSON() });
        } catch (error) {
            await subscription.unsubscribe();
            throw error;
        }
    }

    async function subscribe(registration) {
        try {
            return await registration.pushManager.subscribe({
                userVisibleOnly: true,
                applicationServerKey: toBytes(box.dataset.key),
            });
        } catch {
            // The browser's own push service does not answer, or does not exist.
            throw new SaidError(texts.failed);
        }
    }

    async function stop() {
        const subscription = await current();
        await callServer("/my/card/alerts/push/stop", { endpoint: subscription.endpoint });
        await subscription.unsubscribe();
    }

    async function toggle() {
        button.disabled = true;
        try {
            await (button.dataset.on ? stop() : start());
            await show();
        } catch (error) {
            status.textContent = error instanceof SaidError ? error.message : texts.failed;
        } finally {
            button.disabled = false;
        }
    }

    if ("serviceWorker" in navigator && "PushManager" in window && window.isSecureContext) {
        button.addEventListener("click", toggle);
        button.hidden = false;
        show();
    } else {
        status.textContent = texts.missing;
    }
})();
