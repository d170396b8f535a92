// <nav data-tabs>: where tabs do not fit, the one that is open is brought into sight. Only the row moves, not the page.
export function enhance(root) {
  const rows = [...root.querySelectorAll("[data-tabs]"), ...(root.matches?.("[data-tabs]") ? [root] : [])];
  for (const row of rows) {
    const open = row.querySelector("[aria-current]");
    if (!open || row.scrollWidth <= row.clientWidth) continue;
    const { left, width } = open.getBoundingClientRect();
    row.scrollLeft += left - row.getBoundingClientRect().left - (row.clientWidth - width) / 2;
  }
}
