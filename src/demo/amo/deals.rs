//! Rows of deals: each with a company and one of its people.

use super::layout::Layout;
use super::row::{display_name, local};
use crate::demo::model::{DemoCompany, DemoContact};
use crate::demo::rng::Rng;

/// Deals of 2022, letter for letter, with a few fields of an account.
const OF_2022: &[&str] = &[
    "ID",
    "Название сделки",
    "Бюджет ",
    "Ответственный",
    "Дата создания сделки",
    "Кем создана сделка",
    "Дата редактирования",
    "Кем редактирована",
    "Дата закрытия",
    "Теги",
    "Примечание",
    "Примечание 2",
    "Этап сделки",
    "Воронка",
    "Полное имя контакта",
    "Компания контакта",
    "Ответственный за контакт",
    "Компания",
    "Рабочий телефон",
    "Мобильный телефон",
    "Рабочий email",
    "Должность",
    "ИНН",
    "Товар",
    "Источник",
    "utm_source",
    "Товар",
    "utm_source",
];

/// Deals of 2025 in a workbook.
const OF_2025: &[&str] = &[
    "ID",
    "Название сделки",
    "Бюджет ₽",
    "Ответственный",
    "Дата создания",
    "Кем создана",
    "Дата закрытия",
    "Теги сделки",
    "Примечание",
    "Этап сделки",
    "Воронка",
    "Источник сделки",
    "Причина отказа",
    "Основной контакт",
    "Компания",
    "Рабочий телефон (контакт)",
    "Мобильный телефон (контакт)",
    "Рабочий email (контакт)",
    "Должность (контакт)",
    "Рабочий телефон (компания)",
    "Web (компания)",
    "Адрес (компания)",
    "ИНН (компания)",
    "КПП (компания)",
    "Юридическое название компании (компания)",
];

/// amoCRM's own import template.
const OF_TEMPLATE: &[&str] = &[
    "Название сделки",
    "Бюджет сделки",
    "Ответственный за сделку",
    "Дата создания (сделка)",
    "Кем создана сделка",
    "Тег сделки",
    "Примечание к сделке",
    "Статус сделки",
    "Воронка",
    "Дата закрытия",
    "Полное имя (контакт)",
    "Ответственный за контакт",
    "Тег контакта",
    "Примечание к контакту",
    "Рабочий телефон (контакт)",
    "Мобильный телефон (контакт)",
    "Рабочий email (контакт)",
    "Факс 1 (контакт)",
    "Факс 2 (контакт)",
    "Название (компания)",
    "Ответственный за компанию",
    "Тег компании",
    "Примечание к компании",
    "Примечание к компании",
    "Адрес (компания)",
    "Сайт компании",
];

const GOODS: &[&str] = &[
    "Обучение по охране труда",
    "Первая помощь",
    "Пожарный минимум",
    "Аттестация рабочих мест",
];
const PIPELINES: &[&str] = &["Продажи", "Повторные продажи"];
const STAGES: &[&str] = &[
    "Первичный контакт",
    "Переговоры",
    "Принимают решение",
    "Согласование договора",
    "Успешно реализовано",
    "Закрыто и не реализовано",
];
const SOURCES: &[&str] = &["Сайт", "Звонок", "Выставка", ""];

/// The heading of a file of deals.
pub(super) fn headings(layout: Layout) -> &'static [&'static str] {
    match layout {
        Layout::Xlsx2025 => OF_2025,
        Layout::Template => OF_TEMPLATE,
        _ => OF_2022,
    }
}

/// What a deal's row is made of.
struct Deal<'a> {
    id: u64,
    name: String,
    budget: String,
    stage: &'static str,
    pipeline: &'static str,
    source: &'static str,
    created: String,
    closed: String,
    responsible: String,
    note: String,
    company: &'a DemoCompany,
    contact: Option<&'a DemoContact>,
}

