//! What an app says of itself: `AndroidManifest.xml` as Android packs it, of which three attributes of its first element
//! are read. Strangers write such files, so nothing in it is believed: whatever does not fit ends the reading.

#![warn(clippy::missing_docs_in_private_items)]

/// A pool of strings.
const STRINGS: u16 = 0x0001;
/// Ids of attributes by their place among the strings.
const RESOURCE_MAP: u16 = 0x0180;
/// The beginning of an element.
const START_ELEMENT: u16 = 0x0102;
/// `android:versionCode`
const VERSION_CODE: u32 = 0x0101_021b;
/// `android:versionName`
const VERSION_NAME: u32 = 0x0101_021c;
/// A value that is a text.
const TEXT: u8 = 0x03;
/// Values that are whole numbers, as decimal and as hexadecimal ones.
const NUMBERS: [u8; 2] = [0x10, 0x11];
/// The strings are in UTF-8, not in UTF-16.
const UTF8: u32 = 1 << 8;
/// The longest text that is taken for a name.
const LONGEST: usize = 255;

/// What stands in the first element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    /// `ru.company.dialer`
    pub(super) package: String,
    /// By which Android tells newer from older.
    pub(super) version_code: i64,
    /// As people read it.
    pub(super) version_name: String,
}

/// Reads a packed manifest; `None`: it is none, or does not say all of it.
pub(super) fn read(bytes: &[u8]) -> Option<Manifest> {
    let mut strings = Strings::default();
    let mut ids = Vec::new();
    let mut rest = bytes.get(usize::from(short(bytes, 2)?)..)?;
    loop {
        let (kind, head, size) = (short(rest, 0)?, usize::from(short(rest, 2)?), long(rest, 4)?);
        let chunk = rest.get(..usize::try_from(size).ok()?)?;
        if chunk.len() < 8 || head < 8 {
            return None;
        }
        match kind {
            STRINGS => strings = Strings::new(chunk)?,
            RESOURCE_MAP => {
                ids = chunk
                    .get(head..)?
                    .chunks_exact(4)
                    .map(|id| long(id, 0))
                    .collect::<Option<_>>()?;
            }
            START_ELEMENT => return element(chunk.get(head..)?, &strings, &ids),
            _ => (),
        }
        rest = rest.get(chunk.len()..)?;
    }
}

/// The first element, behind the head of its chunk.
fn element(body: &[u8], strings: &Strings<'_>, ids: &[u32]) -> Option<Manifest> {
    if strings.get(long(body, 4)?)? != "manifest" {
        return None;
    }
    let (start, step, count) = (short(body, 8)?, usize::from(short(body, 10)?), short(body, 12)?);
    if step < 20 {
        return None;
    }
    let attributes = body
        .get(usize::from(start)..)?
        .chunks_exact(step)
        .take(usize::from(count));
    let (mut package, mut version_code, mut version_name) = (None, None, None);
    for attribute in attributes {
        let (name, kind, data) = (long(attribute, 4)?, *attribute.get(15)?, long(attribute, 16)?);
        let id = ids.get(usize::try_from(name).ok()?).copied();
        let text = || (kind == TEXT).then(|| strings.get(data)).flatten();
        match id {
            Some(VERSION_CODE) => version_code = NUMBERS.contains(&kind).then_some(i64::from(data)),
            Some(VERSION_NAME) => version_name = text(),
            _ if strings.get(name).as_deref() == Some("package") => package = text(),
            _ => (),
        }
    }
    let is_name = |text: &String| !text.is_empty() && !text.contains(char::is_control);
    Some(Manifest {
        package: package.filter(is_name)?,
        version_code: version_code.filter(|code| *code > 0)?,
        version_name: version_name.filter(is_name).filter(|name| name.chars().count() <= 64)?,
    })
}

/// A pool of strings, read where they are asked for.
#[derive(Default)]
struct Strings<'a> {
    /// Where each begins, behind the start.
    places: Vec<u32>,
    /// All of them.
    texts: &'a [u8],
    /// Whether they are in UTF-8.
    is_utf8: bool,
}

impl<'a> Strings<'a> {
    /// The pool of a chunk.
    fn new(chunk: &'a [u8]) -> Option<Self> {
        let head = usize::from(short(chunk, 2)?);
        let count = usize::try_from(long(chunk, 8)?).ok()?;
        let places = chunk.get(head..)?.chunks_exact(4).take(count);
        Some(Self {
            places: places.map(|place| long(place, 0)).collect::<Option<_>>()?,
            texts: chunk.get(usize::try_from(long(chunk, 20)?).ok()?..)?,
            is_utf8: long(chunk, 16)? & UTF8 != 0,
        })
    }

