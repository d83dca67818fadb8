// Whoever leaves a form with typed but unsaved text is asked first.
let typed = null;

document.addEventListener("input", (event) => {
  if (event.target.form?.matches("form.form")) typed = event.target.form;
});
document.addEventListener("submit", () => { typed = null; });
addEventListener("beforeunload", (event) => {
  if (typed?.isConnected) event.preventDefault();
});
