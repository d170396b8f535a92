//! A file of amoCRM through the settings page.

use anyhow::{Context as _, Result, ensure};

use crate::{Day, audit};

const ROWS: &str = "200";

pub(super) async fn upload(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    let file = day.program.file("amo.csv");
    day.program.run(&[
        "generate-amo",
        "--rows",
        ROWS,
        "--out",
        file.to_str().context("a plain path")?,
    ])?;
    tab.open("/settings/").await?;
    tab.follow(".tile >> Импорт").await?;
    send(day).await?;
    ensure!(count(day, "Добавлено").await? > 0, "nothing was added");
    ensure!(count(day, "Отклонено").await? == 0, "rows of a clean file were refused");
    audit::is_accessible(tab, "the result of an import").await
}

pub(super) async fn upload_again(day: &Day<'_>) -> Result<()> {
    let first = count(day, "Добавлено").await?;
    day.tab.follow("a >> Загрузить ещё").await?;
    send(day).await?;
    for verdict in ["Добавлено", "Обновлено", "Отклонено"] {
        ensure!(
            count(day, verdict).await? == 0,
            "the second time something is «{verdict}»"
        );
    }
    ensure!(
        count(day, "Без изменений").await? >= first,
        "not all rows are unchanged"
    );
    day.tab.open("/settings/import/").await?;
    day.tab.finds(".table .row-link >> amo.csv").await
}

/// A check, and the load that it becomes.
async fn send(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    tab.choose_file("#f-file", &day.program.file("amo.csv")).await?;
    tab.follow("button >> Проверить файл").await?;
    tab.finds("button >> Загрузить").await?;
    audit::is_accessible(tab, "the check of an import").await?;
    tab.follow("button >> Загрузить").await?;
    tab.finds("a >> Загрузить ещё").await
}

/// The number beside a verdict.
async fn count(day: &Day<'_>, verdict: &str) -> Result<u64> {
    let text = format!(
        "[...document.querySelectorAll('.verdicts > div')].find(e => e.querySelector('dt').textContent.includes('{verdict}'))\
         ?.querySelector('dd').textContent.replace(/\\D/g, '') ?? ''"
    );
    let text: String = day.tab.eval(&text).await?;
    text.parse()
        .with_context(|| format!("no count for «{verdict}» on the page of the import"))
}
