// <select multiple data-multiselect data-placeholder="Все сферы"> becomes a button with a panel: search, checkboxes,
// «Снять». The select stays in the form and holds the value, so the server sees the same with and without script.
import { all, make } from "./dom.js";

const done = new WeakSet();
let serial = 0;

export function start() {
  document.addEventListener("click", (event) => {
    for (const box of document.querySelectorAll(".ms.open")) if (!box.contains(event.target)) close(box);
  });
  document.addEventListener("focusin", (event) => {
    for (const box of document.querySelectorAll(".ms.open")) if (!box.contains(event.target)) close(box);
  });
}

export function enhance(root) {
  for (const select of all(root, "select[multiple][data-multiselect]")) {
    if (done.has(select)) continue;
    done.add(select);
    // htmx restores its history as plain text: an old box without its listeners goes.
    if (select.nextElementSibling?.matches(".ms")) select.nextElementSibling.remove();
    build(select);
  }
}

function build(select) {
  serial += 1;
  const id = `ms-${serial}`;
  const box = make("div", "ms");
  const button = make("button", "ms-button");
  const text = make("span", "ms-text");
  const count = make("span", "ms-count");
  const panel = make("div", "ms-panel");
  button.type = "button";
  button.id = `${id}-button`;
  text.id = `${id}-text`;
  count.id = `${id}-count`;
  panel.id = `${id}-panel`;
  panel.hidden = true;
  panel.setAttribute("role", "group");
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", panel.id);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) button.setAttribute(name, select.getAttribute(name));
  }
  const label = select.labels?.[0];
  if (label) {
    label.id ||= `${id}-label`;
    label.htmlFor = button.id;
    button.setAttribute("aria-labelledby", `${label.id} ${text.id} ${count.id}`);
    panel.setAttribute("aria-labelledby", label.id);
  }
  button.append(text, " ", count);
  fill(select, panel, label?.textContent.trim() ?? "");
  box.append(button, panel);
  select.hidden = true;
  select.after(box);

  const refresh = () => summarise(select, text, count, panel);
  refresh();
  button.addEventListener("click", () => (panel.hidden ? open(box) : close(box)));
  panel.addEventListener("change", (event) => {
    const index = Number(event.target.dataset.index);
    if (!Number.isInteger(index)) return;
    select.options[index].selected = event.target.checked;
    changed(select, refresh);
  });
  panel.querySelector(".ms-clear").addEventListener("click", () => {
    for (const option of select.options) option.selected = false;
    changed(select, refresh);
    panel.querySelector("input").focus();
  });
  panel.querySelector(".ms-done").addEventListener("click", () => { close(box); button.focus(); });
  panel.querySelector(".ms-search input").addEventListener("input", (event) => { event.stopPropagation(); narrow(panel, event.target.value); });
  box.addEventListener("keydown", (event) => keys(event, box));
  select.form?.addEventListener("reset", () => setTimeout(refresh));
}

function fill(select, panel, labelText) {
  const top = make("div", "ms-search");
  const search = make("input", "input small");
  search.type = "text";
  search.placeholder = "Найти";
  search.autocomplete = "off";
  search.setAttribute("aria-label", `Найти в списке «${labelText}»`);
  top.append(search);
  const list = make("div", "ms-list");
  [...select.options].forEach((option, index) => {
    const row = make("label", "ms-option");
    const check = make("input");
    check.type = "checkbox";
    check.dataset.index = String(index);
    row.append(check, make("span", "", option.textContent.trim()));
    list.append(row);
  });
  const none = make("p", "ms-none", "Ничего не найдено");
  none.hidden = true;
  list.append(none);
  const foot = make("div", "ms-foot");
  const clear = make("button", "button quiet small ms-clear", "Снять");
  const ready = make("button", "button small ms-done", "Готово");
  clear.type = ready.type = "button";
  foot.append(clear, ready);
  panel.append(top, list, foot);
}

function summarise(select, text, count, panel) {
  const chosen = [...select.selectedOptions].map((option) => option.textContent.trim());
  text.textContent = chosen.join(", ") || select.dataset.placeholder || "Не выбрано";
  text.classList.toggle("blank", chosen.length === 0);
  count.textContent = chosen.length < 2 ? "" : String(chosen.length);
  count.hidden = chosen.length < 2;
  for (const check of panel.querySelectorAll("[data-index]")) check.checked = select.options[Number(check.dataset.index)].selected;
}

function changed(select, refresh) {
  refresh();
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function fold(text) {
  return text.toLowerCase().replaceAll("ё", "е").trim();
}

function narrow(panel, typed) {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of panel.querySelectorAll(".ms-option")) {
    const text = fold(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  panel.querySelector(".ms-none").hidden = shown > 0;
}

function open(box) {
  const panel = box.querySelector(".ms-panel");
  const search = panel.querySelector(".ms-search input");
  box.classList.add("open");
  panel.hidden = false;
  panel.classList.remove("left");
  panel.classList.toggle("left", panel.getBoundingClientRect().right > document.documentElement.clientWidth - 8);
  box.querySelector(".ms-button").setAttribute("aria-expanded", "true");
  search.value = "";
  narrow(panel, "");
  // On a phone the keyboard would cover the list.
  if (window.matchMedia("(hover: hover)").matches) search.focus();
}

function close(box) {
  box.classList.remove("open");
  box.querySelector(".ms-panel").hidden = true;
  box.querySelector(".ms-button").setAttribute("aria-expanded", "false");
}

function keys(event, box) {
  const isOpen = box.classList.contains("open");
  if (event.key === "Escape" && isOpen) {
    event.stopPropagation();
    event.preventDefault();
    close(box);
    box.querySelector(".ms-button").focus();
    return;
  }
  if (!isOpen && event.key === "ArrowDown") {
    event.preventDefault();
    open(box);
    return;
  }
  if (!isOpen) return;
  const search = box.querySelector(".ms-search input");
  const checks = [...box.querySelectorAll(".ms-option:not([hidden]) input")];
  if (event.key === "Enter" && event.target !== box.querySelector(".ms-button")) {
    if (event.target.matches("button")) return;
    event.preventDefault();
    const target = event.target === search ? checks[0] : event.target;
    target?.click();
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const at = checks.indexOf(document.activeElement) + by;
  if (at < 0) search.focus();
  else checks[Math.min(at, checks.length - 1)]?.focus();
}
