//! Russian registration numbers: ИНН, КПП, ОГРН.
//!
//! A wrong number warns and marks, it never blocks saving: imported books hold bad data that people still need.

/// How many characters of a registration number are kept.
const LONGEST: usize = 20;

/// Taxpayer number: 10 digits for a legal person, 12 for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Inn {
    /// Digits only.
    pub digits: String,
}

impl Inn {
    /// Keeps the digits of what was typed.
    pub(crate) fn read(typed: &str) -> Self {
        Self {
            digits: only_digits(typed),
        }
    }

    /// Not empty and nothing to warn about.
    pub(crate) fn is_valid(&self) -> bool {
        !self.digits.is_empty() && self.warning().is_none()
    }

    /// What is wrong with the number; nothing is wrong with an empty one.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        let digits = values(&self.digits);
        if digits.is_empty() {
            return None;
        }
        if !matches!(digits.len(), 10 | 12) {
            return Some("В ИНН должно быть 10 цифр (организация) или 12 (ИП)");
        }
        if all_zeros(&digits) {
            return Some("ИНН не может состоять из одних нулей");
        }
        (!inn_sum_fits(&digits)).then_some("Контрольная сумма ИНН не сходится — проверьте цифры")
    }

    /// The number with the leading zero that spreadsheets drop, when that makes it valid.
    pub(crate) fn padded(&self) -> Option<Self> {
        if !matches!(self.digits.len(), 9 | 11) {
            return None;
        }
        let padded = Self {
            digits: format!("0{}", self.digits),
        };
        padded.is_valid().then_some(padded)
    }
}

/// Reason code of registration: nine characters, tells branches with one ИНН apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Kpp {
    /// Digits and capital Latin letters.
    pub digits: String,
}

impl Kpp {
    /// Keeps the digits and Latin letters of what was typed.
    pub(crate) fn read(typed: &str) -> Self {
        let digits = typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .take(LONGEST)
            .collect();
        Self { digits }
    }

    /// Not empty and nothing to warn about.
    #[cfg(test)]
    pub(crate) fn is_valid(&self) -> bool {
        !self.digits.is_empty() && self.warning().is_none()
    }

    /// What is wrong with the code; nothing is wrong with an empty one.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        let code = self.digits.as_bytes();
        if code.is_empty() {
            return None;
        }
        if code.len() != 9 {
            return Some("В КПП должно быть 9 знаков");
        }
        if code.iter().all(|c| *c == b'0') {
            return Some("КПП не может состоять из одних нулей");
        }
        let shaped = code
            .iter()
            .enumerate()
            .all(|(i, c)| matches!(i, 4 | 5) || c.is_ascii_digit());
        (!shaped).then_some("Буквы в КПП бывают только на пятом и шестом месте")
    }
}

/// State registration number: 13 digits for a legal person (ОГРН), 15 for an entrepreneur (ОГРНИП).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Ogrn {
    /// Digits only.
    pub digits: String,
}

impl Ogrn {
    /// Keeps the digits of what was typed.
    pub(crate) fn read(typed: &str) -> Self {
        Self {
            digits: only_digits(typed),
        }
    }

    /// Not empty and nothing to warn about.
    #[cfg(test)]
    pub(crate) fn is_valid(&self) -> bool {
        !self.digits.is_empty() && self.warning().is_none()
    }

    /// What is wrong with the number; nothing is wrong with an empty one.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        let digits = values(&self.digits);
        let divisor = match digits.len() {
            0 => return None,
            13 => 11,
            15 => 13,
            _ => return Some("В ОГРН должно быть 13 цифр (организация) или 15 (ИП)"),
        };
        if all_zeros(&digits) {
            return Some("ОГРН не может состоять из одних нулей");
        }
        let (last, head) = digits.split_last()?;
        let number = head.iter().fold(0_u64, |sum, d| sum * 10 + u64::from(*d));
        (number % divisor % 10 != u64::from(*last)).then_some("Контрольная сумма ОГРН не сходится — проверьте цифры")
    }
}

/// The twelve-digit weights; shorter numbers use the tail of the row.
const INN_WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

fn inn_sum_fits(digits: &[u32]) -> bool {
    let fits = |place: usize| {
        let weights = &INN_WEIGHTS[INN_WEIGHTS.len() - place..];
        let sum: u32 = weights.iter().zip(digits).map(|(w, d)| w * d).sum();
        sum % 11 % 10 == digits[place]
    };
    if digits.len() == 10 {
        fits(9)
    } else {
        fits(10) && fits(11)
    }
}

fn only_digits(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_digit).take(LONGEST).collect()
}

fn values(digits: &str) -> Vec<u32> {
    digits.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn all_zeros(digits: &[u32]) -> bool {
    digits.iter().all(|d| *d == 0)
}
