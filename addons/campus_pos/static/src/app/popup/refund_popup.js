import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { toMajor, toMinor } from "../card/money";
import { sentenceOf } from "../card/sentence_of";
import { HolderSheet, MoneySheet } from "./sheet";

/** Who gets how much back. The money moves when the refund is stored on the server. */
export class RefundPopup extends Component {
    static template = "campus_pos.RefundPopup";
    static components = { Dialog, HolderSheet, MoneySheet };
    static props = {
        answer: Object,
        amountMinor: Number,
        format: Function,
        confirm: Function,
        takePart: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ busy: false });
    }

    confirm() {
        this.state.busy = true;
        this.props.confirm();
        this.props.close();
    }
}

/** Quote a refund line and ask. Resolves to true when the cashier agrees. */
export async function showRefundPopup(terminal, line) {
    const order = line.pos_order_id;
    const original = order.lines.find((orderLine) => orderLine.refunded_orderline_id)
        ?.refunded_orderline_id.order_id;
    const { dialog } = terminal.env.services;
    const alert = (body) => dialog.add(AlertDialog, { title: _t("Campus Card"), body });
    if (typeof original?.id !== "number") {
        alert(_t("A card gets money back only for an order that it paid. Refund that order."));
        return false;
    }
    line.setPaymentStatus("waiting");
    let agreed = null;
    while (agreed === null) {
        const amountMinor = -toMinor(line.amount);
        let answer;
        try {
            answer = await terminal.client.quoteRefund(line.uuid, amountMinor, original.id);
        } catch (error) {
            alert(
                sentenceOf(
                    error,
                    _t("The server cannot be reached. Refund in another way, or try again.")
                )
            );
            return false;
        }
        agreed = await askRefund(dialog, terminal, line, answer, amountMinor);
    }
    if (agreed) {
        line.update({ transaction_id: line.uuid });
    }
    return agreed;
}

/** Resolves to true, false, or null when the amount was changed and has to be quoted again. */
function askRefund(dialog, terminal, line, answer, amountMinor) {
    return new Promise((resolve) => {
        dialog.add(
            RefundPopup,
            {
                answer,
                amountMinor,
                format: (minor) => terminal.format(minor),
                confirm: () => resolve(true),
                takePart: () => {
                    line.setAmount(-toMajor(answer.left_minor));
                    resolve(null);
                },
            },
            { onClose: () => resolve(false) }
        );
    });
}
