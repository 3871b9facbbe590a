import assert from "node:assert/strict";
import { test } from "node:test";
import {
    bounded,
    Fingers,
    fitted,
    toPermille,
    zoomedAt,
    ZOOM_MAX,
} from "../../src/floor_plan/plan_geometry.js";
import { alarmsOf, counted, ORDER, STATES, withStates } from "../../src/floor_plan/plan_states.js";

const BOX = { left: 100, top: 50, width: 400, height: 200 };
const FRAME = { width: 300, height: 200 };

test("a point is kept in thousandths of the picture, at any zoom, and never outside", () => {
    assert.deepEqual(toPermille({ x: 300, y: 100 }, BOX), { x: 500, y: 250 });
    assert.deepEqual(toPermille({ x: 500, y: 250 }, BOX), { x: 1000, y: 1000 });
    assert.deepEqual(toPermille({ x: -9, y: 9999 }, BOX), { x: 0, y: 1000 });
    const larger = { left: -300, top: -150, width: 1600, height: 800 };
    assert.deepEqual(toPermille({ x: 500, y: 50 }, larger), { x: 500, y: 250 });
});

test("a picture is as large as the frame lets it be", () => {
    assert.deepEqual(fitted({ width: 600, height: 600 }, FRAME), { width: 200, height: 200 });
    assert.deepEqual(fitted({ width: 30, height: 10 }, FRAME), { width: 300, height: 100 });
});

test("what is under the finger stays there when the plan is zoomed", () => {
    const view = { zoom: 2, x: -40, y: -20 };
    const point = { x: 60, y: 80 };
    const zoomed = zoomedAt(view, 1.5, point);
    assert.equal(zoomed.zoom, 3);
    for (const way of ["x", "y"]) {
        const before = (point[way] - view[way]) / view.zoom;
        assert.ok(Math.abs((point[way] - zoomed[way]) / zoomed.zoom - before) < 1e-9);
    }
});

test("the zoom has ends", () => {
    const view = { zoom: 1, x: 0, y: 0 };
    assert.equal(zoomedAt(view, 1000, { x: 0, y: 0 }).zoom, ZOOM_MAX);
    assert.equal(zoomedAt(view, 0.001, { x: 0, y: 0 }).zoom, 1);
});

test("the plan cannot be moved out of sight", () => {
    const size = { width: 300, height: 100 };
    assert.deepEqual(bounded({ zoom: 1, x: 99, y: 99 }, size, FRAME), { zoom: 1, x: 0, y: 50 });
    const far = bounded({ zoom: 4, x: -9999, y: 9999 }, size, FRAME);
    assert.deepEqual(far, { zoom: 4, x: 300 - 1200, y: 0 });
});

test("a finger that stays has pressed, one that moves has moved", () => {
    const fingers = new Fingers();
    fingers.down(1, { x: 10, y: 10 });
    fingers.move(1, { x: 12, y: 11 });
    assert.equal(fingers.up(1), true);
    fingers.down(1, { x: 10, y: 10 });
    const moved = fingers.move(1, { x: 40, y: 10 });
    assert.deepEqual([moved.dx, moved.dy, moved.factor], [30, 0, 1]);
    assert.equal(fingers.up(1), false);
});

test("a finger that trembles over a long way has not pressed", () => {
    const fingers = new Fingers();
    fingers.down(1, { x: 10, y: 10 });
    fingers.move(1, { x: 20, y: 10 });
    fingers.move(1, { x: 10, y: 10 });
    assert.equal(fingers.up(1), false);
});

test("two fingers zoom around their middle and press nothing", () => {
    const fingers = new Fingers();
    fingers.down(1, { x: 0, y: 0 });
    fingers.down(2, { x: 100, y: 0 });
    const moved = fingers.move(2, { x: 200, y: 0 });
    assert.deepEqual(moved, { dx: 50, dy: 0, factor: 2, center: { x: 100, y: 0 } });
    assert.equal(fingers.up(1), false);
    assert.equal(fingers.up(2), false);
    assert.equal(fingers.move(2, { x: 0, y: 0 }), null);
});

test("a mouse that only passes by moves nothing", () => {
    assert.equal(new Fingers().move(1, { x: 5, y: 5 }), null);
});

test("no two states look alike without their colour", () => {
    const looks = ORDER.map((key) => STATES[key].icon);
    assert.equal(new Set(looks).size, looks.length);
});

test("urgent doors lie on top, and are named first", () => {
    const doors = [1, 2, 3, 4].map((id) => ({ id, name: `D${id}` }));
    const states = { 1: ["forced", 5, 9], 2: ["closed", 0, 9], 3: ["held_open", 6, 9] };
    const shown = withStates(doors, states);
    assert.deepEqual(
        shown.map((door) => door.id),
        [2, 4, 3, 1]
    );
    assert.deepEqual(
        alarmsOf(shown).map((door) => door.id),
        [1, 3]
    );
    assert.equal(shown[1].key, "unknown");
    assert.equal(shown[3].since, 5);
});

test("a state that this page does not know is shown as unknown", () => {
    assert.equal(withStates([{ id: 1 }], { 1: ["melted", 0, 0] })[0].key, "unknown");
});

test("the legend has all states and counts the doors", () => {
    const doors = withStates([{ id: 1 }, { id: 2 }], { 1: ["closed", 0, 0], 2: ["closed", 0, 0] });
    const lines = counted(doors);
    assert.equal(lines.length, ORDER.length);
    assert.equal(lines.find((line) => line.key === "closed").count, 2);
    assert.equal(lines.find((line) => line.key === "forced").count, 0);
});
