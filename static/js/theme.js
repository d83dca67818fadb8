// The reader's own choice of light or dark. Runs before the first paint; without it the system's wish holds.
const root = document.documentElement;
const stored = localStorage.getItem("theme");
if (stored) root.dataset.kernTheme = stored;

// Paper is white, whatever the screen is.
let onScreen;
addEventListener("beforeprint", () => {
  onScreen = root.dataset.kernTheme;
  root.dataset.kernTheme = "light";
});
addEventListener("afterprint", () => {
  if (onScreen) root.dataset.kernTheme = onScreen;
  else delete root.dataset.kernTheme;
});

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-theme-switch]");
  const isDark = () => (root.dataset.kernTheme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", isDark());
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    root.dataset.kernTheme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.kernTheme);
    show();
  });
});
