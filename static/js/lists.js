// Lists: a box that marks all rows of the page, and ways back that keepFilters the filters of this browser tab.
const showBoxes = () => document.querySelectorAll("[data-check-all]").forEach((box) => { box.parentElement.hidden = false; });
const boxes = (name) => document.querySelectorAll(`input[type=checkbox][name="${name}"]`);

document.addEventListener("change", (event) => {
  const name = event.target.dataset.checkAll;
  if (name) boxes(name).forEach((box) => { box.checked = event.target.checked; });
});
document.addEventListener("htmx:afterSettle", showBoxes);
showBoxes();

const keepFilters = () => {
  if (!document.querySelector("form.filter")) return;
  const filters = new URLSearchParams(location.search);
  filters.delete("stand"); // an earlier state is left by its own link, and not come back to unasked
  sessionStorage.setItem(`filters ${location.pathname}`, filters.size ? `?${filters}` : "");
};
document.addEventListener("htmx:pushedIntoHistory", keepFilters);
keepFilters();

document.querySelectorAll(".crumbs a").forEach((link) => {
  const filters = sessionStorage.getItem(`filters ${link.pathname}`);
  if (filters && !link.search) link.search = filters;
});
