//! What each page keeps, whatever it is for.

use anyhow::{Result, ensure};

use crate::complaints::MISSING;
use crate::tab::{DESK, LIMIT, PHONE, Tab};
use crate::{Day, audit};

/// Silence on all other pages means something only if a breach of the policy is heard.
pub(super) async fn complains_aloud(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/login/").await?;
    tab.eval::<Option<bool>>("document.body.insertAdjacentHTML('beforeend', '<i style=\"color: red\"></i>'), null")
        .await?;
    let until = std::time::Instant::now() + LIMIT;
    let mut heard = Vec::new();
    while heard.is_empty() && std::time::Instant::now() < until {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        heard = tab.complaints();
    }
    ensure!(
        heard.iter().any(|it| it.contains("Content Security Policy")),
        "an inline style went unnoticed: {heard:?}"
    );
    Ok(())
}

pub(super) async fn keeps_the_promises(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    let mut broken = Vec::new();
    for path in paths(tab).await? {
        if let Err(error) = look(tab, &path).await {
            broken.push(format!("{error:#}"));
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
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

/// Pages that are there from the beginning.
const PATHS: &[&str] = &[
    "/",
    "/tasks/",
    "/tasks/?scope=all&status=all&pick=1",
    "/tasks/week/",
    "/tasks/new/",
    "/calls/",
    "/calls/queue/",
    "/analytics/",
    "/analytics/calls/",
    "/mobile-app/",
    "/settings/phones/",
    "/settings/phones/requests/",
    "/settings/phones/app/",
    "/api/docs/",
    "/notifications/",
    "/notifications/settings/",
    "/settings/jobs/",
    "/companies/",
    "/companies/?q=Заря&cold_call=0",
    "/companies/new/",
    "/companies/bulk/",
    "/companies/saved/",
    "/companies/saved/?query=cold_call%3D0",
    "/contacts/",
    "/contacts/?lone=1",
    "/contacts/new/",
    "/search/",
    "/search/?q=заря",
    "/account/",
    "/account/sessions/",
    "/account/calendar/",
    "/account/password/",
    "/account/second-factor/",
    "/settings/",
    "/settings/users/",
    "/settings/users/new/",
    "/settings/branches/",
    "/settings/branches/new/",
    "/settings/security/",
    "/settings/security/locks/",
    "/settings/security/second-factor/",
    "/settings/dictionaries/",
    "/settings/dictionaries/statuses/",
    "/settings/dictionaries/task-types/",
    "/settings/dictionaries/regions/new/",
    "/settings/import/",
    "/settings/import/tasks/",
    "/settings/system/",
    "/settings/styleguide/",
    MISSING,
];

/// The pages that do not need a visitor to have done something first.
pub(crate) async fn paths(tab: &Tab) -> Result<Vec<String>> {
    let mut all: Vec<String> = PATHS.iter().map(|path| (*path).to_owned()).collect();
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
