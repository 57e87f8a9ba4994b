// Scanners: their last Enter sends the form, since no person types so much at one go; a photo goes when it is taken.
const whole = 70, pause = 250;
let waiting;

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("textarea[data-scan]");
  clearTimeout(waiting);
  if (!field || event.key !== "Enter" || event.isComposing) return;
  waiting = setTimeout(() => {
    if (field.value.trim().length >= whole) field.form.requestSubmit();
  }, pause);
});
document.addEventListener("change", ({ target }) => {
  if (target.matches("input[type=file][data-scan]") && target.files.length) target.form.requestSubmit();
});
