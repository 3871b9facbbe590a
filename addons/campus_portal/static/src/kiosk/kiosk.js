/**
 * The kiosk: one page. Its parts come from the server and are removed again.
 *
 * Nothing is navigated to and nothing is stored: the secret of a session is in a variable here, a
 * person's data are in <main>. Clearing the screen replaces both, so neither Back nor a look into the
 * browser shows anything of who was there before.
 */
import { showTimes } from "./age.js";
import { KioskClock } from "./kiosk_clock.js";
import { setUpPads } from "./kiosk_pad.js";
import { listen } from "./kiosk_reader.js";

/** While nobody is there, the page is reloaded from time to time, to get a new version. */
const RENEW_MS = 10 * 60_000;
const POLL_MS = 1500;

const main = document.getElementById("main");
const token = document.querySelector("meta[name=campus-token]").content;
const wiped = document.getElementById("kiosk-wiped");

let secret = "";
/** Counts the parts that were shown. An answer for an earlier part is ignored. */
let turn = 0;
/** The start page is not in the language of the machine. */
let isForeign = false;

async function post(url, values, session = secret) {
    const body = new URLSearchParams(values);
    body.set("csrf_token", token);
    body.set("session", session);
    return fetch(url, { method: "POST", body, cache: "no-store", keepalive: url.endsWith("/end") });
}

/** Ask for a part and show it, unless something else came up meanwhile. */
async function call(url, values = {}, session = secret) {
    const asked = ++turn;
    main.setAttribute("aria-busy", "true");
    try {
        const answer = await post(url, values, session);
        const html = await answer.text();
        if (asked === turn) {
            take(answer, html);
        }
    } catch {
        if (asked === turn) {
            complain();
        }
    } finally {
        main.removeAttribute("aria-busy");
    }
}

function take(answer, html) {
    if (answer.status === 403 || answer.status === 400) {
        // the kiosk's key or the page's token is not valid any more: reload the page
        window.location.replace("/campus/kiosk");
    } else if (answer.ok || answer.status === 410) {
        secret = answer.headers.get("X-Campus-Session") || secret;
        show(document.createRange().createContextualFragment(html));
    } else {
        complain();
    }
}

function complain() {
    main.querySelectorAll("[data-failed]").forEach((note) => note.remove());
    const note = document.getElementById("kiosk-failed").content.cloneNode(true).firstElementChild;
    note.dataset.failed = "1";
    main.querySelectorAll("button:disabled").forEach((button) => (button.disabled = false));
    main.firstElementChild.prepend(note);
    watch();
}

/** Ask repeatedly whether what the part waits for has happened. */
function watch() {
    const { poll: url, seen } = main.firstElementChild.dataset;
    if (url) {
        setTimeout(poll, POLL_MS, turn, url, seen);
    }
}

function show(part) {
    turn++;
    main.replaceChildren(part);
    const screen = main.firstElementChild;
    if (screen.dataset.start || screen.dataset.over) {
        secret = "";
    }
    showTimes(main);
    setUpPads(main);
    window.scrollTo(0, 0);
    clock.start(Number(screen.dataset.idle) || 0);
    watch();
}

async function poll(asked, url, seen) {
    if (asked !== turn) {
        return;
    }
    try {
        const answer = await post(url, { seen });
        if (asked === turn && answer.status !== 204) {
            take(answer, await answer.text());
            return;
        }
    } catch {
        // no network for a moment: the next request will tell
    }
    setTimeout(poll, POLL_MS, asked, url, seen);
}

/** A card was held to the reader: a proof where the part asks for one, else the next person. */
function read(credential) {
    const proof = main.querySelector("[data-proof]");
    if (proof) {
        call(proof.dataset.proof, { credential });
        return;
    }
    const before = secret;
    show(wiped.content.cloneNode(true));
    call("/campus/kiosk/card", { credential }, before);
}

/** Remove all data of the person from this page. */
function wipe() {
    const ended = post("/campus/kiosk/end", {}).catch(() => null);
    secret = "";
    document.getSelection().removeAllRanges();
    show(wiped.content.cloneNode(true));
    if (isForeign) {
        ended.then(() => window.location.replace("/campus/kiosk"));
    }
}

const clock = new KioskClock({
    onOver: wipe,
    onTouch: () => secret && post("/campus/kiosk/touch", {}).catch(() => null),
});

async function speak(code) {
    await post("/campus/kiosk/language", { code }).catch(() => null);
    window.location.replace("/campus/kiosk");
}

function isDefaultLanguage() {
    return navigator.language.split("-")[0] === document.documentElement.lang.split("-")[0];
}

function run() {
    isForeign = !isDefaultLanguage();
    listen(read);
    document.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button?.dataset.go) {
            call(button.dataset.go, button.dataset.with ? JSON.parse(button.dataset.with) : {});
        } else if (button?.dataset.end) {
            wipe();
        } else if (button?.dataset.language) {
            speak(button.dataset.language);
        } else if (button && "print" in button.dataset) {
            window.print();
        }
    });
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (form.dataset.call && !event.defaultPrevented) {
            event.preventDefault();
            const values = new FormData(form, event.submitter);
            form.querySelectorAll("button").forEach((button) => (button.disabled = true));
            call(new URL(form.action).pathname, values);
        }
    });
    setInterval(async () => {
        const idle = turn;
        const answer = secret
            ? null
            : await fetch("/campus/kiosk", { method: "HEAD" }).catch(() => null);
        if (answer?.ok && idle === turn && main.querySelector("[data-start]")) {
            window.location.replace("/campus/kiosk");
        }
    }, RENEW_MS);
}

const opening = document.getElementById("kiosk-open");
const key = window.location.hash.slice(1);
if (opening && key) {
    // Remove the key from the address before anything else can read it.
    window.history.replaceState(null, "", window.location.pathname);
    opening.elements.key.value = key;
    opening.submit();
} else if (wiped) {
    run();
}
