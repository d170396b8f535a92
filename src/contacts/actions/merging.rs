//! What has to be done here when contacts become one or go with their company, and when they are parted again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::companies::bulk::{Channel, Retold, cut_words, email_key, folded, phone_key};
use crate::contacts::model::{Contact, ContactEmail, ContactPhone, EmailKind, Fields, PhoneKind};
use crate::contacts::queries::{self, merging};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, ContactId, Phone};

/// So many phones, or e-mails, the form of a contact takes.
const MOST_CHANNELS: usize = 50;
/// So many contacts of one company are compared with others.
const MOST_COMPARED: i64 = 300;
/// The longest note on a contact.
const LONGEST_NOTE: usize = 20_000;

/// Columns of a contact that are given back together or not at all.
pub(crate) const TOGETHER: &[&[&str]] = &[&["do_not_call_at", "do_not_call_by", "do_not_call_reason"]];

/// These contacts, those that are there, in this order.
pub(crate) async fn found(conn: &mut PgConnection, actor: &Actor, ids: &[ContactId]) -> Result<Vec<Contact>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let people = queries::of_ids(conn, ids).await?;
    Ok(people.into_iter().map(|person| person.contact).collect())
}

/// The contacts of these companies, of each as many as are compared.
pub(crate) async fn of_companies(conn: &mut PgConnection, actor: &Actor, ids: &[CompanyId]) -> Result<Vec<Contact>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut all = Vec::new();
    for id in ids {
        all.extend(queries::of_company(conn, *id, MOST_COMPARED).await?);
    }
    Ok(all)
}

/// All contacts of a company go to another. Answers which.
pub(crate) async fn move_all(conn: &mut PgConnection, from: CompanyId, to: CompanyId) -> Result<Vec<Uuid>> {
    Ok(merging::move_all(conn, from, to).await?)
}

/// Those of these contacts that are still at `from` go back to `to`. Answers how many.
pub(crate) async fn move_back(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    ids: &[Uuid],
) -> Result<usize> {
    Ok(merging::move_back(conn, (from, to), ids).await?.len())
}

/// Locks contacts before they become one or are parted; their companies are locked already.
pub(crate) async fn lock_together(conn: &mut PgConnection, ids: &[ContactId]) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(merging::lock_together(conn, &ids).await?)
}

/// The whole row of a contact but for its words.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn image(conn: &mut PgConnection, id: ContactId) -> Result<Map<String, Value>> {
    merging::image(conn, id).await?.ok_or(Error::NotFound)
}

/// What is chosen when contacts become one: name, Russian label, value.
pub(crate) fn chosen_rows(fields: &Fields) -> Vec<(&'static str, &'static str, String)> {
    let rows = fields.rows().into_iter();
    rows.filter(|(field, _, _)| !["phones", "emails"].contains(field))
        .collect()
}

/// The kept contact as it will be: each field from the one that was chosen for it; where nothing was, what the kept one
/// has, or else the first of the others that has something.
pub(crate) fn mixed(kept: &Contact, others: &[Contact], picks: &BTreeMap<String, ContactId>) -> Fields {
    let mut mixed = kept.fields.clone();
    let cards: Vec<&Contact> = std::iter::once(kept).chain(others).collect();
    let rows: Vec<_> = cards.iter().map(|card| chosen_rows(&card.fields)).collect();
    for (at, (field, _, _)) in rows[0].iter().enumerate() {
        let picked = picks
            .get(*field)
            .and_then(|id| cards.iter().find(|card| card.id == *id));
        let first = || {
            cards
                .iter()
                .zip(&rows)
                .find(|(_, rows)| !rows[at].2.is_empty())
                .map(|(card, _)| card)
        };
        let Some(from) = picked.or_else(first) else { continue };
        match *field {
            "last_name" => mixed.last_name.clone_from(&from.fields.last_name),
            "first_name" => mixed.first_name.clone_from(&from.fields.first_name),
            "position" => mixed.position.clone_from(&from.fields.position),
            "contact_status" => mixed.status.clone_from(&from.fields.status),
            "contact_note" => mixed.note.clone_from(&from.fields.note),
            _ => (),
        }
    }
    mixed
}

/// What a contact got from others, so that it can be taken away again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Joined {
    phones: Vec<JoinedPhone>,
    /// Kind, value, comment.
    emails: Vec<(String, String, String)>,
    #[serde(default)]
    comments: Vec<Retold>,
}

#[derive(Debug, Serialize, Deserialize)]
struct JoinedPhone {
    kind: String,
    raw: String,
    e164: String,
    extension: String,
    digits: String,
    comment: String,
}

impl JoinedPhone {
    fn of(row: &ContactPhone) -> Self {
        Self {
            kind: row.kind.code().to_owned(),
            raw: row.phone.raw.clone(),
            e164: row.phone.e164.clone(),
            extension: row.phone.extension.clone(),
            digits: row.phone.digits.clone(),
            comment: row.comment.clone(),
        }
    }

