//! People, branches, sessions: who one is and how one signs in.

mod actions;
mod api;
mod device;
mod directory_api;
mod factor;
mod known;
mod limits;
mod model;
mod pages;
mod password;
mod queries;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;

pub(crate) use actions::{
    FactorRule, Lock, factor_rules, lift_lock, locks, log_id_of_login, roles_of, set_factor_rules,
};
pub(crate) use actions::{
    NewAdmin, active_person, branches, clean, create_admin, create_branch, create_user, deciders, directory,
    end_session_of, end_sessions, find_branch, find_user, hash_demo_password, name_of, owners, people,
    print_setup_link, reset_factor, reset_password, sessions_of, set_active, unlock, update_branch, update_user, users,
    zone,
};
pub(crate) use actions::{Tokens, admit_phone, end_token};
pub(crate) use api::{bear, bear_or_recognise};
pub(crate) use device::device_words;
pub(crate) use limits::network;
pub(crate) use model::{Branch, BranchForm, Directory, Person, User, UserForm};
pub(crate) use pages::{SessionList, role_options, session_list};
pub(crate) use password::RULE as PASSWORD_RULE;
pub(crate) use sessions::{Presence, end_all_sessions, is_session_open, presence, recognise};
pub(crate) use tokens::Access;

use crate::web::Routes;

/// `/login/`, `/logout/`, `/setup/…`, `/account/…`, `/api/token/…`, `/api/users/…`, `/api/branches/…`.
pub(crate) fn routes() -> Routes {
    pages::routes().merge(api::routes()).merge(directory_api::routes())
}
