// [data-new-task]: the way to the form of a task; whoever has set it comes back to this page.
export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-new-task]");
    if (!link) return;
    const address = new URL(link.href);
    if (location.pathname !== address.pathname) address.searchParams.set("back", location.pathname + location.search);
    const card = location.pathname.match(/^\/companies\/([0-9a-f-]{36})\/$/);
    if (card) address.searchParams.set("company", card[1]);
    link.href = address.href;
  });
}
