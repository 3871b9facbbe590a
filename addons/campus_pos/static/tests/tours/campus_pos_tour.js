/* global posmodel */
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import { refresh, run } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";
import * as Till from "./campus_pos_util";

const tours = registry.category("web_tour.tours");

tours.add("campus_pos_sale", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.tap(Till.LIN_UID),
            Till.isPaid("Lin Xiaoyu", "12.50", "37.50"),
            Till.isNextCustomer(),
            // One tap on the open order pays it.
            ProductScreen.addOrderline("Campus Lunch", "2"),
            Till.tap("3283263748"),
            Till.isPaid("Lin Xiaoyu", "25.00", "12.50"),
            Till.isNextCustomer(),
            // A card held too long is not a second payment.
            ProductScreen.addOrderline("Campus Lunch"),
            run(() => {
                posmodel.campusCardMethod.payment_terminal.lastPaid.at = Date.now();
            }, "the card lies on the reader"),
            Till.tap("3283263748"),
            run(() => {
                if (posmodel.campusCardMethod.payment_terminal.payment) {
                    throw new Error("a card that lies on the reader pays twice");
                }
            }, "the repeated tap is ignored"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_refused", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.tap("DEADBEEF"),
            Till.isRefused("not known"),
            Till.tap("04F0F0F0"),
            Till.isRefused("frozen"),
            Till.tap(Till.WANG_UID),
            Till.isRefused("6.30 missing"),
            { content: "take what is there", trigger: ".campus-part", run: "click" },
            Till.isPaid("Wang Haoran", "6.20", "0.00"),
            PaymentScreen.remainingIs("6.30"),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            ReceiptScreen.clickNextOrder(),
            // Cancelled, then paid in cash.
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.cancel(),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_pin", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.tap(Till.LIN_UID),
            Till.isRefused("The PIN is needed"),
            { content: "a wrong PIN", trigger: ".campus-pin input", run: "edit 1357" },
            { content: "sent", trigger: ".campus-pin button", run: "click" },
            Till.isRefused("Tries left: 4"),
            { content: "the right PIN", trigger: ".campus-pin input", run: "edit 2580" },
            { content: "sent again", trigger: ".campus-pin button", run: "click" },
            Till.isPaid("Lin Xiaoyu", "12.50", "37.50"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_double_tap", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            run(() => {
                const { payment } = posmodel.campusCardMethod.payment_terminal;
                payment.tap("04A1B2C3");
                payment.tap("04A1B2C3");
                payment.tap("04D4E5F6");
            }, "three taps at once"),
            Till.isPaid("Lin Xiaoyu", "12.50", "37.50"),
            Till.isNextCustomer(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_lost_answer", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.loseAnswers(),
            Till.tap(Till.LIN_UID),
            { content: "not known yet", trigger: ".campus-unknown .campus-warn" },
            Till.findAnswers(),
            Till.isPaid("Lin Xiaoyu", "12.50", "37.50"),
            Till.isNextCustomer(),
            // Cancelled in the dark: what was set aside is given back.
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.loseAnswers(),
            Till.tap(Till.WANG_UID),
            { content: "not known yet", trigger: ".campus-unknown .campus-warn" },
            Till.cancel(),
            Till.findAnswers(),
            { content: "the line is gone", trigger: ".payment-screen:not(:has(.paymentline))" },
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_reload", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.loseAnswers(),
            Till.tap(Till.LIN_UID),
            { content: "not known yet", trigger: ".campus-unknown .campus-warn" },
            refresh(),
            Till.isPaid("Lin Xiaoyu", "12.50", "37.50"),
            Till.isNextCustomer(),
            // Reloaded before the card: the till waits again.
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            refresh(),
            {
                content: "the popup waits again",
                trigger: ".campus-pop .campus-waiting",
                timeout: Till.BOOT_TIMEOUT_MS,
            },
            Till.tap(Till.LIN_UID),
            Till.isPaid("Lin Xiaoyu", "12.50", "25.00"),
            Till.isNextCustomer(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_reversal", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            Till.tap(Till.WANG_UID),
            Till.isRefused("6.30 missing"),
            { content: "take what is there", trigger: ".campus-part", run: "click" },
            Till.isPaid("Wang Haoran", "6.20", "0.00"),
            {
                content: "take it back before the order is stored",
                trigger: ".paymentlines .send_payment_reversal",
                run: "click",
            },
            { content: "reversed", trigger: ".electronic_status:contains(Payment reversed)" },
            PaymentScreen.remainingIs("12.50"),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_offline", {
    steps: () =>
        [
            Till.start(),
            Till.order("Campus Lunch"),
            Till.waitForCard(),
            OfflineUtil.setOfflineMode(),
            run(() => {
                posmodel.data.network.offline = true;
            }, "the till has noticed"),
            Till.tap(Till.LIN_UID),
            Till.isRefused("cannot be reached"),
            Till.cancel(),
            OfflineUtil.setOnlineMode(),
            run(() => {
                posmodel.data.network.offline = false;
            }, "the till has noticed that too"),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_closing", {
    steps: () =>
        [
            Till.start(),
            ProductScreen.addOrderline("Campus Lunch"),
            Till.tap(Till.LIN_UID),
            Till.isPaid("Lin Xiaoyu", "12.50", "20.00"),
            Till.isNextCustomer(),
            Chrome.clickMenuOption("Close Register"),
            {
                content: "both open payments are listed",
                trigger:
                    ".campus-open-payments:has(.list-group-item:contains(Lin Xiaoyu):contains(17.50)):has(.list-group-item:contains(Wang Haoran):contains(6.20))",
            },
            {
                content: "not before all are settled",
                trigger: ".campus-open-payments .campus-finish:disabled",
            },
            {
                content: "charge Lin",
                trigger: ".list-group-item:contains(Lin Xiaoyu) .campus-charge",
                run: "click",
            },
            {
                content: "charged",
                trigger: ".list-group-item:contains(Lin Xiaoyu) .text-bg-success",
            },
            {
                content: "release Wang",
                trigger: ".list-group-item:contains(Wang Haoran) .campus-release",
                run: "click",
            },
            { content: "go on", trigger: ".campus-finish:enabled", run: "click" },
            {
                content: "nobody counts cards, and what was charged is in the sum",
                trigger:
                    ".close-pos-popup .payment-methods-overview:contains(30.00):not(:contains(Campus Card Count))",
            },
            {
                content: "close",
                trigger: ".close-pos-popup .modal-footer .btn-primary:contains(Close Register)",
                run: "click",
                expectUnloadPage: true,
            },
            {
                content: "closed",
                trigger: "body:not(:has(.close-pos-popup))",
            },
        ].flat(),
});
