// details[data-menu] behaves as a menu: a touch outside, Escape and moving on close it. details.fold stays open when it is drawn over.
const opened = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", ({ target }) => opened().forEach((menu) => { if (!menu.contains(target)) menu.open = false; }));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  opened().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});
document.addEventListener("focusin", ({ target }) => opened().forEach((menu) => { if (!menu.contains(target)) menu.open = false; }));
htmx.registerExtension("open-folds", {
  htmx_before_morph_attr: (element, { attrName, newValue }) => !(attrName === "open" && newValue === null && element.matches("details.fold")),
});
