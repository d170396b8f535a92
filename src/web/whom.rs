//! What the button beside a number sends.

use std::fmt::Display;

use crate::values::Phone;

/// «number company contact», «-» for none: whom a click asks the phone to call. Empty: nobody can dial it.
pub(crate) fn whom(phone: &Phone, company: Option<impl Display>, contact: Option<impl Display>) -> String {
    let Some(number) = phone.tel() else {
        return String::new();
    };
    let extension = if phone.extension.is_empty() {
        String::new()
    } else {
        format!("#{}", phone.extension)
    };
    let or_none = |id: Option<String>| id.unwrap_or_else(|| "-".to_owned());
    let (company, contact) = (company.map(|id| id.to_string()), contact.map(|id| id.to_string()));
    format!("{number}{extension} {} {}", or_none(company), or_none(contact))
}
