// Ideas: a point on the map, by mouse or arrow keys, the private address to copy; consultations: points left to give.
const choice = document.querySelector("[data-place-choice]");
const STEP = 8; // units of the drawing for one press of an arrow key

if (choice) {
  const map = choice.querySelector("svg");
  const marker = map.querySelector(".place-map__point");
  const said = choice.querySelector("[data-place-said]");
  const clear = choice.querySelector("[data-place-clear]");
  const latitude = document.getElementById("id_latitude");
  const longitude = document.getElementById("id_longitude");
  const municipality = document.getElementById("id_municipality");
  const { west, north, perLongitude, perLatitude } = map.dataset;
  const box = map.viewBox.baseVal;
  let point = latitude.value && longitude.value
    ? [(longitude.value - west) * perLongitude, (north - latitude.value) * perLatitude]
    : null;

  const placeAt = ([x, y]) => {
    const at = new DOMPoint(x, y);
    return [...map.querySelectorAll(".place-map__place")].find((place) => place.isPointInFill(at));
  };

  const set = (next) => {
    const place = placeAt(next);
    if (!place) {
      said.textContent = said.dataset.outside;
      return;
    }
    point = next;
    marker.setAttribute("transform", `translate(${point[0]} ${point[1]})`);
    marker.removeAttribute("visibility");
    longitude.value = (Number(west) + point[0] / perLongitude).toFixed(4);
    latitude.value = (north - point[1] / perLatitude).toFixed(4);
    municipality.value = place.dataset.key;
    said.textContent = `${said.dataset.set} ${place.textContent}`;
    clear.hidden = false;
  };

  map.addEventListener("click", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    set([at.x, at.y]);
  });

  map.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!move) return;
    event.preventDefault();
    const [x, y] = point ?? [box.width / 2, box.height / 2];
    set(point ? [x + move[0], y + move[1]] : [x, y]);
  });

  const remove = () => {
    point = null;
    latitude.value = longitude.value = "";
    marker.setAttribute("visibility", "hidden");
    clear.hidden = true;
  };

  clear.addEventListener("click", () => {
    remove();
    said.textContent = said.dataset.cleared;
    map.focus();
  });
  municipality.addEventListener("change", () => {
    const place = point && placeAt(point);
    if (!place || place.dataset.key === municipality.value) return;
    remove();
    said.textContent = `${said.dataset.elsewhere} ${place.textContent}`;
  });
  choice.hidden = false;
}

document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.nextElementSibling.textContent = button.dataset.copied;
  });
});

document.querySelectorAll("[data-points]").forEach((group) => {
  const left = group.querySelector("[data-points-left]");
  const tell = () => {
    const given = [...group.querySelectorAll("input")].reduce((sum, input) => sum + Number(input.value), 0);
    left.textContent = `${left.dataset.pointsLeft} ${group.dataset.points - given}`;
  };
  group.addEventListener("input", tell);
  tell();
});
