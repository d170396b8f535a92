//! Mouse and keyboard: the same events that a person's hands make.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use chromiumoxide::cdp::browser_protocol::dom::{GetDocumentParams, QuerySelectorParams, SetFileInputFilesParams};
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType, InsertTextParams,
    MouseButton,
};

use crate::tab::{LIMIT, PAUSE, Tab, find, quote};

impl Tab {
    /// Clicks in the middle of an element, once it stands still and nothing covers it.
    pub(crate) async fn click(&self, selector: &str) -> Result<()> {
        let place = format!(
            "(() => {{ const e = {}; if (!e) return null; e.scrollIntoView({{block: 'center', behavior: 'instant'}}); \
             const b = e.getBoundingClientRect(), x = b.x + b.width / 2, y = b.y + b.height / 2; \
             const top = document.elementFromPoint(x, y); \
             return top && (e.contains(top) || top.contains(e)) ? [x, y] : null; }})()",
            find(selector)
        );
        let until = Instant::now() + LIMIT;
        let mut before = None;
        let point = loop {
            let now = self.eval::<Option<(f64, f64)>>(&place).await.ok().flatten();
            if let Some(point) = now
                && now == before
            {
                break point;
            }
            before = now;
            ensure!(Instant::now() < until, "{selector}: nothing to click on for {LIMIT:?}");
            tokio::time::sleep(PAUSE).await;
        };
        for kind in [
            DispatchMouseEventType::MouseMoved,
            DispatchMouseEventType::MousePressed,
            DispatchMouseEventType::MouseReleased,
        ] {
            let mut event = DispatchMouseEventParams::new(kind, point.0, point.1);
            event.button = Some(MouseButton::Left);
            event.click_count = Some(1);
            self.page
                .execute(event)
                .await
                .with_context(|| format!("clicking {selector}"))?;
        }
        Ok(())
    }

    /// Types a text in place of what a field holds.
    pub(crate) async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        self.finds(selector).await?;
        let chosen = format!(
            "(() => {{ const e = {}; e.focus(); e.select(); return document.activeElement === e; }})()",
            find(selector)
        );
        ensure!(self.eval::<bool>(&chosen).await?, "{selector}: takes no focus");
        self.write(text).await
    }

    /// Types a text where the focus is.
    pub(crate) async fn write(&self, text: &str) -> Result<()> {
        self.page.execute(InsertTextParams::new(text)).await?;
        Ok(())
    }

    /// Presses a key: `Enter`, `Escape`, `ArrowDown`, `/`, `Control+k` …
    pub(crate) async fn press(&self, name: &str) -> Result<()> {
        let (modifiers, key) = match (name.strip_prefix("Control+"), name.strip_prefix("Alt+")) {
            (Some(key), _) => (2, key),
            (_, Some(key)) => (1, key),
            (None, None) => (0, name),
        };
        let (code, number, text) = match key {
            "Enter" => ("Enter", 13, Some("\r")),
            "Escape" => ("Escape", 27, None),
            "Tab" => ("Tab", 9, None),
            "ArrowLeft" => ("ArrowLeft", 37, None),
            "ArrowRight" => ("ArrowRight", 39, None),
            "ArrowUp" => ("ArrowUp", 38, None),
            "ArrowDown" => ("ArrowDown", 40, None),
            " " => ("Space", 32, Some(" ")),
            "/" => ("Slash", 191, Some("/")),
            "k" => ("KeyK", 75, Some("k")),
            "x" => ("KeyX", 88, Some("x")),
            other => bail!("the test does not know the key {other}"),
        };
        for kind in [DispatchKeyEventType::KeyDown, DispatchKeyEventType::KeyUp] {
            let mut event = DispatchKeyEventParams::new(kind.clone());
            event.key = Some(key.to_owned());
            event.code = Some(code.to_owned());
            event.windows_virtual_key_code = Some(number);
            event.modifiers = Some(modifiers);
            if kind == DispatchKeyEventType::KeyDown && modifiers == 0 {
                event.text = text.map(str::to_owned);
            }
            self.page.execute(event).await?;
        }
        Ok(())
    }

    /// Goes on by the tabulator until the focus is on what matches, as whoever has no mouse does.
    pub(crate) async fn tab_to(&self, selector: &str) -> Result<()> {
        const MOST: usize = 120;
        let is_there = format!("document.activeElement === {}", find(selector));
        for _ in 0..MOST {
            if self.eval::<bool>(&is_there).await? {
                return Ok(());
            }
            self.press("Tab").await?;
        }
        bail!("{selector}: not reached by {MOST} presses of Tab")
    }

    /// Chooses an option of a list by its text; its opened list belongs to the system, not to the page.
    pub(crate) async fn choose(&self, selector: &str, option: &str) -> Result<()> {
        let chosen = format!(
            "(list => {{ const one = [...list.options].find(e => e.textContent.trim() === {}); if (!one) return false; \
             list.focus(); one.selected = true; \
             for (const name of ['input', 'change']) list.dispatchEvent(new Event(name, {{bubbles: true}})); \
             return true; }})({})",
            quote(option),
            find(selector)
        );
        ensure!(
            self.eval::<bool>(&chosen).await?,
            "{selector}: has no option «{option}»"
        );
        Ok(())
    }

    /// Chooses a file in a file field.
    pub(crate) async fn choose_file(&self, selector: &str, file: &Path) -> Result<()> {
        let root = self
            .page
            .execute(GetDocumentParams::default())
            .await?
            .result
            .root
            .node_id;
        let field = self
            .page
            .execute(QuerySelectorParams::new(root, selector))
            .await?
            .result
            .node_id;
        let mut files = SetFileInputFilesParams::new(vec![file.to_string_lossy().into_owned()]);
        files.node_id = Some(field);
        self.page
            .execute(files)
            .await
            .with_context(|| format!("choosing a file in {selector}"))?;
        Ok(())
    }
}
