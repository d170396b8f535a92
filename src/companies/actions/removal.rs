//! What has to be done here when the trash takes a company or gives it back.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::audit::{self, Changes, Event};
use crate::companies::model::Twin;
use crate::companies::queries::{self, Wanted, removal};
use crate::db::snapshot::Part;
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::{CompanyId, text};

/// What belongs to a company in the tables of this room.
pub(crate) const PARTS: [Part; 3] = [
    Part::new("company_phones", "company_id", "companies"),
    Part::new("company_emails", "company_id", "companies"),
    Part::new("company_sphere_links", "company_id", "companies"),
];

/// By what a company is known to be the same as another.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Likeness<'a> {
    pub(crate) inn: &'a str,
    pub(crate) kpp: &'a str,
    pub(crate) name: &'a str,
    pub(crate) address: &'a str,
}

impl Likeness<'_> {
    fn wanted(&self) -> Wanted {
        Wanted {
            inn: self.inn.to_owned(),
            kpp: self.kpp.to_owned(),
            name_key: text::name_key(self.name),
            address_key: text::address_key(self.address),
            ..Wanted::default()
        }
    }
}

/// Locks a company against everybody until the transaction ends, before it goes.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn lock_alone(conn: &mut PgConnection, id: CompanyId) -> Result<()> {
    if removal::lock_alone(conn, id).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The companies of a head organisation become independent. Answers which they were.
pub(crate) async fn detach(
    conn: &mut PgConnection,
    actor: &Actor,
    (head, name): (CompanyId, &str),
    now: DateTime<Utc>,
) -> Result<Vec<CompanyId>> {
    let children = removal::detach(conn, head, now).await?;
    let event = |child: &CompanyId| {
        let mut changes = Changes::default();
        changes.compare("head", name, "");
        Event::new("update", "company", child, "Головная организация удалена в корзину")
            .on(Some(*child))
            .with(changes)
            .mentioning(head)
    };
    audit::record_many(conn, actor, children.iter().map(event).collect(), now).await?;
    Ok(children)
}

/// The head organisation is back: of those that it had, the ones that still have none are its again. Answers which.
pub(crate) async fn attach(
    conn: &mut PgConnection,
    actor: &Actor,
    (head, name): (CompanyId, &str),
    children: &[CompanyId],
    now: DateTime<Utc>,
) -> Result<Vec<CompanyId>> {
    queries::lock_heads(conn).await?;
    let children = removal::attach(conn, head, children, now).await?;
    let event = |child: &CompanyId| {
        let mut changes = Changes::default();
        changes.compare("head", "", name);
        Event::new("update", "company", child, "Головная организация возвращена из корзины")
            .on(Some(*child))
            .with(changes)
            .mentioning(head)
    };
    audit::record_many(conn, actor, children.iter().map(event).collect(), now).await?;
    Ok(children)
}

/// Cards so much alike that they are the same company.
pub(crate) async fn strong_twins(conn: &mut PgConnection, of: Likeness<'_>) -> Result<Vec<Twin>> {
    let twins = queries::duplicates(conn, &of.wanted(), 10).await?;
    Ok(twins.into_iter().filter(|twin| twin.is_strong).collect())
}

/// Nobody makes a twin of this company until the transaction ends.
pub(crate) async fn hold_twins(conn: &mut PgConnection, of: Likeness<'_>) -> Result<()> {
    Ok(queries::lock_twins(conn, &of.wanted()).await?)
}

/// Of the words of a text that nobody needs any longer, those that no company has are forgotten.
pub(crate) async fn forget_words(conn: &mut PgConnection, text: &str) -> Result<()> {
    let mut forgotten = Vec::new();
    for word in removal::known_words(conn, text).await? {
        if !removal::has_word(conn, &word).await? {
            forgotten.push(word);
        }
    }
    Ok(removal::delete_words(conn, &forgotten).await?)
}
