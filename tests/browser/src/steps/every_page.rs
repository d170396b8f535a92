//! What each page keeps, whatever it is for.

use anyhow::Result;

use crate::tab::{DESK, PHONE, Tab};
use crate::{Day, audit};

pub(super) async fn keeps_the_promises(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    let mut broken = Vec::new();
    for path in paths(tab).await? {
        if let Err(error) = look(tab, &path).await {
            broken.push(format!("{error:#}"));
        }
    }
    anyhow::ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

async fn look(tab: &Tab, path: &str) -> Result<()> {
    tab.open(path).await?;
    let at_the_desk = audit::is_accessible(tab, path).await;
    let fits = audit::fits_phones(tab, path).await;
    tab.size(PHONE).await?;
    let on_a_phone = audit::is_accessible(tab, &format!("{path} on a phone")).await;
    tab.size(DESK).await?;
    at_the_desk.and(fits).and(on_a_phone)
}

/// The pages that do not need a visitor to have done something first.
pub(crate) async fn paths(tab: &Tab) -> Result<Vec<String>> {
    let mut all: Vec<String> = [
        "/companies/",
        "/companies/?q=Заря&cold_call=0",
        "/companies/new/",
        "/account/password/",
        "/settings/",
        "/settings/users/",
        "/settings/users/new/",
        "/settings/branches/",
        "/settings/branches/new/",
        "/settings/import/",
        "/settings/styleguide/",
        "/no-such-page/",
    ]
    .map(str::to_owned)
    .into();
    // And one of each kind of thing.
    tab.open("/companies/?sort=name").await?;
    let card = tab.href(".table .row-link").await?;
    all.extend([format!("{card}edit/"), format!("{card}contacts/new/"), card]);
    for list in ["/settings/users/", "/settings/branches/", "/settings/import/"] {
        tab.open(list).await?;
        if tab.eval::<bool>("!!document.querySelector('.table .row-link')").await? {
            all.push(tab.href(".table .row-link").await?);
        }
    }
    Ok(all)
}
