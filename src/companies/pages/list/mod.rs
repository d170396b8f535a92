//! `/companies/`: the list with its search, filters and orders.

mod address;

use askama::Template;
use axum::extract::State;

use self::address::{Chip, ListQuery, SortHead};
use crate::accounts::{self, Person};
use crate::app::App;
use crate::companies::actions::Meant;
use crate::companies::model::{Filter, Listed, Sort};
use crate::companies::{actions, paths};
use crate::db::Place;
use crate::dictionaries::{self, Dictionaries};
use crate::policy::{Action, may_ever};
use crate::values::{text, time};
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, fragment, page};

#[derive(Template)]
#[template(path = "companies/index.html")]
struct IndexPage {
    layout: Layout,
    rows: Vec<Row>,
    chips: Vec<Chip>,
    options: Options,
    q: String,
    sort: &'static str,
    direction: &'static str,
    heads: Heads,
    prev: Option<String>,
    next: Option<String>,
    count_url: String,
    /// Known without counting: the whole list is on the page.
    total: Option<String>,
    /// The other keyboard layout gave these.
    meant: Meant,
    /// Nothing matched; these names look alike.
    may_import: bool,
}

struct Row {
    url: String,
    company: Listed,
    initials: String,
    first_sphere: String,
    more_spheres: usize,
    moment: String,
}

struct Options {
    statuses: Vec<Opt>,
    spheres: Vec<Opt>,
    responsible: Vec<Opt>,
    branches: Vec<Opt>,
    contract_types: Vec<Opt>,
    states: Vec<Opt>,
}

struct Heads {
    name: SortHead,
    inn: SortHead,
    moment: SortHead,
    contract: SortHead,
    created: SortHead,
}

/// `GET /companies/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(query): Query<ListQuery>) -> Html {
    let actor = viewer.actor()?;
    let filter = query.filter();
    let place = Place::read(query.after.as_deref(), query.before.as_deref());
    let found = actions::list(&app, &actor, &filter, &place).await?;
    let choices = Choices::read(&app).await?;
    let mut layout = viewer.layout(Section::Companies);
    layout.search.clone_from(&filter.q);
    let now = app.now();
    let row = |company: Listed| {
        let moment = if filter.sort == Sort::Created {
            company.created_at
        } else {
            company.updated_at
        };
        let moment = match (filter.sort, company.contract_until) {
            (Sort::Contract, Some(until)) => format!("до {}", time::date(until)),
            _ => time::relative(moment, now, viewer.zone),
        };
        Row {
            url: paths::show(company.id),
            initials: text::initials(&company.responsible),
            first_sphere: company.spheres.first().cloned().unwrap_or_default(),
            more_spheres: company.spheres.len().saturating_sub(1),
            moment,
            company,
        }
    };
    let head = |sort| SortHead::of(&query, &filter, sort);
    let is_whole = found.page.before.is_none() && found.page.after.is_none();
    let total = if found.meant == Meant::Similar {
        Some("Точных совпадений нет".to_owned())
    } else {
        is_whole.then(|| text::count(i64::try_from(found.page.rows.len()).unwrap_or(i64::MAX), FORMS))
    };
    page(&IndexPage {
        layout,
        chips: choices.chips(&query, &filter),
        options: choices.options(&filter),
        sort: filter.sort.code(),
        direction: if filter.is_descending { "desc" } else { "asc" },
        heads: Heads {
            name: head(Sort::Name),
            inn: head(Sort::Inn),
            moment: head(Sort::Updated),
            contract: head(Sort::Contract),
            created: head(Sort::Created),
        },
        prev: found.page.before.map(|cursor| query.with("before", &cursor)),
        next: found.page.after.map(|cursor| query.with("after", &cursor)),
        rows: found.page.rows.into_iter().map(row).collect(),
        count_url: query.count_url(),
        total,
        meant: found.meant,
        may_import: may_ever(&actor, Action::ImportBase),
        q: filter.q,
    })
}

const FORMS: [&str; 3] = ["компания", "компании", "компаний"];

#[derive(Template)]
#[template(path = "companies/_count.html")]
struct Count {
    text: String,
}

/// `GET /companies/count/`: how many there are, asked for after the list is on the screen.
pub(super) async fn count(State(app): State<App>, viewer: Viewer, Query(query): Query<ListQuery>) -> Html {
    let text = match actions::count(&app, &viewer.actor()?, &query.filter()).await? {
        Ok(count) => text::count(count, FORMS),
        Err(more) => format!("больше {} компаний", text::number(more)),
    };
    fragment(&Count { text })
}

/// What the filters offer.
struct Choices {
    dictionaries: Dictionaries,
    people: Vec<Person>,
    branches: Vec<accounts::Branch>,
}

/// «Без ответственного», «Без филиала»
const NONE: &str = "none";

impl Choices {
    async fn read(app: &App) -> crate::error::Result<Self> {
        // Given back before the next one is taken: readers who each hold one and wait for another wait for ever.
        let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
        Ok(Self {
            dictionaries,
            people: accounts::people(app).await?,
            branches: accounts::branches(app).await?,
        })
    }

    fn options(&self, filter: &Filter) -> Options {
        let statuses = self.dictionaries.statuses.iter();
        let spheres = self.dictionaries.spheres.iter();
        let kinds = self.dictionaries.contract_types.iter();
        let people = self
            .people
            .iter()
            .filter(|person| person.is_active || filter.responsible.contains(&person.id));
        let nobody = Opt::new(NONE, "Без ответственного", filter.no_responsible);
        let nowhere = Opt::new(NONE, "Без филиала", filter.no_branch);
        Options {
            statuses: statuses
                .map(|row| Opt::new(row.id, &row.name, filter.statuses.contains(&row.id)))
                .collect(),
            spheres: spheres
                .map(|row| Opt::new(row.id, &row.name, filter.spheres.contains(&row.id)))
                .collect(),
            responsible: std::iter::once(nobody)
                .chain(people.map(|row| Opt::new(row.id, &row.name, filter.responsible.contains(&row.id))))
                .collect(),
            branches: std::iter::once(nowhere)
                .chain(
                    self.branches
                        .iter()
                        .map(|row| Opt::new(row.id, &row.name, filter.branches.contains(&row.id))),
                )
                .collect(),
            contract_types: kinds
                .map(|row| Opt::new(&row.code, &row.name, filter.contract_types.contains(&row.code)))
                .collect(),
            states: vec![
                Opt::new("0", "Тёплые", filter.is_cold == Some(false)),
                Opt::new("1", "Холодные", filter.is_cold == Some(true)),
            ],
        }
    }

    /// Every active filter, each with the address of the list without it.
    fn chips(&self, query: &ListQuery, filter: &Filter) -> Vec<Chip> {
        let options = self.options(filter);
        let groups = [
            ("status", "Статус", options.statuses),
            ("sphere", "Сфера", options.spheres),
            ("responsible", "Ответственный", options.responsible),
            ("branch", "Филиал", options.branches),
            ("contract_type", "Договор", options.contract_types),
            ("cold_call", "Состояние", options.states),
        ];
        let search = (!filter.q.is_empty()).then(|| Chip::new(query, "q", &filter.q, &format!("Поиск: {}", filter.q)));
        let chosen = groups.into_iter().flat_map(|(name, label, options)| {
            let chosen = options.into_iter().filter(|option| option.selected);
            chosen.map(move |option| (name, option.value, format!("{label}: {}", option.label)))
        });
        search
            .into_iter()
            .chain(chosen.map(|(name, value, text)| Chip::new(query, name, &value, &text)))
            .collect()
    }
}
