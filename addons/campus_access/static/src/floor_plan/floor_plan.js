import { Component, onMounted, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { bounded, clamp, Fingers, fitted, PERMILLE, toPermille, zoomedAt } from "./plan_geometry";
import { alarmsOf, counted, withStates } from "./plan_states";

const CHANNEL = "campus_doors";
/** States are asked for again after so long, and so long after something has happened. */
const ASK_MS = 15000;
const NEWS_MS = 1000;
/** A door blinks so long after somebody was let through or refused. */
const BLINK_MS = 1500;
const STEP = 1.4;

const { DateTime } = luxon;

/** A plan with its doors: what happens at them now, and, for managers, where they are. */
export class CampusFloorPlan extends Component {
    static template = "campus_access.FloorPlan";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.frame = useRef("frame");
        this.picture = useRef("picture");
        this.fingers = new Fingers();
        this.held = null;
        this.state = useState({
            plans: [],
            plan: null,
            may: {},
            states: {},
            blinks: {},
            chosen: 0,
            isEditing: false,
            isOld: false,
            size: { width: 0, height: 0 },
            view: { zoom: 1, x: 0, y: 0 },
        });
        this.onPush = (message) => this.heard(message);
        this.onResize = () => this.fit();
        useSetupAction({ getLocalState: () => ({ planId: this.state.plan?.id }) });
        onWillStart(() => this.open(this.firstPlan));
        onMounted(() => this.begin());
        onWillUnmount(() => this.end());
    }

    get firstPlan() {
        const { action, resId, state } = this.props;
        return state?.planId || action.context?.plan_id || resId || false;
    }

    begin() {
        this.watching = this.state.may.watch;
        if (this.watching) {
            this.bus.addChannel(CHANNEL);
            this.bus.subscribe(CHANNEL, this.onPush);
        }
        this.asking = browser.setInterval(() => this.ask(), ASK_MS);
        browser.addEventListener("resize", this.onResize);
        this.note();
        this.fit();
    }

    end() {
        if (this.watching) {
            this.bus.unsubscribe(CHANNEL, this.onPush);
            this.bus.deleteChannel(CHANNEL);
        }
        browser.clearInterval(this.asking);
        browser.clearTimeout(this.news);
        browser.removeEventListener("resize", this.onResize);
    }

    // -- what is shown ---------------------------------------------------------------

    async open(planId) {
        const shown = await this.orm.call("campus.floor.plan", "open_plan", [planId]);
        Object.assign(this.state, {
            plans: shown.plans,
            plan: shown.plan,
            may: shown.may,
            states: shown.plan ? shown.plan.states : {},
            chosen: 0,
        });
    }

    async change(planId) {
        this.state.isEditing = false;
        this.state.view = { zoom: 1, x: 0, y: 0 };
        await this.open(planId);
        this.note();
    }

    /** The plan stands in the address. */
    note() {
        if (this.state.plan && this.props.updateActionState) {
            this.props.updateActionState({ resId: this.state.plan.id });
        }
    }

    async ask() {
        if (!this.state.plan) {
            return;
        }
        const planId = this.state.plan.id;
        try {
            const states = await this.orm.silent.call("campus.floor.plan", "live", [[planId]]);
            if (this.state.plan.id === planId) {
                this.state.states = states;
                this.state.isOld = false;
            }
        } catch (error) {
            // old news must not look like new ones
            this.state.isOld = true;
            if (error.name !== "ConnectionLostError") {
                throw error;
            }
        }
    }

    heard({ rows, lockdown }) {
        const doors = new Set(this.state.plan ? this.state.plan.doors.map((door) => door.id) : []);
        const here = rows.filter((row) => doors.has(row.door));
        for (const row of here.filter((one) => one.outcome)) {
            this.state.blinks[row.door] = row.outcome;
            browser.setTimeout(() => delete this.state.blinks[row.door], BLINK_MS);
        }
        if ((here.length || lockdown) && !this.news) {
            this.news = browser.setTimeout(() => {
                this.news = null;
                this.ask();
            }, NEWS_MS);
        }
    }

    get doors() {
        return withStates(this.state.plan.doors, this.state.states);
    }

    get legend() {
        return counted(this.doors);
    }

    get alarms() {
        return alarmsOf(this.doors);
    }

    /** The word for a state. */
    word({ key }) {
        return {
            forced: _t("Forced"),
            held_open: _t("Held open"),
            unconfirmed: _t("Lockdown not confirmed"),
            locked_down: _t("Locked down"),
            offline: _t("Offline"),
            unknown: _t("Unknown"),
            open: _t("Open"),
            free: _t("Open to all"),
            locked: _t("Locked for everybody"),
            closed: _t("Closed"),
            ready: _t("In service, no contact"),
        }[key];
    }

    get chosen() {
        return this.doors.find((door) => door.id === this.state.chosen);
    }

    when(ms) {
        return ms ? formatDateTime(DateTime.fromMillis(ms)) : _t("never");
    }

    // -- zoom and move ---------------------------------------------------------------

    fit() {
        const [frame, picture] = [this.frame.el, this.picture.el];
        if (frame && picture && picture.naturalWidth) {
            const natural = { width: picture.naturalWidth, height: picture.naturalHeight };
            this.state.size = fitted(natural, this.room);
            this.look(this.state.view);
        }
    }

    get room() {
        return { width: this.frame.el.clientWidth, height: this.frame.el.clientHeight };
    }

    look(view) {
        this.state.view = bounded(view, this.state.size, this.room);
    }

    zoom(factor, point) {
        const { width, height } = this.room;
        const at = point || { x: width / 2, y: height / 2 };
        this.look(zoomedAt(this.state.view, factor, at));
    }

    whole() {
        this.look({ zoom: 1, x: 0, y: 0 });
    }

    get stageStyle() {
        const { size, view } = this.state;
        return (
            `width: ${size.width}px; height: ${size.height}px;` +
            ` transform: translate(${view.x}px, ${view.y}px) scale(${view.zoom});` +
            ` --zoom: ${view.zoom}; visibility: ${size.width ? "visible" : "hidden"};`
        );
    }

    /** A point of the frame. */
    at(event) {
        const box = this.frame.el.getBoundingClientRect();
        return { x: event.clientX - box.left, y: event.clientY - box.top };
    }

    onWheel(event) {
        this.zoom(event.deltaY < 0 ? STEP : 1 / STEP, this.at(event));
    }

    onDown(event) {
        if (event.button) {
            return;
        }
        this.fingers.down(event.pointerId, this.at(event));
        const door = Number(event.target.closest("[data-door]")?.dataset.door || 0);
        this.held = door ? { door, spot: null } : null;
        this.frame.el.setPointerCapture(event.pointerId);
    }

    onMove(event) {
        const moved = this.fingers.move(event.pointerId, this.at(event));
        if (!moved) {
            return;
        }
        if (this.held && this.state.isEditing && this.fingers.most === 1) {
            if (this.fingers.hasMoved) {
                this.held.spot = this.permille(event);
                Object.assign(this.doorOf(this.held.door), this.held.spot);
            }
            return;
        }
        const view = this.state.view;
        const shifted = { ...view, x: view.x + moved.dx, y: view.y + moved.dy };
        this.look(zoomedAt(shifted, moved.factor, moved.center));
    }

    async onUp(event) {
        const held = this.held;
        const hasPressed = this.fingers.up(event.pointerId);
        this.held = null;
        if (held && held.spot) {
            await this.place(held.door, held.spot);
        } else if (hasPressed) {
            this.choose(held ? held.door : 0);
        }
    }

    onCancel(event) {
        this.fingers.up(event.pointerId);
        this.held = null;
    }

    permille(event) {
        const box = this.picture.el.getBoundingClientRect();
        return toPermille({ x: event.clientX, y: event.clientY }, box);
    }

    // -- doors -----------------------------------------------------------------------

    doorOf(id) {
        return this.state.plan.doors.find((door) => door.id === id);
    }

    choose(id) {
        this.state.chosen = id;
    }

    /** A press by key: pointers are heard by the frame. */
    onKey(event, door) {
        const step = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] };
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            this.choose(door.id);
        } else if (this.state.isEditing && step[event.key]) {
            event.preventDefault();
            const [dx, dy] = step[event.key];
            const spot = {
                x: clamp(door.x + dx, 0, PERMILLE),
                y: clamp(door.y + dy, 0, PERMILLE),
            };
            Object.assign(this.doorOf(door.id), spot);
            this.place(door.id, spot);
        }
    }

    edit() {
        this.state.isEditing = !this.state.isEditing;
        this.state.chosen = 0;
    }

    async place(doorId, { x, y }) {
        const plan = this.state.plan;
        try {
            await this.orm.call("campus.floor.plan", "place_door", [[plan.id], doorId, x, y]);
        } catch (error) {
            // shown where it is kept, not where it was dropped
            await this.open(plan.id);
            throw error;
        }
    }

    /** Put a door that is not on the plan yet where the eye is: in the middle of what is seen. */
    async add(door) {
        const box = this.picture.el.getBoundingClientRect();
        const frame = this.frame.el.getBoundingClientRect();
        const middle = { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 };
        await this.place(door.id, toPermille(middle, box));
        await this.open(this.state.plan.id);
        this.choose(door.id);
    }

    async takeOff(door) {
        await this.orm.call("campus.floor.plan", "take_off_door", [[this.state.plan.id], door.id]);
        await this.open(this.state.plan.id);
    }

    // -- where one goes from here ----------------------------------------------------

    showPassages(door) {
        return this.action.doAction("campus_access.campus_passage_action", {
            additionalContext: { search_default_door_id: door.id },
        });
    }

    showWhy(door) {
        return this.action.doAction("campus_access.campus_door_why_action", {
            additionalContext: { active_id: door.id, default_door_id: door.id },
        });
    }

    lockDown(door) {
        return this.action.doAction("campus_access.campus_lockdown_raise_action", {
            additionalContext: { default_zone_id: door.zone },
            onClose: () => this.ask(),
        });
    }

    showDoor(door) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "campus.door",
            res_id: door.id,
            views: [[false, "form"]],
        });
    }

    setUp() {
        return this.action.doAction("campus_access.campus_floor_plan_action");
    }
}

registry.category("actions").add("campus_access.floor_plan", CampusFloorPlan);
