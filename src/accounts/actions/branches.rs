//! Branches.

use super::{constraint, made_before, remember_made};
use crate::accounts::model::{Branch, BranchForm};
use crate::accounts::queries;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::error::{Error, FieldErrors, OnConstraint as _, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::BranchId;

/// All branches by name.
pub(crate) async fn branches(app: &App) -> Result<Vec<Branch>> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::branches(&mut conn).await?)
}

/// One branch.
pub(crate) async fn find_branch(app: &App, actor: &Actor, id: BranchId) -> Result<Branch> {
    check(actor, Action::ManageBranches, Ties::default())?;
    branches(app)
        .await?
        .into_iter()
        .find(|branch| branch.id == id)
        .ok_or(Error::NotFound)
}

/// Makes a branch.
pub(crate) async fn create_branch(app: &App, actor: &Actor, form: &BranchForm) -> Result<BranchId> {
    check(actor, Action::ManageBranches, Ties::default())?;
    let form = checked(form)?;
    let mut tx = app.begin().await?;
    if let Some(id) = made_before(&mut tx, actor, form.key).await? {
        return Ok(id);
    }
    let id = named(queries::insert_branch(&mut tx, &form).await)?;
    remember_made(&mut tx, form.key, id).await?;
    let event = Event::new("create", "branch", id, format!("Создан филиал «{}»", form.name));
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a branch.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed it meanwhile.
pub(crate) async fn update_branch(app: &App, actor: &Actor, id: BranchId, form: &BranchForm) -> Result<()> {
    let before = find_branch(app, actor, id).await?;
    let form = checked(form)?;
    let mut changes = Changes::default();
    changes.compare("code", &before.code, &form.code);
    changes.compare("name", &before.name, &form.name);
    let flag = |is: bool| if is { "да" } else { "нет" };
    changes.compare("is_active", flag(before.is_active), flag(form.is_active));
    if changes.is_empty() {
        return Ok(());
    }
    let mut tx = app.begin().await?;
    if !named(queries::update_branch(&mut tx, id, &form).await)? {
        return Err(Error::Conflict(
            "Филиал только что изменил кто-то другой. Откройте его заново.",
        ));
    }
    let event = Event::new("update", "branch", id, format!("Изменён филиал «{}»", form.name)).with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

fn named<T>(result: Result<T, sqlx::Error>) -> Result<T> {
    match constraint(&result) {
        Some("branches_code_key") => result.on_constraint("branches_code_key", "code", "Такой код уже есть."),
        _ => result.on_constraint("branches_name_key", "name", "Филиал с таким названием уже есть."),
    }
}

fn checked(form: &BranchForm) -> Result<BranchForm> {
    let form = BranchForm {
        code: form.code.trim().to_owned(),
        name: form.name.trim().to_owned(),
        is_active: form.is_active,
        version: form.version,
        key: form.key,
    };
    let mut errors = FieldErrors::default();
    let is_code = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if form.code.is_empty() || form.code.len() > 50 || !form.code.chars().all(is_code) {
        errors.add("code", "Код: латинские буквы, цифры, «-» и «_», не длиннее 50 знаков.");
    }
    if form.name.is_empty() {
        errors.add("name", "Укажите название.");
    } else if form.name.chars().count() > 120 {
        errors.add("name", "Название длиннее 120 знаков.");
    }
    errors.or(form)
}
