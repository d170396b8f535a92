//! Addresses of what people choose about the list.

/// «Вид списка»; `back` is the query of the list to come back to.
pub(crate) fn columns(back: &str) -> String {
    with_back("/companies/view/", back)
}

/// The list with this query, which may have come from anywhere: it is taken apart and put together again.
pub(super) fn list(back: &str) -> String {
    let pairs = form_urlencoded::parse(back.as_bytes());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    if query.is_empty() {
        "/companies/".to_owned()
    } else {
        format!("/companies/?{query}")
    }
}

fn with_back(path: &str, back: &str) -> String {
    if back.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("back", back)
        .finish();
    format!("{path}?{query}")
}
