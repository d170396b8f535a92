//! `doctor`: whether the program's surroundings are well. It looks and changes nothing, and migrates nothing either.

mod database;
mod installation;
mod machine;
mod network;
#[cfg(test)]
mod tests;

use std::io::Write as _;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::config::Config;
use crate::db;
use crate::store::Store;

/// How well a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Well,
    /// Works today; look at it.
    Warning,
    /// Does not work, or data may be lost.
    Failure,
}

/// One looked-at thing: how it is, what was seen, what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    verdict: Verdict,
    /// For programs.
    code: &'static str,
    name: &'static str,
    text: String,
    /// One sentence; empty when nothing has to be done.
    advice: String,
}

/// The code and the Russian name of a thing.
type Thing = (&'static str, &'static str);

impl Finding {
    fn well((code, name): Thing, text: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Well,
            code,
            name,
            text: text.into(),
            advice: String::new(),
        }
    }

    fn warning(thing: Thing, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warning,
            advice: advice.into(),
            ..Self::well(thing, text)
        }
    }

    fn failure(thing: Thing, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Failure,
            advice: advice.into(),
            ..Self::well(thing, text)
        }
    }

    fn mark(&self) -> &'static str {
        match self.verdict {
            Verdict::Well => "ok",
            Verdict::Warning => "ВНИМАНИЕ",
            Verdict::Failure => "ОШИБКА",
        }
    }
}

/// How to look and how to tell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// One JSON object instead of lines.
    pub(crate) is_json: bool,
    /// All files instead of a sample.
    pub(crate) is_deep: bool,
    /// A warning is a failure.
    pub(crate) is_strict: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    verdict: Verdict,
    findings: &'a [Finding],
}

/// Looks at everything and tells.
///
/// # Errors
/// One sentence when something does not work.
pub(crate) async fn run(config: Config, options: Options) -> Result<()> {
    let findings = look(&config, options.is_deep).await;
    let worst = findings.iter().map(|finding| finding.verdict).max();
    let verdict = worst.unwrap_or(Verdict::Well);
    let mut out = std::io::stdout();
    if options.is_json {
        let report = Report {
            verdict,
            findings: &findings,
        };
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        for finding in &findings {
            writeln!(out, "{:<9} {}: {}", finding.mark(), finding.name, finding.text)?;
            if !finding.advice.is_empty() {
                writeln!(out, "{:<9} → {}", "", finding.advice)?;
            }
        }
    }
    let bad = if options.is_strict {
        Verdict::Warning
    } else {
        Verdict::Failure
    };
    let count = findings.iter().filter(|finding| finding.verdict >= bad).count();
    if count > 0 {
        bail!("Не в порядке: {count}. Что сделать, сказано в строках со стрелкой.");
    }
    Ok(())
}

async fn look(config: &Config, is_deep: bool) -> Vec<Finding> {
    const DATABASE: Thing = ("database", "база данных");
    let mut findings = machine::look(config);
    findings.extend(network::look(config));
    let store = Store::of(config);
    let is_made = config.database_url.is_some() || config.data_dir.join("postgres").exists();
    // Connecting to a private Postgres that is not there would make it.
    if !is_made {
        findings.push(Finding::warning(
            DATABASE,
            "ещё нет",
            "Запустите proficrm: первый запуск её создаст.",
        ));
        findings.push(installation::store(&store).await);
        return findings;
    }
    match db::connect(config).await {
        Ok(database) => {
            findings.push(Finding::well(DATABASE, "отвечает"));
            findings.extend(database::look(&database.pool).await);
            findings.push(installation::store(&store).await);
            findings.extend(installation::look(&database.pool, config, &store, is_deep).await);
            database.close().await;
        }
        Err(error) => {
            let advice = if config.database_url.is_some() {
                "Запустите PostgreSQL и проверьте адрес, имя и пароль в DATABASE_URL."
            } else {
                "Причина названа выше; журнал встроенной базы лежит в папке данных, рядом с ней."
            };
            findings.push(Finding::failure(DATABASE, format!("{error:#}"), advice));
            findings.push(installation::store(&store).await);
        }
    }
    findings
}
