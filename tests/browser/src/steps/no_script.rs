//! Reading and saving need no script.

use anyhow::{Result, ensure};

use super::accounts;
use crate::Day;

pub(super) async fn do_everything(day: &Day<'_>) -> Result<()> {
    day.tab.scripts(false).await?;
    let done = work(day).await;
    day.tab.scripts(true).await?;
    done
}

async fn work(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.open("/companies/").await?;
    accounts::sign_out(day).await?;
    accounts::enter(day).await?;
    ensure!(
        !tab.eval::<bool>("document.documentElement.classList.contains('js')")
            .await?,
        "scripts still run"
    );

    tab.fill(".top-search [name=q]", "Заря").await?;
    tab.leave(tab.press("Enter")).await?;
    tab.finds(".hits .row-link >> Заря Юга").await?;

    tab.follow(".top-new.primary").await?;
    tab.fill("#f-name", "АО «Без скриптов»").await?;
    tab.fill("[name=phone]", "8 (911) 000-07-08").await?;
    tab.follow(".form-actions button >> Сохранить").await?;
    tab.finds("h1 >> Без скриптов").await?;

    tab.follow(".page-head a >> Изменить").await?;
    tab.click("#f-spheres option:nth-child(2)").await?;
    tab.until(
        "one sphere",
        "document.querySelector('#f-spheres').selectedOptions.length === 1",
    )
    .await?;
    tab.follow(".form-actions button >> Сохранить").await?;
    tab.finds(".facts .badges .badge").await?;

    tab.fill("#f-note", "Записано без скриптов.").await?;
    tab.follow("button >> Добавить заметку").await?;
    tab.finds(".event-text >> Записано без скриптов.").await?;
    // The question before a deletion needs a script; the deletion itself does not.
    tab.follow(".event button[aria-label=Удалить]").await?;
    tab.finds_no(".event-text >> Записано без скриптов.").await
}
