//! The contacts on a company's card.

use askama::Template;
use sqlx::PgConnection;

use super::same::{self, HolderView};
use crate::contacts::actions::But;
use crate::contacts::model::Contact;
use crate::contacts::{actions, paths};
use crate::error::Result;
use crate::values::{CompanyId, ContactId, text, time};
use crate::web::assets::{self, Assets};
use crate::web::{Viewer, form_key, whom};

/// The contacts on a company's card.
#[derive(Template)]
#[template(path = "contacts/_list.html")]
pub(crate) struct ContactsFragment {
    assets: &'static Assets,
    contacts: Vec<ContactView>,
    new: String,
    may_edit: bool,
    csrf: String,
    quick: QuickView,
}

/// The line that takes a name and a number.
pub(super) struct QuickView {
    pub(super) action: String,
    pub(super) form_key: String,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) name_error: String,
    pub(super) phone_error: String,
    /// After one contact the next is typed at once.
    pub(super) is_focused: bool,
}

impl ContactsFragment {
    /// The same contacts with what was typed into the line.
    pub(super) fn with_quick(mut self, quick: QuickView) -> Self {
        self.quick = quick;
        self
    }
}

impl askama::filters::HtmlSafe for ContactsFragment {}

/// One contact, ready to print.
pub(super) struct ContactView {
    pub(super) id: ContactId,
    pub(super) name: String,
    pub(super) initials: String,
    pub(super) position: String,
    pub(super) status: String,
    pub(super) note: String,
    /// Why nobody calls them; `None`: people do.
    pub(super) do_not_call: Option<String>,
    pub(super) phones: Vec<ChannelView>,
    pub(super) emails: Vec<ChannelView>,
    /// Days of its cold calls and who marked them, the oldest first.
    pub(super) cold: Vec<(String, String)>,
    pub(super) edit: String,
}

/// One phone or e-mail; without an address it is only text.
pub(super) struct ChannelView {
    pub(super) href: Option<String>,
    pub(super) shown: String,
    pub(super) about: String,
    /// For the button that calls it, «number company contact»; empty: it is no number.
    pub(super) whom: String,
    /// Who else has this number.
    pub(super) also: Vec<HolderView>,
}

impl ContactView {
    /// Why nobody calls them; empty: people do.
    pub(super) fn reason(&self) -> &str {
        self.do_not_call.as_deref().unwrap_or_default()
    }
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        let company = contact.company;
        let fields = contact.fields;
        let name = fields.name();
        let phones = fields.phones.iter().map(|row| ChannelView {
            href: row.phone.tel().map(|number| format!("tel:{number}")),
            shown: row.shown(),
            about: about(row.kind.label(), &row.comment),
            whom: whom(&row.phone, company, Some(contact.id)),
            also: Vec::new(),
        });
        let emails = fields.emails.iter().map(|row| ChannelView {
            href: Some(format!("mailto:{}", row.mailto())),
            shown: row.value.clone(),
            about: about(row.kind.label(), &row.comment),
            whom: String::new(),
            also: Vec::new(),
        });
        Self {
            id: contact.id,
            initials: text::initials(&name),
            phones: phones.collect(),
            emails: emails.collect(),
            cold: Vec::new(),
            note: text::excerpt(&fields.note, 220),
            do_not_call: contact.do_not_call.map(|mark| mark.reason),
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

/// The contacts as this reader sees them, with their cold calls, and each number with the others who have it; `but`: the
/// company that is looked at.
pub(super) async fn with_same(
    conn: &mut PgConnection,
    viewer: &Viewer,
    contacts: Vec<Contact>,
    but: Option<CompanyId>,
) -> Result<Vec<ContactView>> {
    let but = But {
        contact: contacts.first().filter(|_| but.is_none()).map(|contact| contact.id),
        company: but,
    };
    let phones = contacts.iter().flat_map(|contact| &contact.fields.phones);
    let found = actions::same_phones(conn, &viewer.actor()?, phones.map(|row| &row.phone), but).await?;
    let ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id).collect();
    let marks = actions::cold_marks(conn, &ids).await?;
    let view = |contact: Contact| {
        let also: Vec<_> = contact
            .fields
            .phones
            .iter()
            .map(|row| same::views(&found, &row.phone))
            .collect();
        let mut view = ContactView::from(contact);
        for (phone, also) in view.phones.iter_mut().zip(also) {
            phone.also = also;
        }
        let own = marks.iter().filter(|mark| mark.contact == view.id);
        view.cold = own
            .map(|mark| {
                (
                    time::date(mark.at.with_timezone(&viewer.zone).date_naive()),
                    mark.by.clone(),
                )
            })
            .collect();
        view
    };
    Ok(contacts.into_iter().map(view).collect())
}

/// The contacts of a company for its card.
pub(crate) async fn fragment(
    conn: &mut PgConnection,
    viewer: &Viewer,
    company: CompanyId,
    may_edit: bool,
) -> Result<ContactsFragment> {
    let actor = viewer.actor()?;
    let contacts = actions::of_company(conn, &actor, company).await?;
    Ok(ContactsFragment {
        assets: assets::urls(),
        contacts: with_same(conn, viewer, contacts, Some(company)).await?,
        new: paths::new(company),
        may_edit,
        csrf: viewer.csrf.clone(),
        quick: QuickView {
            action: paths::quick(company),
            form_key: form_key(),
            name: String::new(),
            phone: String::new(),
            name_error: String::new(),
            phone_error: String::new(),
            is_focused: false,
        },
    })
}
