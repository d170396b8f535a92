// [data-cold-report]: the report of one's own cold calls, to be read and copied. The months that have any become choices.
import { show } from "./toast.js";

export function start() {
  const box = document.querySelector("[data-cold-report]");
  if (!box) return;
  const range = box.querySelector("[data-cold-range]");
  const text = box.querySelector("[data-cold-text]");
  const copy = box.querySelector("[data-cold-copy]");
  box.querySelector("[data-cold-load]").addEventListener("click", load);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    show("Отчёт скопирован.", "success");
  });

  async function load() {
    const answer = await fetch(range.value, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return show("Не получилось. Попробуйте ещё раз.", "error");
    const report = await answer.json();
    text.textContent = report.text;
    text.hidden = copy.hidden = false;
    for (const { key, label } of report.available_months ?? []) {
      const value = `/reports/cold-calls/month/?month=${key}`;
      if (![...range.options].some((option) => option.value === value)) range.append(new Option(label, value));
    }
  }
}
