// [data-week]: a task goes to another day by the mouse, or by Alt and an arrow when its link has the focus. Both send the
// form of its own menu, so that rights and words are the server's.
export function enhance(root) {
  const week = root.querySelector?.("[data-week]");
  if (!week) return;
  const columns = [...week.querySelectorAll("[data-day]")];
  const form = (task) => task.querySelector("form[action$='/move/']");
  const remembered = sessionStorage.getItem("week-focus");
  if (remembered) {
    sessionStorage.removeItem("week-focus");
    week.querySelector(`[data-task="${CSS.escape(remembered)}"] .row-link`)?.focus();
  }

  function send(task, column) {
    if (column === task.closest("[data-day]")) return;
    const wish = form(task);
    const day = document.createElement("input");
    day.type = "hidden";
    day.name = "day";
    day.value = column.dataset.day;
    wish.append(day);
    sessionStorage.setItem("week-focus", task.dataset.task);
    wish.submit();
  }

  for (const task of week.querySelectorAll("[data-task]")) {
    if (!form(task)) continue;
    task.draggable = true;
    task.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", task.dataset.task);
      event.dataTransfer.effectAllowed = "move";
      task.classList.add("is-dragged");
    });
    task.addEventListener("dragend", () => task.classList.remove("is-dragged"));
    task.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!event.altKey || !by) return;
      const column = columns[columns.indexOf(task.closest("[data-day]")) + by];
      event.preventDefault();
      if (column) send(task, column);
    });
  }
  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      event.preventDefault();
      column.classList.add("is-target");
    });
    column.addEventListener("dragleave", (event) => {
      if (!column.contains(event.relatedTarget)) column.classList.remove("is-target");
    });
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      column.classList.remove("is-target");
      const task = week.querySelector(`[data-task="${CSS.escape(event.dataTransfer.getData("text/plain"))}"]`);
      if (task) send(task, column);
    });
  }
}
