// A form with data-upload says which file was chosen, refuses one that is too large before it leaves, and shows how far it is. Without a file it posts as any form does.
const files = (form) => [...form.querySelectorAll("input[type=file]")];
const chosen = (form) => files(form).find((input) => input.files.length)?.files[0];
const part = (form, name) => form.querySelector(`[data-${name}]`);
const size = (bytes) => bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
function say(form, sentence) {
  const fault = part(form, "fault");
  fault.hidden = !sentence;
  fault.querySelector("span").textContent = sentence;
  if (sentence) fault.scrollIntoView({ block: "center" });
}

const name = (form, file) => { part(form, "chosen").textContent = file ? `${file.name} · ${size(file.size)}` : ""; };
function check(form) {
  const file = chosen(form), large = file && file.size > Number(form.dataset.upload) * 2 ** 20;
  name(form, file);
  say(form, large ? form.dataset.tooLarge : "");
  return !large;
}
const ask = (html) => { document.body.insertAdjacentHTML("beforeend", html); htmx.process(document.body.lastElementChild); };
function busy(form, on) {
  form.toggleAttribute("data-sending", on);
  part(form, "bar").hidden = !on;
  form.querySelectorAll("button").forEach((button) => { button.disabled = on; });
}
function draw(form, { loaded, total }) {
  Object.assign(form.querySelector("progress"), { value: loaded, max: total });
  part(form, "far").textContent = loaded < total ? `${size(loaded)} / ${size(total)}` : form.dataset.checking;
}
function answer(form, request) {
  const where = request.getResponseHeader("HX-Redirect"), html = request.responseText;
  if (where) return location.assign(where);
  busy(form, false);
  if (request.getResponseHeader("HX-Retarget") === "body") return ask(html); // who is there? the form stays
  const page = new DOMParser().parseFromString(html, "text/html"), whole = form.closest("[data-whole]") ?? form, again = page.getElementById(whole.id);
  if (!again) return say(form, page.querySelector(".error-page") ? [...page.querySelectorAll("h1, h1 + p")].map((line) => line.textContent).join(". ") : "");
  files(again).forEach((input, at) => { input.files = files(form)[at].files; });
  whole.replaceWith(again); name(again, chosen(again));
  again.querySelector("[aria-invalid], .error-summary")?.scrollIntoView({ block: "center" });
}
document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-upload]");
  if (!form || target.type !== "file") return;
  files(form).forEach((input) => { if (input !== target) input.value = ""; });
  check(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]") || !chosen(form)) return;
  event.preventDefault();
  if (form.hasAttribute("data-sending") || !check(form)) return;
  const request = new XMLHttpRequest(), fields = new FormData(form); // before its buttons go grey
  busy(form, true);
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.onprogress = (event) => draw(form, event);
  request.onload = () => { answer(form, request); document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: {} })); };
  request.onerror = () => { busy(form, false); say(form, form.dataset.failed); };
  request.send(fields);
});
