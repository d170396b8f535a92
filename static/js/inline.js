// Fields of a card edited in place. A click on a row opens its field, Enter saves, Escape puts the value back.
import { all } from "./dom.js";

export function start() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-cell]");
    if (!row || event.target.closest("a, button, input, select, textarea, label, form, dt")) return;
    // Whoever marks a text to copy it does not want to change it.
    if (String(window.getSelection())) return;
    // A busy button lets clicks through: whoever presses it twice does not mean what lies under it.
    if (row.querySelector("[aria-busy=true]")) return;
    row.querySelector("[data-cell-edit]")?.click();
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-inline]");
    if (!form) return;
    if (event.key === "Escape") {
      event.preventDefault();
      form.querySelector("[data-inline-cancel]")?.click();
    } else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && event.target.matches("textarea, select")) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

export function enhance(root) {
  // The row is back with its value: whoever works by keys goes on from where they were.
  if (root instanceof Element && root.matches("[data-cell]")) root.querySelector("[data-cell-edit]")?.focus();
  for (const form of all(root, "form[data-inline]")) {
    // A list of many choices hides behind its button.
    const field = form.querySelector("input:not([type=hidden]), select:not([hidden]), textarea, .ms-button");
    field?.focus();
    if (field?.matches("input[type=text], textarea")) field.select();
  }
}
