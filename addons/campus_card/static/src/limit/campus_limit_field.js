import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** An amount of which 0 means that there is none: it says so instead of showing 0.00. */
export class CampusLimitField extends MonetaryField {
    static template = "campus_card.LimitField";
    static props = { ...MonetaryField.props, placeholder: { type: String, optional: true } };

    get placeholder() {
        return this.props.placeholder || _t("No limit");
    }

    get formattedValue() {
        if (this.props.record.data[this.props.name]) {
            return super.formattedValue;
        }
        return this.props.readonly ? this.placeholder : "";
    }
}

registry.category("fields").add("campus_limit", {
    ...monetaryField,
    component: CampusLimitField,
    extractProps: (info, dynamicInfo) => ({
        ...monetaryField.extractProps(info, dynamicInfo),
        placeholder: info.attrs.placeholder,
    }),
});
