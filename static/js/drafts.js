// What is typed into a form with data-draft is kept on the server after a short pause, until the form is saved.
const PAUSE = 1500; // milliseconds
const running = new WeakMap(); // form: what waits or is under way

const stop = (form) => {
  const { timer, request } = running.get(form) ?? {};
  clearTimeout(timer);
  request?.abort();
  running.delete(form);
};

const keep = async (form) => {
  const status = form.querySelector("[data-draft-status]");
  const request = new AbortController();
  running.set(form, { request });
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body: new FormData(form), redirect: "error", signal: request.signal,
    });
    const told = answer.headers.get("Content-Type")?.startsWith("text/plain");
    status.textContent = told ? await answer.text() : form.dataset.draftFailed;
  } catch {
    if (!request.signal.aborted) status.textContent = form.dataset.draftFailed;
  }
};

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  stop(form);
  running.set(form, { timer: setTimeout(keep, PAUSE, form) });
});
document.addEventListener("submit", (event) => stop(event.target));
