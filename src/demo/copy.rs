//! Companies as the text that `COPY … FROM STDIN` reads.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};

use crate::values::text::{address_key, name_key};

use super::model::{DemoCompany, DemoContact, DemoNote, DemoPhone, DemoTask};
use super::people::Staff;
use super::search::search_text;

/// The statements, in the order in which the tables refer to each other.
pub(super) const STATEMENTS: [&str; TABLES] = [
    "COPY companies (id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind, lead_state, \
     contract_type, contract_until, contact_name, contact_position, time_zone, working_hours, head_company_id, \
     status_id, responsible_id, branch_id, created_by, name_key, address_key, search, created_at, updated_at, raw_fields, \
     region_id, contract_amount, do_not_call_at, do_not_call_by, do_not_call_reason) FROM STDIN",
    "COPY company_phones (company_id, position, e164, extension, raw, digits, comment) FROM STDIN",
    "COPY company_emails (company_id, position, value) FROM STDIN",
    "COPY company_sphere_links (company_id, sphere_id, company_updated_at) FROM STDIN",
    "COPY contacts (id, company_id, first_name, last_name, position, note, created_by, created_at, updated_at) \
     FROM STDIN",
    "COPY contact_phones (contact_id, position, kind, e164, extension, raw, digits, comment) FROM STDIN",
    "COPY contact_emails (contact_id, position, kind, value) FROM STDIN",
    "COPY notes (company_id, author_id, text, pinned_at, pinned_by, created_at) FROM STDIN",
    "COPY tasks (id, company_id, author_id, assignee_id, title, status, is_urgent, result, due_at, closed_at, closed_by, \
     created_at, updated_at) FROM STDIN",
];

const TABLES: usize = 9;
const COMPANIES: usize = 0;
const COMPANY_PHONES: usize = 1;
const COMPANY_EMAILS: usize = 2;
const SPHERE_LINKS: usize = 3;
const CONTACTS: usize = 4;
const CONTACT_PHONES: usize = 5;
const CONTACT_EMAILS: usize = 6;
const NOTES: usize = 7;
const TASKS: usize = 8;

/// What names of the generator are called in this database.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) statuses: HashMap<String, i64>,
    pub(super) spheres: HashMap<String, i64>,
    pub(super) regions: HashMap<String, i64>,
    pub(super) staff: Staff,
}

/// Rows of all the tables for some hundreds or thousands of companies.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// One text for each of [`STATEMENTS`].
    pub(super) texts: [String; TABLES],
    /// How many rows each of them has.
    pub(super) rows: [u64; TABLES],
}

impl Chunk {
    /// Writes down a company with everything that hangs on it.
    pub(super) fn add(&mut self, company: &DemoCompany, directory: &Directory) {
        let branch = directory.staff.branch(company.branch);
        let owner = company
            .owner_draw
            .and_then(|draw| branch.and_then(|branch| branch.person(draw)));
        let ids = Ids {
            status: company.status.and_then(|name| directory.statuses.get(name)).copied(),
            owner,
            branch: branch.map(|branch| branch.id),
            region: company
                .dictionary_region
                .and_then(|name| directory.regions.get(name))
                .copied(),
        };
        self.add_company(company, &ids);
        for (position, phone) in company.phones.iter().enumerate() {
            self.row(COMPANY_PHONES)
                .add(company.id)
                .add(position)
                .phone(phone)
                .end();
        }
        for (position, email) in company.emails.iter().enumerate() {
            self.row(COMPANY_EMAILS)
                .add(company.id)
                .add(position)
                .add(&email.value)
                .end();
        }
        for sphere in company.spheres.iter().filter_map(|name| directory.spheres.get(*name)) {
            self.row(SPHERE_LINKS)
                .add(company.id)
                .add(sphere)
                .add(company.updated_at)
                .end();
        }
        for contact in &company.contacts {
            self.add_contact(company, contact, owner);
        }
        for (place, note) in (0..).zip(&company.notes) {
            let colleague = company.owner_draw.unwrap_or(0).wrapping_add(u64::from(place % 4 == 3));
            let author = owner.and_then(|_| branch.and_then(|branch| branch.person(colleague)));
            self.add_note(company, note, author);
        }
        if let Some(owner) = owner {
            company
                .tasks
                .iter()
                .for_each(|task| self.add_task(company, task, owner));
        }
    }

