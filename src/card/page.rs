//! `/companies/<uuid>/`

use askama::Template;
use axum::extract::State;

use super::cells::{Cells, cells};
use super::timeline::{self, Part, Timeline};
use crate::accounts;
use crate::app::App;
use crate::companies::{self, BranchOf, ClientClock, Company, CompanyPhone, ContractWarning};
use crate::contacts::{self, ContactsFragment, HolderView};
use crate::dictionaries::{self, Dictionaries};
use crate::duplicates::{self, MergeNotice};
use crate::error::Error;
use crate::letters::{self, Composer};
use crate::notes::{self, AddForm, NoteItem, Reader};
use crate::policy::{Action, Actor, Ties, may};
use crate::tasks::{self, TasksFragment};
use crate::trash::{self, CardNotice};
use crate::values::{CompanyId, Inn, Kpp, Ogrn, site_url, text, time};
use crate::web::{Html, Layout, Opt, Path, Query, Section, Viewer, flash, page, see_other_with, whom};

#[derive(Template)]
#[template(path = "card/show.html")]
struct CardPage {
    layout: Layout,
    company: Company,
    can: Can,
    facts: Facts,
    cells: Cells,
    phones: Vec<PhoneRow>,
    statuses: Vec<Opt>,
    spheres: Vec<Opt>,
    owners: Vec<Opt>,
    /// What status and spheres were when the page was drawn.
    seen: String,
    /// Whose it was then.
    seen_owner: String,
    /// Companies right under this one, and whether there are more than these.
    branches: Vec<BranchOf>,
    has_more_branches: bool,
    contacts: ContactsFragment,
    tasks: TasksFragment,
    deletion: CardNotice,
    merged: MergeNotice,
    add_note: AddForm,
    add_letter: Composer,
    pinned: Option<NoteItem>,
    timeline: Timeline,
}

impl CardPage {
    fn field_path(&self, name: &str) -> String {
        companies::paths::field(self.company.id, name)
    }

    /// Why nobody calls them; empty: people do.
    fn no_call_reason(&self) -> &str {
        self.company
            .do_not_call
            .as_ref()
            .map_or("", |mark| mark.reason.as_str())
    }

    fn do_not_call_path(&self) -> String {
        companies::paths::do_not_call(self.company.id)
    }

    fn head_path(&self) -> String {
        companies::paths::head(self.company.id)
    }

    fn transfer_path(&self) -> String {
        companies::paths::transfer(self.company.id)
    }
}

/// What the reader may do; the actions check it again.
struct Can {
    edit: bool,
    transfer: bool,
}

impl Can {
    fn of(actor: &Actor, ties: Ties) -> Self {
        Self {
            edit: may(actor, Action::EditCompany, ties),
            transfer: may(actor, Action::TransferCompany, ties),
        }
    }
}

/// Fields as they are printed.
pub(super) struct Facts {
    pub(super) url: String,
    pub(super) site: String,
    warnings: Vec<&'static str>,
    pub(super) contract_warnings: Vec<ContractWarning>,
    clock: Option<ClientClock>,
    initials: String,
    /// When it was marked so; empty: it is not.
    do_not_call_at: String,
    /// Now, for paper.
    printed: String,
    created: String,
    updated: String,
}

struct PhoneRow {
    tel: Option<String>,
    /// For the button that calls it.
    whom: String,
    shown: String,
    comment: String,
    /// Who else has this number.
    also: Vec<HolderView>,
}

/// `GET /companies/<uuid>/`
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Query(part): Query<Part>,
) -> Html {
    let actor = viewer.actor()?;
    let dictionaries = dictionaries::kept(&app, viewer.stamp).await?;
    let mut conn = app.db.acquire().await?;
    let found = companies::find(&mut conn, &actor, id).await;
    if matches!(found, Err(Error::NotFound)) {
        drop(conn);
        return elsewhere(&app, &actor, id).await;
    }
    let company = found?;
    let ties = company.ties(&actor);
    let can = Can::of(&actor, ties);
    let reader = Reader {
        viewer: &viewer,
        now: app.now(),
        company: id,
        ties,
    };
    let (branches, has_more_branches) = companies::branches(&mut conn, &actor, id).await?;
    let contacts = contacts::fragment(&mut conn, &viewer, id, may(&actor, Action::EditContact, ties)).await?;
    let tasks = tasks::fragment(&mut conn, &app, &viewer, (id, may(&actor, Action::AddTask, ties))).await?;
    let phones = phones(&mut conn, &actor, &company).await?;
    let pinned = pinned(&mut conn, &reader, &part).await?;
    let deletion = trash::card_notice(&app, &mut conn, &viewer, id, ties).await?;
    let merged = duplicates::merge_notice(&app, &mut conn, &viewer, (id, ties)).await?;
    let timeline = timeline::read(&mut conn, &reader, &part).await?;
    let marks = can.edit.then(|| choices(&dictionaries, &company));
    let (statuses, spheres) = marks.unwrap_or_default();
    drop(conn);
    let owners = if can.transfer {
        companies::heir_options(&*accounts::directory(&app, viewer.stamp).await?, &company)
    } else {
        Vec::new()
    };
    let facts = facts(&company, &reader);
    page(&CardPage {
        layout: viewer.layout(Section::Companies),
        cells: cells(&company, &facts, can.edit),
        facts,
        phones,
        add_note: notes::add_form(&viewer, id),
        add_letter: letters::composer(&viewer, id),
        can,
        statuses,
        spheres,
        owners,
        seen: companies::marks(&company.fields),
        seen_owner: seen_owner(&company),
        branches,
        has_more_branches,
        contacts,
        tasks,
        deletion,
        merged,
        pinned,
        timeline,
        company,
    })
}

