//! Tasks: set from a card in words, finished on the desk, moved in the week by keys.

use anyhow::Result;

use super::companies::open_card;
use crate::{Day, audit};

/// A Monday that no run will see.
const MONDAY: &str = "05.01.2032";

pub(super) async fn set_in_words(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    let card = tab.path().await?;
    tab.follow("[data-new-task]").await?;
    audit::is_accessible(tab, "the form of a task").await?;
    tab.fill("#f-title", "Позвонить насчёт счёта").await?;
    tab.fill("#f-due", "завтра 10:00").await?;
    tab.until(
        "the date to be understood",
        "document.querySelector('#f-due-words').textContent.includes('10:00')",
    )
    .await?;
    tab.follow("button >> Сохранить").await?;
    anyhow::ensure!(
        tab.path().await? == card,
        "a task that was set from a card leads back to it"
    );
    tab.finds(".task .row-link >> Позвонить насчёт счёта").await
}

pub(super) async fn finish_on_the_desk(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/tasks/new/?back=/").await?;
    tab.fill("#f-title", "Отправить договор").await?;
    tab.click("[data-due-value=сегодня]").await?;
    tab.follow("button >> Сохранить").await?;
    tab.finds("#today .row-link >> Отправить договор").await?;
    audit::is_accessible(tab, "the desk").await?;
    tab.follow("#today button[aria-label='Выполнить: Отправить договор']")
        .await?;
    tab.finds_no("#today .row-link >> Отправить договор").await?;
    tab.sees("выполнена").await
}

pub(super) async fn move_by_keys(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/tasks/new/?back=/tasks/week/%3Fday=2032-01-05").await?;
    tab.fill("#f-title", "Встреча").await?;
    tab.fill("#f-due", &format!("{MONDAY} 15:00")).await?;
    tab.follow("button >> Сохранить").await?;
    tab.finds("[data-day='2032-01-05'] .row-link >> Встреча").await?;
    audit::is_accessible(tab, "the week").await?;
    tab.eval::<Option<bool>>("document.querySelector('[data-day=\"2032-01-05\"] .row-link').focus(), null")
        .await?;
    tab.leave(tab.press("Alt+ArrowRight")).await?;
    tab.finds("[data-day='2032-01-06'] .row-link >> Встреча").await?;
    // The focus stays with it, so that it goes on with the next press.
    tab.leave(tab.press("Alt+ArrowRight")).await?;
    tab.finds("[data-day='2032-01-07'] .row-link >> Встреча").await
}

pub(super) async fn finish_with_the_next_one(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/tasks/?scope=mine").await?;
    tab.follow(".task .row-link >> Позвонить насчёт счёта").await?;
    audit::is_accessible(tab, "a task").await?;
    tab.fill("#f-result", "Оплатят в пятницу").await?;
    tab.fill("#f-next_title", "Проверить оплату").await?;
    tab.fill("#f-next_due", "пт 12:00").await?;
    tab.follow("button >> Выполнена").await?;
    tab.sees("Оплатят в пятницу").await?;
    tab.open("/tasks/?scope=mine").await?;
    tab.finds(".task .row-link >> Проверить оплату").await
}
