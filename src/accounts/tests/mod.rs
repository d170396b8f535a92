//! Signing in and out, forms from elsewhere, sessions, the first administrator.

mod devices;
mod enrol;
mod factor;
mod forms;
mod limits;
mod sessions;
mod setup;
mod sign_in;
mod tokens;
