// A form with data-upload says so when several files are dropped on it, instead of passing over all.
const several = ({ items }) => [...items].filter((item) => item.kind === "file").length > 1;
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (!form || !several(event.dataTransfer)) return;
    event.preventDefault(); // taken, to be refused in words
    if (kind !== "drop") return;
    const fault = form.querySelector("[data-fault]");
    fault.hidden = false;
    fault.querySelector("span").textContent = form.dataset.single;
  });
}