    /// A string by its number.
    fn get(&self, number: u32) -> Option<String> {
        let place = *self.places.get(usize::try_from(number).ok()?)?;
        let text = self.texts.get(usize::try_from(place).ok()?..)?;
        if self.is_utf8 {
            // Two lengths, in letters and in bytes, each in one byte or two.
            let text = text.get(if text.first()? & 0x80 == 0 { 1 } else { 2 }..)?;
            let (first, wide) = (
                usize::from(*text.first()?),
                usize::from(text.get(1).copied().unwrap_or(0)),
            );
            let (length, from) = if first & 0x80 == 0 {
                (first, 1)
            } else {
                ((first & 0x7f) << 8 | wide, 2)
            };
            let bytes = text.get(from..from + length.min(4 * LONGEST))?;
            return String::from_utf8(bytes.to_vec()).ok();
        }
        let length = usize::from(short(text, 0)?);
        if length > LONGEST {
            return None;
        }
        let units = text.get(2..2 + 2 * length)?.chunks_exact(2);
        let units: Vec<u16> = units.map(|unit| short(unit, 0)).collect::<Option<_>>()?;
        String::from_utf16(&units).ok()
    }
}

/// A number of two bytes at this place.
fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(bytes))
}

/// A number of four bytes at this place.
fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(bytes))
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Manifest, read};

    /// A packed manifest, as the tool of Android writes it.
    pub(crate) fn packed(is_utf8: bool, (package, code, name): (&str, u32, &str)) -> Vec<u8> {
        let texts = ["versionCode", "versionName", "manifest", "package", package, name];
        let (mut places, mut body) = (Vec::new(), Vec::new());
        for text in texts {
            places.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
            if is_utf8 {
                body.extend([
                    u8::try_from(text.chars().count()).unwrap(),
                    u8::try_from(text.len()).unwrap(),
                ]);
                body.extend(text.bytes());
                body.push(0);
            } else {
                let units: Vec<u16> = text.encode_utf16().collect();
                body.extend(u16::try_from(units.len()).unwrap().to_le_bytes());
                body.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
                body.extend([0, 0]);
            }
        }
        body.resize(body.len().next_multiple_of(4), 0);
        let word = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let mut pool = [
            word(texts.len()),
            word(0),
            word(if is_utf8 { 256 } else { 0 }),
            word(28 + places.len()),
            word(0),
        ]
        .concat();
        pool.extend(places);
        pool.extend(body);
        let chunk = |kind: u16, head: u16, body: &[u8]| {
            let mut chunk = [kind.to_le_bytes(), head.to_le_bytes()].concat();
            chunk.extend(word(8 + body.len()));
            chunk.extend(body);
            chunk
        };
        let attribute = |name: u32, kind: u8, data: u32| {
            let mut bytes = [u32::MAX.to_le_bytes(), name.to_le_bytes(), u32::MAX.to_le_bytes()].concat();
            bytes.extend([8, 0, 0, kind]);
            bytes.extend(data.to_le_bytes());
            bytes
        };
        // Line and comment, namespace and name, then 20 bytes each of three attributes.
        let mut element = [
            1_u32.to_le_bytes(),
            u32::MAX.to_le_bytes(),
            u32::MAX.to_le_bytes(),
            2_u32.to_le_bytes(),
        ]
        .concat();
        element.extend([20, 0, 20, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
        element.extend([attribute(0, 0x10, code), attribute(1, 0x03, 5), attribute(3, 0x03, 4)].concat());
        let ids = [0x0101_021b_u32.to_le_bytes(), 0x0101_021c_u32.to_le_bytes()].concat();
        let parts = [
            chunk(0x0001, 28, &pool),
            chunk(0x0180, 8, &ids),
            chunk(0x0100, 16, &[0; 16]),
            chunk(0x0102, 16, &element),
        ];
        chunk(0x0003, 8, &parts.concat())
    }

    #[test]
    fn both_ways_of_writing_strings_are_read() {
        for is_utf8 in [true, false] {
            let bytes = packed(is_utf8, ("ru.example.dialer", 7, "0.7.0 «Ель»"));
            let expected = Manifest {
                package: "ru.example.dialer".to_owned(),
                version_code: 7,
                version_name: "0.7.0 «Ель»".to_owned(),
            };
            assert_eq!(read(&bytes), Some(expected), "{is_utf8}");
        }
    }

    #[test]
    fn whatever_is_cut_or_changed_does_no_harm() {
        for is_utf8 in [true, false] {
            let whole = packed(is_utf8, ("ru.example.dialer", 7, "0.7.0"));
            for end in 0..whole.len() {
                let _ = read(&whole[..end]);
            }
            for at in 0..whole.len() {
                for byte in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut changed = whole.clone();
                    changed[at] = byte;
                    let _ = read(&changed);
                }
            }
        }
        assert_eq!(read(b""), None);
        assert_eq!(read(b"<manifest package='x'/>"), None);
        assert_eq!(
            read(&packed(true, ("ru.example.dialer", 0, "0"))),
            None,
            "a code of nothing"
        );
    }
}
