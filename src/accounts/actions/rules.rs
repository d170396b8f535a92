//! For which roles a second factor is required.

use super::users::users;
use crate::accounts::{queries, sessions};
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Action, Actor, Role, Ties, check};
use crate::values::Origin;

/// A role and what its people have.
pub(crate) struct FactorRule {
    /// The role's code.
    pub(crate) role: &'static str,
    /// As people read it.
    pub(crate) label: &'static str,
    /// Whether a second factor is required.
    pub(crate) is_required: bool,
    /// How many active people there are.
    pub(crate) people: i64,
    /// The names of those without a second factor.
    pub(crate) without: Vec<String>,
}

/// The rules, role by role.
pub(crate) async fn factor_rules(app: &App, actor: &Actor) -> Result<Vec<FactorRule>> {
    let people = users(app, actor).await?;
    let required = queries::rules::required(&mut *app.db.acquire().await?).await?;
    let rule = |role: Role| {
        let of_role = || {
            people
                .iter()
                .filter(move |person| person.role == role && person.is_active)
        };
        FactorRule {
            role: role.code(),
            label: role.label(),
            is_required: required.contains(&role),
            people: i64::try_from(of_role().count()).unwrap_or(i64::MAX),
            without: of_role()
                .filter(|person| !person.has_second_factor)
                .map(|person| person.name.clone())
                .collect(),
        }
    };
    Ok(Role::PEOPLE.into_iter().map(rule).collect())
}

/// Requires a second factor of these roles and of no others; `seen` is what was required when the choice was made. Whoever
/// has none must sign in again. Answers how many sessions ended.
///
/// # Errors
/// [`Error::Invalid`] at the own role when the actor has none; [`Error::Conflict`] when somebody else changed the rules.
pub(crate) async fn set_factor_rules(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    wanted: &[Role],
    seen: &[Role],
) -> Result<u64> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let mut tx = app.begin().await?;
    queries::rules::lock(&mut tx).await?;
    let present = queries::rules::required(&mut tx).await?;
    if Role::PEOPLE
        .iter()
        .any(|role| present.contains(role) != seen.contains(role))
    {
        return Err(Error::Conflict(
            "Пока вы выбирали, правила изменил другой администратор. Проверьте их и сохраните ещё раз.",
        ));
    }
    let mut errors = FieldErrors::default();
    let (mut changes, mut ended) = (Changes::default(), 0);
    for role in Role::PEOPLE {
        let (was, is) = (present.contains(&role), wanted.contains(&role));
        let word = |required: bool| {
            if required {
                "обязателен"
            } else {
                "по желанию"
            }
        };
        changes.compare(role.code(), word(was), word(is));
        if was && !is {
            queries::rules::release(&mut tx, role).await?;
        } else if is && !was {
            queries::rules::require(&mut tx, role, app.now()).await?;
            for id in queries::rules::hold_without(&mut tx, role).await? {
                if actor.is(Some(id)) {
                    errors.add(
                        role.code(),
                        "Сначала включите второй фактор у себя: иначе вы сразу выйдете из системы.",
                    );
                }
                ended += sessions::end_all(&mut tx, id, None).await?;
            }
        }
    }
    errors.or(())?;
    if !changes.is_empty() {
        let event = Event::new(
            "second_factor_rules",
            "second_factor",
            "-",
            "Изменены правила второго фактора",
        );
        audit::record(&mut tx, actor, event.with(changes).from(origin)).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// The roles of these codes; unknown ones are left out.
pub(crate) fn roles_of(codes: &[String]) -> Vec<Role> {
    codes.iter().filter_map(|code| Role::from_code(code)).collect()
}
