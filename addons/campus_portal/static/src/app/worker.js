/* eslint no-restricted-globals: off */
/* global APP */
/**
 * Service worker of /my. The app's own files come out of the phone, pages from the network as long
 * as it answers; the card and the help page are kept for when it does not. Nothing else of /my is
 * touched. `APP` ({version, kept}) is the line above, written by the server.
 */
const FILES = `campus-app-${APP.version}`;
const OWN = "campus-own";
const KEPT = ["/my/card"];
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
    event.waitUntil(
        caches
            .open(FILES)
            .then((cache) => cache.addAll(APP.kept))
            .then(() => self.skipWaiting())
    );
});

self.addEventListener("activate", (event) => {
    const isOld = (name) => name.startsWith("campus-app-") && name !== FILES;
    event.waitUntil(
        caches
            .keys()
            .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
            .then(() => self.clients.claim())
    );
});

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) {
        return;
    }
    if (url.pathname.startsWith("/my/card/app/")) {
        event.respondWith(fromFiles(request));
    } else if (url.pathname === "/my/card/photo") {
        event.respondWith(freshOrKept(request, url.pathname));
    } else if (KEPT.includes(url.pathname)) {
        event.respondWith(page(event, url.pathname));
    } else if (request.mode === "navigate" && url.pathname.startsWith("/my/card")) {
        event.respondWith(networkOr(request, url.pathname));
    }
});

async function fromFiles(request) {
    return (await caches.match(request)) || fetch(request);
}

/** The card: from the network in time, else as it was when last seen, marked with its age. */
async function page(event, path) {
    const fetched = fetch(event.request).then(async (answer) => {
        await keep(answer, path);
        return answer;
    });
    try {
        return await inTime(fetched);
    } catch {
        event.waitUntil(fetched.catch(() => {}));
        return (await kept(path)) || offline();
    }
}

async function freshOrKept(request, path) {
    try {
        const answer = await inTime(fetch(request));
        await keep(answer, path);
        return answer;
    } catch {
        return (await caches.match(path)) || Response.error();
    }
}

async function networkOr(request, path) {
    try {
        return await fetch(request);
    } catch {
        return (await caches.match(path)) || offline();
    }
}

async function offline() {
    return (await caches.match("/my/card/offline")) || Response.error();
}

function inTime(promise) {
    const late = new Promise((_resolve, reject) =>
        setTimeout(() => reject(new Error("late")), PATIENCE_MS)
    );
    return Promise.race([promise, late]);
}

/** Store a good page of the person who is logged in. Delete it when nobody is logged in. */
async function keep(answer, path) {
    if (answer.ok && !answer.redirected) {
        const copy = answer.clone();
        const headers = new Headers(copy.headers);
        headers.set("Campus-Kept-At", String(Date.now()));
        // the stored body is not compressed
        headers.delete("Content-Encoding");
        const cache = await caches.open(OWN);
        await cache.put(path, new Response(await copy.blob(), { headers }));
    } else if (answer.type === "opaqueredirect" || answer.redirected || answer.status === 403) {
        await caches.delete(OWN);
    }
}

async function kept(path) {
    const answer = await (await caches.open(OWN)).match(path);
    if (!answer) {
        return null;
    }
    const at = answer.headers.get("Campus-Kept-At");
    const html = await answer.text();
    const marked = html.replace("</head>", `<meta name="kept-at" content="${at}"></head>`);
    return new Response(marked, { headers: answer.headers });
}
