/**
 * A reader that types what it reads and presses Enter.
 *
 * It is heard wherever the caret is: what comes as fast as no finger types belongs to the reader and
 * is taken out of a field again. Without a field under the caret anything typed is a reader's.
 */
const LETTERS_MIN = 4;
/** Longest pause between two letters, in a field and without one. */
const FIELD_GAP_MS = 80;
const GAP_MS = 1000;
const LETTERS_MAX = 512;

/** Call `onRead(text)` for each credential. */
export function listen(onRead) {
    let text = "";
    let last = 0;
    let field = null;
    let before = "";

    function reset() {
        text = "";
        field = document.activeElement?.matches("input") ? document.activeElement : null;
        before = field ? field.value : "";
    }

    document.addEventListener(
        "keydown",
        (event) => {
            if (event.ctrlKey || event.altKey || event.metaKey) {
                return;
            }
            if (event.timeStamp - last > (field ? FIELD_GAP_MS : GAP_MS) || !text) {
                reset();
            }
            last = event.timeStamp;
            if (event.key === "Enter") {
                take(event);
            } else if (event.key.length === 1 && text.length < LETTERS_MAX) {
                text += event.key;
            }
        },
        { capture: true }
    );

    function take(event) {
        const read = text.trim();
        text = "";
        if (read.length < LETTERS_MIN) {
            return;
        }
        // the Enter is the reader's too: it presses no button and sends no form
        event.preventDefault();
        event.stopPropagation();
        if (field) {
            field.value = before;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }
        onRead(read);
    }
}
