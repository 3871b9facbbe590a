/** The card in the phone: starts the scripts that the page needs. All texts come from the page. */
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

/** At logout the person's stored data is deleted. The key of the phone stays and works after the next login. */
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
