import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const DAYS_OF_A_WEEK = 7;

/** The days of some weeks, each with the times at which a schedule holds. */
export class SchedulePreview extends Component {
    static template = "campus_access.SchedulePreview";
    static props = { ...standardFieldProps };

    get weeks() {
        const days = (this.props.record.data[this.props.name] || []).map((day) => this.shown(day));
        const weeks = [];
        for (let start = 0; start < days.length; start += DAYS_OF_A_WEEK) {
            const row = days.slice(start, start + DAYS_OF_A_WEEK);
            const week = row.map((day) => day.week).find(Boolean);
            weeks.push({ key: row[0].day, label: week ? _t("Week %s", week) : "", days: row });
        }
        return weeks;
    }

    get weekdays() {
        const first = this.weeks[0];
        return first ? first.days.map((day) => day.date.toFormat("ccc")) : [];
    }

    shown(day) {
        const date = deserializeDate(day.day);
        const like = day.follows && deserializeDate(day.follows);
        return {
            ...day,
            date,
            number: date.toFormat("L/d"),
            note: day.is_holiday ? _t("Holiday") : like ? _t("as on %s", formatDate(like)) : "",
        };
    }
}

registry.category("fields").add("campus_schedule_preview", {
    component: SchedulePreview,
    supportedTypes: ["json"],
});
