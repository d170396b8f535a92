//! The embedded default: a private PostgreSQL that this program starts, supervises and stops.
//!
//! It listens on a Unix socket only, runs as an unprivileged user even when we are root, and goes
//! down with the process that started it, `kill -9` included. Several processes may share one data
//! folder: the first starts the server, the others attach, and one of those takes over when the
//! first leaves.

mod binaries;
mod launch;
mod place;
mod server;
mod supervisor;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod throw_away;

pub(crate) use place::Settings;
pub(crate) use supervisor::Cluster;
#[cfg(test)]
pub(crate) use throw_away::throw_away;
