/** Seconds without a touch until the screen is cleared. In the last ones it asks whether somebody is there. */

const TICK_MS = 250;
const ASK_S = 10;
/** The server is told of touches this often at most. */
const TELL_MS = 12_000;

export class KioskClock {
    /** `onOver`: nobody is there any more; `onTouch`: somebody is, told now and then. */
    constructor({ onOver, onTouch }) {
        this.onOver = onOver;
        this.onTouch = onTouch;
        this.shown = document.getElementById("kiosk-clock");
        this.question = document.getElementById("kiosk-still");
        this.idleMs = 0;
        this.endsAt = 0;
        this.toldAt = 0;
        for (const kind of ["pointerdown", "keydown"]) {
            document.addEventListener(kind, () => this._touched(), {
                capture: true,
                passive: true,
            });
        }
        setInterval(() => this._tick(), TICK_MS);
    }

    /** Count from `idleS` seconds; 0 stands still. */
    start(idleS) {
        this.idleMs = idleS * 1000;
        this.endsAt = performance.now() + this.idleMs;
        this.toldAt = performance.now();
        this._ask(false);
        this._tick();
    }

    _touched() {
        if (!this.idleMs) {
            return;
        }
        const now = performance.now();
        this.endsAt = now + this.idleMs;
        if (now - this.toldAt > TELL_MS) {
            this.toldAt = now;
            this.onTouch();
        }
        // hide the question at the click, so that the button below gets no press
        if (this.question.open) {
            setTimeout(() => this._ask(false), TICK_MS);
        }
    }

    _tick() {
        this.shown.hidden = !this.idleMs;
        if (!this.idleMs) {
            return;
        }
        const leftMs = this.endsAt - performance.now();
        if (leftMs <= 0) {
            this.idleMs = 0;
            this.onOver();
            return;
        }
        const leftS = Math.ceil(leftMs / 1000);
        this.shown.querySelector("b").textContent = leftS;
        this.shown.style.setProperty("--left", leftMs / this.idleMs);
        this.shown.classList.toggle("soon", leftS <= ASK_S);
        // a part with little data and a short time ends without a question
        if (leftS <= ASK_S && this.idleMs > 3 * ASK_S * 1000) {
            this._ask(true);
        }
        if (this.question.open) {
            this.question.querySelector(".figures").textContent = leftS;
        }
    }

    _ask(shown) {
        if (shown && !this.question.open) {
            this.question.showModal();
        } else if (!shown && this.question.open) {
            this.question.close();
        }
    }
}
