//! Erasing records for good: on an administrator's word, and when their thirty days are over.

use sqlx::PgConnection;
use uuid::Uuid;

use super::read::snapshot_of;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::trash::model::Trashed;
use crate::trash::queries;
use crate::values::{Entity, TrashId, text};
use crate::{calls, companies, files, imports, letters, merges, notifications, tasks};

/// Records of one round of the periodic work.
const BATCH: usize = 200;

/// Erases a record, whose name was `typed`, with all its traces.
///
/// # Errors
/// [`Error::Invalid`] at `name` when that is another name.
pub(crate) async fn erase(app: &App, actor: &Actor, id: TrashId, typed: &str) -> Result<Trashed> {
    check(actor, Action::EraseData, Ties::default())?;
    let mut tx = app.begin().await?;
    let item = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if key(typed) != key(&item.title) {
        return Err(Error::field(
            "name",
            format!("Введите название, как оно записано: {}", item.title),
        ));
    }
    erase_in(&mut tx, actor, id).await?;
    tx.commit().await?;
    Ok(item)
}

/// Case, quotes and legal form do not matter.
fn key(name: &str) -> String {
    let key = text::name_key(name);
    if key.is_empty() { text::fold(name.trim()) } else { key }
}

/// Erases what has lain in the trash for thirty days. Several processes may do it at once: each record is one's own.
pub(crate) async fn purge(app: &App) -> Result<()> {
    let mut erased = 0;
    while erased < BATCH {
        let mut tx = app.begin().await?;
        let Some(id) = queries::due(&mut tx, app.now()).await? else {
            break;
        };
        erase_in(&mut tx, &Actor::system(), id).await?;
        tx.commit().await?;
        erased += 1;
    }
    if erased > 0 {
        tracing::info!(erased, "records of the trash erased for good");
    }
    Ok(())
}

/// Erases a record of the trash and, with a company, its contacts that were deleted before it.
async fn erase_in(conn: &mut PgConnection, actor: &Actor, id: TrashId) -> Result<()> {
    let whole = queries::take(conn, id).await?.ok_or(Error::NotFound)?;
    let item = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    let mut traces = Traces::default();
    traces.records.push(item.entity_id);
    traces.add(&snapshot_of(whole.rows)?);
    if let (Entity::Company, Some(company)) = (item.entity, item.company) {
        for contact in queries::of_company(conn, company).await? {
            if let Some(whole) = queries::take(conn, contact).await? {
                traces.add(&snapshot_of(whole.rows)?);
                queries::forget(conn, contact).await?;
            }
        }
        queries::erase_requests(conn, company).await?;
    }
    queries::forget(conn, id).await?;
    let merged = merges::erase(conn, &traces.records).await?;
    traces.records.extend(merged.records);
    for snapshot in &merged.snapshots {
        traces.add(snapshot);
    }
    traces.words.push_str(&merged.words);
    audit::erase(conn, &traces.records, &traces.notes).await?;
    notifications::forget(conn, "company", &traces.records).await?;
    notifications::forget(conn, "task", &traces.tasks).await?;
    tasks::erase(conn, &traces.tasks).await?;
    calls::erase(conn, &traces.records).await?;
    letters::erase(conn, &traces.records, (item.company, &traces.addresses)).await?;
    imports::erase(conn, &traces.records).await?;
    companies::forget_words(conn, &traces.words).await?;
    files::dispose_at_once(conn, &traces.keys).await?;
    let event = Event::new("erase", item.entity.code(), item.entity_id, message(&item));
    audit::record(conn, actor, event.on(item.company)).await
}

/// What stays: numbers.
fn message(item: &Trashed) -> String {
    let what = match item.entity {
        Entity::Company => "Компания стёрта навсегда",
        Entity::Contact => "Контакт стёрт навсегда",
    };
    let mut parts = vec![what.to_owned()];
    parts.extend(item.contents.words(item.entity));
    parts.join(", ")
}

/// By what the traces of a record are found.
#[derive(Default)]
struct Traces {
    /// Companies and contacts.
    records: Vec<Uuid>,
    notes: Vec<i64>,
    tasks: Vec<Uuid>,
    /// Of e-mail.
    addresses: Vec<String>,
    /// Of files in their store.
    keys: Vec<String>,
    /// All that search knew it by.
    words: String,
}

impl Traces {
    fn add(&mut self, snapshot: &Snapshot) {
        let ids = |table| snapshot.texts(table, "id").filter_map(|id| id.parse::<Uuid>().ok());
        self.records.extend(ids("contacts"));
        self.tasks.extend(ids("tasks"));
        self.notes
            .extend(snapshot.values("notes", "id").filter_map(serde_json::Value::as_i64));
        let addresses = snapshot.texts("contact_emails", "value");
        self.addresses.extend(addresses.map(str::to_owned));
        self.keys.extend(snapshot.texts("files", "key").map(str::to_owned));
        let words = [
            ("companies", "search"),
            ("contacts", "last_name"),
            ("contacts", "first_name"),
            ("contacts", "position"),
            ("contact_emails", "value"),
        ];
        for (table, column) in words {
            for text in snapshot.texts(table, column) {
                self.words.push(' ');
                self.words.push_str(text);
            }
        }
    }
}
