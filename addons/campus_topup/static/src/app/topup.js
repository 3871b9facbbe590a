/** One tap copies a link; without a clipboard it is selected, to be copied by hand. */
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

/** A payment on its way is looked at again until it has arrived or failed, a few minutes long. */
if (document.querySelector("[data-wait]")) {
    setTimeout(() => window.location.reload(), 4000);
}
