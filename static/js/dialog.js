// Native dialogs: data-dialog="id" opens, data-close and a touch beside it close, data-open opens when it arrives.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener ? document.getElementById(opener.dataset.dialog) : event.target.closest("dialog");
  if (!dialog) return;
  if (opener) { event.preventDefault(); dialog.open || dialog.showModal(); }
  else if (event.target.closest("[data-close]") || (event.target === dialog && outside(dialog, event))) dialog.close();
});

function outside(dialog, { clientX: x, clientY: y }) {
  const box = dialog.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

const open = () => document.querySelectorAll("dialog[data-open]:not([open])").forEach((dialog) => {
  dialog.removeAttribute("data-open");
  // A menu closes behind the dialog, so the focus is to come back to what opens the menu.
  document.activeElement?.closest("details[data-menu]")?.querySelector("summary").focus();
  dialog.showModal();
});
document.addEventListener("htmx:after:swap", open);
open();
