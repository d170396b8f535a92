// Fields with data-limit: how many characters the server takes. What is typed or pasted is never cut: near the limit a
// line under the field counts, past it the line says so before the server does.
import { all, make } from "./dom.js";

const NEAR = 0.9;

export function start() {
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-limit]")) tell(event.target);
  });
}

export function enhance(root) {
  for (const field of all(root, "[data-limit]")) tell(field);
}

const lines = new WeakMap();

function tell(field) {
  const limit = Number(field.dataset.limit);
  const length = [...field.value.trim()].length;
  if (length <= limit * NEAR && !lines.has(field)) return;
  const line = lineOf(field);
  // A live region is read out only when it stood there before it got its words.
  requestAnimationFrame(() => {
    line.hidden = length <= limit * NEAR;
    line.className = length > limit ? "field-error" : "hint";
    line.textContent = length > limit
      ? `Знаков ${length}, а помещается ${limit}: сократите текст, иначе он не сохранится.`
      : `Знаков ${length} из ${limit}.`;
  });
}

function lineOf(field) {
  if (!lines.has(field)) {
    const line = make("p", "hint");
    line.setAttribute("aria-live", "polite");
    const home = field.closest(".field, [data-repeat-row]") ?? field.parentElement;
    home.append(line);
    lines.set(field, line);
  }
  return lines.get(field);
}
