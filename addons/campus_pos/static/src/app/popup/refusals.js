import { _t } from "@web/core/l10n/translation";

/** What the cashier can do next, by the server's reason. */
const NEXT_STEPS = {
    insufficient: _t("Take the rest another way, or top the card up first."),
    plan_not_usable: _t("Take the rest another way."),
    limit_purchase: _t("Take the rest another way."),
    limit_day: _t("Take the rest another way."),
    pin_needed: _t("The holder types the PIN."),
    pin_wrong: _t("The holder types the PIN again."),
    pin_locked: _t("Take the payment another way."),
    pin_not_set: _t("Take the rest another way."),
    unknown_card: _t("Hold the card still and try again, or ask for another card."),
    card_lost: _t("Keep the card and take the payment another way."),
    card_frozen: _t("Ask for another card, or take the payment another way."),
    code_stale: _t("Ask the customer to open the card again and scan the new code."),
    code_replayed: _t("Wait for the next code, ten seconds at most, and scan it."),
    code_forged: _t("Do not accept it. Ask for the card, or take the payment another way."),
    phone_revoked: _t("Ask for another card, or take the payment another way."),
    certificate_expired: _t("The customer's phone has to go online once. Ask for the card."),
    emergency_wrong: _t("Have number and code read out again. Five wrong tries lock the code."),
    emergency_locked: _t("It works again tomorrow. Take the payment another way."),
    emergency_used: _t("It works again tomorrow. Take the payment another way."),
    emergency_cap: _t("Take the rest another way, or ask for the card."),
    sun_forged: _t("Keep the card and take the payment another way."),
    sun_needed: _t("Ask for another card, or take the payment another way."),
    key_unknown: _t("Ask for another card, or take the payment another way."),
    limit_uid: _t("Take the payment another way."),
    card_expired: _t("Ask for another card, or take the payment another way."),
    card_replaced: _t("Ask for the new card, or take the payment another way."),
    card_returned: _t("Take the payment another way."),
    card_not_active: _t("The card office activates it. Take the payment another way."),
};

export function nextStep(answer) {
    return (
        NEXT_STEPS[answer?.code] || _t("Tap again, or take the payment another way.")
    ).toString();
}

/** Cents that the card could pay although it cannot pay all, 0 if none. */
export function partialMinor(answer) {
    const numbers = answer?.numbers || {};
    switch (answer?.code) {
        case "insufficient":
        case "plan_not_usable":
            return Math.max(numbers.available_minor || 0, 0);
        case "limit_purchase":
        case "limit_day":
        case "pin_needed":
            return Math.max(Math.min(numbers.left_minor || 0, answer.before_minor), 0);
        case "emergency_cap":
            // Nothing is known yet of who it is: only how much such a code pays at most.
            return numbers.limit_minor || 0;
        default:
            return 0;
    }
}

/** What can be spent here, where the reason is about money. */
export function availableMinor(answer) {
    const numbers = answer?.numbers || {};
    if ("available_minor" in numbers) {
        return numbers.available_minor;
    }
    return "left_minor" in numbers ? answer.before_minor : undefined;
}
