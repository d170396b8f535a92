//! Signing in and out, forms from elsewhere, sessions, the first administrator.

mod factor;
mod forms;
mod sessions;
mod setup;
mod sign_in;
