import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { OpenPaymentsDialog } from "./open_payments_dialog";

/**
 * Have the cashier charge or release each card payment that has no order. Resolves to
 * `none` when nothing is open any more, `charged` when orders were made, `open` else.
 */
export async function settleOpenPayments(pos) {
    const call = (method, ...args) =>
        pos.data.call("pos.session", method, [[pos.session.id], ...args]);
    const payments = await call("campus_card_open_payments");
    if (!payments.length) {
        return "none";
    }
    const end = await makeAwaitable(pos.dialog, OpenPaymentsDialog, {
        payments,
        settle: (payment, charge) => call("campus_card_settle_payment", payment.uuid, charge),
    });
    if (!end) {
        return "open";
    }
    return end.charged ? "charged" : "none";
}
