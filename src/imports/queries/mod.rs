//! SQL of imports: their own tables, and reading the base.

mod base;
mod deals;
mod drafts;
mod lines;
mod memory;
mod runs;
mod standing;
mod undo;

pub(super) use base::{companies, company_ids, contact_ids, contacts, spent};
pub(super) use deals::{deals, give_deals_back, remember_deals};
pub(super) use drafts::{add_draft, draft, forget_drafts, forget_preset, preset, presets, save_preset, take_draft};
pub(super) use lines::{Only, add_lines, differing, erase, let_files_of, lines};
pub(super) use memory::{add_changes, add_made, companies_before, contacts_before, judged, led_to, remember};
pub(super) use runs::{
    Ending, Kept, begin_anew, bury_dead, count, file_key, finish, forget_old, hold, imports, insert, is_running,
    keep_file, let_file_go, lock_preview, look_up_by_keys, orphans, plan_anew, prepare_session, release, take_up,
    try_hold, wish,
};
pub(super) use standing::{channels, editors, existing, held, notes_now, now, rewritten, unused_then};
pub(super) use undo::{
    add_undo_lines, begin_undo, count_undo, finish_undo, made, next_undo_line, pass_back, past, remembered,
    take_up_undo, undo_counts, undo_lines, undo_total,
};

type Sql<T> = Result<T, sqlx::Error>;
