// [data-queue]: one company after another without the mouse. → goes on, ↑ opens the card; Enter presses the button that has
// the focus, which is the first number.
export function start() {
  const card = document.querySelector("[data-queue]");
  if (!card) return;
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.("input, textarea, select, dialog[open]")) return;
    if (event.key === "ArrowRight") card.querySelector("[data-queue-pass]")?.click();
    else if (event.key === "ArrowUp") card.querySelector("[data-queue-open]")?.click();
    else return;
    event.preventDefault();
  });
}
