//! The second factor: set up, asked for when signing in, replaced by a recovery code, turned off.

use anyhow::Result;

use super::accounts::{PASSWORD, enter, sign_out};
use crate::tab::{DESK, Tab, quote};
use crate::{Day, audit};

/// What an app shows for this key, `ahead` steps of thirty seconds from now: RFC 6238 by the browser's own means.
async fn code(tab: &Tab, key: &str, ahead: i64) -> Result<String> {
    let script = "(async (key, ahead) => {
        const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
        const bits = [...key.replaceAll(' ', '')].map((it) => letters.indexOf(it).toString(2).padStart(5, '0')).join('');
        const secret = Uint8Array.from(bits.match(/.{8}/g), (byte) => parseInt(byte, 2));
        const hmac = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
        const counter = new DataView(new ArrayBuffer(8));
        counter.setUint32(4, Math.floor(Date.now() / 30000) + ahead);
        const mac = new DataView(await crypto.subtle.sign('HMAC', hmac, counter));
        const number = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
        return String(number % 1000000).padStart(6, '0');
    })";
    tab.eval(&format!("{script}({}, {ahead})", quote(key))).await
}

async fn looks_well(tab: &Tab, what: &str) -> Result<()> {
    audit::is_accessible(tab, what).await?;
    audit::fits_phones(tab, what).await?;
    tab.size(DESK).await
}

pub(super) async fn guard_the_account(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/account/second-factor/").await?;
    tab.fill("#f-password", PASSWORD).await?;
    tab.follow("button >> Продолжить").await?;
    looks_well(tab, "setting a second factor up").await?;
    tab.fill("#f-code", "12345").await?;
    tab.follow("button >> Включить").await?;
    tab.finds(".field-error").await?;
    let key = tab.value(".qr-key").await?;
    tab.fill("#f-code", &code(tab, &key, 0).await?).await?;
    tab.follow("button >> Включить").await?;
    looks_well(tab, "the recovery codes").await?;
    let recovery = tab.value(".recovery-codes code").await?;
    tab.follow("a >> Коды сохранены").await?;
    tab.finds(".badge >> Включён").await?;
    looks_well(tab, "a second factor that is on").await?;
    come_in_by_a_code(day, &key).await?;
    come_in_by_a_recovery_code(day, &recovery).await?;
    tab.open("/account/second-factor/").await?;
    tab.sees("осталось 9 из 10").await?;
    tab.fill("#f-off_password", PASSWORD).await?;
    tab.click("button >> Выключить второй фактор").await?;
    tab.finds("dialog[open] >> Выключить второй фактор?").await?;
    tab.follow("dialog[open] button >> Выключить").await?;
    tab.finds(".badge >> Выключен").await
}

async fn come_in_by_a_code(day: &Day<'_>, key: &str) -> Result<()> {
    let tab = day.tab;
    sign_out(day).await?;
    enter(day).await?;
    tab.until("the page of the code", "location.pathname === '/login/code/'")
        .await?;
    looks_well(tab, "the code of signing in").await?;
    tab.fill("#f-code", "не код").await?;
    tab.follow("button >> Войти").await?;
    tab.finds(".field-error").await?;
    looks_well(tab, "a wrong code").await?;
    // The code of this half minute was used to set it up.
    tab.fill("#f-code", &code(tab, key, 1).await?).await?;
    tab.follow("button >> Войти").await?;
    tab.finds(".user-button >> Мария Основательница").await
}

async fn come_in_by_a_recovery_code(day: &Day<'_>, recovery: &str) -> Result<()> {
    let tab = day.tab;
    sign_out(day).await?;
    enter(day).await?;
    tab.fill("#f-code", recovery).await?;
    tab.follow("button >> Войти").await?;
    tab.finds(".user-button >> Мария Основательница").await
}
