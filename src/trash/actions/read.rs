//! Looking into the trash.

use serde_json::Value;
use sqlx::PgConnection;

use crate::app::App;
use crate::companies::{self, Likeness, Twin};
use crate::db::snapshot::Snapshot;
use crate::db::{PAGE, Page, Place};
use crate::error::{Error, Result};
use crate::letters;
use crate::policy::{Action, Actor, Ties, check};
use crate::trash::model::{Contents, Trashed};
use crate::trash::queries;
use crate::values::{CompanyId, ContactId, Entity, Phone, TrashId, text};

/// A page of the trash, the newest first.
pub(crate) async fn list(app: &App, actor: &Actor, q: &str, place: &Place) -> Result<Page<Trashed>> {
    check(actor, Action::ManageTrash, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let rows = queries::list(&mut conn, q, place, PAGE).await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    Ok(place.page(rows, limit, Trashed::cursor))
}

/// A record in the trash with what tells it from others.
pub(crate) struct Item {
    /// As the list has it.
    pub(crate) trashed: Trashed,
    /// Label and value.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Names of the contacts that went with it, at most [`NAMED`].
    pub(crate) people: Vec<String>,
    /// Living companies so much alike that they are the same.
    pub(crate) twins: Vec<Twin>,
    /// How many companies lost their head organisation by it.
    pub(crate) detached: usize,
    /// Where the contact's company lies, when that is in the trash itself.
    pub(crate) company_in_trash: Option<TrashId>,
}

/// How many contacts are named.
const NAMED: usize = 10;

/// One record.
///
/// # Errors
/// [`Error::NotFound`], also when it was brought back or erased.
pub(crate) async fn find(app: &App, actor: &Actor, id: TrashId) -> Result<Item> {
    check(actor, Action::ManageTrash, Ties::default())?;
    // The rows are read under a lock, as restoring does; nothing is changed.
    let mut tx = app.begin().await?;
    let whole = queries::take(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let trashed = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let snapshot = snapshot_of(whole.rows)?;
    let (twins, company_in_trash) = match (trashed.entity, trashed.company) {
        (Entity::Company, _) => (companies::strong_twins(&mut tx, likeness(&snapshot)).await?, None),
        (Entity::Contact, Some(company)) => (Vec::new(), queries::is_trashed(&mut tx, company.0).await?),
        (Entity::Contact, None) => (Vec::new(), None),
    };
    let people = if trashed.entity == Entity::Company {
        people(&snapshot).take(NAMED).collect()
    } else {
        Vec::new()
    };
    Ok(Item {
        facts: facts(&snapshot, trashed.entity),
        people,
        twins,
        detached: whole.detached.len(),
        company_in_trash,
        trashed,
    })
}

fn facts(snapshot: &Snapshot, entity: Entity) -> Vec<(&'static str, String)> {
    let (own, phones, emails) = match entity {
        Entity::Company => (
            vec![("ИНН", "inn"), ("Адрес", "address"), ("Сайт", "website")],
            "company_phones",
            "company_emails",
        ),
        Entity::Contact => (vec![("Должность", "position")], "contact_phones", "contact_emails"),
    };
    let joined = |table, column| snapshot.texts(table, column).collect::<Vec<_>>().join(", ");
    let mut facts: Vec<_> = own
        .into_iter()
        .map(|(label, column)| (label, joined(entity.table(), column)))
        .collect();
    let shown = |raw: &str| Phone::read(raw).map_or_else(|| raw.to_owned(), |phone| phone.display());
    let shown: Vec<String> = snapshot.texts(phones, "raw").map(shown).collect();
    facts.push(("Телефоны", shown.join(", ")));
    facts.push(("Почта", joined(emails, "value")));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

fn people(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    let last = snapshot.texts("contacts", "last_name");
    let first = snapshot.texts("contacts", "first_name");
    let names = last
        .zip(first)
        .map(|(last, first)| format!("{last} {first}").trim().to_owned());
    names.filter(|name| !name.is_empty())
}

/// By what the company in it is known.
pub(super) fn likeness(snapshot: &Snapshot) -> Likeness<'_> {
    let text = |column| snapshot.texts("companies", column).next().unwrap_or_default();
    Likeness {
        inn: text("inn"),
        kpp: text("kpp"),
        name: text("name"),
        address: text("address"),
    }
}

/// The rows as they were put aside.
pub(super) fn snapshot_of(rows: Value) -> Result<Snapshot> {
    Ok(serde_json::from_value(rows).map_err(anyhow::Error::from)?)
}

/// A company that is about to be deleted, and what goes with it.
pub(crate) struct Candidate {
    /// Its name.
    pub(crate) name: String,
    /// What goes with it.
    pub(crate) contents: Contents,
    /// How many companies have it for their head organisation.
    pub(crate) children: i64,
}

/// A company that the actor may do `action` about: delete it, or ask for that.
pub(crate) async fn candidate(app: &App, actor: &Actor, id: CompanyId, action: Action) -> Result<Candidate> {
    let mut conn = app.db.acquire().await?;
    let company = companies::find(&mut conn, actor, id).await?;
    check(actor, action, company.ties(actor))?;
    let [contacts, notes, letters, children] = queries::belongings(&mut conn, id).await?;
    let counted = [("contacts", contacts), ("notes", notes), ("letters", letters)];
    let counted = counted.into_iter().filter(|(_, rows)| *rows > 0);
    Ok(Candidate {
        name: company.fields.name,
        contents: Contents(counted.map(|(table, rows)| (table.to_owned(), rows)).collect()),
        children,
    })
}

/// «12 писем» that go for good with this person; empty: there are none.
pub(crate) async fn letters_with(conn: &mut PgConnection, id: ContactId) -> Result<String> {
    let count = letters::count_with_person(conn, id).await?;
    Ok(if count > 0 {
        text::count(count, ["письмо", "письма", "писем"])
    } else {
        String::new()
    })
}

/// Whether a record of this key lies in the trash: the second arrival of a deletion finds nothing else.
pub(crate) async fn is_trashed(app: &App, entity_id: uuid::Uuid) -> Result<bool> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::is_trashed(&mut conn, entity_id).await?.is_some())
}
