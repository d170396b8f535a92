//! One tab, driven as a person drives it: real mouse and keyboard events, and waiting for what one would see.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams, SetScriptExecutionDisabledParams,
    SetTouchEmulationEnabledParams,
};
use chromiumoxide::cdp::browser_protocol::network::ClearBrowserCookiesParams;
use chromiumoxide::cdp::browser_protocol::page::NavigateParams;
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use chromiumoxide::page::ScreenshotParams;
use serde::de::DeserializeOwned;

use crate::complaints;

/// No single wait is longer.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// A desk and two phones.
pub(crate) const DESK: (i64, i64) = (1440, 900);
pub(crate) const PHONE: (i64, i64) = (390, 844);
pub(crate) const SMALL_PHONE: (i64, i64) = (360, 740);

/// A tab.
///
/// A selector is CSS, or CSS and a text: `button >> Сохранить` is the first visible button with that text.
pub(crate) struct Tab {
    pub(crate) page: Page,
    origin: String,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Tab {
    pub(crate) async fn new(page: Page, origin: &str) -> Result<Self> {
        let complaints = complaints::collect(&page).await?;
        let tab = Self {
            page,
            origin: origin.to_owned(),
            complaints,
        };
        tab.size(DESK).await?;
        tab.dark(false).await?;
        Ok(tab)
    }

    /// Opens an address of the site, as if typed into the address bar.
    pub(crate) async fn open(&self, path: &str) -> Result<()> {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.origin)
        };
        self.leave(async {
            self.page.execute(NavigateParams::new(url)).await?;
            Ok(())
        })
        .await
        .with_context(|| format!("opening {path}"))
    }

    /// Does what leads to another page, and waits until that page has loaded.
    pub(crate) async fn leave(&self, act: impl Future<Output = Result<()>>) -> Result<()> {
        self.eval::<bool>("window.beforeLeaving = true").await?;
        act.await?;
        self.until(
            "the next page",
            "!window.beforeLeaving && document.readyState === 'complete'",
        )
        .await
    }

    /// From now on the browser is a stranger to the site.
    pub(crate) async fn forget_cookies(&self) -> Result<()> {
        self.page.execute(ClearBrowserCookiesParams::default()).await?;
        Ok(())
    }

    /// Clicks a link or button that leads to another page.
    pub(crate) async fn follow(&self, selector: &str) -> Result<()> {
        self.leave(self.click(selector)).await
    }

    /// Waits until the expression is true.
    pub(crate) async fn until(&self, what: &str, condition: &str) -> Result<()> {
        let until = Instant::now() + LIMIT;
        loop {
            // While one page gives way to the next there is nothing to ask.
            let answer = self.eval::<bool>(condition).await;
            if matches!(answer, Ok(true)) {
                return Ok(());
            }
            if Instant::now() > until {
                let (path, text) = (
                    self.path().await.unwrap_or_default(),
                    self.text().await.unwrap_or_default(),
                );
                let text = text
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .chars()
                    .take(400)
                    .collect::<String>();
                bail!("waited {LIMIT:?} for {what}; last answer: {answer:?}; the page {path} says:\n{text}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until the page shows this text.
    pub(crate) async fn sees(&self, text: &str) -> Result<()> {
        self.until(
            &format!("«{text}»"),
            &format!("document.body.innerText.includes({})", quote(text)),
        )
        .await
    }

    /// Waits until the page does not show this text.
    pub(crate) async fn sees_no(&self, text: &str) -> Result<()> {
        self.until(
            &format!("no «{text}»"),
            &format!("!document.body.innerText.includes({})", quote(text)),
        )
        .await
    }

    /// Waits until something visible matches.
    pub(crate) async fn finds(&self, selector: &str) -> Result<()> {
        self.until(selector, &format!("!!({})", find(selector))).await
    }

    /// Waits until nothing visible matches.
    pub(crate) async fn finds_no(&self, selector: &str) -> Result<()> {
        self.until(&format!("no {selector}"), &format!("!({})", find(selector)))
            .await
    }

    /// Waits until the focus is on what matches.
    pub(crate) async fn is_focused(&self, selector: &str) -> Result<()> {
        let condition = format!("document.activeElement.matches({})", quote(selector));
        self.until(&format!("the focus on {selector}"), &condition).await
    }

    /// What an expression is, or what its promise brings.
    pub(crate) async fn eval<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let mut params = EvaluateParams::new(expression);
        params.await_promise = Some(true);
        params.return_by_value = Some(true);
        let answer = self.page.execute(params).await?.result;
        if let Some(thrown) = answer.exception_details {
            let told = thrown
                .exception
                .and_then(|value| value.description)
                .unwrap_or(thrown.text);
            bail!("the page threw: {told}");
        }
        Ok(serde_json::from_value(answer.result.value.unwrap_or_default())?)
    }

    /// The path and query of the page.
    pub(crate) async fn path(&self) -> Result<String> {
        self.eval("location.pathname + location.search").await
    }

    /// The visible text of the page's main part.
    pub(crate) async fn text(&self) -> Result<String> {
        self.eval("(document.querySelector('main') ?? document.body).innerText")
            .await
    }

    /// The value of a field, or the text of another element.
    pub(crate) async fn value(&self, selector: &str) -> Result<String> {
        self.finds(selector).await?;
        self.eval(&format!("(e => (e.value ?? e.textContent).trim())({})", find(selector)))
            .await
    }

    /// Where a link leads.
    pub(crate) async fn href(&self, selector: &str) -> Result<String> {
        self.finds(selector).await?;
        self.eval(&format!("{}.getAttribute('href')", find(selector))).await
    }

    /// Gives the page another size; below 768 px it is a phone that is touched.
    pub(crate) async fn size(&self, (width, height): (i64, i64)) -> Result<()> {
        let is_phone = width < 768;
        self.page
            .execute(SetDeviceMetricsOverrideParams::new(width, height, 1.0, is_phone))
            .await?;
        self.page.execute(SetTouchEmulationEnabledParams::new(is_phone)).await?;
        Ok(())
    }

    /// Prefers the dark theme, or the light one; movement is never wanted, it only takes time.
    pub(crate) async fn dark(&self, is_dark: bool) -> Result<()> {
        let scheme = if is_dark { "dark" } else { "light" };
        let features = vec![
            MediaFeature::new("prefers-color-scheme", scheme),
            MediaFeature::new("prefers-reduced-motion", "reduce"),
        ];
        self.page
            .execute(SetEmulatedMediaParams {
                media: Some(String::new()),
                features: Some(features),
            })
            .await?;
        let condition = format!("matchMedia('(prefers-color-scheme: {scheme})').matches");
        self.until(&format!("the {scheme} theme"), &condition).await?;
        // Colours pass from parent to child by transitions, very short ones, a frame each.
        let still = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => \
                     done(document.getAnimations().every(it => it.playState !== 'running')))))";
        self.until("the colours of the theme", still).await
    }

    /// Shows the page as somebody with the dark theme prints it, until [`Self::dark`] is told what to show on the screen.
    pub(crate) async fn paper(&self) -> Result<()> {
        let features = vec![MediaFeature::new("prefers-color-scheme", "dark")];
        self.page
            .execute(SetEmulatedMediaParams {
                media: Some("print".to_owned()),
                features: Some(features),
            })
            .await?;
        self.until("paper", "matchMedia('print').matches").await
    }

    /// Switches the scripts of the pages off or on; the test's own questions are still answered.
    pub(crate) async fn scripts(&self, are_on: bool) -> Result<()> {
        self.page
            .execute(SetScriptExecutionDisabledParams::new(!are_on))
            .await?;
        Ok(())
    }

    /// Keeps a picture of what is visible, or of the whole page.
    pub(crate) async fn picture(&self, file: &Path, is_whole: bool) -> Result<()> {
        let picture = self
            .page
            .screenshot(ScreenshotParams::builder().full_page(is_whole).build())
            .await?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(file, picture)?)
    }

    /// What the browser has complained about since the last time it was asked.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.complaints
            .lock()
            .map(|mut all| std::mem::take(&mut *all))
            .unwrap_or_default()
    }
}

/// An expression for the first visible element.
pub(crate) fn find(selector: &str) -> String {
    let (css, text) = selector.split_once(" >> ").unwrap_or((selector, ""));
    format!(
        "[...document.querySelectorAll({})].find(e => e.checkVisibility({{visibilityProperty: true}}) && e.textContent.includes({}))",
        quote(css),
        quote(text)
    )
}

/// A text as a JavaScript string.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
