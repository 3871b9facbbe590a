import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { PlanPicture } from "./plan_picture";
import { alarmsOf, counted, withStates } from "./plan_states";

const CHANNEL = "campus_doors";
const KEPT = "campus_floor_plan";
/** States are asked for again after so long, and so long after something has happened. */
const ASK_MS = 15000;
const NEWS_MS = 1000;
/** A door blinks so long after somebody was let through or refused. */
const BLINK_MS = 1500;
const MIDDLE = { x: 500, y: 500 };

const { DateTime } = luxon;

/** A plan with its doors: what happens at them now, and, for managers, where they are. */
export class CampusFloorPlan extends Component {
    static template = "campus_access.FloorPlan";
    static components = { Layout, PlanPicture };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.state = useState({
            plans: [],
            plan: null,
            may: {},
            states: {},
            blinks: {},
            chosen: 0,
            isEditing: false,
            isOld: false,
        });
        this.onPush = (message) => this.heard(message);
        useSetupAction({ getLocalState: () => ({ planId: this.state.plan?.id }) });
        onWillStart(() => this.open(this.firstPlan));
        onMounted(() => this.begin());
        onWillUnmount(() => this.end());
    }

    get firstPlan() {
        const { action, state } = this.props;
        const kept = Number(browser.localStorage.getItem(KEPT));
        return state?.planId || action.context?.plan_id || kept || false;
    }

    begin() {
        this.watching = this.state.may.watch;
        if (this.watching) {
            this.bus.addChannel(CHANNEL);
            this.bus.subscribe(CHANNEL, this.onPush);
        }
        this.asking = browser.setInterval(() => this.ask(), ASK_MS);
        this.note();
    }

    end() {
        if (this.watching) {
            this.bus.unsubscribe(CHANNEL, this.onPush);
            this.bus.deleteChannel(CHANNEL);
        }
        browser.clearInterval(this.asking);
        browser.clearTimeout(this.news);
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
        await this.open(planId);
        this.note();
    }

    /** The same plan is shown the next time. */
    note() {
        if (this.state.plan) {
            browser.localStorage.setItem(KEPT, this.state.plan.id);
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
            if (!(error instanceof ConnectionLostError)) {
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
            open: _t("Open now"),
            free: _t("Open to all"),
            locked: _t("Locked for everybody"),
            closed: _t("Closed now"),
            ready: _t("In service, no contact"),
        }[key];
    }

    get chosen() {
        return this.doors.find((door) => door.id === this.state.chosen);
    }

    when(ms) {
        return ms ? formatDateTime(DateTime.fromMillis(ms)) : _t("never");
    }

    // -- doors -----------------------------------------------------------------------

    choose(id) {
        this.state.chosen = id;
    }

    edit() {
        this.state.isEditing = !this.state.isEditing;
        this.state.chosen = 0;
    }

    /** Keep where a door was put. */
    async place(doorId, { x, y }) {
        const plan = this.state.plan;
        Object.assign(plan.doors.find((door) => door.id === doorId) || {}, { x, y });
        try {
            await this.orm.call("campus.floor.plan", "place_door", [[plan.id], doorId, x, y]);
        } catch (error) {
            // shown where it is kept, not where it was dropped
            await this.open(plan.id);
            throw error;
        }
    }

    async add(door) {
        await this.place(door.id, MIDDLE);
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
