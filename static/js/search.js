// The key "/" leads to the search, unless something is being written or a dialog is open.
const field = document.querySelector("[data-search]");
const key = field?.parentElement.querySelector(".search__key");

if (key) key.hidden = !matchMedia("(hover: hover) and (pointer: fine)").matches;
document.addEventListener("keydown", (event) => {
  const isWriting = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (!field || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isWriting || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  field.focus();
  field.select();
});
