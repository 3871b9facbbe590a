/**
 * States of doors, the most urgent first, as campus_core/access/door_state.py has them. Each has a sign and a
 * shape of its own beside its colour.
 */
export const STATES = {
    forced: { icon: "fa-bolt", shape: "diamond" },
    held_open: { icon: "fa-hourglass-end", shape: "diamond" },
    unconfirmed: { icon: "fa-exclamation", shape: "square" },
    locked_down: { icon: "fa-lock", shape: "square" },
    offline: { icon: "fa-chain-broken", shape: "dashed" },
    unknown: { icon: "fa-question", shape: "dashed" },
    open: { icon: "fa-arrows-h", shape: "round" },
    free: { icon: "fa-unlock", shape: "round" },
    locked: { icon: "fa-ban", shape: "round" },
    closed: { icon: "fa-minus", shape: "round" },
    ready: { icon: "fa-check", shape: "round" },
};
export const ORDER = Object.keys(STATES);
const ALARMS = ["forced", "held_open", "unconfirmed"];

/** The doors with their states, the most urgent last, so that it lies on top. */
export function withStates(doors, states) {
    const made = doors.map((door) => {
        const [name, since, heard] = states[door.id] || ["unknown", 0, 0];
        const key = name in STATES ? name : "unknown";
        return { ...door, key, since, heard, ...STATES[key] };
    });
    return made.sort((one, other) => ORDER.indexOf(other.key) - ORDER.indexOf(one.key));
}

/** The doors that somebody must look at, the most urgent first. */
export function alarmsOf(doors) {
    return doors.filter((door) => ALARMS.includes(door.key)).reverse();
}

/** All states with how many doors are in them. */
export function counted(doors) {
    return ORDER.map((key) => ({
        key,
        ...STATES[key],
        count: doors.filter((door) => door.key === key).length,
    }));
}
