// <select data-autosubmit> sends its form when another option is chosen. Without script a button does.
export function start() {
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-autosubmit]")) event.target.form.requestSubmit();
  });
}
