import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The seven days of a week with their lessons; the arrows go to the week before and after. */
export class TimetableWeek extends Component {
    static template = "campus_timetable.Week";
    static props = { ...standardFieldProps };

    get days() {
        return (this.props.record.data[this.props.name] || []).map((day) => this.shown(day));
    }

    get title() {
        const week = this.days.map((day) => day.week).find(Boolean);
        return week ? _t("Week %s", week) : _t("Not in a term");
    }

    shown(day) {
        const date = deserializeDate(day.day);
        const like = day.follows && deserializeDate(day.follows);
        return {
            ...day,
            title: date.toFormat("ccc L/d"),
            note: day.is_holiday ? _t("Holiday") : like ? _t("as on %s", formatDate(like)) : "",
            lessons: day.lessons.map((lesson) => ({ ...lesson, note: this.note(lesson) })),
        };
    }

    note(lesson) {
        if (lesson.cancelled) {
            return _t("Cancelled");
        }
        if (lesson.extra) {
            return _t("Extra lesson");
        }
        return lesson.moved_from
            ? _t("Moved from %s", formatDate(deserializeDate(lesson.moved_from)))
            : "";
    }

    /** Show another week. */
    async turn(weeks) {
        const day = this.props.record.data.day;
        await this.props.record.update({
            day: deserializeDate(serializeDate(day)).plus({ weeks }),
        });
    }
}

registry.category("fields").add("campus_timetable_week", {
    component: TimetableWeek,
    supportedTypes: ["json"],
});
