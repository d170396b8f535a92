//! What every page must keep: axe-core finds nothing in either theme, and nothing sticks out of a phone.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::tab::{PHONE, SMALL_PHONE, Tab};

const AXE: &str = include_str!("../vendor/axe.min.js");

/// One rule that a page breaks.
#[derive(Deserialize)]
struct Violation {
    rule: String,
    places: Vec<String>,
}

/// Runs axe-core on the page as it stands: every rule in the light theme, the colours in the dark one.
pub(crate) async fn is_accessible(tab: &Tab, page: &str) -> Result<()> {
    if !tab.eval::<bool>("typeof axe === 'object'").await? {
        tab.eval::<Option<bool>>(&format!("{AXE};null"))
            .await
            .context("axe-core does not start")?;
    }
    let mut found = Vec::new();
    for (theme, is_dark, rules) in [("light", false, "{}"), ("dark", true, "{runOnly: ['color-contrast']}")] {
        tab.dark(is_dark).await?;
        let violations: Vec<Violation> = tab.eval(&run(rules)).await.context("axe-core does not finish")?;
        let lines = violations
            .into_iter()
            .map(|it| format!("{theme}: {}\n    {}", it.rule, it.places.join("\n    ")));
        found.extend(lines);
    }
    tab.dark(false).await?;
    ensure!(found.is_empty(), "{page} is not accessible:\n  {}", found.join("\n  "));
    Ok(())
}

/// The whole of axe's answer is too large for a message: the rule, and where.
fn run(rules: &str) -> String {
    format!(
        "axe.run(document, {rules}).then(done => done.violations.map(rule => ({{\
           rule: `${{rule.id}}: ${{rule.help}}`, \
           places: rule.nodes.slice(0, 5).map(node => `${{node.target.join(' ')}} ${{node.any.map(it => it.message).join('; ')}}`)\
         }})))"
    )
}

/// The page fits into both phones without being moved sideways; the elements that do not fit are named.
pub(crate) async fn fits_phones(tab: &Tab, page: &str) -> Result<()> {
    for (width, height) in [PHONE, SMALL_PHONE] {
        tab.size((width, height)).await?;
        let wide: Vec<String> = tab.eval(&sticking_out(width)).await?;
        ensure!(
            wide.is_empty(),
            "{page} is wider than {width} px:\n  {}",
            wide.join("\n  ")
        );
    }
    Ok(())
}

/// Told by the width asked for: a phone's own `innerWidth` grows with what does not fit.
fn sticking_out(width: i64) -> String {
    format!(
        "(() => {{ const all = document.scrollingElement.scrollWidth; if (all <= {width}) return []; \
           const kept = e => {{ for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) \
             if (getComputedStyle(p).overflowX !== 'visible') return true; return false; }}; \
           const names = [...document.body.querySelectorAll('*')] \
             .filter(e => e.checkVisibility({{visibilityProperty: true}}) && e.getBoundingClientRect().right > {width} + 0.5 && !kept(e)) \
             .slice(0, 8).map(e => `${{e.tagName.toLowerCase()}}.${{[...e.classList].join('.')}} ends at ${{Math.round(e.getBoundingClientRect().right)}}`); \
           return [`the page is ${{all}} px wide`, ...names]; }})()"
    )
}
