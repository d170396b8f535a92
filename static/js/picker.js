// A record chosen by a search: [data-picker] with a [data-picker-q] field and found buttons. Arrows walk from the field
// through what was found, Enter in the field goes to the first of it, Escape leaves.
import { all } from "./dom.js";

export function start() {
  document.addEventListener("keydown", (event) => {
    const picker = event.target.closest?.("[data-picker]");
    if (!picker) return;
    if (event.key === "Escape") {
      event.preventDefault();
      picker.querySelector("[data-picker-cancel]")?.click();
      return;
    }
    const field = picker.querySelector("[data-picker-q]");
    const stops = [field, ...picker.querySelectorAll("button.picker-item")];
    const at = stops.indexOf(event.target);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? (event.key === "Enter" && at === 0 && stops.length > 1 ? 1 : 0);
    const next = stops[at + by];
    if (at === -1 || !by || !next) return;
    event.preventDefault();
    next.focus();
  });
}

export function enhance(root) {
  // A piece put into the card takes the focus; a page does it by itself.
  if (root !== document) for (const picker of all(root, "[data-picker]")) picker.querySelector("[data-picker-q]")?.focus();
}
