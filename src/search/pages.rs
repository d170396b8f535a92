//! `/search/`: a page, and for the dialog the same as a fragment.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use uuid::Uuid;

use super::actions;
use super::marks::{Marks, Piece};
use super::model::{CompanyHit, CompanyRow, Dial, Found, Most, NoteHit, PersonHit, Reason};
use crate::app::App;
use crate::companies::{self, LONGEST_SEARCH, Meant};
use crate::policy::Action;
use crate::values::{Phone, text, time};
use crate::web::assets::{self, Assets};
use crate::web::{Guard, Html, Layout, Query, Routes, Section, Viewer, fragment, is_htmx, page, whom};
use crate::{contacts, notes};

/// So many characters of a note are shown.
const SNIPPET: usize = 150;

/// `/search/`
pub(crate) fn routes() -> Routes {
    Routes::new().get("/search/", Guard::May(Action::ViewBase), index)
}

/// `?q=`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SearchQuery {
    q: String,
}

#[derive(Template)]
#[template(path = "search/index.html")]
struct SearchPage {
    layout: Layout,
    view: View,
}

#[derive(Template)]
#[template(path = "search/_palette.html")]
struct Palette {
    assets: &'static Assets,
    view: View,
}

/// What both show.
struct View {
    q: String,
    /// Whether there was enough to look for.
    is_asked: bool,
    meant: Meant,
    groups: Vec<GroupView>,
    /// «Найдено: 3», for those who hear.
    said: String,
    /// This very page, for the dialog's last line.
    all: String,
}

struct GroupView {
    key: &'static str,
    title: &'static str,
    hits: Vec<HitView>,
    /// What to do when there are more.
    more: Option<More>,
}

struct More {
    text: &'static str,
    url: Option<String>,
}

/// One line of the answer, ready to print.
struct HitView {
    /// Counted through all groups.
    place: usize,
    url: String,
    glyph: &'static str,
    title: Vec<Piece>,
    badge: Option<(String, String)>,
    is_cold: bool,
    do_not_call: Option<String>,
    about: Vec<Vec<Piece>>,
    reasons: Vec<ReasonView>,
    /// The number to call: the one by which this was found, else the first.
    call: Option<Call>,
}

/// Why it was found.
struct ReasonView {
    label: String,
    text: Vec<Piece>,
    /// When it is a number.
    call: Option<Call>,
}

/// The button beside a number.
#[derive(Clone)]
struct Call {
    shown: String,
    whom: String,
    /// Asked first; empty: nothing.
    reason: String,
    /// Whether the number stands in the row already, with its button.
    is_shown: bool,
}

/// `GET /search/`
async fn index(State(app): State<App>, viewer: Viewer, headers: HeaderMap, Query(query): Query<SearchQuery>) -> Html {
    let actor = viewer.actor()?;
    let q: String = query.q.trim().chars().take(LONGEST_SEARCH).collect();
    let is_dialog = is_htmx(&headers);
    let most = if is_dialog { Most::DIALOG } else { Most::PAGE };
    let view = match actions::find(&app, &actor, &q, most).await? {
        Some(found) => View::of(q, found, &viewer, is_dialog),
        None => View::before(q, actions::own(&app, &actor).await?),
    };
    if is_dialog {
        let assets = assets::urls();
        return fragment(&Palette { assets, view });
    }
    let mut layout = viewer.layout(Section::None);
    layout.search.clone_from(&view.q);
    page(&SearchPage { layout, view })
}

impl View {
    fn of(q: String, found: Found, viewer: &Viewer, is_dialog: bool) -> Self {
        let marks = &found.marks;
        let more = |has_more: bool, url: Option<String>| {
            // The dialog ends with a line that leads to the page.
            (has_more && !is_dialog).then_some(More {
                text: if url.is_some() {
                    "Все такие компании"
                } else {
                    "Есть и другие: уточните запрос."
                },
                url,
            })
        };
        let list = address(companies::paths::LIST, &q);
        let companies = found.companies.hits.into_iter().map(|hit| HitView::company(hit, marks));
        let people = found.people.hits.into_iter().map(|hit| HitView::person(hit, marks));
        let notes = found
            .notes
            .hits
            .into_iter()
            .map(|hit| HitView::note(hit, marks, viewer));
        let groups = vec![
            GroupView::new(
                "companies",
                "Компании",
                companies.collect(),
                more(found.companies.has_more, Some(list)),
            ),
            GroupView::new("people", "Люди", people.collect(), more(found.people.has_more, None)),
            GroupView::new("notes", "Заметки", notes.collect(), more(found.notes.has_more, None)),
        ];
        Self::new(q, true, found.meant, groups)
    }

    /// Nothing has been asked yet: own companies are the likeliest to be looked for.
    fn before(q: String, own: Vec<CompanyRow>) -> Self {
        let marks = Marks::default();
        let hit = |row| {
            HitView::company(
                CompanyHit {
                    row,
                    reasons: Vec::new(),
                },
                &marks,
            )
        };
        let hits = own.into_iter().map(hit).collect();
        let group = GroupView::new("own", "Мои компании, недавно изменённые", hits, None);
        Self::new(q, false, Meant::AsTyped, vec![group])
    }

