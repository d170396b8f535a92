//! Entries of any dictionary, as administrators see and change them.

use uuid::Uuid;

use super::model::Terms;
use crate::error::FieldErrors;
use crate::values::{Money, text, time};

/// Which dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// «Статусы»
    Status,
    /// «Сферы»
    Sphere,
    /// «Виды договора»
    Contract,
    /// «Типы задач»
    Task,
    /// «Регионы»
    Region,
}

/// The tone of an entry that nobody gave a colour.
pub(crate) const NEUTRAL: &str = "neutral";

/// Tones of a badge, each as people call it.
pub(crate) const TONES: [(&str, &str); 5] = [
    (NEUTRAL, "Серый"),
    ("new", "Бирюзовый"),
    ("progress", "Оранжевый"),
    ("done", "Зелёный"),
    ("danger", "Красный"),
];

impl Kind {
    /// All of them, as the overview lists them.
    pub(crate) const ALL: [Self; 5] = [Self::Status, Self::Sphere, Self::Contract, Self::Task, Self::Region];

    /// In addresses.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Status => "statuses",
            Self::Sphere => "spheres",
            Self::Contract => "contract-types",
            Self::Task => "task-types",
            Self::Region => "regions",
        }
    }

    /// The dictionary with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Of audit events.
    pub(crate) fn entity(self) -> &'static str {
        match self {
            Self::Status => "company_status",
            Self::Sphere => "company_sphere",
            Self::Contract => "contract_type",
            Self::Task => "task_type",
            Self::Region => "region",
        }
    }

    /// Where it is kept.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Status => "company_statuses",
            Self::Sphere => "company_spheres",
            Self::Contract => "contract_types",
            Self::Task => "task_types",
            Self::Region => "regions",
        }
    }

    /// «Статусы»
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Status => "Статусы",
            Self::Sphere => "Сферы",
            Self::Contract => "Виды договора",
            Self::Task => "Типы задач",
            Self::Region => "Регионы",
        }
    }

    /// «статус», after «Добавить» and «Изменён».
    pub(crate) fn one(self) -> &'static str {
        match self {
            Self::Status => "статус",
            Self::Sphere => "сферу",
            Self::Contract => "вид договора",
            Self::Task => "тип задачи",
            Self::Region => "регион",
        }
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its id, or the code of a contract type.
    pub(crate) key: String,
    /// Name.
    pub(crate) name: String,
    /// Tone of the badge.
    pub(crate) tone: String,
    /// «Важная», of spheres.
    pub(crate) is_important: bool,
    /// IANA name, of regions.
    pub(crate) time_zone: String,
    /// When a contract's end comes near.
    pub(crate) terms: Terms,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
    /// Grows with each change.
    pub(crate) version: i32,
}

/// An entry where it stands among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The entry.
    pub(crate) entry: Entry,
    /// Its number in the list, from one.
    pub(crate) place: usize,
    /// How many there are.
    pub(crate) count: usize,
}

/// What was typed about an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntryForm {
    /// Name.
    pub(crate) name: String,
    /// A tone's code.
    pub(crate) tone: String,
    /// «Важная»
    pub(crate) is_important: bool,
    /// IANA name.
    pub(crate) time_zone: String,
    /// «Годовой»
    pub(crate) is_annual: bool,
    /// Days.
    pub(crate) warning_days: String,
    /// Days.
    pub(crate) danger_days: String,
    /// Roubles.
    pub(crate) warning_amount: String,
    /// Roubles.
    pub(crate) danger_amount: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
    /// Its number in the list; empty: where it stands.
    pub(crate) place: String,
    /// The number that the form showed.
    pub(crate) shown_place: String,
    /// The version that was edited.
    pub(crate) version: i32,
    /// Makes one entry however often the same form arrives.
    pub(crate) form_key: Option<Uuid>,
}

impl EntryForm {
    /// What is meant; fields that this dictionary does not have are left alone.
    pub(super) fn parse(&self, kind: Kind, key: &str) -> Result<Entry, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = text::line(&self.name);
        if name.is_empty() {
            errors.add("name", "Укажите название.");
        } else if name.chars().count() > 120 {
            errors.add("name", "Название длиннее 120 знаков.");
        }
        if !TONES.iter().any(|(tone, _)| *tone == self.tone) {
            errors.add("tone", "Выберите цвет.");
        }
        if kind == Kind::Region && time::zone(&self.time_zone).is_none() {
            errors.add("time_zone", "Выберите часовой пояс.");
        }
        let terms = if kind == Kind::Contract {
            self.terms(&mut errors)
        } else {
            Terms::default()
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Entry {
            key: key.to_owned(),
            name,
            tone: self.tone.clone(),
            is_important: self.is_important,
            time_zone: self.time_zone.clone(),
            terms,
            is_active: self.is_active,
            version: self.version,
        })
    }

    /// The index that is wanted among so many, when it is another than the form showed.
    pub(super) fn wanted_place(&self, count: usize, errors: &mut FieldErrors) -> Option<usize> {
        let typed = self.place.trim();
        if typed.is_empty() || typed == self.shown_place {
            return None;
        }
        let place = typed.parse().ok().filter(|place| (1..=count).contains(place));
        if place.is_none() {
            errors.add("place", format!("Место в списке — целое число от 1 до {count}."));
        }
        place.map(|place| place - 1)
    }

    fn terms(&self, errors: &mut FieldErrors) -> Terms {
        let mut days = |field: &'static str, typed: &str| -> i32 {
            let days = typed.trim().parse().ok().filter(|days| (0..=3660).contains(days));
            if days.is_none() {
                errors.add(field, "Целое число дней от 0 до 3660.");
            }
            days.unwrap_or_default()
        };
        let warning_days = days("warning_days", &self.warning_days);
        let danger_days = days("danger_days", &self.danger_days);
        let mut money = |field: &'static str, typed: &str| -> Money {
            Money::parse(typed).unwrap_or_else(|| {
                errors.add(field, "Сумма в рублях: 70 000 или 70000,50.");
                Money(0)
            })
        };
        let warning_amount = money("warning_amount", &self.warning_amount);
        let danger_amount = money("danger_amount", &self.danger_amount);
        if danger_days > warning_days {
            errors.add("danger_days", "Не больше, чем до оранжевого предупреждения.");
        }
        if danger_amount.0 > warning_amount.0 {
            errors.add("danger_amount", "Не больше, чем для оранжевого предупреждения.");
        }
        Terms {
            is_annual: self.is_annual,
            warning_days,
            danger_days,
            warning_amount,
            danger_amount,
        }
    }
}
