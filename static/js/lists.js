// Lists: a box that marks all rows of the page; filters that say what their address says, and ways back that keep them.
const showBoxes = () => document.querySelectorAll("[data-check-all]").forEach((box) => { box.parentElement.hidden = false; });
const boxes = (name) => document.querySelectorAll(`input[type=checkbox][name="${name}"]`);

document.addEventListener("change", (event) => {
  const name = event.target.dataset.checkAll;
  if (name) boxes(name).forEach((box) => { box.checked = event.target.checked; });
});
document.addEventListener("htmx:afterSettle", showBoxes);
showBoxes();

// After a way back browsers put into a form what was last chosen there, whatever the list beside it shows.
const showFilters = ({ persisted }) => {
  const [visit] = performance.getEntriesByType("navigation");
  if (!persisted && visit.type === "navigate") return;
  document.querySelectorAll("form.filter").forEach((form) => {
    form.reset();
    if (persisted && form.dataset.hxGet) showAddress(form);
  });
};

// The page was not loaded anew, and its form has changed the address since it was.
const showAddress = (form) => {
  const chosen = new URLSearchParams(location.search);
  [...form.elements].filter(({ name, type }) => name && type !== "hidden").forEach((control) => {
    const values = chosen.getAll(control.name);
    if (control.type === "checkbox") control.checked = values.includes(control.value);
    else control.value = values[0] ?? "";
  });
};

const keepFilters = () => {
  if (!document.querySelector("form.filter")) return;
  const filters = new URLSearchParams(location.search);
  filters.delete("stand"); // an earlier state is left by its own link, and not come back to unasked
  sessionStorage.setItem(`filters ${location.pathname}`, filters.size ? `?${filters}` : "");
};
document.addEventListener("htmx:pushedIntoHistory", keepFilters);
addEventListener("pageshow", showFilters);
keepFilters();

document.querySelectorAll(".crumbs a").forEach((link) => {
  const filters = sessionStorage.getItem(`filters ${link.pathname}`);
  if (filters && !link.search) link.search = filters;
});
