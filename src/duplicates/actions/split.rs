//! Parting cards that were made one.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::pass::compare;
use super::payload;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::snapshot::{self, Heirs, Lost, Snapshot};
use crate::duplicates::queries;
use crate::error::{Error, Result};
use crate::merges::{self, Kept, Merge};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, ContactId, Entity, MergeId, text};
use crate::{companies, contacts, dictionaries, letters, notes, tasks, trash};

/// What parting does, or would do.
#[derive(Debug)]
pub(crate) struct Parted {
    pub(crate) merge: Merge,
    /// What does not come back or stays at the kept card, a sentence each.
    pub(crate) left: Vec<String>,
}

/// One merge, for whoever may see the base.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn parted(app: &App, actor: &Actor, id: MergeId) -> Result<Merge> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    merges::find(&mut conn, id).await?.ok_or(Error::NotFound)
}

/// What parting would do now; nothing is written.
pub(crate) async fn rehearse(app: &App, actor: &Actor, id: MergeId) -> Result<Parted> {
    let mut tx = app.begin().await?;
    part(&mut tx, actor, id, app.now()).await
}

/// Parts the cards: each comes back as it was, with all that came with it and is still there.
///
/// # Errors
/// [`Error::Denied`] to those who may not change the kept card; [`Error::Invalid`] when it is too late or the kept
/// card is gone; [`Error::NotFound`].
pub(crate) async fn split(app: &App, actor: &Actor, id: MergeId) -> Result<Parted> {
    let mut tx = app.begin().await?;
    let parted = part(&mut tx, actor, id, app.now()).await?;
    tx.commit().await?;
    Ok(parted)
}

async fn part(conn: &mut PgConnection, actor: &Actor, id: MergeId, now: DateTime<Utc>) -> Result<Parted> {
    let merge = merges::find(conn, id).await?.ok_or(Error::NotFound)?;
    let left = match merge.entity {
        Entity::Company => part_companies(conn, actor, &merge, now).await?,
        Entity::Contact => {
            if let [home] = queries::homes(conn, &[merge.kept]).await?[..] {
                companies::admit(conn, actor, home, Action::EditContact).await?;
            }
            stay_open(conn, &merge).await?;
            contacts::admit(conn, actor, ContactId(merge.kept)).await?;
            part_people(conn, actor, &merge, now).await?
        }
    };
    Ok(Parted { merge, left })
}

/// The kept card must be there to give anything back.
async fn stay_open(conn: &mut PgConnection, merge: &Merge) -> Result<()> {
    let sentence = if let Some(heir) = merges::heir(conn, merge.kept).await? {
        let name = queries::name_of(conn, heir).await?.unwrap_or_default();
        format!("Эту карточку потом объединили с «{name}». Сначала разъедините ту, более позднюю пару.")
    } else if trash::has(conn, CompanyId(merge.kept)).await? {
        "Карточка, которую оставили, лежит в корзине. Сначала верните её оттуда.".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::field("", sentence))
}

/// What was kept of a merge that nobody else is parting.
async fn open(conn: &mut PgConnection, merge: &Merge, now: DateTime<Utc>) -> Result<Kept> {
    let kept = merges::take(conn, merge.id).await?.filter(|_| now < merge.until);
    kept.ok_or_else(|| {
        Error::field(
            "",
            "Разъединить уже нельзя: карточки разъединили раньше, прошло 30 дней или данные стёрли.",
        )
    })
}

async fn part_companies(
    conn: &mut PgConnection,
    actor: &Actor,
    merge: &Merge,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let kept = CompanyId(merge.kept);
    stay_open(conn, merge).await?;
    companies::lock_together(conn, &[kept]).await?;
    companies::admit(conn, actor, kept, Action::MergeCompanies).await?;
    let whole = open(conn, merge, now).await?;
    let payload: payload::Companies = serde_json::from_value(whole.payload).map_err(anyhow::Error::from)?;
    let mut left = Vec::new();
    for id in &payload.people {
        if let Some(people) = merges::find(conn, *id).await?.filter(|people| people.is_open(now)) {
            left.extend(part_people(conn, actor, &people, now).await?);
        }
    }
    let heirs = dictionaries::heirs(conn).await?.by_table();
    let lost = bring_back(conn, whole.snapshots, &heirs).await?;
    left.extend(lost);
    let is_as_left = companies::image(conn, kept).await?.get("updated_at").and_then(moment) == Some(payload.at);
    left.extend(give_back(conn, kept, &payload, now).await?);
    left.extend(own_values(conn, kept, &payload, &heirs).await?);
    // As old as it was, when nobody has touched it since.
    companies::touch(conn, kept, if is_as_left { payload.updated_at } else { now }).await?;
    trash::reopen(conn, &payload.requests).await?;
    queries::uncarry(conn, &payload.denials).await?;
    merges::end(conn, actor, merge.id, now).await?;
    left.extend(stays(conn, kept, payload.at).await?);
    let all: Vec<Uuid> = merge.merged.iter().copied().chain([merge.kept]).collect();
    compare(conn, &all).await?;
    log(conn, actor, merge, now).await?;
    Ok(left)
}

