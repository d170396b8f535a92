//! Every route with every role, and connections that misbehave.

mod accept;
mod api;
mod calls;
mod late;
mod letters;
mod lists;
mod metrics;
mod orders;
mod parents;
mod plans;
mod programs;
mod resources;
mod rights;
mod table;
mod who;
mod world;
