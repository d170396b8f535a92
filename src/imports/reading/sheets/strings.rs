//! Texts of XLS: one byte a character, or two, changing in the middle where a record ends.

use super::xls::{u16_at, u32_at};

/// The strings that cells refer to, one after another in one text.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads the list from a record and those that go on with it; `None` when it is damaged.
    pub(super) fn read(parts: &[&[u8]]) -> Option<Self> {
        let count = u32_at(parts.first()?, 4)?;
        let mut tape = Tape { parts, part: 0, at: 8 };
        let mut strings = Self::default();
        for _ in 0..count {
            // A list may be shorter than it says.
            let Some(()) = strings.read_one(&mut tape) else { break };
        }
        Some(strings)
    }

    fn read_one(&mut self, tape: &mut Tape<'_>) -> Option<()> {
        let length = usize::from(u16_at(&tape.take(2)?, 0)?);
        let flags = *tape.take(1)?.first()?;
        let runs = match flags & 8 {
            0 => 0,
            _ => usize::from(u16_at(&tape.take(2)?, 0)?),
        };
        let phonetic = match flags & 4 {
            0 => 0,
            _ => u32_at(&tape.take(4)?, 0)? as usize,
        };
        tape.text(&mut self.text, length, flags & 1 == 1)?;
        self.ends.push(self.text.len());
        tape.skip(runs * 4 + phonetic)
    }

    /// The string at this place.
    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }
}

/// Bytes that lie in several records.
struct Tape<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Tape<'_> {
    /// Steps to the next record when this one is read; `true`: it did.
    fn turn(&mut self) -> Option<bool> {
        let mut turned = false;
        while self.at >= self.parts.get(self.part)?.len() {
            self.part += 1;
            self.at = 0;
            turned = true;
        }
        Some(turned)
    }

    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            self.turn()?;
            let part = self.parts[self.part];
            let end = part.len().min(self.at + count - taken.len());
            taken.extend_from_slice(&part[self.at..end]);
            self.at = end;
        }
        Some(taken)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            self.turn()?;
            let step = count.min(self.parts[self.part].len() - self.at);
            self.at += step;
            count -= step;
        }
        Some(())
    }

    /// Reads so many characters; where a record ends the next one says anew how wide they are.
    fn text(&mut self, out: &mut String, length: usize, mut is_wide: bool) -> Option<()> {
        let mut units: Vec<u16> = Vec::with_capacity(length);
        while units.len() < length {
            if self.turn()? {
                is_wide = self.parts[self.part].first()? & 1 == 1;
                self.at = 1;
                continue;
            }
            let part = &self.parts[self.part][self.at..];
            let left = length - units.len();
            if is_wide {
                let pairs = part.chunks_exact(2).take(left);
                let before = units.len();
                units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
                // An odd byte at the end of a record belongs to nothing.
                self.at += ((units.len() - before) * 2).max(usize::from(units.len() == before));
            } else {
                units.extend(part.iter().take(left).map(|byte| u16::from(*byte)));
                self.at += part.len().min(left);
            }
        }
        out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Some(())
    }
}

/// A text with its length in front, in so many bytes.
pub(super) fn text_at(bytes: &[u8], length_bytes: usize) -> Option<String> {
    let length = match length_bytes {
        1 => usize::from(*bytes.first()?),
        _ => usize::from(u16_at(bytes, 0)?),
    };
    let flags = *bytes.get(length_bytes)?;
    let mut text = String::new();
    let mut tape = Tape {
        parts: &[bytes],
        part: 0,
        at: length_bytes + 1,
    };
    tape.text(&mut text, length, flags & 1 == 1)?;
    Some(text)
}