/// Puts the rows of merged cards back, those first that others refer to. Answers what they have lost.
async fn bring_back(conn: &mut PgConnection, snapshots: Vec<Snapshot>, heirs: &Heirs) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for snapshot in snapshots.into_iter().rev() {
        let text = |column| {
            snapshot
                .texts("companies", column)
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let (id, name, updated_at) = (text("id"), text("name"), text("updated_at"));
        let lost: Vec<Lost> = snapshot::put_back(conn, snapshot, heirs).await?;
        let losses = trash::losses(&lost);
        if !losses.is_empty() {
            left.push(format!(
                "«{name}» возвращается без того, чего больше нет в базе: {}.",
                losses.join(", ")
            ));
        }
        if let (Ok(id), Ok(at)) = (id.parse::<Uuid>(), DateTime::parse_from_rfc3339(&updated_at)) {
            companies::touch(conn, CompanyId(id), at.to_utc()).await?;
        }
    }
    Ok(left)
}

fn moment(value: &serde_json::Value) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
    Some(at.to_utc())
}

/// Moves what came with each card back to it. Answers what is not there any more.
async fn give_back(
    conn: &mut PgConnection,
    kept: CompanyId,
    payload: &payload::Companies,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for part in &payload.parts {
        let way = (kept, CompanyId(part.id));
        let moved = contacts::move_back(conn, way, &part.contacts).await?;
        let missing = [
            (part.contacts.len() - moved, ["контакт", "контакта", "контактов"]),
            (
                part.notes.len() - notes::move_back(conn, way, &part.notes, part.unpinned.as_ref()).await?,
                ["заметка", "заметки", "заметок"],
            ),
            (
                part.tasks.tasks.len() - tasks::move_back(conn, way, &part.tasks).await?,
                ["задача", "задачи", "задач"],
            ),
            (
                part.letters.len() - letters::move_back(conn, way, &part.letters).await?,
                ["письмо", "письма", "писем"],
            ),
            (
                part.children.len() - companies::give_back(conn, way, &part.children, (payload.at, now)).await?,
                ["филиал", "филиала", "филиалов"],
            ),
        ];
        let missing = missing.into_iter().filter(|(count, _)| *count > 0);
        let missing: Vec<String> = missing
            .map(|(count, forms)| text::count(i64::try_from(count).unwrap_or(i64::MAX), forms))
            .collect();
        if !missing.is_empty() {
            left.push(format!(
                "К «{}» не вернётся: {}. Их с тех пор перевели, объединили или удалили.",
                part.name,
                missing.join(", ")
            ));
        }
        companies::touch_words(conn, CompanyId(part.id)).await?;
    }
    Ok(left)
}

/// Gives the kept card its own values back. Answers which stay.
async fn own_values(
    conn: &mut PgConnection,
    kept: CompanyId,
    payload: &payload::Companies,
    heirs: &Heirs,
) -> Result<Vec<String>> {
    let mut left = Vec::new();
    let columns = snapshot::revert(
        conn,
        ("companies", kept.0),
        &payload.changed,
        companies::TOGETHER,
        heirs,
    )
    .await?;
    companies::grow(conn, kept).await?;
    let mut labels: Vec<&str> = columns.iter().filter_map(|column| label(column)).collect();
    labels.dedup();
    if !labels.is_empty() {
        left.push(format!(
            "У оставшейся карточки не меняется: {}. Это изменили после объединения.",
            labels.join(", ")
        ));
    }
    let changed = companies::give_up(conn, kept, &payload.joined).await?;
    if changed > 0 {
        let count = text::count(
            i64::try_from(changed).unwrap_or(i64::MAX),
            [
                "номер или адрес почты",
                "номера или адреса почты",
                "номеров или адресов почты",
            ],
        );
        left.push(format!(
            "В оставшейся карточке изменили или убрали {count} из присоединённых: там всё останется как сейчас."
        ));
    }
    Ok(left)
}

