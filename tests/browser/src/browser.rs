//! Chromium without a window, with a profile of its own, which ends with the test.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow};
use chromiumoxide::browser::{Browser as Chromium, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::target::{CreateBrowserContextParams, CreateTargetParams};
use futures::StreamExt as _;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::tab::Tab;

/// The flags with which it runs in a container, as root, without the internet.
const FLAGS: &[&str] = &[
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-dev-shm-usage",
    // A desk with a mouse, whatever is plugged into this machine: (hover: hover) and (pointer: fine).
    "blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
];

/// A running browser; its process is killed when this is dropped.
pub(crate) struct Browser {
    chromium: Chromium,
    events: JoinHandle<()>,
    // Removed last, when nothing writes into it any more.
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn start() -> Result<Self> {
        let profile = tempfile::Builder::new()
            .prefix("proficrm-chromium-")
            .tempdir_in("/var/tmp")?;
        let mut config = BrowserConfig::builder()
            .new_headless_mode()
            .no_sandbox()
            .viewport(None)
            .launch_timeout(crate::tab::LIMIT)
            .user_data_dir(profile.path())
            .args(FLAGS.iter().copied());
        if let Some(path) = executable() {
            config = config.chrome_executable(path);
        }
        let (chromium, mut handler) = Chromium::launch(config.build().map_err(|error| anyhow!(error))?).await?;
        // Messages of a newer browser that the library cannot read are skipped by it.
        let events = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Ok(Self {
            chromium,
            events,
            _profile: profile,
        })
    }

    /// A new tab for pages of this origin.
    pub(crate) async fn tab(&self, origin: &str) -> Result<Tab> {
        Tab::new(self.chromium.new_page("about:blank").await?, origin).await
    }

    /// A tab of another browser, as the site sees it: with cookies of its own.
    pub(crate) async fn other_tab(&self, origin: &str) -> Result<Tab> {
        let context = self
            .chromium
            .create_browser_context(CreateBrowserContextParams::default())
            .await?;
        let mut wanted = CreateTargetParams::new("about:blank");
        wanted.browser_context_id = Some(context);
        Tab::new(self.chromium.new_page(wanted).await?, origin).await
    }

    /// Ends the browser and waits for it. Asked, it ends its own processes too, so that its folder can be removed.
    pub(crate) async fn close(mut self) {
        let asked = async {
            self.chromium.close().await.ok()?;
            self.chromium.wait().await.ok()
        };
        if tokio::time::timeout(Duration::from_secs(10), asked).await.is_err() {
            let _ = self.chromium.kill().await;
        }
        self.events.abort();
    }
}

/// Debian's name first; the library knows the others.
fn executable() -> Option<PathBuf> {
    Some(PathBuf::from("/usr/bin/chromium")).filter(|path| path.exists())
}
