//! Acts on many companies, and filters with a name.

use anyhow::{Result, ensure};

use crate::tab::DESK;
use crate::{Day, audit};

/// Rows are walked to, ticked and changed without a mouse; then everything is taken back.
pub(super) async fn change_and_undo(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/?sort=name").await?;
    tab.finds_no(".bulk-bar").await?;
    tab.press("ArrowDown").await?;
    tab.press("x").await?;
    tab.finds(".bulk-count >> Выбрано: 1").await?;
    tab.press("ArrowDown").await?;
    tab.press("ArrowDown").await?;
    tab.press("x").await?;
    tab.finds(".bulk-count >> Выбрано: 2").await?;
    tab.until(
        "a half-ticked head",
        "document.querySelector('#pick-all').indeterminate",
    )
    .await?;
    audit::is_accessible(tab, "the list with ticked rows").await?;
    tab.eval::<Option<bool>>("document.querySelector('tr[data-picked] [data-pick]').focus(), null")
        .await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds("h1 >> Что сделать с компаниями?").await?;
    audit::is_accessible(tab, "what to do with many").await?;
    tab.eval::<Option<bool>>("document.querySelector('.acts [value=status]').focus(), null")
        .await?;
    tab.leave(tab.press("Enter")).await?;
    tab.choose("#f-status", "Без статуса").await?;
    tab.eval::<Option<bool>>("document.querySelector('button[name=asked]').focus(), null")
        .await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds(".badge >> Предпросмотр").await?;
    audit::is_accessible(tab, "the preview").await?;
    audit::fits_phones(tab, "the preview").await?;
    tab.size(DESK).await?;
    tab.eval::<Option<bool>>("document.querySelector('.page-head button').focus(), null")
        .await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds(".banner >> можно отменить").await?;
    audit::is_accessible(tab, "the done act").await?;
    tab.eval::<Option<bool>>("document.querySelector('.banner button').focus(), null")
        .await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds(".banner >> Прежние значения возвращены").await?;
    tab.open("/companies/bulk/").await?;
    tab.finds(".table .badge >> Отменено").await
}

/// Two pages of twenty-five: what is ticked on the first one goes along, another list begins anew.
pub(super) async fn tick_over_pages(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/?sort=name").await?;
    tab.leave(tab.choose("#f-size", "25")).await?;
    tab.press("ArrowDown").await?;
    tab.press("x").await?;
    tab.press("ArrowDown").await?;
    tab.press("x").await?;
    tab.follow(".pager a >> Дальше").await?;
    tab.finds(".bulk-count >> Выбрано 2, из них на этой странице 0").await?;
    tab.press("ArrowDown").await?;
    tab.press("x").await?;
    tab.finds(".bulk-count >> Выбрано 3, из них на этой странице 1").await?;
    audit::is_accessible(tab, "ticks on two pages").await?;
    audit::fits_phones(tab, "ticks on two pages").await?;
    tab.size(DESK).await?;
    tab.open("/companies/?sort=created_at").await?;
    tab.finds(".bulk-count >> Выбрано 3").await?;
    tab.open("/companies/?cold_call=1").await?;
    tab.finds_no(".bulk-bar").await?;
    tab.open("/companies/?sort=name").await?;
    tab.follow("button >> Статус").await?;
    tab.sees("3\u{a0}компании").await?;
    tab.follow("a >> Отмена").await?;
    tab.finds(".bulk-count >> Выбрано 3, из них на этой странице 2").await?;
    tab.click("button >> Снять выбор").await?;
    tab.finds_no(".bulk-bar").await?;
    tab.open("/companies/?sort=name&dir=asc").await?;
    tab.finds_no(".bulk-bar").await
}

pub(super) async fn name_a_filter(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/?cold_call=0").await?;
    tab.follow(".views-acts a >> Сохранить фильтр").await?;
    tab.fill("#f-name", "Тёплые").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds(".tab[aria-current] >> Тёплые").await?;
    tab.open("/companies/saved/").await?;
    tab.follow("button >> Открывать список так").await?;
    tab.open("/companies/").await?;
    let opened: String = tab.eval("location.search").await?;
    ensure!(opened == "?cold_call=0", "the list opens with {opened}");
    tab.open("/companies/saved/").await?;
    tab.click("button[aria-label^=Удалить]").await?;
    tab.follow("dialog button >> Удалить").await?;
    tab.sees("Пока ничего не сохранено").await
}
