//! Where a request came from.

/// The address and the program of whoever asks; both are empty for jobs and commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client's address.
    pub(crate) ip: String,
    /// The browser's name for itself, cut to 200 characters.
    pub(crate) user_agent: String,
}
