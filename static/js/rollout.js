// The matrix by keyboard, as a grid with one stop of the Tab key; and each cell's drawer beside it.
const drawer = document.querySelector("#drawer");
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const rowsOf = (table) => [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("a")]);

const makeGrid = () => {
  const table = document.querySelector("table.rollout");
  if (!table || !matchMedia("(min-width: 48.0625rem)").matches) return;
  table.setAttribute("role", "grid");
  for (const link of table.querySelectorAll("tbody a")) link.tabIndex = -1;
  table.querySelector("tbody a").tabIndex = 0;
  document.querySelector(".keys").hidden = false;
};

const moveTo = (table, link) => {
  table.querySelector('tbody a[tabindex="0"]').tabIndex = -1;
  link.tabIndex = 0;
  link.focus();
};

const target = (rows, row, column, event) => {
  const last = rows[row].length - 1;
  if (event.key === "Home") return event.ctrlKey ? rows[0][0] : rows[row][0];
  if (event.key === "End") return event.ctrlKey ? rows.at(-1)[last] : rows[row][last];
  const [down, right] = STEPS[event.key] ?? [0, 0];
  return rows[row + down]?.[column + right];
};

document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.('table[role="grid"]');
  if (!table || event.altKey || event.metaKey || !(event.key in STEPS || ["Home", "End"].includes(event.key))) return;
  const rows = rowsOf(table);
  const row = rows.findIndex((links) => links.includes(event.target));
  if (row < 0) return;
  event.preventDefault();
  const link = target(rows, row, rows[row].indexOf(event.target), event);
  if (link) moveTo(table, link);
});

document.addEventListener("focusin", ({ target: link }) => {
  const table = link.closest?.('table[role="grid"]');
  if (table && link.tabIndex < 0) moveTo(table, link);
});

// A cell's link leads to its municipality or, on a page of a past day, opens it beside the matrix.
const cellOf = (link) => new URLSearchParams(link.search).get("zelle") ?? `${link.pathname.split("/").at(-2)}/${link.hash.slice(1)}`;

const remember = (cell) => {
  const address = new URL(location);
  address.searchParams.delete("zelle");
  // Written by hand, so that the slash between municipality and measure stays legible.
  const query = [address.searchParams.toString(), cell && `zelle=${cell}`].filter(Boolean).join("&");
  history.replaceState(history.state, "", address.pathname + (query && `?${query}`));
};

const show = () => {
  drawer.close();
  drawer.showModal();
  drawer.querySelector("#drawer-title").focus();
};

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-close]") || event.target === drawer) {
    event.preventDefault();
    drawer.close();
    return;
  }
  const link = event.target.closest("table.rollout td > a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const cell = cellOf(link);
  await htmx.ajax("GET", `${drawer.dataset.address}${cell}/`, { target: "#drawer", swap: "innerHTML" });
  link.focus();
  show();
  remember(cell);
});

drawer.addEventListener("close", () => drawer.open || remember("")); // told late: it may be open again
document.addEventListener("htmx:afterSettle", ({ target: swapped }) => swapped.id === "results" && makeGrid());
makeGrid();
if (drawer.open) {
  const cell = new URLSearchParams(location.search).get("zelle");
  [...document.querySelectorAll("table.rollout td > a")].find((link) => cellOf(link) === cell)?.focus();
  show();
  remember(cell);
}
