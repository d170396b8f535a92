//! Invented data: a whole base for looking and measuring, and the file of an amoCRM export.
//! Everything follows from a seed. People have fairy-tale names, numbers cannot ring, addresses end in `.example`.

pub(crate) mod amo;
mod channels;
mod company;
mod copy;
mod details;
mod fill;
mod indexes;
mod institutions;
mod model;
mod names;
mod naming;
mod notes;
mod people;
mod places;
mod requisites;
mod rng;
mod search;
mod surnames;
mod tasks;
mod translit;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use fill::{SeedOptions, seed};
#[cfg(test)]
pub(crate) use {company::company, model::DemoCompany};
