//! The room's tests.

mod forms;
mod pages;
