//! Measures an archive before anybody unpacks it for good.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::{DAMAGED, TOO_LARGE, UNKNOWN};
use crate::imports::reading::MOST_UNPACKED;

/// More files than any workbook has.
const MOST_ENTRIES: usize = 5_000;
/// Unpacked at once.
const PIECE: usize = 64 * 1024;

/// What an archive holds.
pub(super) enum Kind {
    Xlsx,
    Ods,
}

/// Says what the archive is, when neither what it declares nor what it really unpacks to is too large.
pub(super) fn measure(bytes: &[u8]) -> Result<Kind, &'static str> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    let kind = if has("content.xml") {
        Kind::Ods
    } else if has("[Content_Types].xml") {
        Kind::Xlsx
    } else {
        return Err(UNKNOWN);
    };
    if archive.len() > MOST_ENTRIES {
        return Err(TOO_LARGE);
    }
    let mut declared = 0_u64;
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(|_| DAMAGED)?;
        declared = declared.saturating_add(entry.size());
    }
    if declared > MOST_UNPACKED {
        return Err(TOO_LARGE);
    }
    // What is declared may be a lie.
    let mut real = 0_u64;
    let mut piece = vec![0; PIECE];
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).map_err(|_| DAMAGED)?;
        let is_strings = entry.name().is_ok_and(|name| name.ends_with("sharedStrings.xml"));
        let mut size = 0_u64;
        loop {
            let taken = entry.read(&mut piece).map_err(|_| DAMAGED)?;
            if taken == 0 {
                break;
            }
            if size == 0 && is_strings && boasts(&piece[..taken]) {
                return Err(DAMAGED);
            }
            size += taken as u64;
            real += taken as u64;
            if real > MOST_UNPACKED {
                return Err(TOO_LARGE);
            }
        }
    }
    Ok(kind)
}

/// Whether a list of strings claims to hold more of them than its bytes allow: room for all would be made at once.
fn boasts(beginning: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&beginning[..beginning.len().min(4_096)]);
    let Some((_, rest)) = text.split_once("uniqueCount") else {
        return false;
    };
    let digits: String = rest
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse::<u64>().map_or(true, |count| count > MOST_UNPACKED / 8)
}
