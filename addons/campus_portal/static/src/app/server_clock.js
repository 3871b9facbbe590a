/** The server's clock. The phone asks whenever there is a network, because its own clock may be changed at any time. */
const TIME_URL = "/my/card/time";
/** An answer that took longer is not exact enough. */
const TRIP_MAX_MS = 4000;
/** The phone's clock differs by this much from the time that has passed: it was set. */
const JUMP_MS = 2000;

/** By how much the server's clock is ahead of this phone's; null without an answer in time. */
export async function learnAheadMs() {
    if (!navigator.onLine) {
        return null;
    }
    const asked = performance.now();
    try {
        const answer = await fetch(TIME_URL, {
            cache: "no-store",
            signal: AbortSignal.timeout(TRIP_MAX_MS),
        });
        const { server_time_ms: serverMs } = await answer.json();
        const trip = performance.now() - asked;
        return Number.isFinite(serverMs) ? Math.round(serverMs + trip / 2 - Date.now()) : null;
    } catch {
        return null;
    }
}

/** Watches the phone's clock: true, once, after it was set (or the phone has slept). */
export class ClockWatch {
    constructor() {
        this.drift = this.measure();
    }

    measure() {
        return Date.now() - performance.now();
    }

    hasJumped() {
        const drift = this.measure();
        const jumped = Math.abs(drift - this.drift) > JUMP_MS;
        this.drift = drift;
        return jumped;
    }
}
