/** One tap copies a link. Without a clipboard the link is selected, so that it can be copied by hand. */
for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
        const field = document.getElementById(button.dataset.copy);
        field.select();
        try {
            await navigator.clipboard.writeText(field.value);
            button.textContent = button.dataset.done;
        } catch {
            field.focus();
        }
    });
}

/** Ask about a payment that is not finished until it succeeds or fails, for a few minutes. */
if (document.querySelector("[data-wait]")) {
    setTimeout(() => window.location.reload(), 4000);
}
