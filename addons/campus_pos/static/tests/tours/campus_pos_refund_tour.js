import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Numpad from "@point_of_sale/../tests/generic_helpers/numpad_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import { registry } from "@web/core/registry";
import * as Till from "./campus_pos_util";

const tours = registry.category("web_tour.tours");

function bringBack(quantity) {
    return [
        Chrome.clickOrders(),
        TicketScreen.selectFilter("Paid"),
        TicketScreen.selectOrder("001"),
        Numpad.click(quantity),
        TicketScreen.confirmRefund(),
        PaymentScreen.isShown(),
    ].flat();
}

function refund(quantity) {
    return [
        bringBack(quantity),
        PaymentScreen.clickPaymentMethod("Campus Card"),
        PaymentScreen.clickRefundButton(),
    ].flat();
}

tours.add("campus_pos_refund", {
    steps: () =>
        [
            Till.start(),
            ProductScreen.addOrderline("Campus Lunch", "2"),
            Till.tap(Till.LIN_UID),
            Till.isPaid("Lin Xiaoyu", "25.00", "25.00"),
            Till.isNextCustomer(),
            refund("1"),
            {
                content: "the refund is quoted",
                trigger:
                    ".campus-refund:has(.campus-who:contains(Lin Xiaoyu)) .campus-balance strong:contains(37.50)",
            },
            { content: "agree", trigger: ".campus-confirm", run: "click" },
            ReceiptScreen.isShown(),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_refund_in_cash", {
    steps: () =>
        [
            Till.start(),
            ProductScreen.addOrderline("Campus Lunch", "2"),
            Till.tap(Till.LIN_UID),
            Till.isPaid("Lin Xiaoyu", "25.00", "25.00"),
            Till.isNextCustomer(),
            bringBack("1"),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            {
                content: "the card gets it, not the drawer",
                trigger: ".modal:contains(12.50):contains(goes back to the card)",
            },
            Dialog.confirm(),
            PaymentScreen.clickPaymentlineDelButton("Cash", "-12.50"),
            PaymentScreen.clickPaymentMethod("Campus Card"),
            PaymentScreen.clickRefundButton(),
            { content: "agree", trigger: ".campus-confirm", run: "click" },
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("campus_pos_refund_by_manager", {
    steps: () =>
        [
            Till.start(),
            ProductScreen.addOrderline("Campus Lunch", "2"),
            Till.tap(Till.LIN_UID),
            Till.isPaid("Lin Xiaoyu", "25.00", "25.00"),
            Till.isNextCustomer(),
            bringBack("1"),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            {
                content: "no reason yet",
                trigger: ".modal:contains(was paid by card) textarea",
            },
            Dialog.confirm(),
            {
                content: "the till says that a reason is missing",
                trigger: ".modal:contains(Write a reason) .modal-footer button",
                run: "click",
            },
            PaymentScreen.clickValidate(),
            {
                content: "the reason",
                trigger:
                    ".modal:contains(12.50 was paid by card) input, .modal:contains(was paid by card) textarea",
                run: "edit The holder is leaving today",
            },
            Dialog.confirm(),
            ReceiptScreen.isShown(),
            Chrome.endTour(),
        ].flat(),
});
