//! What the filters of the list offer, and which of it is chosen.

use std::sync::Arc;

use super::address::{Chip, ListQuery, canonical, list_address, read};
use crate::accounts::{self, Directory, Person};
use crate::app::{App, Stamp};
use crate::companies::listed::{Filter, Listed, Tasks};
use crate::dictionaries::{self, ContractType, Dictionaries, Region, Sphere, Status};
use crate::web::Opt;

/// The filters' selects.
pub(super) struct Options {
    pub(super) statuses: Vec<Opt>,
    pub(super) spheres: Vec<Opt>,
    pub(super) responsible: Vec<Opt>,
    pub(super) branches: Vec<Opt>,
    pub(super) contract_types: Vec<Opt>,
    pub(super) regions: Vec<Opt>,
    pub(super) states: Vec<Opt>,
    pub(super) calls: Vec<Opt>,
    pub(super) tasks: Vec<Opt>,
}

/// What the filters offer, and how the values of rows are called.
pub(super) struct Choices {
    dictionaries: Arc<Dictionaries>,
    directory: Arc<Directory>,
}

/// «Без ответственного», «Без филиала», «Без региона»
pub(super) const NONE: &str = "none";

impl Choices {
    pub(super) async fn read(app: &App, stamp: Stamp) -> crate::error::Result<Self> {
        Ok(Self {
            dictionaries: dictionaries::kept(app, stamp).await?,
            directory: accounts::directory(app, stamp).await?,
        })
    }

    /// Read anew, for those who have no stamp of a request.
    pub(super) async fn fresh(app: &App) -> crate::error::Result<Self> {
        let (people, branches) = (accounts::people(app).await?, accounts::branches(app).await?);
        let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
        Ok(Self {
            dictionaries: Arc::new(dictionaries),
            directory: Arc::new(Directory { people, branches }),
        })
    }

    /// A query as it reads today: what became one with another entry is that one; of what is gone see
    /// [`ListQuery::retain`].
    pub(super) fn today(&self, mut query: ListQuery) -> ListQuery {
        query.renew(&self.dictionaries.heirs);
        query.retain(|name, value| self.knows(name, value));
        query
    }

    /// The list of a filter that was saved some day, as that filter reads today.
    pub(super) fn address_of(&self, saved: &str) -> String {
        list_address(&canonical(&self.today(read(saved)).filter()))
    }

    pub(super) fn status(&self, company: &Listed) -> Option<&Status> {
        let mut statuses = self.dictionaries.statuses.iter();
        statuses.find(|status| Some(status.id) == company.status_id)
    }

    /// Important ones first, then in the dictionary's order.
    pub(super) fn spheres(&self, company: &Listed) -> Vec<&Sphere> {
        let spheres = self.dictionaries.spheres.iter();
        let mut chosen: Vec<_> = spheres.filter(|sphere| company.spheres.contains(&sphere.id)).collect();
        chosen.sort_by_key(|sphere| !sphere.is_important);
        chosen
    }

    pub(super) fn contract(&self, company: &Listed) -> Option<&ContractType> {
        let mut types = self.dictionaries.contract_types.iter();
        types.find(|row| Some(&row.code) == company.contract_type.as_ref())
    }

    pub(super) fn region(&self, company: &Listed) -> Option<&Region> {
        let mut regions = self.dictionaries.regions.iter();
        regions.find(|region| Some(region.id) == company.region_id)
    }

    pub(super) fn responsible(&self, company: &Listed) -> &str {
        self.directory.person(company.responsible_id)
    }

    pub(super) fn branch(&self, company: &Listed) -> &str {
        self.directory.branch(company.branch_id)
    }

    /// Whether a filter of this name can have this value today.
    fn knows(&self, name: &str, value: &str) -> bool {
        let id = value.parse::<i64>().ok();
        let Dictionaries {
            statuses,
            spheres,
            contract_types,
            regions,
            ..
        } = self.dictionaries.as_ref();
        match name {
            "status" => statuses.iter().any(|row| Some(row.id.0) == id),
            "sphere" => spheres.iter().any(|row| Some(row.id.0) == id),
            "responsible" => value == NONE || self.directory.people.iter().any(|row| Some(row.id.0) == id),
            "region" => value == NONE || regions.iter().any(|row| Some(row.id.0) == id),
            "branch" => value == NONE || self.directory.branches.iter().any(|row| Some(row.id.0) == id),
            _ => contract_types.iter().any(|row| row.code == value),
        }
    }

