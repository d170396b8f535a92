//! CRM ПРОФИ in a real browser, from the first link in the log to the last page on a phone.
//!
//! One server on a new embedded database, one Chromium, one test: each step stands on the one before, as a day does.
//! When a step fails, a picture of the page lies in `target/browser/`.

mod audit;
mod browser;
mod complaints;
mod hands;
mod handset;
mod pictures;
mod program;
mod steps;
mod tab;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::browser::Browser;
use crate::program::Program;
use crate::tab::Tab;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_in_the_browser() {
    let program = Program::start().unwrap();
    let browser = Browser::start().await.unwrap();
    let tab = browser.tab(&program.origin).await.unwrap();
    let other = browser.other_tab(&program.origin).await.unwrap();
    let day = Day {
        program: &program,
        tab: &tab,
        other: &other,
    };
    let ended = steps::all(&day).await;
    browser.close().await;
    if let Err(error) = ended {
        panic!("{error:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "makes pictures to look at, in target/browser/shots: cargo test -p browser-tests -- --ignored"]
async fn pictures_of_all_pages() {
    let program = Program::start().unwrap();
    let browser = Browser::start().await.unwrap();
    let tab = browser.tab(&program.origin).await.unwrap();
    let other = browser.other_tab(&program.origin).await.unwrap();
    let ended = pictures::take(&Day {
        program: &program,
        tab: &tab,
        other: &other,
    })
    .await;
    browser.close().await;
    ended.unwrap();
}

/// What a step works with.
pub(crate) struct Day<'a> {
    pub(crate) program: &'a Program,
    pub(crate) tab: &'a Tab,
    /// Another person's.
    pub(crate) other: &'a Tab,
}

impl Day<'_> {
    /// Does a step. It must succeed, and the browser must have had nothing to complain about.
    pub(crate) async fn step(&self, sentence: &str, work: impl Future<Output = Result<()>>) -> Result<()> {
        let began = std::time::Instant::now();
        let done = work.await.and_then(|()| {
            let complaints = [self.tab.complaints(), self.other.complaints()].concat();
            ensure!(
                complaints.is_empty(),
                "the browser complains:\n  {}",
                complaints.join("\n  ")
            );
            Ok(())
        });
        println!("{:>6.1} s  {sentence}", began.elapsed().as_secs_f32());
        let Err(error) = done else { return Ok(()) };
        let picture = folder().join(format!("{}.png", sentence.replace([' ', '/'], "-")));
        let seen = match self.tab.picture(&picture, false).await {
            Ok(()) => format!("picture: {}", picture.display()),
            Err(error) => format!("no picture: {error}"),
        };
        let others = picture.with_extension("other.png");
        let _ = self.other.picture(&others, false).await;
        let path = self.tab.path().await.unwrap_or_default();
        let log = self.program.log();
        let tail = log.lines().rev().take(8).collect::<Vec<_>>();
        let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
        Err(anyhow::anyhow!(
            "«{sentence}» failed at {path}\n{error:#}\n{seen}\nthe server's last lines:\n{tail}"
        ))
    }
}

/// `target/browser`, wherever the target folder is.
pub(crate) fn folder() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.ancestors().nth(3).unwrap_or(Path::new("target")).join("browser")
}
