// `/` or Ctrl+K goes to the search box from anywhere, Escape leaves it; Ctrl+Enter in a text area sends its form.
import { isTyping } from "./dom.js";

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea")) {
      event.preventDefault();
      event.target.form?.requestSubmit();
      return;
    }
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
