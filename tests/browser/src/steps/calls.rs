//! Calling from the phone: pairing, the call at the foot of the page, its outcome, and the queue.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::handset::Handset;
use crate::tab::{DESK, PHONE, Tab};
use crate::{Day, audit};

/// Clients who may be called whenever this runs.
const CLIENTS: [(&str, &str); 2] = [
    ("ООО «Первый клиент»", "88005550141"),
    ("ООО «Второй клиент»", "88005550142"),
];
const NUMBER: &str = "+7 (800) 555-01-41";
const BUTTON: &str = "main [aria-label^='Позвонить с телефона']";
const BAR: &str = "#call-bar .call-state";

/// The manager, whose companies these are; without a phone the button explains how to connect one.
pub(super) async fn be_told_to_connect_a_phone(day: &Day<'_>) -> Result<()> {
    let tab = day.other;
    for (name, phone) in CLIENTS.into_iter().rev() {
        tab.open("/companies/new/").await?;
        tab.fill("#f-name", name).await?;
        tab.fill("[name=phone]", phone).await?;
        tab.fill("[name=working_hours]", "круглосуточно").await?;
        tab.follow(".form-actions button >> Сохранить").await?;
    }
    tab.finds("h1 >> Первый клиент").await?;
    tab.click(BUTTON).await?;
    tab.finds(&format!("{BAR} >> Телефон не подключён")).await?;
    audit::is_accessible(tab, "a call without a phone").await?;
    tab.follow("#call-bar a >> Подключить телефон").await?;
    tab.finds("h1 >> Мой телефон").await?;
    tab.finds("#phones >> Телефон не подключён").await?;
    // The call that nobody could take is of no use, and would go by itself.
    tab.click("#call-bar button[aria-label='Убрать звонок с экрана']")
        .await?;
    tab.finds_no(BAR).await
}

/// The picture is read by a phone, which appears while the page stands open.
pub(super) async fn connect_a_phone(day: &Day<'_>) -> Result<Handset> {
    let tab = day.other;
    audit::is_accessible(tab, "the page of the own phone").await?;
    tab.follow("button >> Показать код").await?;
    tab.finds("svg.qr path").await?;
    audit::is_accessible(tab, "the picture to connect by").await?;
    audit::fits_phones(tab, "the picture to connect by").await?;
    tab.size(DESK).await?;
    tab.eval::<bool>("window.stoodOpen = true").await?;
    let href = tab.href("a[href*='qr.png']").await?;
    let (_, secret) = href.split_once("token=").unwrap_or_default();
    let phone = Handset::pair(&day.program.origin, secret, "Redmi Note 12")?;
    tab.finds("#phones b >> Redmi Note 12").await?;
    ensure!(tab.eval::<bool>("window.stoodOpen").await?, "the page was loaded anew");
    ensure!(
        Handset::pair(&day.program.origin, secret, "Чужой").is_err(),
        "a picture is read once"
    );
    audit::is_accessible(tab, "the page of a connected phone").await?;
    Ok(phone)
}

async fn open_card(tab: &Tab, name: &str) -> Result<()> {
    tab.open("/companies/?q=клиент").await?;
    tab.follow(&format!(".table .row-link >> {name}")).await
}

