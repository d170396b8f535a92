// [data-palette]: the search dialog. `/` and Ctrl+K open it on any page; htmx asks 120 ms after the last letter, and a
// newer question breaks an older one off. Arrows choose, Enter opens, Ctrl+Enter opens a new tab, Alt+Enter asks the phone to
// call what is chosen, Escape closes.
import { isTyping } from "./dom.js";

export function start() {
  const dialog = document.querySelector("[data-palette]");
  if (!dialog) return;
  const input = dialog.querySelector("[role=combobox]");
  const results = dialog.querySelector("#palette-results");
  const said = dialog.querySelector("[data-palette-said]");
  const options = () => [...results.querySelectorAll("[role=option]")];
  const active = () => results.querySelector("[aria-selected=true]");
  // Only an answer to what stands in the field now may be opened by Enter.
  const isFresh = () => results.querySelector("[data-palette-answer]")?.dataset.paletteAnswer === input.value.trim();

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.focus();
    input.select();
    if (!isFresh()) input.dispatchEvent(new CustomEvent("palette:open"));
  }

  function choose(option) {
    active()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function step(by) {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(active());
    choose(all[at === -1 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
  }

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.shiftKey) return;
    const ctrl = event.ctrlKey || event.metaKey;
    // By code, not by letter: with a Russian layout the key K types «л» and / types «.».
    const asked = ctrl ? event.code === "KeyK" : (event.key === "/" || event.code === "Slash") && !isTyping(event.target);
    if (!asked || (document.querySelector("dialog[open]") && !dialog.open)) return;
    if (!ctrl && dialog.open) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette-open]")) open();
    // A hit on this very page moves it to another place: the dialog must not stay above.
    else if (event.target.closest?.("[data-palette] [role=option]") && !event.ctrlKey && !event.metaKey) dialog.close();
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const option = isFresh() ? active() : null;
      if (event.altKey) {
        event.preventDefault();
        option?.parentElement.querySelector(".call-button")?.click();
        return;
      }
      // Too early to know what is meant: the form leads to the page with everything.
      if (!option) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) window.open(option.href, "_blank", "noopener");
      else option.click();
    }
  });
  // The call shows at the foot of the page, which must not stay behind the dialog.
  document.addEventListener("submit", (event) => {
    if (event.submitter?.closest("[data-palette]") && "call" in event.target.dataset) dialog.close();
  });
  results.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]") ?? event.target.closest(".hit-row")?.querySelector("[role=option]");
    if (option && option !== active()) choose(option);
  });
  results.addEventListener("htmx:afterSwap", () => {
    const all = options();
    input.setAttribute("aria-expanded", String(all.length > 0));
    said.textContent = results.querySelector("[data-said]")?.dataset.said ?? "";
    results.scrollTop = 0;
    choose(all[0]);
  });
}
