/** Key of the payment terminal, and type of the barcode rules that read cards. */
export const TERMINAL = "campus_card";

/** Statuses of a payment line whose end is not known yet. */
export const PENDING_STATUSES = ["waiting", "waitingCard", "waitingCancel", "timeout"];

/** How long the server may take to answer before the till asks what became of the payment. */
export const ANSWER_DEADLINE_MS = 8000;
export const ENQUIRY_INTERVAL_MS = 2000;
export const RELEASE_INTERVAL_MS = 15000;
/** A request that has not reached the server by then never will. */
export const RELEASE_GIVE_UP_MS = 10 * 60 * 1000;

/** If the same card is read within this time after it paid, it was held too long. */
export const REPEATED_TAP_MS = 3000;
/** A tap on the open order waits this long for the payment screen to come up. */
export const EARLY_TAP_MS = 5000;
export const PAID_SHOWN_MS = 2200;

/** Pause before a hardware proxy that gave no answer is asked again. */
export const PROXY_PAUSE_MS = 1000;
/** A request without an answer after this time was lost: no proxy waits longer. */
export const PROXY_PATIENCE_MS = 70000;
