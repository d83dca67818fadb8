// The order of an agenda: its buttons and the handles that are dragged send the whole order at once, without leaving
// the page. Without JavaScript each button sends its own form.
const agenda = () => document.querySelector("[data-agenda]");
const status = document.querySelector("[data-agenda-status]");
const rows = (part) => [...part.querySelectorAll(":scope > [data-item]")];
const rowOf = (key) => agenda().querySelector(`[data-item="${key}"]`);

const send = async (row, direction) => {
  const key = row.dataset.item;
  const data = new FormData(row.querySelector("[data-item-form]"));
  data.set("read", agenda().dataset.read);
  data.set("order", [...agenda().querySelectorAll("[data-item]")].map((item) => item.dataset.item));
  agenda().setAttribute("aria-busy", "true");
  const answer = await fetch(agenda().dataset.order, { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => null);
  const isAgenda = answer && (answer.ok || answer.status === 409);
  if (!isAgenda || answer.redirected) {
    location.reload();
    return;
  }
  agenda().outerHTML = await answer.text();
  showHandles();
  tell(rowOf(key), answer.ok);
  focusOn(rowOf(key), direction);
};

const tell = (row, isSaved) => {
  const said = agenda().querySelector("[data-said]");
  status.textContent = isSaved && row ? `${row.querySelector("h4").textContent}: ${row.querySelector(".preline").textContent}. ${said.textContent}` : said.textContent;
  if (isSaved) said.remove();
};

const focusOn = (row, direction) => {
  const buttons = [...(row?.querySelectorAll("[data-item-form] button:enabled") ?? [])];
  (buttons.find((button) => button.value === direction) ?? buttons[0])?.focus();
};

document.addEventListener("submit", (event) => {
  const row = event.target.matches("[data-item-form]") && event.target.closest("[data-item]");
  if (!row) return;
  event.preventDefault();
  const direction = event.submitter.value;
  const other = direction === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other || agenda().hasAttribute("aria-busy")) return;
  if (direction === "up") other.before(row);
  else other.after(row);
  send(row, direction);
}, true);

// Dragging, by mouse, pen or finger, within a part: the row goes where the pointer is.
const showHandles = () => agenda().querySelectorAll("[data-handle]").forEach((handle) => { handle.hidden = false; });
let dragged = null;

const follow = (y) => {
  const before = rows(dragged.part).find((row) => row !== dragged.row && y < row.getBoundingClientRect().top + row.offsetHeight / 2);
  if (before ? before.previousElementSibling === dragged.row : dragged.part.lastElementChild === dragged.row) return;
  if (before) before.before(dragged.row);
  else dragged.part.append(dragged.row);
};
const end = () => {
  dragged.row.classList.remove("agenda__dragged");
  dragged = null;
};

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.button !== 0 || agenda().hasAttribute("aria-busy")) return;
  event.preventDefault();
  const row = handle.closest("[data-item]");
  dragged = { row, part: row.parentElement, first: rows(row.parentElement) };
  row.classList.add("agenda__dragged");
});
document.addEventListener("pointermove", (event) => {
  if (dragged) follow(event.clientY);
});
document.addEventListener("pointerup", () => {
  if (!dragged) return;
  const { row, part, first } = dragged;
  end();
  if (rows(part).some((item, place) => item !== first[place])) send(row, "down");
});
const giveUp = () => {
  dragged.part.append(...dragged.first);
  end();
};
document.addEventListener("pointercancel", () => { if (dragged) giveUp(); });
document.addEventListener("keydown", (event) => { if (dragged && event.key === "Escape") giveUp(); });
showHandles();
