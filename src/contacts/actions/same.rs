//! Who else has a number.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::contacts::model::{Fields, Holder};
use crate::contacts::queries;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, ContactId, Phone};

/// Whose numbers do not count as others'.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct But {
    /// The contact itself.
    pub(crate) contact: Option<ContactId>,
    /// A company whose card shows them all anyway.
    pub(crate) company: Option<CompanyId>,
}

/// Others with these numbers, by the last ten digits; numbers that nobody can be reached by are nobody's.
pub(crate) async fn same_phones(
    conn: &mut PgConnection,
    actor: &Actor,
    phones: impl IntoIterator<Item = &Phone>,
    but: But,
) -> Result<BTreeMap<String, Vec<Holder>>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut digits: Vec<String> = phones.into_iter().map(|phone| phone.digits.clone()).collect();
    digits.retain(|digits| !Phone::is_junk(digits));
    digits.sort_unstable();
    digits.dedup();
    let mut found: BTreeMap<String, Vec<Holder>> = BTreeMap::new();
    if digits.is_empty() {
        return Ok(found);
    }
    for (digits, holder) in queries::holders(conn, &digits, but).await? {
        found.entry(digits).or_default().push(holder);
    }
    Ok(found)
}

/// «У номера +7 … есть ещё хозяин: …», for the word after saving; `None`: all numbers are this contact's alone.
pub(crate) async fn shared_phones(
    conn: &mut PgConnection,
    actor: &Actor,
    id: ContactId,
    fields: &Fields,
) -> Result<Option<String>> {
    let but = But {
        contact: Some(id),
        company: None,
    };
    let phones = || fields.phones.iter().map(|row| &row.phone);
    let found = same_phones(conn, actor, phones(), but).await?;
    let said = phones().filter_map(|phone| {
        let holders = found.get(&phone.digits)?;
        let names: Vec<_> = holders.iter().map(Holder::name).collect();
        Some(format!("{} ещё у: {}", phone.display(), names.join(", ")))
    });
    let said: Vec<_> = said.collect();
    Ok((!said.is_empty()).then(|| format!("{}.", said.join("; "))))
}
