// Rows that are ticked for an act on many companies: [data-pick] in each row, [data-pick-all] for the page, [data-pick-whole] for the
// whole list, [data-pick-count] says how many. x ticks the row that has the focus, Shift with a click ticks a range.
// Ticks outlive paging and another order: [data-pick-list] of the form names the list, and the tab remembers what is ticked in
// it; [data-pick-others] carries what stands on other pages. Without script the same boxes of one page send the same form.
import { isTyping } from "./dom.js";

const SLOT = "picked";
let last = null;
let ticked = new Set();

export function start() {
  // What was chosen is done: the next list begins without ticks.
  if (document.querySelector("[data-pick-done]")) forget();
  if (!document.querySelector("[data-pick]")) return;
  // Each of its rows is sent by itself.
  document.querySelector("[data-pick-all]").removeAttribute("name");
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-pick]")) return;
    if (event.shiftKey && last) range(last, box);
    last = box;
    keep();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-pick-all]")) tick(event.target.checked);
    if (event.target.matches?.("[data-pick-whole]") && event.target.checked) tick(true);
    if (event.target.matches?.("[data-pick], [data-pick-all], [data-pick-whole]")) keep();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.code === "KeyX") {
      const box = document.activeElement.closest?.("tr")?.querySelector("[data-pick]");
      if (!box) return;
      event.preventDefault();
      box.checked = !box.checked;
      last = box;
      keep();
    } else if (event.key === "Enter" && event.target.matches?.("[data-pick], [data-pick-all], [data-pick-whole]")) {
      event.preventDefault();
      const form = event.target.form;
      form.requestSubmit(form.querySelector("button[type=submit]"));
    }
  });
  document.addEventListener("reset", (event) => {
    if (!event.target.matches("[data-pick-list]")) return;
    ticked.clear();
    tick(false);
    // The boxes lie outside of their form: after the reset itself they are told.
    setTimeout(keep);
  });
  // A way back in the history brings the boxes as they were, not as they have become since.
  window.addEventListener("pageshow", restore);
  restore();
}

function boxes() { return [...document.querySelectorAll("[data-pick]")]; }

function bar() { return document.querySelector("[data-pick-list]"); }

function range(from, to) {
  const all = boxes();
  const [first, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  for (const box of all.slice(first, end + 1)) box.checked = to.checked;
}

function tick(on) {
  for (const box of boxes()) box.checked = on;
}

function forget() {
  try { sessionStorage.removeItem(SLOT); } catch { /* a browser that keeps nothing */ }
}

/** What the tab remembers of this list. */
function remembered() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(SLOT) ?? "null");
    return kept?.list === bar().dataset.pickList && Array.isArray(kept.ids) ? kept.ids : [];
  } catch {
    return [];
  }
}

function restore() {
  ticked = new Set(remembered());
  for (const box of boxes()) box.checked = ticked.has(box.value);
  refresh();
}

/** Remembers the boxes of this page. */
function keep() {
  for (const box of boxes()) {
    if (box.checked) ticked.add(box.value);
    else ticked.delete(box.value);
  }
  try {
    if (ticked.size) sessionStorage.setItem(SLOT, JSON.stringify({ list: bar().dataset.pickList, ids: [...ticked] }));
    else sessionStorage.removeItem(SLOT);
  } catch { /* a browser that keeps nothing: this page by itself */ }
  refresh();
}

function refresh() {
  const all = boxes();
  const here = all.filter((box) => box.checked).length;
  const shown = new Set(all.map((box) => box.value));
  const others = [...ticked].filter((id) => !shown.has(id));
  const page = document.querySelector("[data-pick-all]");
  const whole = document.querySelector("[data-pick-whole]");
  page.checked = here === all.length;
  page.indeterminate = here > 0 && here < all.length;
  if (whole && here < all.length) whole.checked = false;
  for (const box of all) box.closest("tr").toggleAttribute("data-picked", box.checked);
  document.querySelector("[data-pick-others]").value = others.join(",");
  const isTooMany = !whole?.checked && here + others.length > Number(bar().dataset.pickMost);
  bar().toggleAttribute("data-some", others.length > 0);
  for (const button of bar().querySelectorAll("button[type=submit]")) button.disabled = isTooMany;
  document.querySelector("[data-pick-over]").hidden = !isTooMany;
  const said = document.querySelector("[data-pick-count]");
  said.textContent = whole?.checked ? "Все по фильтру" : count(here, others.length);
}

function count(here, elsewhere) {
  const number = (value) => value.toLocaleString("ru");
  if (!elsewhere) return `Выбрано: ${number(here)}`;
  return `Выбрано ${number(here + elsewhere)}, из них на этой странице ${number(here)}`;
}
