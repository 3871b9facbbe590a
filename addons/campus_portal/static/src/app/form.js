/** Forms of the app: pressing a button several times sends one request. */

export function watchForms() {
    for (const form of document.querySelectorAll("form[method=post]")) {
        form.addEventListener("submit", (event) => {
            if (form.dataset.sent) {
                event.preventDefault();
                return;
            }
            form.dataset.sent = "1";
            for (const button of form.querySelectorAll("button:not([name])")) {
                button.disabled = true;
            }
        });
    }
    // After going back to the page the form may be sent again.
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-sent]")) {
            delete form.dataset.sent;
            form.querySelectorAll("button").forEach((button) => (button.disabled = false));
        }
    });
}

/** POST `values` with the page's token; the JSON answer, or `{code}` of what went wrong. */
export async function post(url, values, token) {
    const body = new URLSearchParams({ ...values, csrf_token: token });
    try {
        const answer = await fetch(url, { method: "POST", body });
        if (answer.redirected) {
            return { code: "logged_out" };
        }
        const type = answer.headers.get("Content-Type") || "";
        return type.includes("json") ? await answer.json() : { code: "failed" };
    } catch {
        return { code: "offline" };
    }
}
