//! Changing a card and its contacts.

use anyhow::{Result, ensure};

use super::companies::open_card;
use crate::{Day, audit};

pub(super) async fn edit(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    audit::is_accessible(tab, "a card").await?;
    tab.follow(".page-head a >> Изменить").await?;
    tab.fill("#f-name", "").await?;
    tab.eval::<Option<bool>>("document.querySelector('#f-name').form.noValidate = true, null")
        .await?;
    tab.follow(".form-actions button >> Сохранить").await?;
    tab.finds("#f-name-error").await?;
    audit::is_accessible(tab, "a refused form").await?;
    tab.fill("#f-name", "ООО «Заря Юга»").await?;
    tab.click("button >> Ещё номер").await?;
    tab.is_focused(".repeat-row:last-child [name=phone]").await?;
    tab.write("89110000304").await?;
    tab.fill(".repeat-row:last-child [name=phone_comment]", "бухгалтерия")
        .await?;
    tab.follow(".form-actions button >> Сохранить").await?;
    tab.finds("h1 >> Заря Юга").await?;
    tab.finds("a[href='tel:+79110000304']").await?;
    tab.sees("бухгалтерия").await?;
    // The change itself stands in the history, old and new.
    tab.follow("a.tab >> Изменения").await?;
    tab.finds(".changes del >> Заря Севера").await?;
    audit::is_accessible(tab, "the history of a card").await
}

pub(super) async fn leave_half_written(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    tab.follow(".page-head a >> Изменить").await?;
    // Only what is typed after a real click counts for the browser as work that could be lost.
    tab.click("#f-name").await?;
    tab.write("!").await?;
    tab.follow(".crumbs a >> Компании").await?;
    let asked = tab.complaints();
    ensure!(
        asked.len() == 1 && asked[0].contains("dialog"),
        "the browser did not ask once: {asked:?}"
    );
    open_card(day).await?;
    tab.finds("h1 >> Заря Юга").await
}

pub(super) async fn add_a_contact(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    tab.follow("#contacts a >> Контакт").await?;
    tab.fill("#f-last_name", "Северянина").await?;
    tab.fill("#f-first_name", "Ольга").await?;
    tab.fill("#f-position", "Снабжение").await?;
    tab.fill("[name=phone]", "9110000506").await?;
    tab.fill("[name=email]", "olga@example.ru").await?;
    audit::is_accessible(tab, "the form of a contact").await?;
    tab.follow(".form-actions button >> Сохранить").await?;
    tab.finds("#contacts .name >> Северянина").await?;
    tab.finds("#contacts a[href='tel:+79110000506']").await?;
    tab.follow("#contacts a[aria-label^='Изменить контакт']").await?;
    tab.fill("#f-position", "Закупки").await?;
    tab.follow(".form-actions button >> Сохранить").await?;
    tab.finds("#contacts li >> Закупки").await
}

/// One line of the card, the search of another company, and its card.
pub(super) async fn move_a_contact(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/").await?;
    let others = "[...document.querySelectorAll('.table .row-link')].map(e => e.textContent.trim()).find(name => !name.includes('Заря'))";
    let other: String = tab.eval(others).await?;
    open_card(day).await?;
    tab.fill("#contacts .quick [name=name]", "Кочевник Иван").await?;
    tab.fill("#contacts .quick [name=phone]", "9110000506").await?;
    tab.press("Enter").await?;
    tab.finds("#contacts .name >> Кочевник Иван").await?;
    tab.is_focused("#contacts .quick [name=name]").await?;
    audit::is_accessible(tab, "a card after a contact was added in a line").await?;
    tab.follow("#contacts a[aria-label='Изменить контакт: Кочевник Иван']")
        .await?;
    tab.finds("#same-phones a >> Северянина").await?;
    tab.follow(".form-actions a >> Перевести").await?;
    tab.fill("#f-q", &other).await?;
    tab.finds("#choices label").await?;
    audit::is_accessible(tab, "the choice of another company").await?;
    tab.click("#choices label").await?;
    tab.follow(".form-actions button >> Перевести").await?;
    tab.finds(&format!("h1 >> {other}")).await?;
    tab.finds("#contacts .name >> Кочевник Иван").await?;
    open_card(day).await?;
    tab.finds_no("#contacts .name >> Кочевник Иван").await
}

/// On paper stands what people know, and nothing that can only be pressed.
pub(super) async fn print(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    // What the browser's own dialog would be given.
    tab.eval::<Option<bool>>("window.print = () => { window.isPrinted = true }, null")
        .await?;
    tab.click("[data-print]").await?;
    tab.until("printing", "window.isPrinted === true").await?;
    tab.paper().await?;
    for known in [
        "h1 >> Заря Юга",
        ".print-only >> CRM ПРОФИ",
        "#contacts .name >> Северянина",
        "#timeline .event",
    ] {
        tab.finds(known).await?;
    }
    for pressed in ["button", ".side", ".top", ".actions"] {
        tab.finds_no(pressed).await?;
    }
    let colours: String = tab
        .eval("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color].join()")
        .await?;
    ensure!(
        colours == "rgb(255, 255, 255),rgb(0, 0, 0)",
        "black on white it is not: {colours}"
    );
    tab.dark(false).await
}
