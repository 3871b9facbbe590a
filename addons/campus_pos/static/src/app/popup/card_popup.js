import {
    Component,
    onMounted,
    reactive,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { PIN_CODES } from "../card/card_payment";
import { toMajor } from "../card/money";
import { availableMinor, nextStep, partialMinor } from "./refusals";
import { HolderSheet, MoneySheet } from "./sheet";

/** Waiting for the card, asking the server, and its refusal; what is paid shows elsewhere. */
export class CardPopup extends Component {
    static template = "campus_pos.CardPopup";
    static components = { Dialog, HolderSheet, MoneySheet };
    static props = {
        state: Object,
        acceptsNumbers: Boolean,
        takesEmergency: Boolean,
        format: Function,
        tap: Function,
        enterPin: Function,
        cancel: Function,
        takePart: Function,
        close: Function,
    };

    setup() {
        this.state = useState(this.props.state);
        this.typed = useState({ shown: false, text: "" });
        this.emergency = useState({ shown: false, number: "", code: "" });
        this.input = useRef("input");
        this.emergencyInput = useRef("emergencyInput");
        this.pin = useState({ text: "" });
        this.pinInput = useRef("pin");
        useEffect(
            (asked) => {
                this.pin.text = "";
                if (asked) {
                    this.pinInput.el?.focus();
                }
            },
            () => [this.asksPin, this.answer]
        );
        this.env.dialogData.dismiss = () => this.props.cancel();
        useExternalListener(window, "keydown", (ev) => {
            if (ev.key === "F2") {
                ev.preventDefault();
                this.toggleTyping();
            } else if (ev.key === "F4") {
                ev.preventDefault();
                this.toggleEmergency();
            }
        });
        onMounted(() => document.activeElement?.blur?.());
    }

    get isWaiting() {
        return this.state.phase === "waiting";
    }

    get isRefused() {
        return this.state.phase === "refused";
    }

    get answer() {
        return this.state.answer;
    }

    get asksPin() {
        return this.isRefused && PIN_CODES.includes(this.answer?.code);
    }

    submitPin() {
        const pin = this.pin.text;
        this.pin.text = "";
        if (pin) {
            this.props.enterPin(pin);
        }
    }

    get reason() {
        return this.answer ? this.answer.message : this.state.error;
    }

    get nextStep() {
        return nextStep(this.answer);
    }

    get availableMinor() {
        return availableMinor(this.answer);
    }

    get partialMinor() {
        const minor = partialMinor(this.answer);
        return minor < this.state.amountMinor ? minor : 0;
    }

    toggleTyping() {
        if (!this.props.acceptsNumbers || !(this.isWaiting || this.isRefused)) {
            return;
        }
        this.emergency.shown = false;
        this.typed.shown = !this.typed.shown;
        this.typed.text = "";
        if (this.typed.shown) {
            setTimeout(() => this.input.el?.focus());
        }
    }

    submit() {
        const text = this.typed.text.trim();
        if (text) {
            this.typed.shown = false;
            this.props.tap(text);
        }
    }

    // -- the emergency code ----------------------------------

    toggleEmergency() {
        if (!this.props.takesEmergency || !(this.isWaiting || this.isRefused)) {
            return;
        }
        this.typed.shown = false;
        Object.assign(this.emergency, { shown: !this.emergency.shown, number: "", code: "" });
        if (this.emergency.shown) {
            setTimeout(() => this.emergencyInput.el?.focus());
        }
    }

    submitEmergency() {
        const number = this.emergency.number.trim();
        const code = this.emergency.code.trim();
        if (number && code) {
            this.emergency.shown = false;
            this.props.tap(`emergency:${number}#${code}`);
        }
    }
}

/**
 * Show the popup for a payment. Resolves when it is over: `paid`, `cancelled`, or
 * `uncertain` when it was cancelled while the server could not be asked.
 */
export function showCardPopup(terminal, payment, line) {
    const { dialog, barcode_reader: reader } = terminal.env.services;
    const state = reactive({});
    return new Promise((resolve) => {
        const end = (result) => {
            stopListening?.();
            resolve(result);
            // Closing calls back: by now the end is known.
            close();
        };
        const cancel = async () => {
            const certain = await payment.cancel();
            if (payment.phase === "cancelled") {
                end(certain ? "cancelled" : "uncertain");
            }
        };
        payment.onPhase = ({ phase, answer, error, amountMinor }) => {
            Object.assign(state, { phase, answer, error, amountMinor });
            if (phase === "paid") {
                end("paid");
            } else if (phase === "refused") {
                terminal.env.services["mail.sound_effects"].play("error");
            }
        };
        payment.onPhase(payment);
        const stopListening = reader?.listenRaw((code) => void payment.tap(code));
        const close = dialog.add(
            CardPopup,
            {
                state,
                cancel,
                acceptsNumbers: Boolean(terminal.pos.config.campus_accept_numbers),
                takesEmergency: Boolean(terminal.pos.config.campus_takes_emergency),
                format: (minor) => terminal.format(minor),
                tap: (code) => payment.tap(code),
                enterPin: (pin) => payment.enterPin(pin),
                takePart: (minor) => {
                    line.setAmount(toMajor(minor));
                    payment.amountMinor = minor;
                    payment.tap(payment.credential);
                },
            },
            {
                onClose: () => {
                    // Something else closed it, such as the login screen.
                    if (!["paid", "cancelled"].includes(payment.phase)) {
                        cancel();
                    }
                },
            }
        );
    });
}
