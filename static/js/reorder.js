// <ul data-reorder>: buttons [data-move="up|down"] move their row. Without script the same buttons ask the server.
export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-reorder] [data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const other = button.dataset.move === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other?.querySelector("[data-move]")) return;
    if (button.dataset.move === "up") other.before(row);
    else other.after(row);
    tidy(row.parentElement);
    if (button.disabled) row.querySelector("[data-move]:not(:disabled)")?.focus();
    else button.focus();
  });
}

/** The first row goes no higher, the last one no lower. */
function tidy(list) {
  const rows = [...list.children].filter((row) => row.querySelector("[data-move]"));
  rows.forEach((row, place) => {
    row.querySelector('[data-move="up"]').disabled = place === 0;
    row.querySelector('[data-move="down"]').disabled = place === rows.length - 1;
  });
}
