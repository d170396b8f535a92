// Nothing typed is lost. <form data-guard> asks before leaving when it was changed; a field with data-draft="key"
// keeps its text in this tab until its form is sent.
import { all } from "./dom.js";

const dirty = new Set();
let leaving = false;

export function start() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) dirty.add(form);
    if (event.target.matches?.("[data-draft]")) keep(event.target);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) dirty.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    dirty.delete(event.target);
    for (const field of all(event.target, "[data-draft]")) {
      // An htmx form may be refused: its draft goes only after the server has taken it.
      if (!event.target.matches("[hx-post], [hx-put], [hx-patch]")) forget(field);
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful || !(event.detail.elt instanceof HTMLFormElement)) return;
    dirty.delete(event.detail.elt);
    for (const field of all(event.detail.elt, "[data-draft]")) forget(field);
  });
  window.addEventListener("beforeunload", (event) => {
    if (leaving || ![...dirty].some((form) => form.isConnected)) return;
    event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
}

export function enhance(root) {
  for (const field of all(root, "[data-draft]")) {
    const kept = read(field);
    if (kept && !field.value) {
      field.value = kept;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

function keyOf(field) {
  return `draft:${field.dataset.draft}`;
}

function read(field) {
  try { return sessionStorage.getItem(keyOf(field)); } catch { return null; }
}

function keep(field) {
  try {
    if (field.value) sessionStorage.setItem(keyOf(field), field.value);
    else sessionStorage.removeItem(keyOf(field));
  } catch { /* A full or forbidden store only means no draft. */ }
}

function forget(field) {
  try { sessionStorage.removeItem(keyOf(field)); } catch { /* Nothing was kept. */ }
}
