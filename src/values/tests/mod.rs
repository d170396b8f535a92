//! Tables of real-life spellings, and properties that hold for any text.

mod email;
mod hours;
mod ids;
mod keys;
mod money;
mod phone;
mod recurrence;
mod requisites;
mod site;
mod text;
mod time;
