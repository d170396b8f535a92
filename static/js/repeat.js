// [data-repeat] holds [data-repeat-rows], a <template> of one row and a [data-repeat-add] button;
// a row goes by its [data-repeat-remove] button. `__n__` in the template becomes a number of its own.
let serial = 1000;

export function start() {
  document.addEventListener("click", (event) => {
    const add = event.target.closest?.("[data-repeat-add]");
    if (add) return grow(add.closest("[data-repeat]"));
    const remove = event.target.closest?.("[data-repeat-remove]");
    if (remove) shrink(remove.closest("[data-repeat-row]"));
  });
}

function grow(group) {
  const template = group?.querySelector("template");
  const rows = group?.querySelector("[data-repeat-rows]");
  if (!template || !rows) return;
  serial += 1;
  const row = template.content.cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const name of ["id", "for", "name", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value?.includes("__n__")) element.setAttribute(name, value.replaceAll("__n__", String(serial)));
    }
  }
  rows.append(row);
  window.htmx?.process(rows.lastElementChild);
  rows.lastElementChild.querySelector("input, select")?.focus();
  changed(rows);
}

function shrink(row) {
  const rows = row?.parentElement;
  if (!rows) return;
  // The last row is emptied, not taken away, so that there is always a place to type.
  if (rows.children.length === 1) {
    for (const input of row.querySelectorAll("input:not([type=hidden]), textarea")) input.value = "";
    row.querySelector("input")?.focus();
  } else {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    neighbour.querySelector("input")?.focus();
  }
  changed(rows);
}

function changed(rows) {
  rows.dispatchEvent(new Event("input", { bubbles: true }));
}
