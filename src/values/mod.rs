//! Values that are parsed once and then always valid: keys, phones, e-mails, tax numbers, texts, dates.
//!
//! Nothing here knows the web or the database (ids only say how they are bound to a query).

mod area_codes;
mod email;
mod entity;
pub(crate) mod hours;
mod ids;
mod keys;
mod money;
mod origin;
mod phone;
pub(crate) mod recurrence;
mod requisites;
mod site;
pub(crate) mod text;
pub(crate) mod time;

#[cfg(test)]
mod tests;

pub(crate) use email::Email;
pub(crate) use entity::Entity;
pub(crate) use ids::{
    BranchId, BulkActId, CallId, CommentId, CompanyId, ContactId, DraftId, FileId, FilterId, ImportId, LetterId,
    MergeId, NoteId, PhoneId, RegionId, RequestId, SeriesId, SphereId, StatusId, TaskActId, TaskId, TaskTypeId,
    TrashId, UserId,
};
pub(crate) use money::Money;
pub(crate) use origin::Origin;
pub(crate) use phone::Phone;
pub(crate) use recurrence::Recurrence;
pub(crate) use requisites::{Inn, Kpp, Ogrn};
pub(crate) use site::site_url;
