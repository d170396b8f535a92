//! The contacts on a company's card.

use askama::Template;
use sqlx::PgConnection;

use crate::contacts::model::Contact;
use crate::contacts::{actions, paths};
use crate::error::Result;
use crate::policy::Actor;
use crate::values::{CompanyId, ContactId, text};
use crate::web::assets::{self, Assets};

/// The contacts on a company's card.
#[derive(Template)]
#[template(path = "contacts/_list.html")]
pub(crate) struct ContactsFragment {
    assets: &'static Assets,
    contacts: Vec<ContactView>,
    new: String,
    may_edit: bool,
}

impl askama::filters::HtmlSafe for ContactsFragment {}

/// One contact, ready to print.
struct ContactView {
    id: ContactId,
    name: String,
    initials: String,
    position: String,
    status: String,
    note: String,
    phones: Vec<ChannelView>,
    emails: Vec<ChannelView>,
    edit: String,
}

/// One phone or e-mail; without an address it is only text.
struct ChannelView {
    href: Option<String>,
    shown: String,
    about: String,
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        let fields = contact.fields;
        let name = fields.name();
        let phones = fields.phones.iter().map(|row| ChannelView {
            href: row.phone.tel().map(|number| format!("tel:{number}")),
            shown: row.shown(),
            about: about(row.kind.label(), &row.comment),
        });
        let emails = fields.emails.iter().map(|row| ChannelView {
            href: Some(format!("mailto:{}", row.mailto())),
            shown: row.value.clone(),
            about: about(row.kind.label(), &row.comment),
        });
        Self {
            id: contact.id,
            initials: text::initials(&name),
            phones: phones.collect(),
            emails: emails.collect(),
            note: text::excerpt(&fields.note, 220),
            position: fields.position,
            status: fields.status,
            edit: paths::edit(contact.id),
            name,
        }
    }
}

/// «мобильный · после 18:00»
fn about(kind: &str, comment: &str) -> String {
    let kind = kind.to_lowercase();
    if comment.is_empty() {
        kind
    } else {
        format!("{kind} · {comment}")
    }
}

/// The contacts of a company for its card.
pub(crate) async fn fragment(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
    may_edit: bool,
) -> Result<ContactsFragment> {
    let contacts = actions::of_company(conn, actor, company).await?;
    Ok(ContactsFragment {
        assets: assets::urls(),
        contacts: contacts.into_iter().map(ContactView::from).collect(),
        new: paths::new(company),
        may_edit,
    })
}
