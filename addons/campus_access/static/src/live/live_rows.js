/** Rows of the guard's screen: kept newest first, taken in batches, so that a rush costs one rendering. */

export const ROWS_MAX = 120;
export const ALARMS_MAX = 30;
/** Pause between renderings; a person sees no difference, a browser does. */
export const RENDER_MS = 250;
export const FACES_MAX = 60;

export class LiveRows {
    constructor(onChange, wait = (work) => setTimeout(work, RENDER_MS)) {
        this.onChange = onChange;
        this.wait = wait;
        this.rows = [];
        this.alarms = [];
        this.waiting = [];
        this.seen = new Set();
        this.isPlanned = false;
    }

    /** Take rows as they come; they are shown with the next rendering. */
    take(rows) {
        for (const row of rows) {
            if (!this.seen.has(row.id)) {
                this.seen.add(row.id);
                this.waiting.push(row);
            }
        }
        if (this.waiting.length && !this.isPlanned) {
            this.isPlanned = true;
            this.wait(() => this.show());
        }
    }

    show() {
        this.isPlanned = false;
        const fresh = this.waiting.sort(newestFirst);
        this.waiting = [];
        this.rows = [...fresh, ...this.rows].sort(newestFirst).slice(0, ROWS_MAX);
        const alarms = fresh.filter((row) => row.alarm);
        this.alarms = [...alarms, ...this.alarms].slice(0, ALARMS_MAX);
        this.seen = new Set([...this.rows, ...this.alarms].map((row) => row.id));
        this.onChange(fresh);
    }

    /** A guard has seen an alarm: it stays in the list below. */
    settle(id) {
        this.alarms = this.alarms.filter((row) => row.id !== id);
        this.onChange([]);
    }
}

function newestFirst(one, other) {
    return one.at < other.at ? 1 : one.at > other.at ? -1 : other.id - one.id;
}
