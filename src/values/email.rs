//! E-mail addresses as people write them: Cyrillic domains too, several in one cell.

/// The longest address a mail server has to take.
const LONGEST: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;

/// An address that has the shape of one; the domain is in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Email(String);

impl Email {
    /// Reads one address; the error is a sentence for the form.
    pub(crate) fn parse(typed: &str) -> Result<Self, &'static str> {
        let typed = typed.trim();
        let typed = strip_mailto(typed);
        if typed.is_empty() {
            return Err("Укажите адрес почты");
        }
        if typed.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("В адресе почты не должно быть пробелов");
        }
        let (local, domain) = typed
            .rsplit_once('@')
            .ok_or("В адресе почты должен быть знак @, например ivanov@example.ru")?;
        let domain = domain.to_lowercase();
        if !local_fits(local) {
            return Err("Проверьте часть адреса почты до знака @");
        }
        if !domain_fits(&domain) {
            return Err("Проверьте часть адреса почты после знака @, например example.ru");
        }
        let address = format!("{local}@{domain}");
        if address.chars().count() > LONGEST {
            return Err("Адрес почты длиннее 254 знаков");
        }
        Ok(Self(address))
    }

    /// The address.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the addresses of one table cell; the second list holds what could not be read.
    pub(crate) fn read_cell(cell: &str) -> (Vec<Self>, Vec<String>) {
        let mut emails: Vec<Self> = Vec::new();
        let mut unreadable = Vec::new();
        let pieces = cell.split([',', ';', '|', '\n', '\r', '\t']);
        for piece in pieces.flat_map(split_spaces) {
            match Self::parse(piece) {
                Ok(email) if emails.iter().any(|known| known.is_same(&email)) => {}
                Ok(email) => emails.push(email),
                Err(_) => unreadable.push(piece.to_owned()),
            }
        }
        (emails, unreadable)
    }

    /// Letter case before the @ is kept as typed but tells no two people apart.
    fn is_same(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

/// Several addresses may be parted by spaces alone, yet «нет почты» must stay one unreadable piece.
fn split_spaces(piece: &str) -> Vec<&str> {
    let piece = piece.trim().trim_start_matches('\'').trim();
    if piece.is_empty() {
        Vec::new()
    } else if piece.contains('@') {
        piece
            .split_whitespace()
            .map(|word| word.trim_matches(['<', '>', '(', ')', '"']))
            .filter(|word| !word.is_empty() && *word != "/")
            .collect()
    } else {
        vec![piece]
    }
}

fn strip_mailto(typed: &str) -> &str {
    match typed.get(..7) {
        Some(head) if head.eq_ignore_ascii_case("mailto:") => &typed[7..],
        _ => typed,
    }
}

fn local_fits(local: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c);
    !local.is_empty()
        && local.chars().count() <= LONGEST_LOCAL_PART
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

/// Whether this is the name of a host on the net, in lower case.
pub(super) fn domain_fits(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let zone_fits = labels
        .last()
        .is_some_and(|zone| zone.chars().count() >= 2 && !zone.chars().all(|c| c.is_ascii_digit()));
    labels.len() >= 2 && zone_fits && labels.iter().all(|label| label_fits(label))
}

fn label_fits(label: &str) -> bool {
    !label.is_empty()
        && label.chars().count() <= 63
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
