//! Two versions of one record: who changed which field, and a page on which each field is chosen from one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::csrf::FORM_LIMIT;
use super::extract::Form;
use super::failure::Failure;
use super::layout::Layout;

/// A field as people read it: name, Russian label, value.
pub(crate) type Row = (&'static str, &'static str, String);

/// Begins the name of the buttons that choose a version of a field.
const TAKE: &str = "take-";
/// The button that leads to the form instead of saving.
const EDIT: &str = "edit";

/// What a form showed, short: by it one sees later which fields somebody else has changed since.
pub(crate) fn fingerprint(rows: &[Row]) -> String {
    let printed = rows.iter().map(|(name, _, value)| format!("{name}:{}", digest(value)));
    printed.collect::<Vec<_>>().join(" ")
}

fn digest(value: &str) -> String {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    format!("{:08x}", hasher.finish() >> 32)
}

/// Whose change made a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The other one left the field as it was.
    Me,
    /// I left the field as it was.
    Them,
    /// Both wrote into it, or nobody knows.
    Both,
}

/// A field of which there are two versions.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// As the form calls it.
    pub(crate) field: &'static str,
    pub(crate) label: &'static str,
    pub(crate) mine: String,
    pub(crate) theirs: String,
    pub(crate) by: By,
    /// A third way: both texts, one after the other.
    pub(crate) offers_both: bool,
}

impl Choice {
    /// What is chosen before anybody has chosen: what only one of the two has changed is that one's.
    fn takes_theirs(&self) -> bool {
        self.by == By::Them
    }
}

/// The fields of which `mine` and `theirs` differ; `seen` is the [`fingerprint`] of what the form showed.
pub(crate) fn choices(mine: Vec<Row>, theirs: Vec<Row>, seen: &str) -> Vec<Choice> {
    let seen: BTreeMap<&str, &str> = seen.split(' ').filter_map(|field| field.split_once(':')).collect();
    let differing = mine.into_iter().zip(theirs).filter(|(mine, theirs)| mine.2 != theirs.2);
    let choice = |((field, label, mine), (_, _, theirs)): (Row, Row)| {
        let is_as_seen = |value: &str| seen.get(field).is_some_and(|seen| *seen == digest(value));
        let by = match (is_as_seen(&mine), is_as_seen(&theirs)) {
            (true, _) => By::Them,
            (_, true) => By::Me,
            _ => By::Both,
        };
        Choice {
            field,
            label,
            mine,
            theirs,
            by,
            offers_both: false,
        }
    };
    differing.map(choice).collect()
}

/// Whether nobody else wrote into anything that the form shows: then nobody has to be asked.
pub(crate) fn are_all_mine(choices: &[Choice]) -> bool {
    choices.iter().all(|choice| choice.by == By::Me)
}

/// What was chosen on [`VersionsPage`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picks {
    theirs: BTreeSet<String>,
    both: BTreeSet<String>,
    /// The form is wanted, with what was chosen in it.
    pub(crate) wants_form: bool,
}

impl Picks {
    /// Reads them out of the fields of a form.
    pub(crate) fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut picks = Self::default();
        for (name, value) in pairs {
            match (name.strip_prefix(TAKE), value) {
                (Some(field), "theirs") => picks.theirs.insert(field.to_owned()),
                (Some(field), "both") => picks.both.insert(field.to_owned()),
                (None, _) if name == EDIT => {
                    picks.wants_form = true;
                    true
                }
                _ => false,
            };
        }
        picks
    }

    /// The fields that become what the base holds.
    pub(crate) fn theirs(&self) -> impl Iterator<Item = &str> {
        self.theirs.iter().map(String::as_str)
    }

    /// Whether this field becomes what the base holds.
    pub(crate) fn takes_theirs(&self, field: &str) -> bool {
        self.theirs.contains(field)
    }

    /// Whether both texts are wanted.
    pub(crate) fn takes_both(&self, field: &str) -> bool {
        self.both.contains(field)
    }
}

/// A posted form with what was chosen on [`VersionsPage`]; a form that comes from elsewhere has chosen nothing.
pub(crate) struct Picked<T>(pub(crate) T, pub(crate) Picks);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequest<S> for Picked<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, FORM_LIMIT).await.map_err(|_| Failure::too_large())?;
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        let picks = Picks::of(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let request = Request::from_parts(parts, Body::from(bytes));
        let Form(form) = Form::<T>::from_request(request, state).await?;
        Ok(Self(form, picks))
    }
}

/// The page on which each field is chosen from one of two versions.
#[derive(Template)]
#[template(path = "components/versions.html")]
pub(crate) struct VersionsPage {
    pub(crate) layout: Layout,
    pub(crate) title: String,
    /// Address and name of what stands above.
    pub(crate) crumbs: Vec<(String, String)>,
    /// Where the mix is sent.
    pub(crate) action: String,
    /// Where those go who leave everything as it is.
    pub(crate) back: String,
    /// «сегодня 12:30, Анна Иванова», see [`crate::audit::last_saved`].
    pub(crate) saved_at: String,
    /// Everything that was typed, and the version that has now been seen.
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) choices: Vec<Choice>,
    /// Whether there is a form to go back to.
    pub(crate) has_form: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: [&str; 3]) -> Vec<Row> {
        let [a, b, c] = values.map(str::to_owned);
        vec![("a", "А", a), ("b", "Б", b), ("c", "В", c)]
    }

    #[test]
    fn whoever_changed_a_field_alone_is_known_by_what_the_form_showed() {
        let seen = fingerprint(&rows(["1", "1", "1"]));
        let choices = choices(rows(["2", "1", "2"]), rows(["1", "3", "3"]), &seen);
        let by: Vec<_> = choices.iter().map(|choice| (choice.field, choice.by)).collect();
        assert_eq!(by, [("a", By::Me), ("b", By::Them), ("c", By::Both)]);
        assert!(!are_all_mine(&choices));
    }

    #[test]
    fn a_form_that_showed_nothing_makes_every_difference_a_question() {
        let choices = choices(rows(["1", "1", "2"]), rows(["1", "3", "3"]), "nonsense a:");
        let by: Vec<_> = choices.iter().map(|choice| (choice.field, choice.by)).collect();
        assert_eq!(by, [("b", By::Both), ("c", By::Both)]);
    }

    #[test]
    fn picks_are_read_out_of_a_form() {
        let sent = [
            ("take-inn", "theirs"),
            ("take-kpp", "mine"),
            ("take-text", "both"),
            ("edit", "1"),
            ("inn", ""),
        ];
        let picks = Picks::of(sent.into_iter());
        assert_eq!(picks.theirs().collect::<Vec<_>>(), ["inn"]);
        assert!(picks.takes_both("text") && !picks.takes_both("kpp") && picks.wants_form);
    }
}
