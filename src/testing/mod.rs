//! What tests stand on: a throw-away Postgres for the run, a database for each test, the whole router in memory.

mod app;
mod builders;
mod client;
mod database;
mod google;

pub(crate) use app::{Ear, PASSWORD, TestApp};
pub(crate) use client::{Answer, Client, Stream};
pub(crate) use database::{blank, blank_of, migrated};
pub(crate) use google::{Google, Said, key as google_key};
