//! CRM ПРОФИ: companies, contacts, notes, tasks, calls and mailings of a sales team in one program.
//!
//! The map, from the ground up; arrows never turn (`docs/ARCHITECTURE.md`).

#![warn(unreachable_pub)]

mod values; // phones, e-mails, numbers, ids, texts, times: parsed once, then always valid

mod config; // the only reader of the environment

mod error; // the one error type
mod policy; // who may do what

mod db; // the pool, the embedded cluster, migrations, paging
mod metrics; // numbers for whoever watches
mod push; // wakes phones by Google's service
mod store; // where files lie: a folder or S3

mod app; // what every action is given

mod api; // JSON plumbing
mod jobs; // background work
mod web; // HTML plumbing

mod audit; // who changed what

mod accounts; // people, branches, sessions
mod system; // copies of the installation, bringing one back

mod notifications; // what people are told

mod budget; // how many cards a person may open

mod dictionaries; // statuses, spheres, contract types
mod views; // how a person sees the list of companies

mod merges; // which card stands for one that is gone

mod files; // what people send: kept, served, cleared away

mod bulk; // acts on many companies, and taking them back
mod companies; // the base
mod contacts; // people at companies
mod letters; // what was written to them and by them
mod notes; // what was written about them
mod tasks; // what is to be done

mod calendar; // tasks in the calendars of phones
mod task_import; // tasks out of a calendar file of amoCRM

mod phones; // which phones belong to whom

mod calls; // a click, a phone, what came of it

mod imports; // bringing a base in
mod trash; // what goes, comes back, or goes for good

mod duplicates; // cards that look like one company
mod exports; // taking a part of the base away

mod search; // one text, looked for everywhere

mod analytics; // who called how much
mod card; // a company's page, composed
mod dashboard; // the start page
mod settings; // administrators' pages, composed

mod demo; // believable invented data

mod cli; // the command line
mod doctor; // a look at the program's surroundings
mod server; // routers merged, connections accepted, shutdown
mod verify; // integrity checks of the data

#[cfg(test)]
mod testing; // TestApp, builders

pub use cli::run;
#[cfg(fuzzing)]
pub use imports::read_import;
