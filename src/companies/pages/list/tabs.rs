//! Ways to see the list: the nearest companies, all, filters with a name; and what the list opens with.

use super::address::{canonical, list_address, read};
use super::choices::Choices;
use crate::companies::listed::Filter;
use crate::companies::paths;
use crate::policy::{Actor, Reach, nearest};
use crate::views::{self, Saved};

/// One of them.
pub(super) struct Tab {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) is_current: bool,
    /// Who shows it; empty: it is one's own.
    pub(super) title: String,
}

/// All of them.
pub(super) struct Tabs {
    pub(super) all: Vec<Tab>,
    /// Where the present list gets a name; `None`: it has one, down to its order, or it is that of all in the usual order.
    pub(super) save: Option<String>,
    pub(super) has_saved: bool,
    /// Whether these are the reader's own companies.
    pub(super) is_mine: bool,
}

impl Tabs {
    pub(super) fn new(actor: &Actor, saved: Vec<Saved>, filter: &Filter, choices: &Choices) -> Self {
        let current = list_address(&canonical(filter));
        let has_saved = !saved.is_empty();
        let tab = |name: String, url: String, title: String| Tab {
            is_current: false,
            name,
            url,
            title,
        };
        let mine = mine(actor);
        let near = [
            mine.clone()
                .filter(|_| nearest(actor) != Reach::All)
                .map(|url| ("Мои компании", url)),
            of_branch(actor).map(|url| ("Мой филиал", url)),
        ];
        let near = near.into_iter().flatten();
        let mut all: Vec<Tab> = near
            .map(|(name, url)| tab(name.to_owned(), url, String::new()))
            .collect();
        if !all.is_empty() || has_saved {
            all.push(tab("Все".to_owned(), paths::ALL.to_owned(), String::new()));
        }
        all.extend(saved.into_iter().map(|saved| {
            let title = if saved.is_own { String::new() } else { saved.author };
            tab(saved.name, choices.address_of(&saved.query), title)
        }));
        let unordered = unordered(&current);
        mark(&mut all, &current, &unordered);
        let is_known = current == paths::ALL || all.iter().any(|tab| tab.url == current);
        Self {
            save: (!is_known).then(|| views::save_path(&canonical(filter))),
            is_mine: mine == Some(unordered),
            all,
            has_saved,
        }
    }
}

/// The present one: the very same list, else the one with the same companies in another order.
fn mark(all: &mut [Tab], current: &str, unordered: &str) {
    let same = all.iter().position(|tab| tab.url == current);
    let alike = || all.iter().position(|tab| self::unordered(&tab.url) == unordered);
    if let Some(place) = same.or_else(alike) {
        all[place].is_current = true;
    }
}

/// The same list in the usual order.
fn unordered(url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    list_address(&canonical(&read(query).filter().in_usual_order()))
}

/// What the reader's list opens with: the chosen filter, or what is nearest. `None`: all companies.
pub(super) fn opening(actor: &Actor, saved: &[Saved], choices: &Choices) -> Option<String> {
    if let Some(saved) = saved.iter().find(|saved| saved.opens) {
        return Some(choices.address_of(&saved.query));
    }
    match nearest(actor) {
        Reach::Own => mine(actor),
        Reach::Led | Reach::Branch => of_branch(actor),
        Reach::Never | Reach::All => None,
    }
}

fn mine(actor: &Actor) -> Option<String> {
    Some(list_address(&format!("responsible={}", actor.user?)))
}

fn of_branch(actor: &Actor) -> Option<String> {
    if !matches!(nearest(actor), Reach::Led | Reach::Branch) {
        return None;
    }
    Some(list_address(&format!("branch={}", actor.branch?)))
}
