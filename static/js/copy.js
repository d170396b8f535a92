// [data-copy="text"] copies its text.
import { show } from "./toast.js";

export function start() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    event.preventDefault();
    try {
      await write(button.dataset.copy);
      show(`Скопировано: ${button.dataset.copy}`, "success");
    } catch {
      show("Не получилось скопировать. Выделите текст и нажмите Ctrl+C.", "warning");
    }
  });
}

/** The clipboard needs HTTPS; an office server on plain HTTP gets the older way. */
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
  return undefined;
}
