//! The menu of a phone.

use anyhow::Result;

use crate::tab::{DESK, PHONE};
use crate::{Day, audit};

pub(super) async fn open_the_menu(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.size(PHONE).await?;
    tab.open("/companies/").await?;
    tab.finds_no(".nav-link").await?;
    tab.click(".top-menu").await?;
    tab.finds(".nav-link >> Компании").await?;
    tab.is_focused(".nav-link").await?;
    audit::is_accessible(tab, "the open menu of a phone").await?;
    tab.press("Escape").await?;
    tab.finds_no(".nav-link").await?;
    tab.is_focused("#drawer").await?;
    tab.click(".top-menu").await?;
    tab.follow(".nav-link >> Настройки").await?;
    tab.until("the settings", "location.pathname === '/settings/'").await?;
    tab.size(DESK).await
}
