// The search box and the picker: arrows, Enter and Escape over options that htmx loads under a text field.
const fieldOf = (element) => element.closest?.("[role=combobox]");
const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const inputOf = (list) => document.querySelector(`[aria-controls="${list.id}"]`);
const options = (input) => [...listOf(input).querySelectorAll("[role=option]:not([aria-disabled=true])")];
const active = (input) => document.getElementById(input.getAttribute("aria-activedescendant"));

function mark(input, chosen) {
  options(input).forEach((option) => option.setAttribute("aria-selected", option === chosen));
  if (!chosen) return input.removeAttribute("aria-activedescendant");
  chosen.id ||= `${listOf(input).id}-${options(input).indexOf(chosen)}`;
  input.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function show(input, open) {
  listOf(input).hidden = !open;
  input.setAttribute("aria-expanded", open);
  if (!open) mark(input, null);
}

function pick(input, option) {
  const value = input.closest("[data-combobox]").querySelector("[data-value]");
  [value.value, input.value] = [option.dataset.value, option.dataset.text];
  show(input, false);
  value.dispatchEvent(new Event("change", { bubbles: true }));
}

const short = (input) => input.value.trim().length < Number(input.dataset.min);
const reveal = (input) => input && show(input, document.activeElement === input && listOf(input).childElementCount > 0);

function step(input, by) {
  const all = options(input), at = all.indexOf(active(input));
  if (all.length) show(input, true);
  if (all.length) mark(input, all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
}

document.addEventListener("keydown", (event) => {
  const input = fieldOf(event.target);
  if (!input || event.isComposing) return;
  const open = !listOf(input).hidden, option = active(input), by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) step(input, by); else if (event.key === "Escape" && open) show(input, false); else if (event.key === "Enter" && open && option) option.click();
  else return;
  event.preventDefault();
});
document.addEventListener("input", ({ target }) => {
  const input = fieldOf(target), value = input?.closest("[data-combobox]").querySelector("[data-value]");
  if (value) value.value = "";
  if (input && short(input)) { listOf(input).replaceChildren(); show(input, false); }
});
document.addEventListener("htmx:config:request", (event) => fieldOf(event.target) && short(event.target) && event.preventDefault());
document.addEventListener("htmx:after:swap", ({ detail }) => reveal(detail.ctx && fieldOf(detail.ctx.sourceElement)));
const early = (input) => input && !short(input) && !listOf(input).childElementCount && input.dispatchEvent(new Event("input", { bubbles: true }));
document.addEventListener("htmx:after:process", () => early(fieldOf(document.activeElement)), { once: true }); // typed before htmx was there
["focusin", "focusout"].forEach((name) => document.addEventListener(name, ({ target }) => reveal(fieldOf(target))));
document.addEventListener("mousedown", (event) => event.target.closest("[role=listbox]") && event.preventDefault());
document.addEventListener("click", ({ target }) => {
  const option = target.closest("[role=option][data-value]");
  if (option) pick(inputOf(option.closest("[role=listbox]")), option);
});
