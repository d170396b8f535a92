//! What the filters of the list offer, and which of it is chosen.

use super::address::{Chip, ListQuery};
use crate::accounts::{self, Person};
use crate::app::App;
use crate::companies::listed::Filter;
use crate::dictionaries::{self, Dictionaries};
use crate::web::Opt;

/// The filters' selects.
pub(super) struct Options {
    pub(super) statuses: Vec<Opt>,
    pub(super) spheres: Vec<Opt>,
    pub(super) responsible: Vec<Opt>,
    pub(super) branches: Vec<Opt>,
    pub(super) contract_types: Vec<Opt>,
    pub(super) states: Vec<Opt>,
}

/// What the filters offer.
pub(super) struct Choices {
    dictionaries: Dictionaries,
    people: Vec<Person>,
    branches: Vec<accounts::Branch>,
}

/// «Без ответственного», «Без филиала»
pub(super) const NONE: &str = "none";

impl Choices {
    pub(super) async fn read(app: &App) -> crate::error::Result<Self> {
        // Given back before the next one is taken: readers who each hold one and wait for another wait for ever.
        let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
        Ok(Self {
            dictionaries,
            people: accounts::people(app).await?,
            branches: accounts::branches(app).await?,
        })
    }

    pub(super) fn options(&self, filter: &Filter) -> Options {
        let statuses = self.dictionaries.statuses.iter();
        let spheres = self.dictionaries.spheres.iter();
        let kinds = self.dictionaries.contract_types.iter();
        let people = self
            .people
            .iter()
            .filter(|person| person.is_active || filter.responsible.contains(&person.id));
        let nobody = Opt::new(NONE, "Без ответственного", filter.no_responsible);
        let nowhere = Opt::new(NONE, "Без филиала", filter.no_branch);
        Options {
            statuses: statuses
                .map(|row| Opt::new(row.id, &row.name, filter.statuses.contains(&row.id)))
                .collect(),
            spheres: spheres
                .map(|row| Opt::new(row.id, &row.name, filter.spheres.contains(&row.id)))
                .collect(),
            responsible: std::iter::once(nobody)
                .chain(people.map(|row| Opt::new(row.id, &row.name, filter.responsible.contains(&row.id))))
                .collect(),
            branches: std::iter::once(nowhere)
                .chain(
                    self.branches
                        .iter()
                        .map(|row| Opt::new(row.id, &row.name, filter.branches.contains(&row.id))),
                )
                .collect(),
            contract_types: kinds
                .map(|row| Opt::new(&row.code, &row.name, filter.contract_types.contains(&row.code)))
                .collect(),
            states: vec![
                Opt::new("0", "Тёплые", filter.is_cold == Some(false)),
                Opt::new("1", "Холодные", filter.is_cold == Some(true)),
            ],
        }
    }

    /// Every active filter, each with the address of the list without it.
    pub(super) fn chips(&self, query: &ListQuery, filter: &Filter) -> Vec<Chip> {
        let options = self.options(filter);
        let groups = [
            ("status", "Статус", options.statuses),
            ("sphere", "Сфера", options.spheres),
            ("responsible", "Ответственный", options.responsible),
            ("branch", "Филиал", options.branches),
            ("contract_type", "Договор", options.contract_types),
            ("cold_call", "Состояние", options.states),
        ];
        let search = (!filter.q.is_empty()).then(|| Chip::new(query, "q", &filter.q, &format!("Поиск: {}", filter.q)));
        let chosen = groups.into_iter().flat_map(|(name, label, options)| {
            let chosen = options.into_iter().filter(|option| option.selected);
            chosen.map(move |option| (name, option.value, format!("{label}: {}", option.label)))
        });
        search
            .into_iter()
            .chain(chosen.map(|(name, value, text)| Chip::new(query, name, &value, &text)))
            .collect()
    }
}
