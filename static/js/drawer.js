// The menu on phones is a checkbox; script adds Escape, the right focus and the way back.
export function start() {
  const check = document.querySelector("[data-drawer]");
  if (!check) return;
  check.addEventListener("change", () => {
    // The menu can take the focus only once it is visible.
    if (check.checked) requestAnimationFrame(() => document.querySelector("#side .nav-link")?.focus());
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !check.checked) return;
    check.checked = false;
    check.focus();
  });
  // Coming back through the browser's cache must not find the drawer open.
  window.addEventListener("pagehide", () => { check.checked = false; });
}
