//! «Ответственный» of a file → a person of ours.

use std::collections::HashMap;

use crate::accounts::User;
use crate::values::text::fold;
use crate::values::{BranchId, UserId};

/// A person that rows are given to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) branch: Option<BranchId>,
}

/// Everybody by every way of writing them.
#[derive(Debug, Default)]
pub(super) struct People {
    /// `None`: two people are called so.
    by_name: HashMap<String, Option<Owner>>,
    names: HashMap<String, String>,
}

impl People {
    pub(super) fn new(users: &[User]) -> Self {
        let mut people = Self::default();
        // Of namesakes the one who still works here is meant.
        for is_active in [true, false] {
            let mut names: HashMap<String, Option<Owner>> = HashMap::new();
            for user in users.iter().filter(|user| user.is_active == is_active) {
                let owner = Owner {
                    id: user.id,
                    name: user.name.clone(),
                    branch: user.branch,
                };
                for name in spellings(user) {
                    let same = |known: &Option<Owner>| known.as_ref().is_some_and(|known| known.id == user.id);
                    names
                        .entry(name)
                        .and_modify(|known| {
                            if !same(known) {
                                *known = None;
                            }
                        })
                        .or_insert_with(|| Some(owner.clone()));
                }
                people.names.insert(user.id.to_string(), user.name.clone());
            }
            for (name, owner) in names {
                people.by_name.entry(name).or_insert(owner);
            }
        }
        people
    }

    /// The person of that name; the error is a sentence for the report.
    pub(super) fn find(&self, typed: &str) -> Result<&Owner, String> {
        let name = fold(without_branch(typed));
        let words: Vec<&str> = name.split_whitespace().collect();
        // A patronymic tells nobody apart here.
        let ways = [
            words.join(" "),
            words.iter().take(2).copied().collect::<Vec<_>>().join(" "),
        ];
        match ways.iter().find_map(|way| self.by_name.get(way)) {
            Some(Some(owner)) => Ok(owner),
            Some(None) => Err(format!(
                "Ответственный «{typed}»: так зовут нескольких сотрудников, не назначен"
            )),
            None => Err(format!(
                "Ответственный «{typed}» не найден среди сотрудников, не назначен"
            )),
        }
    }

    /// The person of exactly that name.
    pub(super) fn called(&self, name: &str) -> Option<UserId> {
        let known = self.by_name.get(&fold(name)).and_then(Option::as_ref);
        known.filter(|owner| owner.name == name).map(|owner| owner.id)
    }

    /// How the person with this key is called.
    pub(super) fn name(&self, id: &str) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }
}

/// «(ЕКБ) Фамилия Имя» → «Фамилия Имя».
fn without_branch(typed: &str) -> &str {
    let typed = typed.trim();
    match typed.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, name)) if !name.trim().is_empty() => name.trim(),
        _ => typed,
    }
}

fn spellings(user: &User) -> Vec<String> {
    let squeeze = |text: String| fold(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    // A first name may hold a patronymic; one word of it is enough.
    let first = user.first_name.split_whitespace().next().unwrap_or_default();
    let mut names = vec![squeeze(user.username.clone())];
    if !user.last_name.trim().is_empty() || !first.is_empty() {
        for given in [user.first_name.as_str(), first] {
            names.push(squeeze(format!("{given} {}", user.last_name)));
            names.push(squeeze(format!("{} {given}", user.last_name)));
        }
    }
    names
}
