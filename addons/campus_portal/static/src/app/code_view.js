/**
 * The field with the code on the first page. Its states are the page's own templates
 * (`data-state`); this fills them: nothing yet, the code, or why there is none.
 */
import { STEP_MS, canKeepKeys, codeText, stepOf } from "./code.js";
import { enrol, isAging, isExpired, nowMs, stored } from "./phone.js";
import { draw } from "./qr.js";
import { ClockWatch, learnAheadMs } from "./server_clock.js";
import { forget, save } from "./store.js";

const TICK_MS = 250;

class CodeView {
    constructor(section) {
        this.section = section;
        this.holder = section.dataset.holder;
        this.token = section.dataset.token;
        this.at = section.dataset.at;
        this.phone = null;
        this.shownStep = null;
        this.dialog = document.getElementById("code-large");
        this.clock = new ClockWatch();
    }

    async start() {
        if (this.section.dataset.blocked) {
            return this.show("blocked");
        }
        if (!canKeepKeys()) {
            return this.show("unsupported");
        }
        try {
            this.phone = await stored(this.holder);
        } catch {
            // a browser that may not store data cannot open the store
            return this.show("unsupported");
        }
        if (!this.phone) {
            return this.show("start");
        }
        await this.showCode();
        await this.learnClock();
        if (navigator.onLine && isAging(this.phone)) {
            await this.renew();
        }
    }

    /** Ask the server for the time. If the code shown is of a wrong step, it is replaced at once. */
    async learnClock() {
        const { phone } = this;
        const aheadMs = phone && (await learnAheadMs());
        if (aheadMs === null || phone !== this.phone) {
            return;
        }
        const isOff = stepOf(Date.now() + aheadMs) !== stepOf(nowMs(phone));
        phone.aheadMs = aheadMs;
        await save(this.holder, phone);
        if (isOff || this.section.dataset.shown === "expired") {
            await this.showCode();
        }
        this.section.dataset.clock = "learned";
    }

    /** Put the template of `state` into the field. */
    show(state, message) {
        clearInterval(this.timer);
        const template = this.section.querySelector(`template[data-state="${state}"]`);
        this.field = this.section.querySelector("#code-field");
        this.field.replaceChildren(template.content.cloneNode(true));
        this.section.dataset.shown = state;
        const text = this.field.querySelector("[data-message]");
        if (text && message) {
            text.textContent = message;
        }
        this.listen("[data-do=enrol]", () => this.enrol(false));
        this.listen("[data-do=move]", () => this.enrol(true));
        this.listen("[data-do=back]", () => this.start());
        this.listen("[data-do=large]", () => this.enlarge());
    }

    listen(selector, action) {
        const button = this.field.querySelector(selector);
        button?.addEventListener("click", async () => {
            button.disabled = true;
            await action();
            button.disabled = false;
        });
    }

    // -- becoming a card -----------------------------------------------------------------

    async enrol(move) {
        const answer = await enrol(this.holder, this.token, { move, at: this.at });
        if (answer.code === "ok") {
            await this.start();
        } else if (answer.code === "phone_elsewhere") {
            this.show("move", answer.message);
        } else if (answer.code === "cannot_keep") {
            this.show("unsupported");
        } else {
            this.show("error", answer.message);
        }
    }

    async renew() {
        const answer = await enrol(this.holder, this.token, { at: this.at });
        if (answer.code === "ok") {
            this.phone = await stored(this.holder);
            this.shownStep = null;
            await this.showCode();
        } else if (answer.code === "phone_elsewhere" || answer.code === "phone_revoked") {
            // The card is on another phone now: this key does not work any more.
            await forget(this.holder);
            this.phone = null;
            this.show("start");
        }
    }

    // -- the code -------------------------------------------------------------------------

    async showCode() {
        if (isExpired(this.phone)) {
            return this.show("expired");
        }
        this.show("ready");
        this.shownStep = null;
        await this.tick();
        this.timer = setInterval(() => this.tick(), TICK_MS);
    }

    async tick() {
        if (this.clock.hasJumped()) {
            this.learnClock();
        }
        const now = nowMs(this.phone);
        if (now >= this.phone.expiresMs) {
            return this.show("expired");
        }
        const step = stepOf(now);
        if (step !== this.shownStep) {
            this.shownStep = step;
            this.paint(await codeText(this.phone, step));
        }
        const left = 1 - (now % STEP_MS) / STEP_MS;
        this.field.querySelector(".bar i").style.transform = `scaleX(${left})`;
    }

    paint(text) {
        const { size, path } = draw(text);
        for (const svg of document.querySelectorAll("svg[data-code]")) {
            svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
            svg.querySelector("path").setAttribute("d", path);
        }
    }

    async enlarge() {
        this.dialog.showModal();
        // Keep the screen on, so that it does not go dark in front of the scanner.
        const lock = await navigator.wakeLock?.request("screen").catch(() => null);
        this.dialog.addEventListener("close", () => lock?.release(), { once: true });
    }
}

export function startCode(section) {
    if (!section) {
        return;
    }
    const view = new CodeView(section);
    const dialog = view.dialog;
    dialog.addEventListener("click", () => dialog.close());
    view.start();
    window.addEventListener("online", () => view.learnClock());
    document.addEventListener("visibilitychange", async () => {
        if (document.visibilityState !== "visible") {
            return;
        }
        await view.learnClock();
        if (view.section.dataset.shown === "expired") {
            view.renew();
        }
    });
}
