// `/` or Ctrl+K goes to the search box from anywhere; Escape leaves it.
import { isTyping } from "./dom.js";

export function start() {
  document.addEventListener("keydown", (event) => {
    const search = document.querySelector("[data-global-search]");
    if (!search || document.querySelector("dialog[open]")) return;
    // By code, not by letter: with a Russian layout the key K types «л» and / types «.».
    const ctrlK = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === "KeyK";
    const slash = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
      && (event.key === "/" || event.code === "Slash") && !isTyping(event.target);
    if (ctrlK || slash) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search) {
      search.blur();
    }
  });
}
