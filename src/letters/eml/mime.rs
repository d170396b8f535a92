//! The parts of a letter: which words are its text, and what is attached.

use mail_parser::{MessageParser, MimeHeaders as _};

use super::{charset, html, plain};
use crate::letters::model::LONGEST_TEXT;

/// Letters inside letters and parts inside parts, so deep.
const DEEPEST: usize = 12;
/// The most parts that are looked at.
const MOST_PARTS: usize = 400;
/// The most attachments that are kept; all others only the document has.
const MOST_ATTACHMENTS: usize = 20;
/// A picture of the text that is no larger than this is a part of a signature.
const SIGNATURE: usize = 40 * 1024;
/// So many bytes of a text are read: many times what is kept, since markup goes.
const MOST_TEXT_BYTES: usize = 16 * LONGEST_TEXT;

/// What was attached.
#[derive(Debug)]
pub(in crate::letters) struct Attachment {
    pub(in crate::letters) name: String,
    pub(in crate::letters) bytes: Vec<u8>,
}

/// What a letter holds.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) text: String,
    pub(super) is_cut: bool,
    pub(super) attachments: Vec<Attachment>,
    pub(super) left_out: Vec<String>,
    parts: usize,
}

/// Reads a letter or what is left of it.
pub(super) fn read(raw: &[u8]) -> Body {
    let mut body = Body::default();
    let pieces = body.walk(raw, (0, true));
    body.text = together(&pieces);
    body
}

/// Words of one part.
struct Piece {
    is_html: bool,
    text: String,
}

fn together(pieces: &[Piece]) -> String {
    let texts = pieces.iter().map(|piece| piece.text.trim_matches(['\r', '\n']));
    texts
        .filter(|text| !text.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// The headers of a part, with the blank line behind them, and the rest.
pub(super) fn split_head(part: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    while start < part.len() {
        let end = line_end(part, start);
        if part[start..end].trim_ascii().is_empty() {
            return part.split_at(end);
        }
        start = end;
    }
    (part, &[])
}

/// Behind the line that begins here.
fn line_end(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start..];
    rest.iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |at| start + at + 1)
}

/// What a part says of itself.
#[derive(Default)]
struct Head {
    kind: String,
    subtype: String,
    charset: Option<String>,
    boundary: Option<String>,
    name: Option<String>,
    encoding: String,
    is_attachment: bool,
    /// It belongs into the text: a picture of a signature, mostly.
    is_placed: bool,
    /// Its lines flow; `true`: without the space at their ends.
    flow: Option<bool>,
}

impl Head {
    fn read(head: &[u8]) -> Self {
        let head = charset::mended(head);
        let Some(message) = MessageParser::default()
            .parse_headers(head.as_bytes())
            .filter(|it| !it.parts.is_empty())
        else {
            return Self::text();
        };
        let kind = message.content_type();
        let attribute = |name: &str| kind.and_then(|kind| kind.attribute(name)).map(str::to_owned);
        let disposition = message.content_disposition();
        let file_name = disposition.and_then(|it| it.attribute("filename")).map(str::to_owned);
        let name = file_name.or_else(|| attribute("name"));
        let is = |name: &str, value: &str| attribute(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
        Self {
            kind: kind.map_or("text", mail_parser::ContentType::ctype).to_lowercase(),
            subtype: kind
                .map_or("plain", |kind| kind.subtype().unwrap_or("plain"))
                .to_lowercase(),
            charset: attribute("charset"),
            boundary: attribute("boundary"),
            name: name
                .map(|name| charset::words(&name))
                .filter(|name| !name.trim().is_empty()),
            encoding: message
                .content_transfer_encoding()
                .unwrap_or_default()
                .trim()
                .to_lowercase(),
            is_attachment: disposition.is_some_and(mail_parser::ContentType::is_attachment),
            is_placed: message.content_id().is_some() || disposition.is_some_and(mail_parser::ContentType::is_inline),
            flow: is("format", "flowed").then(|| is("delsp", "yes")),
        }
    }

    /// Of a part that says nothing.
    fn text() -> Self {
        Self {
            kind: "text".to_owned(),
            subtype: "plain".to_owned(),
            ..Self::default()
        }
    }

    fn bytes(&self, body: &[u8]) -> Vec<u8> {
        match self.encoding.as_str() {
            "base64" => charset::base64(body),
            "quoted-printable" => charset::quoted(body, false),
            _ => body.to_vec(),
        }
    }

    fn is_letter(&self) -> bool {
        self.kind == "message" && matches!(self.subtype.as_str(), "rfc822" | "global")
    }

    /// Whether its words belong to the text of the letter.
    fn is_words(&self) -> bool {
        self.kind == "text"
            && matches!(self.subtype.as_str(), "plain" | "html" | "enriched" | "markdown")
            && !self.is_attachment
            && self.name.is_none()
    }
}

impl Body {
    /// The words of a part and of those in it; what is attached is kept on the way.
    fn walk(&mut self, part: &[u8], (depth, is_root): (usize, bool)) -> Vec<Piece> {
        self.parts += 1;
        if self.parts > MOST_PARTS || depth > DEEPEST {
            self.is_cut = true;
            return Vec::new();
        }
        let (head, body) = split_head(part);
        let head = Head::read(head);
        if head.kind == "multipart" {
            let parts = head
                .boundary
                .as_deref()
                .map(|boundary| split(body, boundary))
                .unwrap_or_default();
            // Without its marks it is a text that somebody cut.
            if !parts.is_empty() {
                return self.several(&head, &parts, depth);
            }
            let text = charset::decode(None, &body[..body.len().min(MOST_TEXT_BYTES)]);
            return vec![Piece { is_html: false, text }];
        }
        if head.is_words() || (is_root && head.kind == "text" && !head.is_attachment) {
            return vec![self.words(&head, body)];
        }
        self.attach(&head, body);
        Vec::new()
    }

