//! Finding companies, and making one.

use anyhow::{Result, ensure};

use crate::tab::quote;
use crate::{Day, audit};

/// A company with a right checksum that no generator makes.
pub(super) const NAME: &str = "ООО «Заря Севера»";
const INN: &str = "7707083893";

pub(super) async fn find_from_anywhere(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/").await?;
    let name = tab.value(".table .row-link").await?;
    tab.open("/settings/").await?;
    tab.press("/").await?;
    tab.is_focused("#palette-q").await?;
    tab.write(&name).await?;
    tab.finds(&format!("#palette [aria-selected=true] >> {name}")).await?;
    audit::is_accessible(tab, "the dialog of the search").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds(&format!("h1 >> {name}")).await?;
    tab.press("Control+k").await?;
    tab.is_focused("#palette-q").await?;
    tab.press("Escape").await?;
    tab.finds_no("#palette").await?;
    tab.is_focused("body").await?;
    tab.open("/companies/?q=щщщщщщщщ").await?;
    tab.sees("Ничего не нашлось").await?;
    audit::is_accessible(tab, "the empty list").await
}

/// The other layout, arrows, a new tab, and Enter before there is an answer.
pub(super) async fn search_by_keys_alone(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/account/password/").await?;
    tab.press("Control+k").await?;
    tab.is_focused("#palette-q").await?;
    // «заря» with the Latin layout switched on.
    tab.write("pfhz").await?;
    tab.finds("#palette .hit-meant >> заря").await?;
    tab.finds("#palette [aria-selected=true] mark >> Заря").await?;
    let first = tab.href("#palette [aria-selected=true]").await?;
    tab.press("ArrowDown").await?;
    tab.press("ArrowUp").await?;
    // Where a new tab would lead; the window itself belongs to the browser.
    tab.eval::<Option<bool>>("window.open = url => { window.inNewTab = url }, null")
        .await?;
    tab.press("Control+Enter").await?;
    tab.until("a new tab", &format!("window.inNewTab?.endsWith({})", quote(&first)))
        .await?;
    tab.finds("#palette").await?;
    tab.leave(tab.press("Enter")).await?;
    ensure!(tab.path().await? == first, "Enter did not open {first}");
    tab.press("/").await?;
    tab.is_focused("#palette-q").await?;
    tab.write("заря").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.until(
        "a card or the page of the search",
        "/^.(companies|search)./.test(location.pathname)",
    )
    .await
}

pub(super) async fn walk_by_keys(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/").await?;
    tab.press("ArrowDown").await?;
    tab.is_focused("tbody tr:nth-child(1) .row-link").await?;
    tab.press("ArrowDown").await?;
    tab.press("ArrowDown").await?;
    tab.press("ArrowUp").await?;
    tab.is_focused("tbody tr:nth-child(2) .row-link").await?;
    let href = tab.href("tbody tr:nth-child(2) .row-link").await?;
    tab.leave(tab.press("Enter")).await?;
    ensure!(tab.path().await? == href, "Enter did not open {href}");
    tab.open("/companies/").await?;
    tab.follow("tbody tr:nth-child(3) td.nums").await?;
    tab.until("a card", "/^.companies.[0-9a-f-]{36}.$/.test(location.pathname)")
        .await
}

pub(super) async fn narrow(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/").await?;
    tab.choose("#f-cold_call", "Тёплые").await?;
    tab.follow("button >> Найти").await?;
    tab.finds(".filter-active .chip").await?;
    tab.follow("a >> Сбросить всё").await?;
    tab.finds_no(".filter-active .chip").await?;
    // The next page by its key, and back.
    let first = tab.value(".table .row-link").await?;
    tab.follow("a[rel=next]").await?;
    ensure!(
        tab.value(".table .row-link").await? != first,
        "the second page begins like the first"
    );
    tab.follow("a[rel=prev]").await?;
    ensure!(
        tab.value(".table .row-link").await? == first,
        "the way back leads elsewhere"
    );
    Ok(())
}

pub(super) async fn be_warned_of_a_twin(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/?sort=name").await?;
    let inn = tab.value(".table .nums .raise").await?;
    tab.follow(".top-new.primary").await?;
    tab.fill("#f-inn", &inn).await?;
    tab.sees("Похожие компании уже есть").await?;
    tab.finds("#duplicates .badge >> ИНН").await?;
    audit::is_accessible(tab, "the form with a warning").await?;
    tab.fill("#f-inn", "").await?;
    tab.sees_no("Похожие компании уже есть").await
}

pub(super) async fn create(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.fill("#f-name", NAME).await?;
    tab.fill("#f-inn", INN).await?;
    tab.fill("#f-address", "г. Мурманск, ул. Полярная, д. 1").await?;
    tab.fill("[name=phone]", "89110000102").await?;
    ensure!(
        tab.value("[name=phone]").await? == "+7 (911) 000-01-02",
        "the phone is not formatted while it is typed"
    );
    choose_spheres_by_keys(day).await?;
    tab.follow(".form-actions button >> Сохранить").await?;
    tab.finds("h1 >> Заря Севера").await?;
    tab.finds("a[href='tel:+79110000102']").await?;
    let spheres: u64 = tab
        .eval("document.querySelectorAll('.facts .badges .badge').length")
        .await?;
    ensure!(spheres == 2, "{spheres} spheres on the card instead of 2");
    Ok(())
}

/// Open, find by a letter, tick with Enter; clear the search, tick another with Space; Escape.
async fn choose_spheres_by_keys(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.eval::<Option<bool>>("document.querySelector('#f-spheres + .ms .ms-button').focus(), null")
        .await?;
    tab.press("ArrowDown").await?;
    tab.is_focused(".ms-search input").await?;
    audit::is_accessible(tab, "the form with open spheres").await?;
    let last = "[...document.querySelectorAll('#f-spheres option')].at(-1).textContent.trim()";
    let last: String = tab.eval(last).await?;
    tab.write(&last).await?;
    tab.press("Enter").await?;
    tab.until(
        "one sphere",
        "document.querySelector('#f-spheres').selectedOptions.length === 1",
    )
    .await?;
    tab.fill(".ms.open .ms-search input", "").await?;
    tab.press("ArrowDown").await?;
    tab.press(" ").await?;
    tab.until(
        "two spheres",
        "document.querySelector('#f-spheres').selectedOptions.length === 2",
    )
    .await?;
    tab.press("Escape").await?;
    tab.finds_no(".ms.open").await
}

/// Opens the card of the company made here.
pub(super) async fn open_card(day: &Day<'_>) -> Result<()> {
    day.tab.open(&format!("/companies/?q={INN}")).await?;
    day.tab.follow(".table .row-link").await
}
