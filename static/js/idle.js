// A screen left alone goes blank and asks who is there: data-lock-after on <body> says after how many seconds, in all tabs together.
const root = document.documentElement;
const KEY = "used-at";
let noted = Date.now();

function use() {
  if ("asleep" in root.dataset || Date.now() - noted < 5000) return;
  noted = Date.now();
  localStorage.setItem(KEY, noted);
}

function ask() {
  const proof = document.getElementById("proof");
  if (!proof) htmx.trigger("[data-lock]", "idle");
  else if (!proof.open) proof.showModal();
}

function watch() {
  const after = Number(document.body.dataset.lockAfter) * 1000;
  if (!document.body.dataset.lockAfter || "asleep" in root.dataset) return;
  if (Date.now() - Math.max(noted, Number(localStorage.getItem(KEY))) <= after) return;
  root.dataset.asleep = "";
  ask();
}

for (const sign of ["pointerdown", "keydown", "scroll", "input"]) {
  addEventListener(sign, () => { if ("asleep" in root.dataset) ask(); else use(); }, { capture: true, passive: true });
}
// What a page asks by itself neither wakes a blank screen nor goes on behind it.
const polls = (element) => Boolean(element?.matches?.("[hx-trigger^=every]"));
document.addEventListener("htmx:config:request", (event) => {
  if ("asleep" in root.dataset && polls(event.target)) event.preventDefault();
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (!("asleep" in root.dataset) || document.getElementById("proof") || polls(detail?.ctx?.sourceElement)) return;
  delete root.dataset.asleep;
  noted = 0;
  use();
});
setInterval(watch, 5000);
