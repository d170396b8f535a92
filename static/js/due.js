// [data-due-picks]: buttons that write a date in words into a field.
export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-due-value]");
    if (!button) return;
    const field = document.getElementById(button.closest("[data-due-picks]").dataset.duePicks);
    field.value = button.dataset.dueValue;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
