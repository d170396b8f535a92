//! Calendar files of amoCRM: what is read of them, and what becomes of it, through the pages.

mod bringing;
mod reading;