    fn row(&self) -> ContactPhone {
        ContactPhone {
            kind: PhoneKind::from_code(&self.kind).unwrap_or_default(),
            phone: Phone {
                raw: self.raw.clone(),
                e164: self.e164.clone(),
                extension: self.extension.clone(),
                digits: self.digits.clone(),
            },
            comment: self.comment.clone(),
        }
    }
}

impl Channel for ContactPhone {
    fn key(&self) -> String {
        phone_key(&self.phone.digits, &self.phone.extension, &self.phone.raw)
    }

    fn typed(&self) -> &str {
        &self.phone.raw
    }

    fn comment(&mut self) -> &mut String {
        &mut self.comment
    }
}

impl Channel for ContactEmail {
    fn key(&self) -> String {
        email_key(&self.value)
    }

    fn typed(&self) -> &str {
        &self.value
    }

    fn comment(&mut self) -> &mut String {
        &mut self.comment
    }
}

/// What comments of equal phones and e-mails lose when these contacts become one; empty: nothing.
pub(crate) fn lost_words(kept: &Contact, others: &[&Contact]) -> String {
    let phones = others.iter().flat_map(|card| &card.fields.phones);
    let mut comments = folded(true, &kept.fields.phones, phones).1;
    let emails = others.iter().flat_map(|card| &card.fields.emails);
    comments.extend(folded(false, &kept.fields.emails, emails).1);
    cut_words(&comments)
}

/// Writes the kept contact as `wanted`, with phones and e-mails of the others; all are locked.
///
/// # Errors
/// [`Error::Invalid`] when it would have more than its form takes.
pub(crate) async fn absorb(
    conn: &mut PgConnection,
    (kept, wanted): (&Contact, &Fields),
    others: &[Contact],
    now: DateTime<Utc>,
) -> Result<Joined> {
    let phones = others.iter().flat_map(|card| &card.fields.phones);
    let (phones, mut comments) = folded(true, &kept.fields.phones, phones);
    let emails = others.iter().flat_map(|card| &card.fields.emails);
    let (emails, of_emails) = folded(false, &kept.fields.emails, emails);
    comments.extend(of_emails);
    let most = (kept.fields.phones.len() + phones.len()).max(kept.fields.emails.len() + emails.len());
    if most > MOST_CHANNELS || wanted.note.chars().count() > LONGEST_NOTE {
        return Err(Error::field(
            "",
            format!(
                "Вместе у контактов {most} телефонов или адресов почты, а у одного их бывает не больше {MOST_CHANNELS}. Уберите лишние и объедините снова."
            ),
        ));
    }
    merging::write(conn, kept.id, wanted, now).await?;
    let ids: Vec<Uuid> = others.iter().map(|card| card.id.0).collect();
    merging::take_amo_id(conn, kept.id, &ids).await?;
    merging::take_do_not_call(conn, kept.id, &ids).await?;
    merging::add_channels(conn, kept.id, &phones, &emails).await?;
    for comment in &comments {
        merging::retell(conn, kept.id, comment).await?;
    }
    let emails = emails
        .into_iter()
        .map(|row| (row.kind.code().to_owned(), row.value, row.comment));
    Ok(Joined {
        phones: phones.iter().map(JoinedPhone::of).collect(),
        emails: emails.collect(),
        comments,
    })
}

/// Takes away what a contact got from others, where that is still as it came. Answers how many were not.
pub(crate) async fn give_up(conn: &mut PgConnection, kept: ContactId, joined: &Joined) -> Result<usize> {
    let mut changed = 0;
    for phone in &joined.phones {
        changed += usize::from(!merging::drop_phone(conn, kept, &phone.row()).await?);
    }
    for (kind, value, comment) in &joined.emails {
        let row = ContactEmail {
            kind: EmailKind::from_code(kind).unwrap_or_default(),
            value: value.clone(),
            comment: comment.clone(),
        };
        changed += usize::from(!merging::drop_email(conn, kept, &row).await?);
    }
    for comment in &joined.comments {
        changed += usize::from(!merging::retell(conn, kept, &comment.back()).await?);
    }
    Ok(changed)
}

/// The card that a contact is part of now, after a merge.
pub(crate) async fn heir(conn: &mut PgConnection, id: ContactId) -> Result<Option<ContactId>> {
    Ok(crate::merges::heir(conn, id.0).await?.map(ContactId))
}

/// The contact is another one than forms that are open show, and was updated then.
pub(crate) async fn grow(conn: &mut PgConnection, id: ContactId, updated_at: DateTime<Utc>) -> Result<()> {
    Ok(merging::grow(conn, id, updated_at).await?)
}
