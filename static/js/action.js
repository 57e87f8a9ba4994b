// Small acts: data-print prints the page, data-copy="text" copies, data-check-all="#list" ticks all, data-show="#id" shows a password.
async function copy(button) {
  await navigator.clipboard?.writeText(button.dataset.copy);
  const words = button.querySelector("span") ?? button;
  if (!button.dataset.copied || words.textContent === button.dataset.copied) return;
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => { words.textContent = before; }, 2000);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-print], [data-copy], [data-show]");
  if (!button) return;
  if (button.matches("[data-print]")) print();
  else if (button.matches("[data-copy]")) copy(button);
  else {
    const field = document.querySelector(button.dataset.show);
    field.type = field.type === "password" ? "text" : "password";
    button.setAttribute("aria-pressed", field.type === "text");
  }
});
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-check-all]")) return;
  document.querySelectorAll(`${target.dataset.checkAll} input[type=checkbox]:not(:disabled)`).forEach((box) => { box.checked = target.checked; });
});
