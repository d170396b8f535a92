//!
//! Everything follows from a seed. People have fairy-tale names, numbers cannot ring, addresses end in `.example`.

pub(crate) mod amo;
mod channels;
mod company;
mod copy;
mod fill;
mod indexes;
mod model;
mod names;
mod naming;
mod notes;
mod people;
mod places;
mod requisites;
mod rng;
mod search;
mod translit;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use company::company;
pub(crate) use fill::{SeedOptions, SeedSummary, seed};
pub(crate) use model::{DemoCompany, DemoContact, DemoEmail, DemoNote, DemoPhone};
pub(crate) use names::DemoPerson;
