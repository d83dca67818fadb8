// Shortcuts of pages with a form, and fields that open in their place. Nothing happens on pages without either.
const list = document.querySelector("dialog[data-shortcuts]");
const canWrite = (element) => element.matches("input, select, textarea, [contenteditable]");

document.querySelectorAll("[data-shortcuts-open]").forEach((button) => {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => list.showModal());
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("form.form");
  const saves = (event.ctrlKey || event.metaKey) && !event.altKey && ["s", "S", "Enter"].includes(event.key);
  if (saves && form) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape" && form?.closest(".editable")) {
    form.querySelector("[data-cancel]").click();
  } else if (event.key === "?" && list && !list.open && !canWrite(event.target)) {
    event.preventDefault();
    list.showModal();
  }
});

// The focus goes into the field that has opened, and back to its pencil when it closes.
const focusIn = (place) => place?.querySelector("form [autofocus], form :is(input:not([type=hidden]), select, textarea), .edit")?.focus();

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches(".editable")) focusIn(document.getElementById(event.target.id));
});
addEventListener("load", () => {
  if (/^#feld-[a-z_]+$/.test(location.hash)) focusIn(document.querySelector(location.hash));
});
