/* global posmodel */
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import { run, scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";

// Tours are loaded in the backend too, where the till's own modules are not.
function noAnswer(question) {
    const { NoAnswerError } = odoo.loader.modules.get("@campus_pos/app/card/till_client");
    return new NoAnswerError(question);
}

export const LIN_UID = "04A1B2C3";
export const WANG_UID = "04D4E5F6";

// After a reload the whole page has to load again.
export const BOOT_TIMEOUT_MS = 45000;

export function start() {
    const boot = Chrome.startPoS().map((step) => ({ timeout: BOOT_TIMEOUT_MS, ...step }));
    return [boot, Dialog.confirm("Open Register")].flat();
}

export function order(product, quantity, price) {
    return [
        ProductScreen.addOrderline(product, quantity, price),
        ProductScreen.clickPayButton(),
    ].flat();
}

export function waitForCard() {
    return [
        PaymentScreen.clickPaymentMethod("Campus Card"),
        { content: "the popup waits for a card", trigger: ".campus-pop .campus-waiting" },
    ].flat();
}

export function tap(uid) {
    return scan_barcode(uid);
}

/** In one step: what is paid shows for a moment only. */
export function isPaid(name, amount, balance) {
    return [
        {
            content: `${name} has paid ${amount}, ${balance} is left`,
            timeout: BOOT_TIMEOUT_MS,
            trigger: `.campus-paid:has(.campus-who:contains(${name})):has(.campus-amount:contains(${amount})):has(.campus-balance strong:contains(${balance}))`,
        },
    ];
}

export function isRefused(reason) {
    return [
        {
            content: `refused: ${reason}`,
            trigger: `.campus-refused .campus-bad:contains(${reason})`,
        },
    ];
}

export function cancel() {
    return [
        { content: "cancel", trigger: ".campus-pop .campus-cancel", run: "click" },
        { content: "the popup is gone", trigger: "body:not(:has(.modal .campus-pop))" },
    ];
}

export function isNextCustomer() {
    return [
        {
            content: "an empty order of the next customer is open",
            trigger: ".product-screen:not(:has(.orderline))",
        },
    ];
}

/** The server gets the questions; its answers do not come back. */
export function loseAnswers() {
    return [
        run(() => {
            const { client } = posmodel.campusCardMethod.payment_terminal;
            const authorise = client.authorise.bind(client);
            client.authorise = async (...args) => {
                await authorise(...args);
                throw noAnswer("authorise");
            };
            client.status = async () => {
                throw noAnswer("status");
            };
        }, "lose the server's answers"),
    ];
}

export function findAnswers() {
    return [
        run(() => {
            const { client } = posmodel.campusCardMethod.payment_terminal;
            delete client.authorise;
            delete client.status;
        }, "the server can be heard again"),
    ];
}
