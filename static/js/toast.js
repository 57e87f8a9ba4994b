// Toasts: they leave by themselves unless touched or grave; failed requests and the "toast" event make new ones.
const region = () => document.querySelector("[data-toasts]");

function arm(toast) {
  toast.dataset.armed = "";
  if (toast.matches(".tone-danger")) return;
  const time = toast.querySelector("form") ? 15000 : 7000;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, time);
}
const MOST = 3;
const armAll = () => {
  region()?.querySelectorAll(".toast:not([data-armed])").forEach(arm);
  [...(region()?.querySelectorAll(".toast:not(.tone-danger)") ?? [])].slice(0, -MOST).forEach((old) => old.remove());
};

function say(text, tone = "info") {
  const shape = document.getElementById("toast-shape");
  if (!shape || !text) return;
  const toast = shape.content.firstElementChild.cloneNode(true);
  toast.classList.replace("tone-info", `tone-${tone}`);
  toast.querySelector(".toast-text").textContent = text;
  [...region().children].filter((old) => old.textContent === toast.textContent).forEach((old) => old.remove());
  region().append(toast);
  armAll();
}

function word(status) {
  const words = region().dataset;
  if (status >= 500) return words.broken;
  return { 403: words.forbidden, 404: words.missing, 405: words.missing, 429: words.busy }[status];
}

document.addEventListener("click", ({ target }) => target.closest("[data-dismiss]")?.closest(".toast, .alert")?.remove());
document.addEventListener("toast", ({ detail }) => say(detail.text ?? detail.value, detail.tone ?? "good"));
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status === 401) { if (!ctx.response.headers.has("HX-Redirect")) location.reload(); }
  else say(word(ctx.response.status), "danger");
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || ctx.response) return;
  const asksByItself = ctx.sourceElement?.matches?.("[hx-trigger*=every]");
  say(asksByItself ? region().dataset.stale : region().dataset.offline, asksByItself ? "attention" : "danger");
});
document.addEventListener("htmx:after:swap", ({ detail }) => { detail.ctx?.sourceElement?.closest?.(".toast")?.remove(); armAll(); });
armAll();