/// One deal of the company, by the order of the heading.
pub(super) fn row(rng: &mut Rng, layout: Layout, (group, place): (u64, u64), company: &DemoCompany) -> Vec<String> {
    let stage = rng.pick(STAGES);
    let is_closed = stage.contains("еализовано");
    let draw = company.owner_draw.unwrap_or(group);
    let contacts = company.contacts.len() as u64;
    let chosen = usize::try_from(rng.below(contacts)).unwrap_or(0);
    let deal = Deal {
        id: 20_000_000 + group * 10 + place,
        name: format!("{}, заявка № {}", rng.pick(GOODS), group * 10 + place),
        budget: if rng.percent(80) {
            (rng.below(900) * 500).to_string()
        } else {
            String::new()
        },
        stage,
        pipeline: rng.pick(PIPELINES),
        source: rng.pick(SOURCES),
        created: local(company.created_at + chrono::TimeDelta::seconds(1 + i64::try_from(place).unwrap_or(0))),
        closed: if is_closed {
            local(company.updated_at)
        } else {
            "не закрыта".to_owned()
        },
        responsible: display_name(company.branch, draw),
        note: if rng.percent(40) {
            "Просят счёт, \"как в прошлый раз\"\nи закрывающие".to_owned()
        } else {
            String::new()
        },
        company,
        contact: company.contacts.get(chosen),
    };
    headings(layout).iter().map(|heading| deal.cell(heading)).collect()
}

impl Deal<'_> {
    fn cell(&self, heading: &str) -> String {
        let (base, of_company) = match heading.strip_suffix(" (компания)") {
            Some(base) => (base, true),
            None => (heading.strip_suffix(" (контакт)").unwrap_or(heading), false),
        };
        match base {
            "ID" => self.id.to_string(),
            "Название сделки" => self.name.clone(),
            "Бюджет " | "Бюджет ₽" | "Бюджет сделки" => self.budget.clone(),
            "Ответственный"
            | "Ответственный за сделку"
            | "Ответственный за контакт"
            | "Ответственный за компанию"
            | "Кем создана сделка"
            | "Кем редактирована"
            | "Кем создана" => self.responsible.clone(),
            "Дата создания сделки" | "Дата создания" | "Дата создания (сделка)" | "Дата редактирования" => {
                self.created.clone()
            }
            "Дата закрытия" => self.closed.clone(),
            "Примечание" | "Примечание к сделке" => self.note.clone(),
            "Этап сделки" | "Статус сделки" => self.stage.to_owned(),
            "Воронка" => self.pipeline.to_owned(),
            "Источник" | "Источник сделки" => self.source.to_owned(),
            "Причина отказа" if self.stage.starts_with("Закрыто") => "Дорого".to_owned(),
            "Название" | "Компания" | "Компания контакта" => self.company.name.clone(),
            _ if of_company => self.of_company(base),
            "Адрес" | "Сайт компании" | "ИНН" => self.of_company(base),
            _ => self.of_contact(base),
        }
    }

    fn of_company(&self, base: &str) -> String {
        let company = self.company;
        match base {
            "Рабочий телефон" => company
                .phones
                .first()
                .map_or_else(String::new, |phone| phone.phone.raw.clone()),
            "Web" | "Сайт компании" => company.website.clone(),
            "Адрес" => company.address.clone(),
            "ИНН" => company.inn.clone(),
            "КПП" => company.kpp.clone(),
            "Юридическое название компании" => company.legal_name.clone(),
            _ => String::new(),
        }
    }

    fn of_contact(&self, base: &str) -> String {
        let Some(contact) = self.contact else {
            return String::new();
        };
        let phone = |is_mobile: bool| {
            let phones = contact.phones.iter();
            let found = phones.into_iter().find(|phone| (phone.kind == "mobile") == is_mobile);
            found.map_or_else(String::new, |phone| phone.phone.raw.clone())
        };
        match base {
            "Полное имя контакта" | "Полное имя" | "Основной контакт" => {
                format!("{} {}", contact.person.first_name, contact.person.last_name)
            }
            "Рабочий телефон" => phone(false),
            "Мобильный телефон" => phone(true),
            "Рабочий email" => contact
                .emails
                .first()
                .map_or_else(String::new, |email| email.value.clone()),
            "Должность" => contact.position.to_owned(),
            _ => String::new(),
        }
    }
}
