//! The room's tests.

mod forms;
