// What is typed into a form with data-draft is kept on the server after a short pause, until the form is saved.
// One request at a time: each sends along the draft that it may replace, which the answer before has named.
const PAUSE = 1500; // milliseconds
const CONFLICT = 409;
const running = new WeakMap(); // form: what waits or is under way

const wait = (form) => {
  const work = running.get(form);
  if (work?.request) {
    work.typed = true;
    return;
  }
  clearTimeout(work?.timer);
  running.set(form, { timer: setTimeout(keep, PAUSE, form) });
};

const send = async (form, signal) => {
  const status = form.querySelector("[data-draft-status]");
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body: new FormData(form), redirect: "error", signal,
    });
    const known = answer.headers.get("Draft-Known");
    if (known) form.elements.entwurf_stand.value = known;
    if (answer.status === CONFLICT) delete form.dataset.draft;
    const told = answer.headers.get("Content-Type")?.startsWith("text/plain");
    status.textContent = told ? await answer.text() : form.dataset.draftFailed;
  } catch {
    if (!signal.aborted) status.textContent = form.dataset.draftFailed;
  }
};

const keep = async (form) => {
  const work = { request: new AbortController() };
  running.set(form, work);
  await send(form, work.request.signal);
  if (running.get(form) !== work) return;
  running.delete(form);
  if (work.typed && form.dataset.draft) wait(form);
};

document.addEventListener("input", (event) => {
  const { form } = event.target;
  if (form?.dataset.draft) wait(form);
});
document.addEventListener("submit", (event) => {
  const { timer, request } = running.get(event.target) ?? {};
  clearTimeout(timer);
  request?.abort();
  running.delete(event.target);
});
