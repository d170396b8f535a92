//! Statuses and spheres of a file → keys of the dictionaries.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::rows::{CompanyRow, Cut, names};
use crate::accounts::Branch;
use crate::companies::bulk::Field;
use crate::dictionaries::{self, Dictionaries, Kind, Named};
use crate::error::Result;
use crate::policy::Actor;
use crate::values::text::list_key;

/// The longest name that a dictionary takes.
const LONGEST: usize = 120;

/// One dictionary by [`list_key`].
#[derive(Debug, Default)]
struct List {
    keys: HashMap<String, i64>,
    names: HashMap<String, String>,
}

impl List {
    fn add(&mut self, key: i64, name: &str) {
        self.keys.entry(list_key(name)).or_insert(key);
        self.names.insert(key.to_string(), name.to_owned());
    }

    /// Names of entries that were merged with others mean these, unless there is a new one of that name.
    fn add_heirs<'a>(&mut self, heirs: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
        for (old_key, old_name, key) in heirs {
            let (old_key, Ok(key)) = (old_key.parse().ok(), key.parse()) else {
                continue;
            };
            let known = self.key(old_name);
            if known.is_none() || known == old_key {
                self.keys.insert(list_key(old_name), key);
            }
        }
    }

    fn key(&self, name: &str) -> Option<i64> {
        self.keys.get(&list_key(name)).copied()
    }
}

/// The dictionaries as an import knows them.
#[derive(Debug, Default)]
pub(super) struct Names {
    statuses: List,
    spheres: List,
    regions: List,
    branches: List,
    /// Codes of contract types by [`list_key`], and back.
    contracts: HashMap<String, String>,
    contract_labels: HashMap<String, String>,
    /// A dry run makes no names: it counts keys down from zero instead.
    invented: i64,
    /// Keys of new names that are not written down yet.
    made: Made,
}

/// Entries that an import has added.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) statuses: Vec<i64>,
    pub(super) spheres: Vec<i64>,
}

impl Names {
    pub(super) fn new(dictionaries: &Dictionaries, branches: &[Branch]) -> Self {
        let mut names = Self::default();
        for region in &dictionaries.regions {
            names.regions.add(region.id.0, &region.name);
        }
        for branch in branches {
            names.branches.add(branch.id.0, &branch.name);
        }
        for contract in &dictionaries.contract_types {
            let (code, name) = (&contract.code, &contract.name);
            names.contracts.insert(list_key(name), code.clone());
            names.contract_labels.insert(code.clone(), name.clone());
        }
        for status in &dictionaries.statuses {
            names.statuses.add(status.id.0, &status.name);
        }
        for sphere in &dictionaries.spheres {
            names.spheres.add(sphere.id.0, &sphere.name);
        }
        let heirs = &dictionaries.heirs;
        names.statuses.add_heirs(heirs.of(Kind::Status));
        names.spheres.add_heirs(heirs.of(Kind::Sphere));
        names
    }

    /// Makes the names of these rows known; new ones are written unless it is a dry run.
    pub(super) async fn learn(
        &mut self,
        conn: &mut PgConnection,
        actor: &Actor,
        rows: &[&CompanyRow],
        is_dry_run: bool,
    ) -> Result<()> {
        let mut statuses: Vec<String> = Vec::new();
        let mut spheres: Vec<String> = Vec::new();
        for row in rows {
            add_new(&mut statuses, Self::status_name(&row.status), &self.statuses);
            for name in self.sphere_names(&row.spheres, row.own.cut) {
                add_new(&mut spheres, Some(name), &self.spheres);
            }
        }
        for (named, missing) in [(Named::Status, statuses), (Named::Sphere, spheres)] {
            if missing.is_empty() {
                continue;
            }
            let found = if is_dry_run {
                self.invent(missing)
            } else {
                let found = dictionaries::ensure(conn, actor, named, &missing).await?;
                let made = found.iter().filter(|(.., is_new)| *is_new).map(|(_, key, _)| *key);
                match named {
                    Named::Status => self.made.statuses.extend(made),
                    Named::Sphere => self.made.spheres.extend(made),
                }
                found.into_iter().map(|(name, key, _)| (name, key)).collect()
            };
            let list = match named {
                Named::Status => &mut self.statuses,
                Named::Sphere => &mut self.spheres,
            };
            for (name, key) in &found {
                list.add(*key, name);
            }
        }
        Ok(())
    }

    /// What has been made since this was last asked for.
    pub(super) fn take_made(&mut self) -> Made {
        std::mem::take(&mut self.made)
    }

    fn invent(&mut self, names: Vec<String>) -> Vec<(String, i64)> {
        let mut key = self.invented;
        let found = names.into_iter().map(|name| {
            key -= 1;
            (name, key)
        });
        let found = found.collect();
        self.invented = key;
        found
    }

    /// Key of a row's status; empty when it names none.
    pub(super) fn status(&self, cell: &str) -> String {
        let key = Self::status_name(cell).and_then(|name| self.statuses.key(&name));
        key.map(|key| key.to_string()).unwrap_or_default()
    }

    /// Sorted keys of a row's spheres; empty when it names none.
    pub(super) fn spheres(&self, cell: &str, how: Cut) -> String {
        let names = self.sphere_names(cell, how);
        let mut keys: Vec<i64> = names.iter().filter_map(|name| self.spheres.key(name)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
    }

    /// Key of a region, a branch or a contract type of that name.
    pub(super) fn key_of(&self, field: Field, name: &str) -> Option<String> {
        match field {
            Field::Region => self.regions.key(name).map(|key| key.to_string()),
            Field::Branch => self.branches.key(name).map(|key| key.to_string()),
            Field::ContractType => self.contracts.get(&list_key(name)).cloned(),
            _ => None,
        }
    }

    /// The name of the status with this key; people have statuses in their own words.
    pub(super) fn show_status(&self, key: &str) -> String {
        self.statuses.names.get(key).map_or(key, String::as_str).to_owned()
    }

    /// The name of a region, a branch or a contract type.
    pub(super) fn show_name(&self, field: &str, key: &str) -> String {
        let names = match field {
            "region" => &self.regions.names,
            "branch" => &self.branches.names,
            _ => &self.contract_labels,
        };
        names.get(key).cloned().unwrap_or_default()
    }

    /// The names of the spheres with these keys.
    pub(super) fn show_spheres(&self, keys: &str) -> String {
        let names = keys.split(',').filter_map(|key| self.spheres.names.get(key));
        names.map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    fn status_name(cell: &str) -> Option<String> {
        let name: String = cell.chars().take(LONGEST).collect();
        let name = name.trim();
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn sphere_names(&self, cell: &str, how: Cut) -> Vec<String> {
        let short = |name: String| name.chars().take(LONGEST).collect::<String>().trim().to_owned();
        names(cell, how, |name| self.spheres.key(name).is_some())
            .into_iter()
            .map(short)
            .collect()
    }
}

fn add_new(missing: &mut Vec<String>, name: Option<String>, list: &List) {
    let Some(name) = name else { return };
    if list.key(&name).is_none() && !missing.iter().any(|known| list_key(known) == list_key(&name)) {
        missing.push(name);
    }
}
