// Lists by keyboard: within data-rows the arrows move between links marked data-row; data-rows-for steps in from a field.
const links = (list) => [...list.querySelectorAll("[data-row]")].filter((link) => link.offsetParent);

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
  const row = event.target.closest("[data-row]");
  const field = event.target.closest("[data-rows-for]");
  const list = row ? row.closest("[data-rows]") : field && document.querySelector(field.dataset.rowsFor);
  if (!list) return;
  const all = links(list);
  const next = row ? all[all.indexOf(row) + by] : by > 0 && all[0];
  const back = row && !next && by < 0 && document.querySelector(`[data-rows-for="#${list.id}"]`);
  if (!next && !back) return;
  event.preventDefault();
  (next || back).focus();
});
