//! The fields of a person, shared by making and changing one.

use serde::Deserialize;
use uuid::Uuid;

use crate::accounts::{self, Branch, User, UserForm};
use crate::app::App;
use crate::error::{FieldErrors, Result};
use crate::values::time::RUSSIAN_ZONES;
use crate::web::Opt;

use super::{Difference, differences};

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) username: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) branch: String,
    pub(super) time_zone: String,
    pub(super) version: i32,
    pub(super) password: String,
    pub(super) form_key: Option<Uuid>,
}

impl Typed {
    /// As the action reads it.
    pub(super) fn form(&self) -> UserForm {
        UserForm {
            username: self.username.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: self.email.clone(),
            role: self.role.clone(),
            branch: self.branch.clone(),
            time_zone: self.time_zone.clone(),
            version: self.version,
            key: self.form_key,
        }
    }
}

impl From<&User> for Typed {
    fn from(user: &User) -> Self {
        Self {
            username: user.username.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            email: user.email.clone(),
            role: user.role.code().to_owned(),
            branch: user.branch.map(|id| id.to_string()).unwrap_or_default(),
            time_zone: user.time_zone.clone(),
            version: user.version,
            ..Self::default()
        }
    }
}

/// The fields, ready to print.
pub(super) struct UserFields {
    pub(super) typed: Typed,
    pub(super) errors: FieldErrors,
    pub(super) roles: Vec<Opt>,
    pub(super) branches: Vec<Opt>,
    pub(super) zones: Vec<Opt>,
}

impl UserFields {
    /// Fills the selects.
    pub(super) async fn load(app: &App, typed: Typed, errors: FieldErrors) -> Result<Self> {
        let branches = accounts::branches(app).await?;
        Ok(Self {
            roles: accounts::role_options(&typed.role),
            branches: branches
                .iter()
                .filter(|branch| branch.is_active || branch.id.to_string() == typed.branch)
                .map(|branch| branch_option(branch, &typed.branch))
                .collect(),
            zones: zone_options(&typed.time_zone),
            typed,
            errors,
        })
    }

    /// What differs from the person as saved.
    pub(super) fn against(&self, saved: &User) -> Vec<Difference> {
        let mine = &self.typed;
        let theirs = Typed::from(saved);
        let zones = zone_options(&saved.time_zone);
        differences([
            ("Логин", mine.username.clone(), theirs.username),
            ("Имя", mine.first_name.clone(), theirs.first_name),
            ("Фамилия", mine.last_name.clone(), theirs.last_name),
            ("Почта", mine.email.clone(), theirs.email),
            ("Роль", label(&self.roles, &mine.role), label(&self.roles, &theirs.role)),
            (
                "Филиал",
                label(&self.branches, &mine.branch),
                label(&self.branches, &theirs.branch),
            ),
            (
                "Часовой пояс",
                label(&self.zones, &mine.time_zone),
                label(&zones, &theirs.time_zone),
            ),
        ])
    }
}

fn label(options: &[Opt], value: &str) -> String {
    options
        .iter()
        .find(|option| option.value == value)
        .map(|option| option.label.clone())
        .unwrap_or_default()
}

fn branch_option(branch: &Branch, chosen: &str) -> Opt {
    let id = branch.id.to_string();
    let is_chosen = id == chosen;
    Opt::new(id, branch.name.clone(), is_chosen)
}

/// Russian zones, and the chosen one when it is another.
fn zone_options(chosen: &str) -> Vec<Opt> {
    let mut zones: Vec<_> = RUSSIAN_ZONES
        .iter()
        .map(|(name, label)| Opt::new(name, *label, *name == chosen))
        .collect();
    if !chosen.is_empty() && zones.iter().all(|zone| !zone.selected) {
        zones.push(Opt::new(chosen, chosen, true));
    }
    zones
}
