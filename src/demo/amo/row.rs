//! Rows of the file: a company or a contact as amo writes it.

use chrono::{DateTime, FixedOffset, Utc};

use crate::demo::model::{DemoCompany, DemoContact, DemoPhone};
use crate::demo::names::{BRANCHES, DemoPerson};
use crate::demo::notes::note;
use crate::demo::rng::Rng;

use super::AmoSummary;
use super::columns::{DEALS, HEADINGS, column};

/// The account's zone, Екатеринбург; the file does not tell it.
const ZONE: FixedOffset = FixedOffset::east_opt(5 * 3600).expect("five hours are less than a day");

const PHONE_COLUMNS: [(&str, &str); 6] = [
    ("work", "Рабочий телефон"),
    ("work_direct", "Рабочий прямой телефон"),
    ("mobile", "Мобильный телефон"),
    ("fax", "Факс"),
    ("home", "Домашний телефон"),
    ("other", "Другой телефон"),
];

const NOTE_COLUMNS: [&str; 5] = [
    "Примечание 1",
    "Примечание 2",
    "Примечание 3",
    "Примечание 4",
    "Примечание 5",
];

const TAGS: &[&str] = &[
    "выставка",
    "импорт 01.03.2024",
    "обзвон",
    "VIP",
    "тёплый",
    "2024",
    "рассылка",
];

/// The values of one row by the order of the heading.
pub(super) struct Cells(Vec<String>);

impl Cells {
    fn new() -> Self {
        Self(vec![String::new(); HEADINGS.len()])
    }

    pub(super) fn get(&self, heading: &str) -> &str {
        &self.0[column(heading)]
    }

    pub(super) fn set(&mut self, heading: &str, value: &str) {
        value.clone_into(&mut self.0[column(heading)]);
    }

    /// Adds a number to a cell that may hold some already.
    fn add(&mut self, heading: &str, value: &str) {
        let cell = &mut self.0[column(heading)];
        if !cell.is_empty() {
            cell.push_str(", ");
        }
        cell.push_str(value);
    }

    pub(super) fn is_lone(&self) -> bool {
        self.get("Название компании").is_empty()
    }

    /// As the file has them; in files of 2022 the deals come after the edit date and the editor.
    pub(super) fn in_order(&self, is_shifted: bool) -> Vec<&str> {
        let mut values: Vec<&str> = self.0.iter().map(String::as_str).collect();
        if is_shifted {
            values[DEALS..DEALS + 3].rotate_left(1);
        }
        values
    }

    /// Counts what an importer has to cope with.
    pub(super) fn count(&self, summary: &mut AmoSummary) {
        if self.get("Тип") == "компания" {
            summary.companies += 1;
            summary.cold_calls += u64::from(self.get("Холодный звонок") == "да");
        } else {
            summary.contacts += 1;
            summary.lone_contacts += u64::from(self.is_lone());
        }
        let name = self.get("Название компании");
        summary.with_entities += u64::from(name.contains("&quot;") || name.contains("&amp;"));
        for (_, heading) in PHONE_COLUMNS {
            let cell = self.get(heading);
            summary.apostrophe_phones += u64::from(cell.starts_with('\''));
            summary.several_phones += u64::from(cell.contains(", "));
        }
        for heading in NOTE_COLUMNS {
            summary.multiline_notes += u64::from(self.get(heading).contains('\n'));
        }
    }
}

/// The name as amo keeps it: some with quotes that were turned into HTML.
pub(super) fn export_name(rng: &mut Rng, name: &str) -> String {
    match rng.weighted(&[60, 22, 18]) {
        0 => name.to_owned(),
        1 => name.replace(['«', '»', '„', '“'], "\""),
        _ => name.replace(['«', '»', '„', '“'], "&quot;"),
    }
}

/// A company: its number and its name as exported, then what the generator knows of it.
pub(super) fn company_row(rng: &mut Rng, (id, name): (u64, &str), company: &DemoCompany) -> Cells {
    let mut cells = common(rng, id, (company.created_at, company.updated_at), company);
    cells.set("Тип", "компания");
    cells.set("Название компании", name);
    for phone in &company.phones {
        add_phone(rng, &mut cells, phone);
    }
    if rng.percent(20) {
        let all: Vec<&str> = company.phones.iter().map(|phone| phone.phone.raw.as_str()).collect();
        cells.set("Список телефонов (Скайнет)", &all.join("; "));
    }
    for (heading, email) in ["Рабочий email", "Другой email"].into_iter().zip(&company.emails) {
        cells.set(heading, &email.value);
    }
    for (heading, note) in NOTE_COLUMNS.into_iter().zip(&company.notes) {
        cells.set(heading, &note.text);
    }
    if rng.percent(25) {
        cells.set("Последний комментарий (Скайнет)", &note(rng, "директор"));
    }
    cells.set("Web", &company.website);
    let bare = company.address.strip_prefix(company.region).unwrap_or(&company.address);
    cells.set("Адрес", bare.trim_start_matches(", "));
    cells.set("Область", company.region);
    cells.set("Юридическое название компании", &company.legal_name);
    cells.set("ИНН", &company.inn);
    cells.set("КПП", &company.kpp);
    cells.set("Статус", company.status.unwrap_or_default());
    cells.set("Сферы деятельности", &company.spheres.join(", "));
    cells.set("Руководитель", &company.contact_name);
    cells.set("Должность", company.contact_position);
    cells.set("Вид деятельности (Скайнет)", company.activity_kind);
    cells.set("Холодный звонок", if company.lead_state == "cold" { "да" } else { "" });
    cells
}

