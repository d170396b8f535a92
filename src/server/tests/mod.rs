//! Every route with every role, and connections that misbehave.

mod accept;
mod rights;
mod table;
