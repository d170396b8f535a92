// Lists: arrows or j/k walk through the rows of [data-row-list], Enter opens, Ctrl+Enter opens in a new tab;
// a click anywhere in a row opens it too, unless text is being selected.
import { isTyping } from "./dom.js";

const LINK = ".row-link";

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.shiftKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const list = document.querySelector("[data-row-list]");
    if (!list) return;
    if (event.target.closest?.("[role=tablist], .menu, .ms, summary")) return;
    if (event.ctrlKey) {
      if (event.key === "Enter" && event.target.matches?.(LINK)) {
        event.preventDefault();
        window.open(event.target.href, "_blank", "noopener");
      }
      return;
    }
    const by = { ArrowDown: 1, ArrowUp: -1, KeyJ: 1, KeyK: -1 }[event.code];
    if (!by) return;
    event.preventDefault();
    step(list, by);
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-row-list] :is(tr, .hits > li)");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, select, textarea, label, summary")) return;
    if (String(window.getSelection())) return;
    const link = row.querySelector(LINK);
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });
}

function step(list, by) {
  const links = [...list.querySelectorAll(LINK)];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at === -1 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next].focus();
  links[next].closest("tr, li").scrollIntoView({ block: "nearest" });
}
