/* eslint no-restricted-globals: off */
/* What a service worker does with the campus card's push messages: show them, and open the page
   behind them. Kept apart so that another worker of the portal can import it. */

self.addEventListener("push", (event) => {
    let message = {};
    try {
        message = event.data.json();
    } catch {
        // Browsers require that something is shown for each message.
    }
    event.waitUntil(
        self.registration.showNotification(message.title || "Campus Card", message.options || {})
    );
});

self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const target = new URL(event.notification.data?.url || "/my/card/alerts", self.location.origin);
    if (target.origin !== self.location.origin) {
        return;
    }
    event.waitUntil(openPage(target));
});

self.addEventListener("pushsubscriptionchange", (event) => {
    event.waitUntil(subscribeAgain(event.oldSubscription));
});

async function openPage(target) {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = windows.find((client) => new URL(client.url).pathname === target.pathname);
    return open ? open.focus() : self.clients.openWindow(target.href);
}

async function subscribeAgain(old) {
    if (!old) {
        return;
    }
    const subscription = await self.registration.pushManager.subscribe(old.options);
    await callServer("/my/card/alerts/push/stop", { endpoint: old.endpoint });
    await callServer("/my/card/alerts/push", { subscription: subscription.toJSON() });
}

function callServer(url, params) {
    return fetch(url, {
        method: "POST",
        credentials: "include",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
    });
}