/// A column as people call it; those that go along with another have no name.
fn label(column: &str) -> Option<&str> {
    Some(match column {
        "status_id" => "статус",
        "region_id" => "регион",
        "responsible_id" | "branch_id" => "ответственный",
        "head_company_id" => "головная организация",
        "contract_type" | "contract_until" | "contract_amount" => "договор",
        "do_not_call_at" | "do_not_call_by" | "do_not_call_reason" => "«Не звонить»",
        "name" => "название",
        "legal_name" => "юр. название",
        "inn" => "ИНН",
        "kpp" => "КПП",
        "ogrn" => "ОГРН",
        "address" => "адрес",
        "website" => "сайт",
        "activity_kind" => "вид деятельности",
        "lead_state" => "состояние контакта",
        "contact_name" | "contact_position" => "контактное лицо",
        "time_zone" => "часовой пояс",
        "working_hours" => "часы работы",
        "first_name" | "last_name" => "имя",
        "position" => "должность",
        "status" => "статус контакта",
        "note" => "примечание",
        _ => return None,
    })
}

/// What has come to the kept card since the merge.
async fn stays(conn: &mut PgConnection, kept: CompanyId, since: DateTime<Utc>) -> Result<Vec<String>> {
    let forms = [
        ["контакт", "контакта", "контактов"],
        ["заметка", "заметки", "заметок"],
        ["задача", "задачи", "задач"],
        ["письмо", "письма", "писем"],
    ];
    let counted = queries::since(conn, kept.0, since).await?.into_iter().zip(forms);
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted.map(|(count, forms)| text::count(count, forms)).collect();
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![format!(
        "Добавленное после объединения остаётся в оставшейся карточке: {}.",
        counted.join(", ")
    )])
}

async fn part_people(conn: &mut PgConnection, actor: &Actor, merge: &Merge, now: DateTime<Utc>) -> Result<Vec<String>> {
    let kept = ContactId(merge.kept);
    contacts::lock_together(conn, &[kept]).await?;
    let whole = open(conn, merge, now).await?;
    let payload: payload::People = serde_json::from_value(whole.payload).map_err(anyhow::Error::from)?;
    let Some(present) = contacts::found(conn, actor, &[kept]).await?.pop() else {
        return Err(Error::field("", "Контакта, который оставили, уже нет: вернуть нечего."));
    };
    letters::pass_back(conn, kept, &payload.letters).await?;
    let heirs = dictionaries::heirs(conn).await?.by_table();
    let mut left = Vec::new();
    for snapshot in whole.snapshots {
        let lost = snapshot::put_back(conn, snapshot, &heirs).await?;
        let losses = trash::losses(&lost);
        if !losses.is_empty() {
            left.push(format!(
                "Контакт возвращается без того, чего больше нет в базе: {}.",
                losses.join(", ")
            ));
        }
    }
    let columns = snapshot::revert(conn, ("contacts", kept.0), &payload.changed, contacts::TOGETHER, &heirs).await?;
    let mut labels: Vec<&str> = columns.iter().filter_map(|column| label(column)).collect();
    labels.dedup();
    if !labels.is_empty() {
        left.push(format!(
            "У контакта «{}» не меняется: {}. Это изменили после объединения.",
            present.fields.name(),
            labels.join(", ")
        ));
    }
    if contacts::give_up(conn, kept, &payload.joined).await? > 0 {
        left.push(format!(
            "Номера и адреса почты контакта «{}», изменённые после объединения, остаются у него.",
            present.fields.name()
        ));
    }
    let updated_at = if present.updated_at == payload.at {
        payload.updated_at
    } else {
        now
    };
    contacts::grow(conn, kept, updated_at).await?;
    merges::end(conn, actor, merge.id, now).await?;
    let parted: Vec<Uuid> = merge.merged.iter().copied().chain([merge.kept]).collect();
    for company in queries::homes(conn, &parted).await? {
        companies::touch_words(conn, company).await?;
    }
    let message = format!("Контакты снова отдельные: «{}»", merge.names.join("», «"));
    let event = Event::new("split", "contact", kept, message).on(present.company);
    audit::record(
        conn,
        actor,
        merge.merged.iter().fold(event, |event, id| event.mentioning(*id)),
    )
    .await?;
    Ok(left)
}

/// On each of the cards.
async fn log(conn: &mut PgConnection, actor: &Actor, merge: &Merge, now: DateTime<Utc>) -> Result<()> {
    let cards: Vec<Uuid> = std::iter::once(merge.kept)
        .chain(merge.merged.iter().copied())
        .collect();
    let names: Vec<String> = merge.names.iter().map(|name| text::quoted(name)).collect();
    let message = format!("Карточки снова отдельные: {}", names.join(", "));
    let events = cards.iter().map(|card| {
        let event = Event::new("split", "company", card, message.clone()).on(Some(CompanyId(*card)));
        let others = cards.iter().filter(|other| *other != card);
        others.fold(event, |event, other| event.mentioning(*other))
    });
    audit::record_many(conn, actor, events.collect(), now).await
}
