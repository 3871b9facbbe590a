import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Layout } from "@web/search/layout";
import { FACES_MAX, LiveRows } from "./live_rows";

const CHANNEL = "campus_doors";

/** What happens at the doors, as it happens: alarms first, then passages with faces. */
export class CampusLive extends Component {
    static template = "campus_access.Live";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.state = useState({
            reason: "",
            isOn: false,
            rows: [],
            alarms: [],
            faces: {},
            filter: "all",
        });
        this.list = new LiveRows((fresh) => this.changed(fresh));
        this.onPush = ({ rows }) => this.list.take(rows);
        onWillUnmount(() => this.stop());
    }

    get reasons() {
        return [
            _t("Duty at the gate"),
            _t("Duty in the dormitory"),
            _t("Duty in the control room"),
        ];
    }

    async start(reason) {
        const started = await this.orm.call("campus.passage", "live_start", [reason]);
        Object.assign(this, { look: started.look, doors: started.doors, words: started.words });
        this.bus.addChannel(CHANNEL);
        this.bus.subscribe(CHANNEL, this.onPush);
        this.state.isOn = true;
        this.list.take(started.rows);
    }

    stop() {
        this.bus.unsubscribe(CHANNEL, this.onPush);
        this.bus.deleteChannel(CHANNEL);
    }

    changed(fresh) {
        this.state.rows = this.list.rows;
        this.state.alarms = this.list.alarms;
        this.askFaces(fresh);
    }

    /** Faces of the rows that are shown; of a rush only the newest are asked for. */
    async askFaces(fresh) {
        const ids = fresh.filter((row) => row.person).map((row) => row.id);
        if (ids.length) {
            const shown = ids.slice(0, FACES_MAX);
            const faces = await this.orm.silent.call("campus.passage", "live_faces", [
                this.look,
                shown,
            ]);
            const kept = Object.fromEntries(
                this.list.rows
                    .filter((row) => this.state.faces[row.id])
                    .map((row) => [row.id, this.state.faces[row.id]])
            );
            this.state.faces = { ...kept, ...faces };
        }
    }

    get rows() {
        const isShown = {
            all: () => true,
            refused: (row) => row.outcome === "refused",
            alarms: (row) => row.alarm,
        }[this.state.filter];
        return this.state.rows.filter(isShown);
    }

    /** What a row says, in words. */
    what(row) {
        if (row.outcome === "granted") {
            return _t("Granted");
        }
        return row.codes.map((code) => this.words[code] || code).join(" ");
    }

    place(row) {
        return this.doors[row.door] || _t("Unknown door");
    }

    side(row) {
        return { in: _t("in"), out: _t("out") }[row.side] || "";
    }

    time(row) {
        const moment = deserializeDateTime(row.at.replace("T", " ").slice(0, 19));
        return formatDateTime(moment, { format: "HH:mm:ss" });
    }

    name(row) {
        return this.state.faces[row.id] ? this.state.faces[row.id][0] : "";
    }

    photo(row) {
        return this.state.faces[row.id] ? this.state.faces[row.id][1] : "";
    }

    open(action) {
        this.action.doAction(`campus_access.${action}`);
    }
}

registry.category("actions").add("campus_access.live", CampusLive);
