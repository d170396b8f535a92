//! The lists a company is described with: statuses, spheres, contract types, regions.

mod actions;
mod api;
mod changes;
mod entries;
mod entry_queries;
mod heirs;
mod merge_queries;
mod merging;
mod model;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{Named, all, ensure, forget_unused, kept};
pub(crate) use api::{routes, stale_type};
pub(crate) use changes::{Step, create_entry, entries, find_entry, move_entry, tone_label, update_entry};
pub(crate) use entries::{Entry, EntryForm, Kind, NEUTRAL, Placed, TONES};
pub(crate) use heirs::Heirs;
pub(crate) use merging::{
    Merge, begin_merge, count_moved, delete_entry, end_merge, heirs, hold_entry, hold_old, merges,
};
pub(crate) use model::{ContractType, Dictionaries, Region, Sphere, Status, TaskType, Terms};
