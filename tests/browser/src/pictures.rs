//! Pictures of all pages for people to look at: two widths, two themes, an invented base.

use anyhow::Result;

use crate::tab::{DESK, PHONE};
use crate::{Day, folder, steps};

pub(crate) async fn take(day: &Day<'_>) -> Result<()> {
    let tab = day.tab;
    let file = day.program.file("amo.csv").to_string_lossy().into_owned();
    day.program.run(&["seed-demo", "--companies", "300"])?;
    day.program
        .run(&["generate-amo", "--rows", "200", "--dirty", "--out", &file])?;
    day.program.run(&["import-amo", "--csv", &file])?;
    let setup = day.program.setup_link()?;
    each(day, "setup", &setup).await?;
    each(day, "login", "/login/").await?;
    steps::make_the_first_administrator(day).await?;
    for path in steps::paths(tab).await? {
        // A name stays the same from run to run: without the ids.
        let parts = path.split(['/', '?', '&']).filter(|part| !part.is_empty());
        let name = parts
            .map(|part| if is_id(part) { "one" } else { part })
            .collect::<Vec<_>>()
            .join("-");
        each(day, &name, &path).await?;
    }
    Ok(())
}

async fn each(day: &Day<'_>, name: &str, path: &str) -> Result<()> {
    let tab = day.tab;
    tab.open(path).await?;
    for (width, size) in [("1440", DESK), ("390", PHONE)] {
        for (theme, is_dark) in [("light", false), ("dark", true)] {
            tab.dark(is_dark).await?;
            // Each time: a picture of the whole page leaves the tab at the size of its window.
            tab.size(size).await?;
            tab.picture(&folder().join(format!("shots/{name}-{width}-{theme}.png")), true)
                .await?;
        }
    }
    tab.dark(false).await?;
    tab.size(DESK).await
}

fn is_id(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_digit())
}
