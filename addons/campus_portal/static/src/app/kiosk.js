/** The machine in the lobby: takes its key, listens to the reader, prints, wipes. */
import { showTimes } from "./age.js";

/** An open form is as private as a card. */
const IDLE_MS = 45_000;

const opening = document.getElementById("kiosk-open");
const key = window.location.hash.slice(1);
if (opening && key) {
    // Out of the address before anything else sees it.
    window.history.replaceState(null, "", window.location.pathname);
    opening.elements.key.value = key;
    opening.submit();
}

const reader = document.getElementById("kiosk-credential");
if (reader) {
    reader.focus();
    // What a reader types goes to the field of the card unless somebody fills in a form.
    document.addEventListener("keydown", (event) => {
        if (!event.target.closest("input, summary, button")) {
            reader.focus();
        }
    });
    let idle;
    const rest = () => {
        clearTimeout(idle);
        idle = setTimeout(() => {
            document.querySelectorAll("form").forEach((form) => form.reset());
            document.querySelectorAll("details").forEach((details) => (details.open = false));
            reader.focus();
        }, IDLE_MS);
    };
    document.addEventListener("input", rest);
}

document.getElementById("kiosk-print")?.addEventListener("click", () => window.print());
showTimes(document);
