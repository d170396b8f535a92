//! Recovery codes: for whoever has lost the phone; each works once.

use sha2::{Digest as _, Sha256};

use super::totp::base32;

/// How many a person gets.
const COUNT: usize = 10;
/// Letters of one: 80 bits, too many to try even for whoever has the hashes.
const LENGTH: usize = 16;

/// Ten fresh ones as they are shown: `ABCD-EFGH-IJKL-MNOP`.
pub(in crate::accounts) fn new_codes() -> Vec<String> {
    (0..COUNT)
        .map(|_| grouped(&base32(&rand::random::<[u8; 10]>())))
        .collect()
}

fn grouped(letters: &str) -> String {
    let groups: Vec<_> = letters
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join("-")
}

/// What is stored of a code, however it was typed; `None` when it cannot be one. No secret key takes part, so that these
/// codes work even after that key was lost.
pub(in crate::accounts) fn hash(typed: &str) -> Option<Vec<u8>> {
    let letters: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        // Base32 has neither: whoever copies from paper takes them for letters.
        .map(|c| match c {
            '0' => 'O',
            '1' => 'I',
            other => other,
        })
        .collect();
    (letters.len() == LENGTH).then(|| Sha256::digest(letters).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_read_however_they_are_typed() {
        let codes = new_codes();
        assert_eq!(codes.len(), COUNT);
        let mut hashes: Vec<_> = codes.iter().map(|code| hash(code).expect("a code")).collect();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), COUNT);
        let sloppy = codes[0].to_lowercase().replace('-', " ");
        assert_eq!(hash(&sloppy), hash(&codes[0]));
        assert_eq!(hash("ABCDEFGHIJKLMNO1"), hash("abcd-efgh-ijkl-mnoi"));
        for bad in ["", "123456", "ABCD-EFGH-IJKL-MNO", "ABCD-EFGH-IJKL-MNOP-Q"] {
            assert_eq!(hash(bad), None, "{bad}");
        }
    }
}
