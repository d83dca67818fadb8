// The choice of a quarter as a slider: one step per quarter, today at its end; letting go shows the state.
const form = document.querySelector("[data-time-machine]");
const choice = form?.querySelector("select");

if (choice && choice.options.length > 2) {
  const slider = document.createElement("input");
  const told = document.createElement("output");
  slider.type = "range";
  slider.id = "past-slider";
  slider.min = 0;
  slider.max = choice.options.length - 1;
  slider.value = choice.selectedIndex;
  told.htmlFor = slider.id;
  told.className = "past__told";

  const tell = () => {
    choice.selectedIndex = slider.value;
    told.textContent = choice.selectedOptions[0].text;
    slider.setAttribute("aria-valuetext", told.textContent);
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", () => form.requestSubmit());
  tell();

  const label = form.querySelector("label");
  label.htmlFor = slider.id;
  choice.hidden = true;
  choice.after(slider, told);
  form.classList.add("past__sliding");
}