    pub(super) fn options(&self, filter: &Filter) -> Options {
        let statuses = self.dictionaries.statuses.iter();
        let spheres = self.dictionaries.spheres.iter();
        let kinds = self.dictionaries.contract_types.iter();
        let regions = self.dictionaries.regions.iter();
        // Whoever has left stands last: somebody has to find the companies that stayed behind.
        let people = self.directory.people.iter();
        let nobody = Opt::new(NONE, "Без ответственного", filter.no_responsible);
        let nowhere = Opt::new(NONE, "Без филиала", filter.no_branch);
        let no_region = Opt::new(NONE, "Без региона", filter.no_region);
        Options {
            statuses: statuses
                .map(|row| Opt::new(row.id, &row.name, filter.statuses.contains(&row.id)))
                .collect(),
            spheres: spheres
                .map(|row| Opt::new(row.id, &row.name, filter.spheres.contains(&row.id)))
                .collect(),
            responsible: std::iter::once(nobody)
                .chain(people.map(|row| Opt::new(row.id, called(row), filter.responsible.contains(&row.id))))
                .collect(),
            branches: std::iter::once(nowhere)
                .chain(
                    self.directory
                        .branches
                        .iter()
                        .map(|row| Opt::new(row.id, &row.name, filter.branches.contains(&row.id))),
                )
                .collect(),
            contract_types: kinds
                .map(|row| Opt::new(&row.code, &row.name, filter.contract_types.contains(&row.code)))
                .collect(),
            regions: std::iter::once(no_region)
                .chain(regions.map(|row| Opt::new(row.id, &row.name, filter.regions.contains(&row.id))))
                .collect(),
            states: vec![
                Opt::new("0", "Тёплые", filter.is_cold == Some(false)),
                Opt::new("1", "Холодные", filter.is_cold == Some(true)),
            ],
            calls: vec![
                Opt::new("1", "Не звонить", filter.do_not_call == Some(true)),
                Opt::new("0", "Можно звонить", filter.do_not_call == Some(false)),
            ],
            tasks: Tasks::ALL
                .map(|(tasks, label)| Opt::new(tasks.code(), label, filter.tasks == Some(tasks)))
                .to_vec(),
        }
    }

    /// What narrows the list, in words: «Статус: Новый, Филиал: Тула»; empty: nothing does.
    pub(super) fn words(&self, filter: &Filter) -> String {
        let chips = self.chips(&ListQuery::default(), filter);
        chips.into_iter().map(|chip| chip.text).collect::<Vec<_>>().join(", ")
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
            ("do_not_call", "Звонки", options.calls),
            ("region", "Регион", options.regions),
            ("tasks", "Задачи", options.tasks),
        ];
        let search = (!filter.q.is_empty()).then(|| Chip::new(query, "q", &filter.q, &format!("Поиск: {}", filter.q)));
        let chosen = groups.into_iter().flat_map(|(name, label, options)| {
            let chosen = options.into_iter().filter(|option| option.selected);
            chosen.map(move |option| (name, option.value, format!("{label}: {}", option.label)))
        });
        let gone = self.gone(filter).into_iter();
        let gone = gone.map(|(name, label, value)| (name, value, format!("{label}: больше нет")));
        search
            .into_iter()
            .chain(
                chosen
                    .chain(gone)
                    .map(|(name, value, text)| Chip::new(query, name, &value, &text)),
            )
            .collect()
    }

    /// What a filter asks for and nobody has any more, as «статус, договор»; empty: all of it is there.
    pub(super) fn gone_words(&self, filter: &Filter) -> String {
        let mut labels: Vec<String> = Vec::new();
        for (_, label, _) in self.gone(filter) {
            let label = label.to_lowercase();
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels.join(", ")
    }

    /// Parameter, label and value of what is gone.
    fn gone(&self, filter: &Filter) -> Vec<(&'static str, &'static str, String)> {
        let values = |ids: &mut dyn Iterator<Item = i64>| ids.map(|id| id.to_string()).collect::<Vec<_>>();
        let asked = [
            ("status", "Статус", values(&mut filter.statuses.iter().map(|id| id.0))),
            ("sphere", "Сфера", values(&mut filter.spheres.iter().map(|id| id.0))),
            (
                "responsible",
                "Ответственный",
                values(&mut filter.responsible.iter().map(|id| id.0)),
            ),
            ("branch", "Филиал", values(&mut filter.branches.iter().map(|id| id.0))),
            ("contract_type", "Договор", filter.contract_types.clone()),
            ("region", "Регион", values(&mut filter.regions.iter().map(|id| id.0))),
        ];
        let asked = asked.into_iter().flat_map(|(name, label, values)| {
            let values = values.into_iter();
            values.map(move |value| (name, label, value))
        });
        asked.filter(|(name, _, value)| !self.knows(name, value)).collect()
    }
}

/// «Анна Иванова», «Анна Иванова (отключён)»
fn called(person: &Person) -> String {
    if person.is_active {
        person.name.clone()
    } else {
        format!("{} (отключён)", person.name)
    }
}
