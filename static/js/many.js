// [data-many]: one button ticks all rows that belong to the form, and unticks them.
export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-many-all]");
    if (!button) return;
    const boxes = [...button.form.elements].filter((box) => box.type === "checkbox");
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}
