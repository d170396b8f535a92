//! Addresses of what people choose about the list.

/// «Вид списка»; `back` is the query of the list to come back to.
pub(crate) fn columns(back: &str) -> String {
    with("/companies/view/", "back", back)
}

/// The list without a filter. Its bare address is what the reader's list opens with.
pub(crate) const ALL: &str = "/companies/?all=1";
/// All saved filters.
pub(super) const SAVED: &str = "/companies/saved/";

/// Where this filter gets a name.
pub(crate) fn save(query: &str) -> String {
    with("/companies/saved/", "query", query)
}

/// The list with this query, which may have come from anywhere.
pub(super) fn list(back: &str) -> String {
    let query = tidy(back);
    if query.is_empty() {
        ALL.to_owned()
    } else {
        format!("/companies/?{query}")
    }
}

/// A query taken apart and put together again.
pub(super) fn tidy(query: &str) -> String {
    let pairs = form_urlencoded::parse(query.as_bytes());
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn with(path: &str, name: &str, value: &str) -> String {
    if value.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(name, value)
        .finish();
    format!("{path}?{query}")
}