    fn add_company(&mut self, company: &DemoCompany, ids: &Ids) {
        let (contract_type, contract_until) = company.contract.unzip();
        self.row(COMPANIES)
            .add(company.id)
            .add(&company.name)
            .add(&company.legal_name)
            .add(&company.inn)
            .add(&company.kpp)
            .add(&company.ogrn)
            .add(&company.address)
            .add(&company.website)
            .add(company.activity_kind)
            .add(company.lead_state)
            .maybe(contract_type)
            .maybe(contract_until)
            .add(&company.contact_name)
            .add(company.contact_position)
            .add(company.time_zone)
            .add(company.working_hours)
            .maybe(company.head_company_id)
            .maybe(ids.status)
            .maybe(ids.owner)
            .maybe(ids.branch)
            .maybe(ids.owner)
            .add(name_key(&company.name))
            .add(address_key(&company.address))
            .add(search_text(company))
            .add(company.created_at)
            .add(company.updated_at)
            // Says where the record comes from, as an import does: nobody's act made it.
            .add(r#"{"source": "demo"}"#)
            .maybe(ids.region)
            .maybe(
                company
                    .contract_kopecks
                    .map(|sum| format!("{}.{:02}", sum / 100, sum % 100)),
            )
            .maybe(company.no_call.as_ref().map(|mark| mark.at))
            .maybe(ids.owner.filter(|_| company.no_call.is_some()))
            .add(company.no_call.as_ref().map_or("", |mark| mark.reason))
            .end();
    }

    fn add_contact(&mut self, company: &DemoCompany, contact: &DemoContact, owner: Option<i64>) {
        self.row(CONTACTS)
            .add(contact.id)
            .add(company.id)
            .add(&contact.person.first_name)
            .add(&contact.person.last_name)
            .add(contact.position)
            .add(&contact.note)
            .maybe(owner)
            .add(contact.created_at)
            .add(contact.created_at)
            .end();
        for (position, phone) in contact.phones.iter().enumerate() {
            let row = self.row(CONTACT_PHONES).add(contact.id).add(position).add(phone.kind);
            row.phone(phone).end();
        }
        for (position, email) in contact.emails.iter().enumerate() {
            let row = self.row(CONTACT_EMAILS).add(contact.id).add(position);
            row.add(email.kind).add(&email.value).end();
        }
    }

    fn add_note(&mut self, company: &DemoCompany, note: &DemoNote, author: Option<i64>) {
        let pinned_at = note.is_pinned.then_some(note.created_at);
        self.row(NOTES)
            .add(company.id)
            .maybe(author)
            .add(&note.text)
            .maybe(pinned_at)
            .maybe(author.filter(|_| note.is_pinned))
            .add(note.created_at)
            .end();
    }

    fn add_task(&mut self, company: &DemoCompany, task: &DemoTask, owner: i64) {
        self.row(TASKS)
            .add(task.id)
            .add(company.id)
            .add(owner)
            .add(owner)
            .add(task.title)
            .add(task.status)
            .add(task.is_urgent)
            .add(task.result)
            .add(task.due_at)
            .maybe(task.closed_at)
            .maybe(task.closed_at.map(|_| owner))
            .add(task.created_at)
            .add(task.closed_at.unwrap_or(task.created_at))
            .end();
    }

    fn row(&mut self, table: usize) -> Row<'_> {
        self.rows[table] += 1;
        Row {
            text: &mut self.texts[table],
            is_first: true,
        }
    }
}

struct Ids {
    status: Option<i64>,
    owner: Option<i64>,
    branch: Option<i64>,
    region: Option<i64>,
}

/// One line being written: values with tabs between.
struct Row<'a> {
    text: &'a mut String,
    is_first: bool,
}

impl Row<'_> {
    fn add(mut self, value: impl Display) -> Self {
        self.separate();
        // Writing to a String cannot fail.
        let _ = write!(Escaped(self.text), "{value}");
        self
    }

    fn maybe(mut self, value: Option<impl Display>) -> Self {
        if let Some(value) = value {
            return self.add(value);
        }
        self.separate();
        self.text.push_str("\\N");
        self
    }

    fn phone(self, written: &DemoPhone) -> Self {
        let phone = &written.phone;
        self.add(&phone.e164)
            .add(&phone.extension)
            .add(&phone.raw)
            .add(&phone.digits)
            .add(written.comment)
    }

    fn end(self) {
        self.text.push('\n');
    }

    fn separate(&mut self) {
        if !self.is_first {
            self.text.push('\t');
        }
        self.is_first = false;
    }
}

/// Puts a backslash before what `COPY` would take for its own signs.
struct Escaped<'a>(&'a mut String);

impl std::fmt::Write for Escaped<'_> {
    fn write_str(&mut self, part: &str) -> std::fmt::Result {
        for letter in part.chars() {
            match letter {
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                letter => self.0.push(letter),
            }
        }
        Ok(())
    }
}
