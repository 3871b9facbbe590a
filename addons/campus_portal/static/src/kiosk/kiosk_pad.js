/** Keys on the screen, and forms that ask for one thing after the other. */

function write(field, key) {
    if (key === "back") {
        field.value = field.value.slice(0, -1);
    } else if (field.value.length < field.maxLength) {
        field.value += key;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
}

class Steps {
    constructor(form) {
        this.form = form;
        this.steps = [...form.querySelectorAll("[data-step]")];
        this.at = 0;
        for (const step of this.steps) {
            const field = step.querySelector("input");
            step.addEventListener("click", (event) => {
                const key = event.target.closest("[data-key]")?.dataset.key;
                if (key) {
                    write(field, key);
                }
            });
            field.addEventListener("input", () => this._weigh(step));
            this._weigh(step);
        }
        form.addEventListener("submit", (event) => this._submitted(event));
        this._show();
    }

    /** A step that is not complete cannot be left. */
    _weigh(step) {
        const field = step.querySelector("input");
        step.querySelector("[type=submit]").disabled =
            field.value.length < Number(field.dataset.min);
    }

    _submitted(event) {
        const step = this.steps[this.at];
        const isShort = step.querySelector("[type=submit]").disabled;
        if (isShort || this.at < this.steps.length - 1) {
            event.preventDefault();
        }
        if (!isShort && event.defaultPrevented) {
            this.at++;
            this._show();
        }
    }

    _show() {
        this.steps.forEach((step, index) => (step.hidden = index !== this.at));
        // No focus for a field that also waits for a reader: the text of the reader would go into it.
        if (!this.form.closest("[data-proof]")) {
            this.steps[this.at].querySelector("input").focus({ preventScroll: true });
        }
    }
}

export function setUpPads(root) {
    for (const form of root.querySelectorAll("form")) {
        if (form.querySelector("[data-step]")) {
            new Steps(form);
        }
    }
}
