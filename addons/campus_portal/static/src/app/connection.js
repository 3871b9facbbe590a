/** Says when what is shown may have changed since: no network, or a page out of the phone's store. */

function keptMark() {
    return document.querySelector("meta[name=kept-at]");
}

export function showConnection() {
    document.getElementById("offline-bar").hidden = navigator.onLine && !keptMark();
}

/** The page shows the server's present data again. */
export function isFresh() {
    keptMark()?.remove();
    showConnection();
}

export function watchConnection() {
    window.addEventListener("online", showConnection);
    window.addEventListener("offline", showConnection);
    showConnection();
}