/// From the click to the outcome, without the page being loaded anew.
pub(super) async fn call(day: &Day<'_>, phone: &Handset) -> Result<()> {
    let tab = day.other;
    open_card(tab, "Первый клиент").await?;
    tab.eval::<bool>("window.stoodOpen = true").await?;
    // Whoever is in a hurry presses twice.
    tab.click(BUTTON).await?;
    tab.click(BUTTON).await?;
    tab.finds(&format!("{BAR} >> Ждёт телефон")).await?;
    tab.finds(&format!("{BUTTON}[aria-label$='ждёт телефон'][title='ждёт телефон']"))
        .await?;
    audit::is_accessible(tab, "a call that waits for the phone").await?;
    let call = phone.wait().await?;
    ensure!(call["phone"] == "+78005550141", "another number: {call}");
    phone.confirm(&call)?;
    ensure!(phone.poll()?.is_none(), "two clicks made two requests");
    tab.finds(&format!("{BAR} >> На телефоне")).await?;
    phone.report(&call, "dialing", json!({"seq": 1}))?;
    tab.finds(&format!("{BAR} >> Вызов идёт")).await?;
    phone.report(&call, "talking", json!({"seq": 2}))?;
    tab.finds(&format!("{BAR} >> Разговор")).await?;
    tab.finds("[data-talked] >> 0:0").await?;
    tab.finds(&format!("{BUTTON}[aria-label$=разговор][data-calling=done]"))
        .await?;
    audit::is_accessible(tab, "a talk").await?;
    // What is being typed stays while the call goes on.
    tab.click("#call-bar summary").await?;
    tab.fill("#call-bar [name=note]", "Ждут счёт на обучение").await?;
    phone.report(&call, "connected", json!({"seq": 3, "call_duration_seconds": 75}))?;
    tab.finds(&format!("{BAR} >> Дозвонился")).await?;
    tab.finds(&format!("{BAR} >> 1:15")).await?;
    tab.fill("#call-bar [name=task]", "Отправить счёт").await?;
    tab.fill("#call-bar [name=due]", "завтра 11:00").await?;
    audit::is_accessible(tab, "the outcome of a call").await?;
    tab.click("#call-bar button >> Поговорили").await?;
    tab.finds_no(BAR).await?;
    tab.finds(&format!("{BUTTON}:not([data-calling])[title='Позвонить с телефона']"))
        .await?;
    ensure!(tab.eval::<bool>("window.stoodOpen").await?, "the page was loaded anew");
    tab.open(&tab.path().await?).await?;
    tab.finds(&format!(".event.call >> {NUMBER}")).await?;
    tab.finds(".event.call .badge >> Поговорили").await?;
    tab.sees("Ждут счёт на обучение").await?;
    tab.finds(".task .row-link >> Отправить счёт").await?;
    audit::is_accessible(tab, "a card with a call").await
}

/// The mouse lies on the table: one company is called and spoken of, the next one is passed over to.
pub(super) async fn work_through_the_queue(day: &Day<'_>, phone: &Handset) -> Result<()> {
    let tab = day.other;
    tab.open("/calls/queue/").await?;
    // The one that was called a moment ago is not asked again.
    tab.finds("#next-title >> Второй клиент").await?;
    tab.sees("Ещё не звонили").await?;
    tab.sees("часовой пояс неизвестен: считаем по времени офиса").await?;
    audit::is_accessible(tab, "the queue of calls").await?;
    tab.is_focused("[data-queue] .queue-phones button").await?;
    tab.press("Enter").await?;
    tab.finds(&format!("{BAR} >> Ждёт телефон")).await?;
    let call = phone.wait().await?;
    ensure!(call["phone"] == "+78005550142", "another number: {call}");
    phone.confirm(&call)?;
    phone.report(&call, "no_answer", json!({"seq": 1}))?;
    tab.finds(&format!("{BAR} >> Не дозвонился")).await?;
    tab.tab_to("#call-bar button >> Не дозвонился").await?;
    tab.press("Enter").await?;
    tab.finds_no(BAR).await?;
    tab.leave(tab.press("ArrowRight")).await?;
    tab.finds_no("#next-title >> Второй клиент").await?;
    audit::is_accessible(tab, "the queue at its end").await
}

pub(super) async fn fit_a_phone(day: &Day<'_>, phone: &Handset) -> Result<()> {
    let tab = day.other;
    open_card(tab, "Второй клиент").await?;
    tab.size(PHONE).await?;
    tab.click(BUTTON).await?;
    // Taken back and pressed again at once: the second press is meant, too.
    tab.click("#call-bar button >> Отменить").await?;
    tab.finds_no(BAR).await?;
    tab.click(BUTTON).await?;
    let call = phone.wait().await?;
    phone.confirm(&call)?;
    tab.finds(&format!("{BAR} >> На телефоне")).await?;
    audit::fits_phones(tab, "a call at the foot of the page").await?;
    tab.size(PHONE).await?;
    audit::is_accessible(tab, "a call at the foot of a phone's page").await?;
    tab.click("#call-bar button >> Занято").await?;
    tab.finds_no(BAR).await?;
    for path in ["/calls/", "/calls/queue/", "/mobile-app/"] {
        tab.open(path).await?;
        audit::fits_phones(tab, path).await?;
        tab.size(PHONE).await?;
        audit::is_accessible(tab, &format!("{path} on a phone")).await?;
    }
    tab.size(DESK).await
}
