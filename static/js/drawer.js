// The menu on phones is a checkbox; script adds Escape, the right focus and the way back.
export function start() {
  const check = document.querySelector("[data-drawer]");
  if (!check) return;
  const opener = document.querySelector(".top-menu");
  const side = document.getElementById("side");
  check.addEventListener("change", () => {
    if (check.checked) side?.querySelector("a.nav-link")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !check.checked) return;
    check.checked = false;
    check.focus();
    opener?.scrollIntoView({ block: "nearest" });
  });
  // Coming back through the browser's cache must not find the drawer open.
  window.addEventListener("pagehide", () => { check.checked = false; });
}
