//! The first administrator, signing in and out, people and branches.

use anyhow::Result;

use crate::{Day, audit};

pub(crate) const USER: &str = "direktor";
pub(crate) const PASSWORD: &str = "Осенний-дождь-47";
/// Login and password of a manager.
pub(super) const MANAGER: (&str, &str) = ("petr", "Зимний-вечер-58");

pub(crate) async fn make_the_first_administrator(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    let link = day.program.setup_link()?;
    tab.open(&link).await?;
    audit::is_accessible(tab, "the page of the first administrator").await?;
    tab.fill("#f-username", USER).await?;
    tab.fill("#f-first_name", "Мария").await?;
    tab.fill("#f-last_name", "Основательница").await?;
    tab.fill("#f-password", PASSWORD).await?;
    tab.fill("#f-repeat", "другой пароль").await?;
    tab.follow("button >> Создать и войти").await?;
    tab.sees("Пароли не совпадают.").await?;
    tab.fill("#f-password", PASSWORD).await?;
    tab.fill("#f-repeat", PASSWORD).await?;
    tab.follow("button >> Создать и войти").await?;
    tab.finds(".user-button >> Мария Основательница").await
}

pub(super) async fn be_refused(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.sees("Всё сделано").await?;
    sign_out(day).await?;
    audit::is_accessible(tab, "the sign-in page").await?;
    tab.fill("#f-username", USER).await?;
    tab.fill("#f-password", "не тот пароль").await?;
    tab.follow("button >> Войти").await?;
    tab.sees("Неверный логин или пароль.").await?;
    audit::is_accessible(tab, "the sign-in page after a wrong password").await
}

pub(super) async fn sign_in(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/settings/users/").await?;
    tab.until("the sign-in page", "location.pathname === '/login/'").await?;
    enter(day).await?;
    tab.until("the page asked for", "location.pathname === '/settings/users/'")
        .await
}

/// Fills in the sign-in page and sends it.
pub(super) async fn enter(day: &Day<'_>) -> Result<()> {
    day.tab.fill("#f-username", USER).await?;
    day.tab.fill("#f-password", PASSWORD).await?;
    day.tab.follow("button >> Войти").await
}

/// The browser forgets its cookies, as another device has none: the session from before stays open elsewhere.
pub(super) async fn end_a_session(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.forget_cookies().await?;
    tab.open("/account/sessions/").await?;
    enter(day).await?;
    tab.until("the page asked for", "location.pathname === '/account/sessions/'")
        .await?;
    tab.finds("tr:first-child .badge >> это устройство").await?;
    tab.click("tr:nth-child(2) button >> Завершить").await?;
    tab.finds("dialog[open] >> Завершить сеанс?").await?;
    audit::is_accessible(tab, "the question before a session is ended").await?;
    tab.press("Escape").await?;
    tab.finds_no("dialog[open]").await?;
    tab.click("tr:nth-child(2) button >> Завершить").await?;
    tab.follow("dialog[open] button >> Завершить").await?;
    tab.sees("Сеанс завершён.").await?;
    tab.finds_no("tbody button >> Завершить").await
}

/// By the menu under one's name; a native disclosure, so it opens without scripts too.
pub(super) async fn sign_out(day: &Day<'_>) -> Result<()> {
    day.tab.click(".user-button").await?;
    day.tab.follow("button >> Выйти").await?;
    day.tab
        .until("the sign-in page", "location.pathname === '/login/'")
        .await
}

pub(super) async fn add_people(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/settings/branches/new/").await?;
    tab.fill("#f-name", "Екатеринбург").await?;
    tab.fill("#f-code", "ekb").await?;
    tab.follow("button >> Создать").await?;
    tab.finds(".row-link >> Екатеринбург").await?;
    tab.open("/settings/users/new/").await?;
    tab.fill("#f-first_name", "Пётр").await?;
    tab.fill("#f-last_name", "Менеджеров").await?;
    tab.fill("#f-username", MANAGER.0).await?;
    tab.choose("#f-role", "Менеджер").await?;
    tab.choose("#f-branch", "Екатеринбург").await?;
    tab.fill("#f-password", MANAGER.1).await?;
    tab.follow(".form-actions button >> Создать").await?;
    tab.finds(".row-link >> Менеджеров").await
}

/// What it means is seen first; the old address of a list means the other entry afterwards.
pub(super) async fn merge_two_statuses(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/settings/dictionaries/statuses/").await?;
    tab.follow(".row-link >> Информация не найдена").await?;
    tab.follow(".form-actions a >> Объединить или удалить").await?;
    audit::is_accessible(tab, "the question before an entry goes").await?;
    tab.leave(tab.choose("#f-to", "Деятельность прекращена")).await?;
    tab.sees("Что изменится").await?;
    audit::is_accessible(tab, "what a merge will change").await?;
    tab.follow(".form-actions button >> Объединить").await?;
    tab.sees("Объединено").await?;
    tab.finds_no(".row-link >> Информация не найдена").await?;
    tab.open("/companies/?status=11").await?;
    tab.finds(".chip >> Деятельность прекращена").await
}
