//! A card changed in its place, and two people on one card; by keys alone.

use anyhow::{Result, ensure};

use super::companies::open_card;
use crate::tab::quote;
use crate::{Day, audit};

/// Puts the focus where Tab would lead.
async fn focus(day: &Day<'_>, selector: &str) -> Result<()> {
    let tab = day.tab;
    tab.finds(selector).await?;
    tab.eval::<Option<bool>>(&format!("document.querySelector({}).focus(), null", quote(selector)))
        .await?;
    tab.is_focused(selector).await
}

/// A colleague saves a field of this card meanwhile, at another desk.
async fn colleague_saves(day: &Day<'_>, field: &str, value: &str) -> Result<()> {
    let path = day
        .tab
        .eval::<String>("location.pathname.split('/').slice(0, 3).join('/')")
        .await?;
    let status: u64 = day
        .tab
        .eval(&format!(
            "fetch({}, {{method: 'POST', headers: {{'X-CSRF-Token': document.querySelector('meta[name=csrf-token]').content}}, \
             body: new URLSearchParams({{{field}: {}}})}}).then(answer => answer.status)",
            quote(&format!("{path}/fields/{field}/")),
            quote(value)
        ))
        .await?;
    ensure!(status == 200, "the colleague was answered {status}");
    Ok(())
}

pub(super) async fn edit_by_keys(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    focus(day, "#cell-address [data-cell-edit]").await?;
    tab.press("Enter").await?;
    tab.is_focused("#f-address").await?;
    audit::is_accessible(tab, "a field in its place").await?;
    tab.write("г. Мурманск, ул. Полярная, д. 2").await?;
    tab.press("Enter").await?;
    tab.finds("#cell-address >> Полярная, д. 2").await?;
    tab.is_focused("#cell-address [data-cell-edit]").await?;
    tab.finds("#card-feed ins >> Полярная, д. 2").await?;
    // Escape puts the value back, and the focus where it was.
    tab.press("Enter").await?;
    tab.is_focused("#f-address").await?;
    tab.write("передумал").await?;
    tab.press("Escape").await?;
    tab.is_focused("#cell-address [data-cell-edit]").await?;
    tab.sees_no("передумал").await?;
    // Several numbers, each with a comment.
    focus(day, "#cell-phone [data-cell-edit]").await?;
    tab.press("Enter").await?;
    tab.is_focused("#field-phone [name=phone]").await?;
    audit::is_accessible(tab, "phones in their place").await?;
    focus(day, "#field-phone [name=phone_comment]").await?;
    tab.write("приёмная").await?;
    tab.press("Enter").await?;
    tab.finds("#cell-phone small >> приёмная").await
}

pub(super) async fn be_second_in_a_field(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    focus(day, "#cell-activity_kind [data-cell-edit]").await?;
    tab.press("Enter").await?;
    tab.is_focused("#f-activity_kind").await?;
    colleague_saves(day, "activity_kind", "Порт").await?;
    tab.write("Флот").await?;
    tab.press("Enter").await?;
    tab.finds("#cell-activity_kind td.theirs >> Порт").await?;
    tab.finds("#cell-activity_kind td.mine >> Флот").await?;
    tab.is_focused("#f-activity_kind").await?;
    audit::is_accessible(tab, "two versions of a field").await?;
    tab.press("Enter").await?;
    tab.finds("#cell-activity_kind >> Флот").await?;
    tab.finds_no("#cell-activity_kind .conflict").await
}

pub(super) async fn be_second_in_a_form(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    open_card(day).await?;
    focus(day, ".page-head a[href$='/edit/']").await?;
    tab.leave(tab.press("Enter")).await?;
    colleague_saves(day, "activity_kind", "Верфь").await?;
    tab.fill("#f-activity_kind", "Склад").await?;
    tab.fill("#f-website", "zarya.example").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds("h1 >> Выберите, что сохранить").await?;
    tab.finds(".version.theirs >> Верфь").await?;
    tab.finds(".version.mine >> Склад").await?;
    audit::is_accessible(tab, "two versions of a form").await?;
    // Of the pair, the arrow takes the other one.
    focus(day, "[name=take-activity_kind]:checked").await?;
    tab.press("ArrowUp").await?;
    tab.is_focused("[name=take-activity_kind][value=theirs]").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds("#cell-activity_kind >> Верфь").await?;
    tab.finds("#cell-website a >> zarya.example").await
}
