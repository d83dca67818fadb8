// The keys of a presentation follow its links, so that the address and the way back are those of the links.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const aliases = { PageDown: "ArrowRight", PageUp: "ArrowLeft" };
  const link = document.querySelector(`[data-key="${CSS.escape(aliases[event.key] ?? event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
