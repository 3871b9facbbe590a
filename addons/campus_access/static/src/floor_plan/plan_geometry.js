/** Where things are on a plan: numbers alone, nothing of the page. */

export const ZOOM_MAX = 8;
export const PERMILLE = 1000;
/** A finger that moves less than this has pressed. */
export const PRESS_PX = 6;

export function clamp(value, low, high) {
    return Math.min(Math.max(value, low), high);
}

/** The largest size in which a picture fits into a frame. */
export function fitted(picture, frame) {
    const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
    return { width: picture.width * scale, height: picture.height * scale };
}

/** A point of the page in thousandths of the picture that is shown in `box`. */
export function toPermille(point, box) {
    const part = (at, start, size) =>
        clamp(Math.round(((at - start) / size) * PERMILLE), 0, PERMILLE);
    return { x: part(point.x, box.left, box.width), y: part(point.y, box.top, box.height) };
}

/** The view zoomed by a factor; what is under `point` (of the frame) stays there. */
export function zoomedAt(view, factor, point) {
    const zoom = clamp(view.zoom * factor, 1, ZOOM_MAX);
    const grown = zoom / view.zoom;
    return {
        zoom,
        x: point.x - (point.x - view.x) * grown,
        y: point.y - (point.y - view.y) * grown,
    };
}

/** The view moved so that the picture fills the frame, or lies in its middle if it is smaller. */
export function bounded(view, size, frame) {
    const offset = (at, shown, room) =>
        shown <= room ? (room - shown) / 2 : clamp(at, room - shown, 0);
    return {
        zoom: view.zoom,
        x: offset(view.x, size.width * view.zoom, frame.width),
        y: offset(view.y, size.height * view.zoom, frame.height),
    };
}

/** Fingers, or the mouse, on a plan: one moves it, two zoom it, one that hardly moves has pressed. */
export class Fingers {
    constructor() {
        this.points = new Map();
        this.path = 0;
        this.most = 0;
    }

    down(id, point) {
        if (!this.points.size) {
            this.path = 0;
            this.most = 0;
        }
        this.points.set(id, point);
        this.most = Math.max(this.most, this.points.size);
    }

    /** What a move means: `{dx, dy, factor, center}`, or null for a finger that is not on the plan. */
    move(id, point) {
        if (!this.points.has(id)) {
            return null;
        }
        const before = this.spread();
        this.points.set(id, point);
        const after = this.spread();
        const dx = after.center.x - before.center.x;
        const dy = after.center.y - before.center.y;
        this.path += Math.hypot(dx, dy);
        const factor = before.width && after.width ? after.width / before.width : 1;
        return { dx, dy, factor, center: after.center };
    }

    /** Lift a finger; true if it was alone and has pressed. */
    up(id) {
        const wasThere = this.points.delete(id);
        return wasThere && this.most === 1 && this.path < PRESS_PX;
    }

    get hasMoved() {
        return this.path >= PRESS_PX;
    }

    spread() {
        const [one, other] = [...this.points.values()];
        if (!other) {
            return { center: one, width: 0 };
        }
        const center = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
        return { center, width: Math.hypot(one.x - other.x, one.y - other.y) };
    }
}
