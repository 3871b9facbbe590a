/** Times in the words of the reader: "Today 12:04", "5 min ago". */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const REFRESH_MS = 20_000;
/** From this age on a balance is marked as old. */
const OLD_MS = 5 * MINUTE_MS;

const language = document.documentElement.lang;
/** Times are in the campus's time zone, so that a phone abroad shows the same day as the statement. */
const timeZone = document.documentElement.dataset.zone || undefined;
const dayFormat = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
});

/** Midnight of the campus's day, as a number. The next midnight is one day's length larger. */
function dayStart(date) {
    return Date.parse(`${dayFormat.format(date)}T00:00:00Z`);
}

function timeText(element, now) {
    const at = new Date(element.dateTime);
    const clock = at.toLocaleTimeString(language, {
        timeZone,
        hour: "2-digit",
        minute: "2-digit",
        hour12: false,
    });
    const days = Math.round((dayStart(now) - dayStart(at)) / DAY_MS);
    if (element.dataset.full) {
        return at.toLocaleString(language, {
            timeZone,
            dateStyle: "long",
            timeStyle: "medium",
            hour12: false,
        });
    }
    if (days === 0 && element.dataset.today) {
        return `${element.dataset.today} ${clock}`;
    }
    if (days === 1 && element.dataset.yesterday) {
        return `${element.dataset.yesterday} ${clock}`;
    }
    const day = at.toLocaleDateString(language, { timeZone, month: "numeric", day: "numeric" });
    return `${day} ${clock}`;
}

/** Write all times below `root` as the campus's clock shows them. */
export function showTimes(root) {
    const now = new Date();
    for (const element of root.querySelectorAll("time[datetime]")) {
        element.textContent = timeText(element, now);
    }
}

function ageText(words, ms) {
    if (ms < MINUTE_MS) {
        return words.ageNow;
    }
    if (ms < HOUR_MS) {
        return words.ageMinutes.replace("%s", Math.floor(ms / MINUTE_MS));
    }
    if (ms < DAY_MS) {
        return words.ageHours.replace("%s", Math.floor(ms / HOUR_MS));
    }
    return words.ageDays.replace("%s", Math.floor(ms / DAY_MS));
}

function writeAges() {
    const made = pageMadeAt();
    for (const element of document.querySelectorAll("[data-age]")) {
        const ms = Math.max(Date.now() - made, 0);
        element.textContent = ageText(element.dataset, ms);
        element.classList.toggle("old", ms >= OLD_MS);
    }
}

let madeAt = null;

/** When the server made the page. The phone may show a stored copy. */
function pageMadeAt() {
    if (madeAt === null) {
        const said = Date.parse(document.lastModified);
        const kept = Number(document.querySelector("meta[name=kept-at]")?.content);
        madeAt = kept || said || Date.now();
    }
    return madeAt;
}

/** Say that what is shown is `at` ms old by the phone's clock. */
export function setMadeAt(at) {
    madeAt = at;
    writeAges();
}

/** Keep "5 min ago" true. */
export function showAges() {
    writeAges();
    setInterval(writeAges, REFRESH_MS);
}
