//! The day of a manager, on tasks, in a browser of the manager's own.

use anyhow::{Result, ensure};

use super::accounts::MANAGER;
use crate::tab::{DESK, PHONE, Tab};
use crate::{Day, audit};

/// A Monday that no run will see.
const MONDAY: &str = "12.01.2032";

/// From any page, the list of companies here.
pub(super) async fn come_in(day: &Day<'_>) -> Result<()> {
    let tab = day.other;
    tab.open("/companies/?all=1").await?;
    tab.fill("#f-username", MANAGER.0).await?;
    tab.fill("#f-password", MANAGER.1).await?;
    tab.follow("button >> Войти").await?;
    tab.until("the page asked for", "location.pathname === '/companies/'")
        .await?;
    tab.follow("[data-new-task]").await?;
    tab.is_focused("#f-title").await?;
    tab.write("Обзвонить новых").await?;
    tab.fill("#f-due", "сегодня").await?;
    tab.follow("button >> Сохранить").await?;
    ensure!(
        tab.path().await? == "/companies/?all=1",
        "whoever set a task comes back to where they were"
    );
    tab.open("/").await?;
    tab.finds("#today .row-link >> Обзвонить новых").await?;
    ensure!(
        tab.value("#today .count").await? == "1",
        "the count is that of the block"
    );
    // The count leads to the very same list.
    tab.follow("#today h2 a").await?;
    tab.finds(".task .row-link >> Обзвонить новых").await
}

/// The administrator gives a task; the manager's desk, open meanwhile, is not loaded again.
pub(super) async fn hear_of_a_task(day: &Day<'_>) -> Result<()> {
    let (boss, tab) = (day.tab, day.other);
    tab.open("/").await?;
    tab.eval::<bool>("window.stoodOpen = true").await?;
    boss.open("/tasks/new/").await?;
    boss.fill("#f-title", "Подготовить отчёт").await?;
    boss.fill("#f-due", "завтра 10:00").await?;
    boss.choose("#f-assignee", "Пётр Менеджеров").await?;
    boss.follow("button >> Сохранить").await?;
    tab.until(
        "the bell",
        "document.querySelector('[data-bell-count]').textContent === '1' && window.stoodOpen",
    )
    .await?;
    tab.click("[data-bell] summary").await?;
    tab.finds(".bell-item >> Подготовить отчёт").await?;
    audit::is_accessible(tab, "the open bell").await?;
    tab.follow(".bell-item >> Подготовить отчёт").await?;
    tab.finds("h1 >> Подготовить отчёт").await?;
    tab.finds_no("[data-bell-count]").await?;
    // What the boss gave stands on the desk, and it can be taken on.
    tab.open("/").await?;
    tab.finds("#new .row-link >> Подготовить отчёт").await
}

pub(super) async fn finish_with_the_next_one(day: &Day<'_>) -> Result<()> {
    let tab = day.other;
    tab.follow("#today .row-link >> Обзвонить новых").await?;
    tab.fill("#f-result", "Дозвонился до троих, интересен один").await?;
    tab.fill("#f-next_title", "Отправить предложение").await?;
    tab.fill("#f-next_due", "завтра 12:00").await?;
    tab.follow("button >> Выполнена").await?;
    tab.sees("Дозвонился до троих").await?;
    tab.open("/").await?;
    tab.finds_no("#today .row-link >> Обзвонить новых").await?;
    tab.finds("#week .row-link >> Отправить предложение").await
}

/// The mouse lies on the table: a task is set, put off and finished without leaving the desk.
pub(super) async fn work_by_keys_alone(day: &Day<'_>) -> Result<()> {
    let tab = day.other;
    tab.open("/").await?;
    tab.tab_to("[data-new-task]").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.is_focused("#f-title").await?;
    tab.write("Сверить счета").await?;
    tab.press("Tab").await?;
    tab.is_focused("#f-due").await?;
    tab.write("завтра 16:00").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds("#week .row-link >> Сверить счета").await?;
    tab.tab_to("#week summary[aria-label='Перенести: Сверить счета']")
        .await?;
    tab.press("Enter").await?;
    tab.finds("#week .menu-item >> Сегодня").await?;
    tab.press("Tab").await?;
    tab.tab_to("#week details[open] .menu-item >> Сегодня").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds("#today .row-link >> Сверить счета").await?;
    tab.tab_to("#today button[aria-label='Выполнить: Сверить счета']")
        .await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds_no("#today .row-link >> Сверить счета").await?;
    tab.sees("выполнена").await
}

