//! `/companies/<uuid>/merge/`: several cards become one, field by field.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::companies::{self, Company};
use crate::duplicates::actions::{self, Candidates, MOST, Merged, Wish};
use crate::duplicates::paths;
use crate::error::Error;
use crate::values::{CompanyId, ContactId, text, time};
use crate::web::{Form, Html, Layout, Path, Query, Section, Viewer, flash, page_with, see_other_with};

/// Begins the names of the fields that choose from which card a value comes.
const TAKE: &str = "take-";

#[derive(Template)]
#[template(path = "duplicates/merge.html")]
struct MergePage {
    layout: Layout,
    name: String,
    back: String,
    action: String,
    cards: Vec<CardView>,
    /// Hidden fields that come back with the form.
    hidden: Vec<(&'static str, String)>,
    q: String,
    /// Address, name and what else tells it from others.
    found: Vec<(String, String, String)>,
    may_add: bool,
    is_ready: bool,
    rows: Vec<RowView>,
    /// Label, value, from which card.
    filled: Vec<(&'static str, String, String)>,
    /// What is joined, a line each.
    joined: Vec<String>,
    people: Vec<PersonView>,
    error: String,
    is_stale: bool,
    /// Different ИНН of the cards; empty: there is one at most.
    inns: Vec<String>,
}

struct CardView {
    id: CompanyId,
    url: String,
    name: String,
    about: String,
    contents: String,
    is_kept: bool,
    /// The page without it; empty for the first.
    without: String,
    /// Not the reader's to change.
    is_forbidden: bool,
}

struct RowView {
    name: String,
    label: &'static str,
    options: Vec<OptionView>,
}

struct OptionView {
    id: CompanyId,
    value: String,
    from: String,
    is_chosen: bool,
}

struct PersonView {
    /// Their keys, parted by commas.
    value: String,
    name: String,
    about: String,
    is_chosen: bool,
}

/// `GET /companies/<uuid>/merge/?with=&q=`
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    with: Vec<CompanyId>,
    q: String,
}

/// What the page shows beside the cards.
#[derive(Default)]
struct Shown {
    q: String,
    /// What was chosen; `None`: nothing yet.
    wish: Option<Wish>,
    error: String,
    is_stale: bool,
}

fn together(id: CompanyId, with: &[CompanyId]) -> Vec<CompanyId> {
    let mut ids = vec![id];
    for other in with {
        if !ids.contains(other) {
            ids.push(*other);
        }
    }
    ids.truncate(MOST);
    ids
}

async fn show(app: &App, viewer: &Viewer, ids: &[CompanyId], status: StatusCode, shown: Shown) -> Html {
    let actor = viewer.actor()?;
    let all = actions::cards(app, &actor, ids).await?;
    let Some(first) = all.cards.first() else {
        return Err(Error::NotFound.into());
    };
    let ids: Vec<CompanyId> = all.cards.iter().map(|card| card.id).collect();
    let may_add = ids.len() < MOST;
    let q: String = shown.q.trim().chars().take(companies::LONGEST_SEARCH).collect();
    let found = if may_add && !q.is_empty() {
        actions::found(app, &actor, &q, &ids).await?
    } else {
        Vec::new()
    };
    let found = found.into_iter().map(|(id, name, about)| {
        let with: Vec<CompanyId> = ids[1..].iter().copied().chain([id]).collect();
        (paths::merge(ids[0], &with), name, about)
    });
    let seen = all
        .cards
        .iter()
        .map(|card| ("seen", format!("{}:{}", card.id, card.version)));
    let with = ids[1..].iter().map(|id| ("with", id.to_string()));
    let (rows, filled) = rows(&all, shown.wish.as_ref());
    let page = MergePage {
        layout: viewer.layout(Section::Companies),
        name: first.fields.name.clone(),
        back: companies::paths::show(first.id),
        action: paths::merge(first.id, &[]),
        hidden: seen.chain(with).collect(),
        found: found.collect(),
        may_add,
        is_ready: ids.len() > 1 && all.forbidden.is_empty(),
        rows,
        filled,
        joined: joined(&all),
        people: people(&all, shown.wish.as_ref()),
        cards: cards(&all, shown.wish.as_ref()),
        q,
        error: shown.error,
        is_stale: shown.is_stale,
        inns: inns(&all),
    };
    page_with(status, &page)
}

fn cards(all: &Candidates, wish: Option<&Wish>) -> Vec<CardView> {
    let ids: Vec<CompanyId> = all.cards.iter().map(|card| card.id).collect();
    let kept = wish.and_then(|wish| wish.kept).unwrap_or(ids[0]);
    let view = |card: &Company| {
        let fields = &card.fields;
        let labelled = |label: &str, value: &str| (!value.is_empty()).then(|| format!("{label}{value}"));
        let about = [
            labelled("ИНН ", &fields.inn),
            labelled("КПП ", &fields.kpp),
            labelled("", &fields.address),
        ];
        let rest: Vec<CompanyId> = ids[1..].iter().copied().filter(|id| *id != card.id).collect();
        CardView {
            id: card.id,
            url: companies::paths::show(card.id),
            name: fields.name.clone(),
            about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            contents: contents(all, [card]),
            is_kept: card.id == kept,
            without: if card.id == ids[0] {
                String::new()
            } else {
                paths::merge(ids[0], &rest)
            },
            is_forbidden: all.forbidden.contains(&card.id),
        }
    };
    all.cards.iter().map(view).collect()
}

fn inns(all: &Candidates) -> Vec<String> {
    let inns = all.cards.iter().map(|card| card.fields.inn.clone());
    let inns: BTreeSet<String> = inns.filter(|inn| !inn.is_empty()).collect();
    if inns.len() > 1 {
        inns.into_iter().collect()
    } else {
        Vec::new()
    }
}

fn contents<'a>(all: &Candidates, cards: impl IntoIterator<Item = &'a Company>) -> String {
    let counts = cards.into_iter().filter_map(|card| all.contents.get(&card.id));
    let counts = counts.fold([0; 4], |sum, count| [0, 1, 2, 3].map(|kind| sum[kind] + count[kind]));
    let forms = [
        ["контакт", "контакта", "контактов"],
        ["заметка", "заметки", "заметок"],
        ["задача", "задачи", "задач"],
        ["письмо", "письма", "писем"],
    ];
    let counted = counts.into_iter().zip(forms);
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    counted
        .map(|(count, forms)| text::count(count, forms))
        .collect::<Vec<_>>()
        .join(", ")
}

