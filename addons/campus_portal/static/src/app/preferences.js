/** What a person chooses for this device: the size of letters. */

const YEAR_S = 365 * 24 * 3600;

function remember(name, value) {
    document.cookie = `${name}=${value}; path=/my; max-age=${YEAR_S}; samesite=lax`;
}

function isLarge() {
    return document.cookie.split("; ").includes("campus_type=large");
}

export function watchPreferences() {
    // A stored page may be older than the choice.
    document.documentElement.classList.toggle("large", isLarge());
    const box = document.getElementById("large-type");
    if (!box) {
        return;
    }
    box.checked = isLarge();
    box.addEventListener("change", () => {
        remember("campus_type", box.checked ? "large" : "normal");
        document.documentElement.classList.toggle("large", box.checked);
    });
}
