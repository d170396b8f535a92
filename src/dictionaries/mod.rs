//! The lists a company is described with: statuses, spheres, contract types, regions.

mod actions;
mod changes;
mod entries;
mod entry_queries;
mod model;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{Named, all, ensure, kept};
pub(crate) use changes::{Step, create_entry, entries, find_entry, move_entry, tone_label, update_entry};
pub(crate) use entries::{Entry, EntryForm, Kind, TONES};
pub(crate) use model::{Dictionaries, Sphere, Status, Terms};