type Filled = (&'static str, String, String);

/// Fields of which there are several values, and those that only one card has.
fn rows(all: &Candidates, wish: Option<&Wish>) -> (Vec<RowView>, Vec<Filled>) {
    let (mut rows, mut filled) = (Vec::new(), Vec::new());
    let values: Vec<_> = all
        .cards
        .iter()
        .map(|card| companies::chosen_rows(card, &all.dictionaries))
        .collect();
    let Some(first) = values.first() else {
        return (rows, filled);
    };
    for (at, (field, label, own)) in first.iter().enumerate() {
        let mut options: Vec<OptionView> = Vec::new();
        for (card, values) in all.cards.iter().zip(&values) {
            let value = &values[at].2;
            match options.iter_mut().find(|option| option.value == *value) {
                _ if value.is_empty() => (),
                Some(option) => option.from = format!("{}, {}", option.from, card.fields.name),
                None => options.push(OptionView {
                    id: card.id,
                    value: value.clone(),
                    from: card.fields.name.clone(),
                    is_chosen: false,
                }),
            }
        }
        let picked = wish.and_then(|wish| wish.picks.get(*field));
        let chosen = options
            .iter()
            .position(|option| Some(&option.id) == picked)
            .unwrap_or(0);
        if options.len() > 1 {
            options[chosen].is_chosen = true;
            rows.push(RowView {
                name: format!("{TAKE}{field}"),
                label,
                options,
            });
        } else if let Some(option) = options.pop().filter(|_| own.is_empty()) {
            filled.push((*label, option.value, option.from));
        }
    }
    (rows, filled)
}

/// What the kept card gets beside its fields.
fn joined(all: &Candidates) -> Vec<String> {
    let Some((first, others)) = all.cards.split_first() else {
        return Vec::new();
    };
    let new = companies::new_channels(first, others);
    let listed =
        |label: &str, values: Vec<String>| (!values.is_empty()).then(|| format!("{label}: {}", values.join(", ")));
    let moved = Some(contents(all, others)).filter(|text| !text.is_empty());
    let spheres = others
        .iter()
        .flat_map(|card| card.spheres.iter().map(|(name, ..)| name.clone()));
    let mut spheres: Vec<String> = spheres
        .filter(|name| first.spheres.iter().all(|(own, ..)| own != name))
        .collect();
    spheres.sort();
    spheres.dedup();
    let mark = first.do_not_call.is_none() && others.iter().any(|card| card.do_not_call.is_some());
    let lines = [
        listed(
            "Добавятся телефоны",
            new.phones.iter().map(|row| row.phone.display()).collect(),
        ),
        listed(
            "Добавится почта",
            new.emails.iter().map(|row| row.value.as_str().to_owned()).collect(),
        ),
        listed(
            "К одинаковым телефонам и почте добавятся пояснения",
            new.comments
                .iter()
                .map(|comment| format!("{} — {}", comment.typed, comment.new))
                .collect(),
        ),
        Some(companies::bulk::cut_words(&new.comments)).filter(|words| !words.is_empty()),
        listed("Добавятся сферы", spheres),
        listed("Перейдут с карточек", moved.into_iter().collect()),
        mark.then(|| "Останется отметка «Не звонить»".to_owned()),
    ];
    lines.into_iter().flatten().collect()
}

fn people(all: &Candidates, wish: Option<&Wish>) -> Vec<PersonView> {
    let view = |group: &Vec<crate::contacts::Contact>| {
        let ids: Vec<ContactId> = group.iter().map(|contact| contact.id).collect();
        let first = &group[0].fields;
        let phone = first.phones.first().map(|row| row.phone.display()).unwrap_or_default();
        let count = text::count(
            i64::try_from(group.len()).unwrap_or(i64::MAX),
            ["карточка контакта", "карточки контакта", "карточек контакта"],
        );
        PersonView {
            value: ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
            name: first.name(),
            about: [phone, count]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            is_chosen: wish.is_none_or(|wish| wish.people.contains(&ids)),
        }
    };
    all.people.iter().map(view).collect()
}

/// `GET /companies/<uuid>/merge/`
pub(super) async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Query(asked): Query<Asked>,
) -> Html {
    let shown = Shown {
        q: asked.q,
        ..Shown::default()
    };
    show(&app, &viewer, &together(id, &asked.with), StatusCode::OK, shown).await
}