/// A contact: its number and the exported name of its company, then the person.
pub(super) fn contact_row(
    rng: &mut Rng,
    (id, employer): (u64, &str),
    contact: &DemoContact,
    company: &DemoCompany,
) -> Cells {
    let mut cells = common(rng, id, (contact.created_at, company.updated_at), company);
    let DemoPerson {
        first_name, last_name, ..
    } = &contact.person;
    cells.set("Тип", "контакт");
    cells.set("Полное имя контакта", &format!("{first_name} {last_name}"));
    cells.set("Имя", first_name);
    cells.set("Фамилия", last_name);
    cells.set("Название компании", employer);
    cells.set("Должность", contact.position);
    cells.set("Примечание 1", &contact.note);
    for phone in &contact.phones {
        add_phone(rng, &mut cells, phone);
    }
    for email in &contact.emails {
        cells.set(
            if email.kind == "personal" {
                "Личный email"
            } else {
                "Рабочий email"
            },
            &email.value,
        );
    }
    if rng.percent(50) {
        cells.set("Пользовательское соглашение", "Да");
    }
    cells
}

/// What both kinds of rows begin with.
fn common(
    rng: &mut Rng,
    id: u64,
    (created_at, updated_at): (DateTime<Utc>, DateTime<Utc>),
    company: &DemoCompany,
) -> Cells {
    let mut cells = Cells::new();
    cells.set("ID", &id.to_string());
    let responsible = company.owner_draw.map(|draw| display_name(company.branch, draw));
    cells.set(
        "Ответственный",
        responsible.as_deref().unwrap_or("Удалённый пользователь"),
    );
    cells.set("Дата создания контакта", &local(created_at));
    cells.set("Кем создан контакт", &display_name(company.branch, rng.next()));
    if rng.percent(30) {
        let deals = ["Обучение по охране труда, группа №…", "Первая помощь, заявка с сай…"];
        cells.set("Сделки", &deals[..=rng.weighted(&[70, 30])].join(", "));
    }
    cells.set("Дата редактирования", &local(updated_at));
    cells.set("Кем редактирован", &display_name(company.branch, rng.next()));
    if rng.percent(35) {
        let first = rng.pick(TAGS);
        let second = rng.pick(TAGS);
        cells.set(
            "Теги",
            &if first == second {
                first.to_owned()
            } else {
                format!("{first}, {second}")
            },
        );
    }
    cells
}

/// «(ЕКБ) Фамилия Имя», as the users of the demo are called.
pub(super) fn display_name(branch: usize, draw: u64) -> String {
    let (_, _, people) = BRANCHES[branch % BRANCHES.len()];
    let prefix = ["(ЕКБ) ", "(КРД) ", "(ТМН) "][branch % BRANCHES.len()];
    let place = usize::try_from(draw % people.len() as u64).unwrap_or(0);
    let (_, last_name, first_name, _) = people[place];
    let prefix = if draw.is_multiple_of(11) { "" } else { prefix };
    format!("{prefix}{last_name} {first_name}")
}

/// «ДД.ММ.ГГГГ ЧЧ:ММ:СС» of the account's zone.
pub(super) fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&ZONE).format("%d.%m.%Y %H:%M:%S").to_string()
}

fn add_phone(rng: &mut Rng, cells: &mut Cells, phone: &DemoPhone) {
    let heading = PHONE_COLUMNS
        .iter()
        .find_map(|(kind, heading)| (*kind == phone.kind).then_some(*heading))
        .unwrap_or("Другой телефон");
    // The apostrophe stands before the whole cell, never inside.
    if cells.get(heading).is_empty() && rng.percent(35) {
        cells.set(heading, &format!("'{}", phone.phone.raw));
    } else {
        cells.add(heading, &phone.phone.raw);
    }
}
