/** The card in the phone: starts what the page at hand needs. Words are the page's own. */
import { showAges, showTimes } from "./age.js";
import { startCode } from "./code_view.js";
import { watchConnection } from "./connection.js";
import { watchForms } from "./form.js";
import { keepLive } from "./live.js";
import { watchPreferences } from "./preferences.js";

const WORKER = document.body.dataset.worker;

async function startWorker() {
    if ("serviceWorker" in navigator) {
        await navigator.serviceWorker.register(WORKER, { scope: "/my" });
    }
}

/** What was kept about a person goes with them; the key of the phone stays behind their login. */
function watchLogout() {
    const link = document.getElementById("logout");
    link?.addEventListener("click", async (event) => {
        event.preventDefault();
        const names = await caches.keys();
        await Promise.all(
            names.filter((name) => name.startsWith("campus-own")).map((name) => caches.delete(name))
        );
        window.location.assign(link.href);
    });
}

watchConnection();
showTimes(document);
showAges();
watchPreferences();
watchForms();
watchLogout();
startCode(document.getElementById("code"));
keepLive();
startWorker();