/// Reads what was chosen; what cannot be read was not chosen.
fn read(id: CompanyId, pairs: &[(String, String)]) -> Wish {
    let mut wish = Wish {
        ids: vec![id],
        ..Wish::default()
    };
    let mut picks = BTreeMap::new();
    for (name, value) in pairs {
        let card = value.parse::<CompanyId>().ok();
        match (name.as_str(), card) {
            ("with", Some(card)) => wish.ids.push(card),
            ("keep", card) => wish.kept = card,
            ("seen", _) => {
                let seen = value.split_once(':');
                let seen = seen.and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
                wish.seen.extend(seen);
            }
            ("people", _) => wish
                .people
                .push(value.split(',').filter_map(|id| id.parse().ok()).collect()),
            (name, Some(card)) => {
                if let Some(field) = name.strip_prefix(TAKE) {
                    picks.insert(field.to_owned(), card);
                }
            }
            _ => (),
        }
    }
    wish.picks = picks;
    wish.kept = wish.kept.filter(|kept| wish.ids.contains(kept)).or(Some(id));
    wish
}

/// `POST /companies/<uuid>/merge/`
pub(super) async fn merge(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Html {
    let wish = read(id, &pairs);
    let until = time::date(
        (app.now() + crate::merges::KEPT)
            .with_timezone(&viewer.zone)
            .date_naive(),
    );
    let (status, shown) = match actions::merge(&app, &viewer.actor()?, &wish).await {
        Ok(done @ (Merged::Done | Merged::Before)) => {
            let word = match done {
                Merged::Done => flash(
                    "success",
                    format!("Карточки объединены. До {until} их можно разъединить."),
                ),
                _ => flash("info", "Эти карточки уже объединены."),
            };
            let kept = wish.kept.unwrap_or(id);
            return see_other_with(&companies::paths::show(kept), &word);
        }
        Ok(Merged::Stale) => (
            StatusCode::CONFLICT,
            Shown {
                is_stale: true,
                wish: Some(wish.clone()),
                ..Shown::default()
            },
        ),
        Err(Error::Invalid(errors)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Shown {
                error: errors.sentences().collect::<Vec<_>>().join(" "),
                wish: Some(wish.clone()),
                ..Shown::default()
            },
        ),
        Err(error) => return Err(error.into()),
    };
    show(&app, &viewer, &together(id, &wish.ids), status, shown).await
}
