//! `/companies/`: the list with its search, filters and orders.

mod address;
mod choices;
mod rows;
mod tabs;

pub(crate) use address::list_address;

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use chrono::{Days as Ahead, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use self::address::{Chip, ListQuery, SortHead};
use self::choices::{Choices, NONE, Options};
use self::rows::{Cell, Head, Row, Seen};
use self::tabs::Tabs;
use crate::accounts;
use crate::app::App;
use crate::companies::actions::{self, Found, Meant};
use crate::companies::listed::{Channel, Days, Filter, Listed, Sort};
use crate::companies::paths;
use crate::db::Place;
use crate::error::Result;
use crate::policy::{Action, Actor, may_ever};
use crate::values::recurrence::to_utc;
use crate::values::{CompanyId, text};
use crate::views::{self, Column};
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, fragment, page, see_other};

#[derive(Template)]
#[template(path = "companies/index.html")]
struct IndexPage {
    layout: Layout,
    tabs: Tabs,
    rows: Vec<Row>,
    chips: Vec<Chip>,
    options: Options,
    q: String,
    sort: &'static str,
    direction: &'static str,
    /// Of the name, which is always there.
    name: SortHead,
    heads: Vec<Head>,
    /// Orders whose columns may not be on the screen.
    orders: Vec<(&'static str, String)>,
    sizes: Vec<Opt>,
    /// The query of this list, for coming back to it.
    back: String,
    /// Keys of all rows, parted by commas.
    ids: String,
    /// Whose ticks of which list these are, whatever its order and page.
    pick_list: String,
    /// Whether there is more of this list than the page shows.
    is_part: bool,
    columns_url: String,
    prev: Option<String>,
    next: Option<String>,
    count_url: String,
    /// Known without counting: the whole list is on the page.
    total: Option<String>,
    /// What is asked for and is no more: «статус, договор».
    gone: String,
    /// How the rows were found.
    meant: Meant,
    may: May,
    /// Where this list is taken away as a file.
    export_url: String,
}

/// What the reader may do to the base from here.
struct May {
    import: bool,
    merge: bool,
    export: bool,
}

impl May {
    fn of(actor: &Actor) -> Self {
        Self {
            import: may_ever(actor, Action::ImportBase),
            merge: may_ever(actor, Action::MergeCompanies),
            export: may_ever(actor, Action::ExportBase),
        }
    }
}

impl IndexPage {
    /// More columns than fit beside the name: the table scrolls under it.
    fn is_wide(&self) -> bool {
        self.heads.len() > 7
    }
}

/// `GET /companies/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, uri: Uri, Query(query): Query<ListQuery>) -> Html {
    let actor = viewer.actor()?;
    let saved = views::saved(&app, &actor).await?;
    let choices = Choices::read(&app, viewer.stamp).await?;
    if uri.query().is_none()
        && let Some(address) = tabs::opening(&actor, &saved, &choices)
    {
        return see_other(&address);
    }
    let query = choices.today(query);
    let filter = query.filter().on_day(days(&app, viewer.zone));
    let place = Place::read(query.after.as_deref(), query.before.as_deref());
    let settings = views::settings(&app, &actor).await?;
    let found = actions::list(&app, &actor, &filter, (&place, settings.page_size)).await?;
    let mut layout = viewer.layout(Section::Companies);
    layout.search.clone_from(&filter.q);
    let columns = rows::shown(&settings.columns, filter.sort);
    let channels = channels(&app, &actor, &columns, &found.page.rows).await?;
    let late = late(&app, &actor, (&columns, filter.days), &found.page.rows).await?;
    let seen = Seen {
        names: &choices,
        now: app.now(),
        zone: viewer.zone,
        channels: &channels,
        late: &late,
    };
    let listed = found.page.rows.iter();
    let rows = listed.map(|company| Row::new(company, &columns, seen));
    let is_whole = found.page.before.is_none() && found.page.after.is_none();
    let back = query.here();
    page(&IndexPage {
        layout,
        tabs: Tabs::new(&actor, saved, &filter, &choices),
        rows: rows.collect(),
        chips: choices.chips(&query, &filter),
        gone: choices.gone_words(&filter),
        options: choices.options(&filter),
        sort: filter.sort.code(),
        direction: if filter.is_descending { "desc" } else { "asc" },
        name: SortHead::of(&query, &filter, Sort::Name),
        heads: rows::heads(&columns, &query, &filter),
        orders: orders(&query, &filter),
        sizes: views::PAGE_SIZES
            .map(|size| Opt::new(size, size.to_string(), size == settings.page_size))
            .to_vec(),
        ids: keys(&found.page.rows),
        pick_list: pick_list(&actor, &filter),
        is_part: !is_whole,
        columns_url: views::columns_path(&back),
        back,
        total: total(&found, is_whole),
        prev: found.page.before.map(|cursor| query.with("before", &cursor)),
        next: found.page.after.map(|cursor| query.with("after", &cursor)),
        count_url: query.count_url(),
        meant: found.meant,
        may: May::of(&actor),
        export_url: format!("{}?{}", paths::EXPORT, address::canonical(&filter)),
        q: filter.q,
    })
}

