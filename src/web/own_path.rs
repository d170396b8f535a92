//! Where a form leads back to.

/// `next` when it is a path of ours, else `/`. Browsers read `\` as `/`, and skip tabs and line ends.
pub(crate) fn own_path(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control)
        && !next.starts_with("/login/");
    if is_own { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn next_leads_only_to_own_paths() {
        assert_eq!(own_path("/companies/?q=a"), "/companies/?q=a");
        for foreign in [
            "",
            "//evil",
            "https://evil",
            "/\\evil",
            "\\/evil",
            "javascript:alert(1)",
            "/\t/evil",
            "/login/",
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }
}
