// A form is sent once: while its first sending is under way, a second click sends nothing. Its buttons are not
// disabled, for a disabled one is left out of what is sent, and "record" or "back" is told by the button.
const GIVEN_UP_AFTER = 10_000; // milliseconds; who stopped the sending can try again

const release = (form) => {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  form.setAttribute("aria-busy", "true");
  setTimeout(release, GIVEN_UP_AFTER, form);
});

// Back from the next page, the browser shows this one as it was left.
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach(release));