/// Where a card that is not there has gone.
async fn elsewhere(app: &App, actor: &Actor, id: CompanyId) -> Html {
    if let Some(place) = trash::place_of(app, actor, id).await? {
        return see_other_with(&place, &flash("info", "Компания в корзине."));
    }
    duplicates::to_heir(app, id).await
}

/// Whom the form of transferring was drawn for.
fn seen_owner(company: &Company) -> String {
    let owner = company.responsible.as_ref();
    owner.map(|person| person.id.to_string()).unwrap_or_default()
}

/// The note on top, on pages that have it.
async fn pinned(
    conn: &mut sqlx::PgConnection,
    reader: &Reader<'_>,
    part: &Part,
) -> crate::error::Result<Option<NoteItem>> {
    if part.has_pinned() {
        notes::pinned(conn, reader).await
    } else {
        Ok(None)
    }
}

fn choices(dictionaries: &Dictionaries, company: &Company) -> (Vec<Opt>, Vec<Opt>) {
    let (status, chosen) = (company.fields.status, &company.fields.spheres);
    let statuses = dictionaries
        .statuses
        .iter()
        .filter(|row| row.is_active || Some(row.id) == status);
    let spheres = dictionaries
        .spheres
        .iter()
        .filter(|row| row.is_active || chosen.contains(&row.id));
    (
        statuses
            .map(|row| Opt::new(row.id, &row.name, Some(row.id) == status))
            .collect(),
        spheres
            .map(|row| Opt::new(row.id, &row.name, chosen.contains(&row.id)))
            .collect(),
    )
}

/// The company's own numbers, each with the others who have it.
async fn phones(
    conn: &mut sqlx::PgConnection,
    actor: &Actor,
    company: &Company,
) -> crate::error::Result<Vec<PhoneRow>> {
    let rows = &company.fields.phones;
    let also = contacts::also(conn, actor, rows.iter().map(|row| &row.phone), company.id).await?;
    let row = |(row, also): (&CompanyPhone, Vec<HolderView>)| PhoneRow {
        tel: row.phone.tel(),
        whom: whom(&row.phone, Some(company.id), None::<CompanyId>),
        shown: row.phone.display(),
        comment: row.comment.clone(),
        also,
    };
    Ok(rows.iter().zip(also).map(row).collect())
}

fn facts(company: &Company, reader: &Reader<'_>) -> Facts {
    let fields = &company.fields;
    let zone = reader.viewer.zone;
    let today = reader.now.with_timezone(&zone).date_naive();
    let warnings = [
        Inn::read(&fields.inn).warning(),
        Kpp::read(&fields.kpp).warning(),
        Ogrn::read(&fields.ogrn).warning(),
    ];
    let site = fields
        .website
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .to_owned();
    Facts {
        url: site_url(&fields.website).unwrap_or_default(),
        site,
        warnings: warnings.into_iter().flatten().collect(),
        contract_warnings: companies::contract_warnings(
            &company.contract_terms,
            fields.contract_until,
            fields.contract_amount,
            today,
        ),
        clock: companies::client_clock(company, reader.now).map(|clock| ClientClock {
            // Whatever the hour, they asked not to be called.
            call: clock.call.filter(|_| company.do_not_call.is_none()),
            ..clock
        }),
        initials: company
            .responsible
            .as_ref()
            .map(|person| text::initials(&person.name))
            .unwrap_or_default(),
        do_not_call_at: company
            .do_not_call
            .as_ref()
            .map(|mark| time::relative(mark.at, reader.now, zone))
            .unwrap_or_default(),
        printed: time::date_time(reader.now, zone),
        created: time::date_time(company.created_at, zone),
        updated: time::relative(company.updated_at, reader.now, zone),
    }
}