    fn several(&mut self, head: &Head, parts: &[&[u8]], depth: usize) -> Vec<Piece> {
        let is_choice = head.subtype == "alternative";
        let mut all: Vec<Vec<Piece>> = Vec::new();
        for part in parts {
            all.push(self.walk(part, (depth + 1, false)));
        }
        if is_choice {
            best(all)
        } else {
            all.into_iter().flatten().collect()
        }
    }

    fn words(&mut self, head: &Head, body: &[u8]) -> Piece {
        let bytes = head.bytes(body);
        let is_html = head.subtype == "html";
        self.is_cut |= bytes.len() > MOST_TEXT_BYTES;
        let text = charset::decode(head.charset.as_deref(), &bytes[..bytes.len().min(MOST_TEXT_BYTES)]);
        let text = match (is_html, head.flow) {
            (true, _) => html::to_text(&text),
            (false, Some(drops_space)) => plain::unflowed(&text, drops_space),
            (false, None) => text,
        };
        Piece { is_html, text }
    }

    fn attach(&mut self, head: &Head, body: &[u8]) {
        let bytes = head.bytes(body);
        let is_signature = head.kind == "image" && head.is_placed && !head.is_attachment && bytes.len() <= SIGNATURE;
        if bytes.is_empty() || is_signature {
            return;
        }
        let name = head.name.clone().unwrap_or_else(|| named(head, &bytes));
        if self.attachments.len() < MOST_ATTACHMENTS {
            self.attachments.push(Attachment { name, bytes });
        } else {
            self.left_out.push(name);
        }
    }
}

/// A name for what came without one.
fn named(head: &Head, bytes: &[u8]) -> String {
    if head.is_letter() {
        let (inner, _) = split_head(bytes);
        let inner = charset::mended(inner);
        let message = MessageParser::default().parse_headers(inner.as_bytes());
        let subject = message
            .as_ref()
            .and_then(mail_parser::Message::subject)
            .unwrap_or_default();
        let subject: String = subject
            .chars()
            .map(|c| if matches!(c, '/' | '\\') { ' ' } else { c })
            .take(100)
            .collect();
        let subject = subject.trim();
        return format!("{}.eml", if subject.is_empty() { "Письмо" } else { subject });
    }
    let ending = match (head.kind.as_str(), head.subtype.as_str()) {
        ("image", "jpeg" | "pjpeg") => "jpg",
        ("image", subtype @ ("png" | "gif" | "webp" | "bmp")) => subtype,
        ("application", "pdf") => "pdf",
        ("application", "zip" | "x-zip-compressed") => "zip",
        ("text", "csv") => "csv",
        ("text", "plain") => "txt",
        ("text", "calendar") => "ics",
        _ => return "Вложение".to_owned(),
    };
    format!("Вложение.{ending}")
}

/// Of several ways to say the same: plain text, unless that is a stub that sends people to the other one.
fn best(all: Vec<Vec<Piece>>) -> Vec<Piece> {
    let length = |pieces: &[Piece]| together(pieces).chars().count();
    let is_page = |pieces: &[Piece]| pieces.iter().any(|piece| piece.is_html);
    let longest_page = all
        .iter()
        .filter(|pieces| is_page(pieces))
        .map(|pieces| length(pieces))
        .max()
        .unwrap_or(0);
    let fits = |pieces: &Vec<Piece>| {
        let own = length(pieces);
        !is_page(pieces) && own > 0 && (own > 200 || longest_page < own * 4)
    };
    let mut all: Vec<Vec<Piece>> = all.into_iter().filter(|pieces| length(pieces) > 0).collect();
    let at = all.iter().position(fits).or_else(|| all.len().checked_sub(1));
    at.map(|at| all.swap_remove(at)).unwrap_or_default()
}

/// What stands between the marks; nothing: there are none.
fn split<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let boundary = boundary.trim_end().as_bytes();
    let mut parts = Vec::new();
    let (mut begin, mut start) = (None, 0);
    while start < body.len() {
        let end = line_end(body, start);
        let mark = body[start..end]
            .strip_prefix(b"--")
            .and_then(|rest| rest.strip_prefix(boundary));
        let rest = mark.map(<[u8]>::trim_ascii);
        if matches!(rest, Some(b"" | b"--")) {
            parts.extend(begin.map(|begin: usize| without_break(&body[begin..start])));
            begin = (rest == Some(b"")).then_some(end);
            if begin.is_none() || parts.len() >= MOST_PARTS {
                return parts;
            }
        }
        start = end;
    }
    // Cut off before its end.
    parts.extend(begin.map(|begin| &body[begin..]));
    parts
}

/// The line break before a mark belongs to the mark.
fn without_break(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}
