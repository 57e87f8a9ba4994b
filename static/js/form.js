// Forms: data-autosubmit sends on change, data-guard asks before typed words are lost, sending twice is one sending.
const typed = new Set();

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (form?.matches("[data-guard]")) typed.add(form);
});
document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (form?.matches("[data-autosubmit]")) form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  typed.delete(form);
  if (form.method !== "post" || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.hasAttribute("data-sent")) return event.preventDefault();
  form.setAttribute("data-sent", "");
  setTimeout(() => form.removeAttribute("data-sent"), 5000);
});
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => form.removeAttribute("data-sent")));
addEventListener("beforeunload", (event) => {
  if ([...typed].some((form) => form.isConnected)) event.preventDefault();
});