/// Each order with the address of the list in it.
fn orders(query: &ListQuery, filter: &Filter) -> Vec<(&'static str, String)> {
    ORDERS
        .map(|(sort, label)| (label, SortHead::of(query, filter, sort).url))
        .to_vec()
}

/// Keys of rows, parted by commas.
fn keys(rows: &[Listed]) -> String {
    let ids: Vec<String> = rows.iter().map(|company| company.id.to_string()).collect();
    ids.join(",")
}

/// The name by which a tab remembers what this person ticked in this list.
fn pick_list(actor: &Actor, filter: &Filter) -> String {
    let unordered = filter.clone().in_usual_order();
    let user = actor.user.map(|user| user.to_string()).unwrap_or_default();
    format!("{user} {}", address::canonical(&unordered))
}

/// A filter in words for people: «Статус: Новый, Филиал: Тула»; empty: it narrows nothing.
pub(crate) async fn filter_words(app: &App, filter: &Filter) -> Result<String> {
    let choices = Choices::fresh(app).await?;
    Ok(choices.words(filter))
}

/// Asked for only when somebody wants to see them.
async fn channels(
    app: &App,
    actor: &Actor,
    columns: &[Column],
    rows: &[Listed],
) -> Result<HashMap<CompanyId, Channel>> {
    if columns.contains(&Column::Phone) || columns.contains(&Column::Email) {
        return actions::channels(app, actor, rows).await;
    }
    Ok(HashMap::new())
}

/// How many open tasks of days that are over each has; counted only when somebody wants to see it.
async fn late(
    app: &App,
    actor: &Actor,
    (columns, days): (&[Column], Days),
    rows: &[Listed],
) -> Result<HashMap<CompanyId, i64>> {
    if columns.contains(&Column::Overdue) {
        return actions::overdue(app, actor, rows, days.today).await;
    }
    Ok(HashMap::new())
}

/// How many there are, when it is known without counting.
fn total(found: &Found, is_whole: bool) -> Option<String> {
    if found.meant == Meant::Similar {
        return Some("Точных совпадений нет".to_owned());
    }
    is_whole.then(|| text::count(i64::try_from(found.page.rows.len()).unwrap_or(i64::MAX), FORMS))
}

const FORMS: [&str; 3] = ["компания", "компании", "компаний"];

/// The foot of the list: on a phone there are no headings to press.
const ORDERS: [(Sort, &str); 8] = [
    (Sort::Updated, "обновлено"),
    (Sort::Created, "создано"),
    (Sort::Name, "название"),
    (Sort::Inn, "ИНН"),
    (Sort::Status, "статус"),
    (Sort::Responsible, "ответственный"),
    (Sort::Branch, "филиал"),
    (Sort::Contract, "договор до"),
];

/// What the query of a list lets through today, where the actor is.
pub(crate) async fn filter_of(app: &App, actor: &Actor, query: &str) -> Result<Filter> {
    let filter = Choices::fresh(app).await?.today(address::read(query)).filter();
    if filter.tasks.is_none() {
        return Ok(filter);
    }
    let zone = accounts::zone(app, actor).await?;
    Ok(filter.on_day(days(app, zone)))
}

/// What today is in this zone.
fn days(app: &App, zone: Tz) -> Days {
    let today = app.now().with_timezone(&zone).date_naive();
    let ahead = |days: u64| today.checked_add_days(Ahead::new(days)).unwrap_or(today);
    let begins = |day: NaiveDate| to_utc(day.and_time(NaiveTime::MIN), zone);
    Days {
        today: begins(today),
        tomorrow: begins(ahead(1)),
        in_a_week: begins(ahead(7)),
    }
}

#[derive(Template)]
#[template(path = "companies/_count.html")]
struct Count {
    text: String,
}

/// `GET /companies/count/`: how many there are, asked for after the list is on the screen.
pub(super) async fn count(State(app): State<App>, viewer: Viewer, Query(query): Query<ListQuery>) -> Html {
    let query = Choices::read(&app, viewer.stamp).await?.today(query);
    let filter = query.filter().on_day(days(&app, viewer.zone));
    let text = match actions::count(&app, &viewer.actor()?, &filter).await? {
        Ok(count) => text::count(count, FORMS),
        Err(more) => format!("больше {} компаний", text::number(more)),
    };
    fragment(&Count { text })
}
