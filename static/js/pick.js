// Rows that are ticked for an act on many: [data-pick] in each row, [data-pick-all] for the page, [data-pick-whole] for the
// whole list, [data-pick-count] says how many. x ticks the row that has the focus, Shift with a click ticks a range.
// Without script the same boxes send the same form.
import { isTyping } from "./dom.js";

let last = null;

export function start() {
  if (!document.querySelector("[data-pick]")) return;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-pick]")) return;
    if (event.shiftKey && last) range(last, box);
    last = box;
    refresh();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-pick-all]")) tick(event.target.checked);
    if (event.target.matches?.("[data-pick-whole]") && event.target.checked) tick(true);
    if (event.target.matches?.("[data-pick], [data-pick-all], [data-pick-whole]")) refresh();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.code === "KeyX") {
      const box = document.activeElement.closest?.("tr")?.querySelector("[data-pick]");
      if (!box) return;
      event.preventDefault();
      box.checked = !box.checked;
      last = box;
      refresh();
    } else if (event.key === "Enter" && event.target.matches?.("[data-pick], [data-pick-all], [data-pick-whole]")) {
      event.preventDefault();
      const form = event.target.form;
      form.requestSubmit(form.querySelector("button[type=submit]"));
    }
  });
  // The boxes lie outside of their form: after a reset and after a way back in the history they are told.
  document.addEventListener("reset", () => setTimeout(refresh));
  window.addEventListener("pageshow", refresh);
  refresh();
}

function boxes() { return [...document.querySelectorAll("[data-pick]")]; }

function range(from, to) {
  const all = boxes();
  const [first, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  for (const box of all.slice(first, end + 1)) box.checked = to.checked;
}

function tick(on) {
  for (const box of boxes()) box.checked = on;
}

function refresh() {
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  const page = document.querySelector("[data-pick-all]");
  const whole = document.querySelector("[data-pick-whole]");
  page.checked = ticked === all.length;
  page.indeterminate = ticked > 0 && ticked < all.length;
  if (whole && ticked < all.length) whole.checked = false;
  for (const box of all) box.closest("tr").toggleAttribute("data-picked", box.checked);
  const said = document.querySelector("[data-pick-count]");
  said.textContent = whole?.checked ? "Все по фильтру" : `Выбрано: ${ticked}`;
}
