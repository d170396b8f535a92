//! Notes on a card.

use anyhow::Result;

use super::companies::open_card;
use crate::{Day, audit};

pub(super) async fn add(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    tab.fill("#f-note", "Договорились о встрече в среду.").await?;
    tab.leave(tab.press("Control+Enter")).await?;
    tab.finds(".event-text >> Договорились о встрече в среду.").await?;
    tab.fill("#f-note", "Ждут счёт.").await?;
    tab.follow("button >> Добавить заметку").await?;
    tab.finds(".event-text >> Ждут счёт.").await
}

pub(super) async fn edit_and_pin(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.follow(".event:has(.event-text) a[aria-label=Изменить]").await?;
    audit::is_accessible(tab, "the form of a note").await?;
    tab.fill("#f-text", "Ждут счёт до пятницы.").await?;
    tab.follow("button >> Сохранить").await?;
    tab.finds(".event-text >> Ждут счёт до пятницы.").await?;
    tab.follow(".event button[aria-label=Закрепить]").await?;
    tab.finds(".event.pinned .event-text >> Ждут счёт до пятницы.").await?;
    audit::is_accessible(tab, "a card with a pinned note").await
}

pub(super) async fn delete(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.click(".event.pinned button[aria-label=Удалить]").await?;
    tab.finds("dialog[open] >> Удалить заметку?").await?;
    audit::is_accessible(tab, "the question before a note is deleted").await?;
    tab.press("Escape").await?;
    tab.finds_no("dialog[open]").await?;
    tab.finds(".event.pinned").await?;
    tab.click(".event.pinned button[aria-label=Удалить]").await?;
    tab.follow("dialog[open] button >> Удалить").await?;
    tab.finds_no(".event-text >> Ждут счёт до пятницы.").await?;
    tab.finds(".event-text >> Договорились о встрече в среду.").await
}