pub(super) async fn move_in_the_week(day: &Day<'_>) -> Result<()> {
    let tab = day.other;
    tab.open("/tasks/new/?back=/tasks/week/%3Fday=2032-01-12").await?;
    tab.fill("#f-title", "Выезд к клиенту").await?;
    tab.fill("#f-due", &format!("{MONDAY} 9:00")).await?;
    tab.follow("button >> Сохранить").await?;
    tab.tab_to("[data-day='2032-01-12'] .row-link").await?;
    for (key, to) in [
        ("Alt+ArrowRight", "2032-01-13"),
        ("Alt+ArrowRight", "2032-01-14"),
        ("Alt+ArrowLeft", "2032-01-13"),
    ] {
        tab.leave(tab.press(key)).await?;
        tab.finds(&format!("[data-day='{to}'] .row-link >> Выезд к клиенту"))
            .await?;
    }
    Ok(())
}

/// What the clocks say now: the day and hour in Kaliningrad, the day in Kamchatka.
async fn clocks(tab: &Tab) -> Result<(String, u32, String)> {
    tab.eval(
        "(() => { const at = (zone, part) => new Intl.DateTimeFormat('ru', { timeZone: zone, ...part }).format(new Date()); \
         const day = { day: '2-digit', month: '2-digit', year: 'numeric' }; \
         return [at('Europe/Kaliningrad', day), Number(at('Europe/Kaliningrad', { hour: 'numeric' })), \
                 at('Asia/Kamchatka', day)]; })()",
    )
    .await
}

/// Kamchatka is ten hours ahead. So one and the same moment is of today in Kaliningrad and of another day there: of
/// tomorrow while both have the same date, and of yesterday once it is tomorrow in Kamchatka.
pub(super) async fn cross_midnight(day: &Day<'_>) -> Result<()> {
    let tab = day.other;
    live_in(day, "Калининград").await?;
    // The day could end in either place between two looks.
    let mut before = clocks(tab).await?;
    loop {
        look_from_both(day, &before).await?;
        let now = clocks(tab).await?;
        if (&now.0, &now.2) == (&before.0, &before.2) {
            return Ok(());
        }
        before = now;
    }
}

async fn look_from_both(day: &Day<'_>, (here, hour, there): &(String, u32, String)) -> Result<()> {
    let tab = day.other;
    live_in(day, "Калининград").await?;
    let (time, block) = if here == there {
        ("23:30", "#week")
    } else {
        ("13:30", "#overdue")
    };
    let title = format!("Позвонить на закате, {here} {time} ({hour})");
    tab.open("/tasks/new/?back=/").await?;
    tab.fill("#f-title", &title).await?;
    tab.fill("#f-due", &format!("{here} {time}")).await?;
    tab.follow("button >> Сохранить").await?;
    tab.finds(&format!("#today .row-link >> {title}")).await?;
    live_in(day, "Камчат").await?;
    tab.open("/").await?;
    tab.finds(&format!("{block} .row-link >> {title}")).await?;
    tab.finds_no(&format!("#today .row-link >> {title}")).await?;
    // The list says the same as the desk, and so does the task's own page.
    tab.follow(&format!("{block} h2 a")).await?;
    tab.finds(&format!(".task .row-link >> {title}")).await?;
    tab.follow(&format!(".task .row-link >> {title}")).await?;
    let urgency = if here == there { ".due.calm" } else { ".due.overdue" };
    tab.finds(urgency).await
}

/// The administrator gives the manager another time zone.
async fn live_in(day: &Day<'_>, zone: &str) -> Result<()> {
    let boss = day.tab;
    boss.open("/settings/users/").await?;
    boss.follow(".row-link >> Менеджеров").await?;
    boss.eval::<bool>(&format!(
        "(list => {{ const one = [...list.options].find(it => it.textContent.includes('{zone}')); \
         list.value = one.value; return !!one; }})(document.querySelector('#f-time_zone'))"
    ))
    .await?;
    boss.follow(".form-actions button >> Сохранить").await?;
    boss.sees("Менеджеров").await
}

pub(super) async fn work_on_a_phone(day: &Day<'_>) -> Result<()> {
    let tab = day.other;
    for path in ["/", "/tasks/?scope=mine", "/tasks/week/?day=2032-01-12"] {
        tab.open(path).await?;
        audit::fits_phones(tab, path).await?;
        tab.size(PHONE).await?;
        audit::is_accessible(tab, &format!("{path} of a manager on a phone")).await?;
    }
    tab.open("/").await?;
    tab.follow("#new .row-link >> Подготовить отчёт").await?;
    audit::fits_phones(tab, "a task").await?;
    tab.size(PHONE).await?;
    audit::is_accessible(tab, "a task on a phone").await?;
    tab.follow("button >> В работу").await?;
    tab.finds(".badge >> В работе").await?;
    tab.open("/").await?;
    tab.finds_no("#new .row-link >> Подготовить отчёт").await?;
    tab.size(DESK).await
}
