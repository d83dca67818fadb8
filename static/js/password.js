// Shows what was typed as a password as long as its button is pressed. It is sent hidden again, so that no
// browser offers it as a text, and no spelling service of the browser gets to read it meanwhile.
document.querySelectorAll("[data-password-switch]").forEach((button) => {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", isShown);
  };
  field.spellcheck = false;
  field.autocapitalize = "none";
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
});