    fn new(q: String, is_asked: bool, meant: Meant, mut groups: Vec<GroupView>) -> Self {
        groups.retain(|group| !group.hits.is_empty());
        let mut count = 0;
        for hit in groups.iter_mut().flat_map(|group| &mut group.hits) {
            hit.place = count;
            count += 1;
        }
        let said = match (is_asked, count) {
            (false, _) => String::new(),
            (true, 0) => "Ничего не нашлось".to_owned(),
            (true, _) => format!("Показано: {count}"),
        };
        Self {
            all: address("/search/", &q),
            q,
            is_asked,
            meant,
            groups,
            said,
        }
    }
}

impl GroupView {
    fn new(key: &'static str, title: &'static str, hits: Vec<HitView>, more: Option<More>) -> Self {
        Self { key, title, hits, more }
    }
}

impl HitView {
    fn company(hit: CompanyHit, marks: &Marks) -> Self {
        let row = hit.row;
        let no_call = row.do_not_call.clone().unwrap_or_default();
        let reasons = reasons(hit.reasons, marks, &no_call);
        let mut about = Vec::new();
        if !row.inn.is_empty() {
            about.push(with_label("ИНН ", marks.pieces(&row.inn)));
        }
        if !row.address.is_empty() {
            about.push(marks.pieces(&row.address));
        }
        if !row.responsible.is_empty() {
            about.push(plain(&row.responsible));
        }
        Self {
            place: 0,
            url: companies::paths::show(row.id.into()),
            glyph: "companies",
            title: marks.pieces(&row.name),
            badge: (!row.status.is_empty()).then_some((row.status_tone, row.status)),
            is_cold: row.is_cold,
            do_not_call: row.do_not_call,
            about,
            call: Call::first(&reasons, &row.phone, (Some(row.id), None), no_call),
            reasons,
        }
    }

    fn person(hit: PersonHit, marks: &Marks) -> Self {
        let (url, company) = match &hit.company {
            Some((id, name)) => (contacts::paths::on_card(*id, hit.id), name.as_str()),
            None => (contacts::paths::edit(hit.id), "без компании"),
        };
        let mut about = Vec::new();
        if !hit.position.is_empty() {
            about.push(marks.pieces(&hit.position));
        }
        about.push(marks.pieces(company));
        let no_call = hit.do_not_call.clone().unwrap_or_default();
        let reasons = reasons(hit.reasons, marks, &no_call);
        let ids = (hit.company.as_ref().map(|(id, _)| id.0), Some(hit.id.0));
        Self {
            place: 0,
            url,
            glyph: "user",
            title: if hit.name.is_empty() {
                plain("Без имени")
            } else {
                marks.pieces(&hit.name)
            },
            badge: None,
            is_cold: false,
            do_not_call: hit.do_not_call,
            about,
            call: Call::first(&reasons, &hit.phone, ids, no_call),
            reasons,
        }
    }

    fn note(hit: NoteHit, marks: &Marks, viewer: &Viewer) -> Self {
        let day = time::date(hit.created_at.with_timezone(&viewer.zone).date_naive());
        let mut label = format!("Заметка от {day}");
        if !hit.author.is_empty() {
            label = format!("{label}, {}", hit.author);
        }
        Self {
            place: 0,
            url: if hit.is_pinned {
                notes::paths::on_top(hit.company, hit.id)
            } else {
                notes::paths::show(hit.company, hit.id, hit.created_at)
            },
            glyph: "note",
            title: marks.pieces(&hit.company_name),
            badge: None,
            is_cold: false,
            do_not_call: None,
            about: Vec::new(),
            call: None,
            reasons: vec![ReasonView {
                label,
                text: marks.snippet(&hit.text, SNIPPET),
                call: None,
            }],
        }
    }
}

impl Call {
    fn new(phone: &Phone, (company, contact): (Option<Uuid>, Option<Uuid>), reason: String, is_shown: bool) -> Self {
        Self {
            shown: phone.display(),
            whom: whom(phone, company, contact),
            reason,
            is_shown,
        }
    }

    /// The number that was searched for, else the first that can be dialled.
    fn first(reasons: &[ReasonView], phone: &str, ids: (Option<Uuid>, Option<Uuid>), no_call: String) -> Option<Self> {
        let found = reasons.iter().find_map(|reason| reason.call.clone());
        found.or_else(|| Some(Self::new(&Phone::read(phone)?, ids, no_call, false)))
    }
}

/// Why something was found, ready to print; `no_call` is why nobody calls the card itself.
fn reasons(reasons: Vec<Reason>, marks: &Marks, no_call: &str) -> Vec<ReasonView> {
    let capital = |label: &str| {
        let mut letters = label.chars();
        letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect::<String>()
    };
    let printed = reasons.iter().map(|reason| {
        let text = text::excerpt(&reason.text, SNIPPET);
        let call = reason.dial.as_ref().map(|dial: &Dial| {
            let no_call = dial.do_not_call.as_deref().unwrap_or(no_call).to_owned();
            Call::new(&dial.phone, (dial.company, dial.contact), no_call, true)
        });
        ReasonView {
            label: capital(&reason.label),
            text: marks.pieces(&text),
            call,
        }
    });
    printed.collect()
}

fn plain(text: &str) -> Vec<Piece> {
    vec![Piece {
        text: text.to_owned(),
        is_found: false,
    }]
}

fn with_label(label: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    plain(label).into_iter().chain(pieces).collect()
}

fn address(path: &str, q: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .finish();
    format!("{path}?{query}")
}
