// [data-recurrence] holds the fields of a repetition; those that the chosen kind and end have no use for are hidden.
// A field with an error stays in sight, whatever is chosen.
import { all } from "./dom.js";

export function enhance(root) {
  for (const box of all(root, "[data-recurrence]")) {
    box.addEventListener("change", () => show(box));
    show(box);
  }
}

function show(box) {
  const kind = box.querySelector("[name=repeat]").value;
  const end = box.querySelector("[name=repeat_end]").value;
  for (const part of box.querySelectorAll("[data-recurrence-for]")) {
    const isOfKind = part.dataset.recurrenceFor.split(" ").includes(kind);
    const isOfEnd = !part.dataset.recurrenceEnd || part.dataset.recurrenceEnd === end;
    part.hidden = !(isOfKind && isOfEnd) && !part.querySelector("[aria-invalid=true]");
  }
}
