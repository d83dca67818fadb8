// The choice of a quarter as a slider: one step per quarter, today at its end. Letting go of it shows the state;
// by keyboard the button does, so that steps on the way lead nowhere.
const quarters = document.querySelector("[data-time-machine]");
const quarter = quarters?.querySelector("select");

if (quarter && quarter.options.length > 2) {
  const slider = document.createElement("input");
  const told = document.createElement("output");
  slider.type = "range";
  slider.id = "past-slider";
  slider.min = 0;
  slider.max = quarter.options.length - 1;
  slider.value = quarter.selectedIndex;
  told.htmlFor = slider.id;
  told.className = "past__told";

  const tell = () => {
    quarter.selectedIndex = slider.value;
    told.textContent = quarter.selectedOptions[0].text;
    slider.setAttribute("aria-valuetext", told.textContent);
  };
  slider.addEventListener("input", tell);
  let isDragged = false;
  slider.addEventListener("pointerdown", () => { isDragged = true; });
  slider.addEventListener("keydown", () => { isDragged = false; });
  slider.addEventListener("change", () => isDragged && quarters.requestSubmit());
  tell();

  quarters.querySelector("label").htmlFor = slider.id;
  quarter.hidden = true;
  quarter.after(slider, told);
  quarters.classList.add("past__sliding");
}

// Filters change without a new page; the way to another day takes along those that are set now.
const filtersNow = () => [...new URLSearchParams(location.search)].filter(([name]) => !["stand", "page"].includes(name));

for (const way of document.querySelectorAll(".past form")) {
  way.addEventListener("submit", () => {
    way.querySelectorAll("input[type=hidden]").forEach((field) => field.remove());
    for (const [name, value] of filtersNow()) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      way.append(field);
    }
  });
}
document.querySelector("[data-present]")?.addEventListener("click", ({ target }) => {
  target.search = `?${new URLSearchParams([...filtersNow(), ["stand", ""]])}`;
});
