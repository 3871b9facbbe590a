import { browser } from "@web/core/browser/browser";
import { RELEASE_GIVE_UP_MS, RELEASE_INTERVAL_MS } from "./const";

/**
 * Payments that were cancelled while the server could not be reached. They are released as
 * soon as it can; kept in the browser's storage, because the page may be reloaded before.
 */
export class ReleaseQueue {
    constructor(client, sessionId) {
        this.client = client;
        this.key = `campus_card.release.${sessionId}`;
        this.timer = null;
        window.addEventListener("pos-network-online", () => this.work());
        this.work();
    }

    get entries() {
        try {
            return JSON.parse(browser.localStorage.getItem(this.key)) || [];
        } catch {
            return [];
        }
    }

    set entries(entries) {
        browser.localStorage.setItem(this.key, JSON.stringify(entries));
    }

    add(uuid) {
        this.entries = [...this.entries, { uuid, since: Date.now() }];
        this._plan();
    }

    async work() {
        browser.clearTimeout(this.timer);
        for (const entry of this.entries) {
            if (await this._isDone(entry)) {
                this.entries = this.entries.filter((other) => other.uuid !== entry.uuid);
            }
        }
        if (this.entries.length) {
            this._plan();
        }
    }

    _plan() {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.work(), RELEASE_INTERVAL_MS);
    }

    async _isDone({ uuid, since }) {
        try {
            // "none" may mean that the request is still on its way: ask again for a while.
            const state = await this.client.release(uuid);
            return state !== "none" || Date.now() - since > RELEASE_GIVE_UP_MS;
        } catch {
            return false;
        }
    }
}
