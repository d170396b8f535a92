//! A page of HTML as plain text: what stands in it and where lines end; nothing of it is ever shown as a page.

/// After these a new line begins, and before them too.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
/// What stands in these is no text.
const SILENT: &[&str] = &[
    "script", "style", "title", "template", "xml", "svg", "math", "object", "select",
];

/// The text of a page. Time and memory in proportion to its length.
pub(super) fn to_text(html: &str) -> String {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        reader.words(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with('<') {
            reader.markup(rest)
        } else {
            reader.entity(rest)
        };
        rest = &rest[taken..];
    }
    reader.words(rest);
    reader.out
}

#[derive(Default)]
struct Reader {
    out: String,
    /// A blank that is written when something follows in its line.
    has_space: bool,
    /// Something stands in this line.
    has_words: bool,
    quotes: usize,
    /// Ends that were looked for to the end of the page in vain.
    endless: Vec<String>,
}

impl Reader {
    fn words(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.has_space = true;
            } else {
                self.letter(c);
            }
        }
    }

    fn letter(&mut self, c: char) {
        if !self.has_words {
            self.out.push_str(&"> ".repeat(self.quotes.min(20)));
        } else if self.has_space {
            self.out.push(' ');
        }
        (self.has_space, self.has_words) = (false, true);
        self.out.push(c);
    }

    fn line_end(&mut self) {
        self.out.push('\n');
        (self.has_space, self.has_words) = (false, false);
    }

    /// How much of `rest` is markup that begins with `<`.
    fn markup(&mut self, rest: &str) -> usize {
        if rest.starts_with("<!--") {
            return self.end_of(rest, "-->").unwrap_or(4);
        }
        let inner = &rest[1..];
        let is_end = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        if inner.starts_with(['!', '?']) {
            return tag_end(rest);
        }
        let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if length == 0 || !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.letter('<');
            return 1;
        }
        let name = inner[..length.min(16)].to_ascii_lowercase();
        let end = tag_end(rest);
        if SILENT.contains(&name.as_str()) && !is_end && !rest[..end].ends_with("/>") {
            let close = format!("</{name}");
            return match self.end_of(&rest[end..], &close) {
                Some(behind) => end + behind + tag_end(&rest[end + behind..]),
                None => end,
            };
        }
        self.tag(&name, is_end);
        end
    }

    fn tag(&mut self, name: &str, is_end: bool) {
        if name == "br" {
            self.line_end();
        } else if matches!(name, "td" | "th") {
            self.has_space = true;
        } else if BLOCKS.contains(&name) && self.has_words {
            self.line_end();
        }
        match name {
            // An empty line between paragraphs reads better, and what is too much goes later.
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "ul" | "ol" if is_end => self.line_end(),
            "li" if !is_end => {
                self.letter('•');
                self.has_space = true;
            }
            "blockquote" if is_end => self.quotes = self.quotes.saturating_sub(1),
            "blockquote" => self.quotes += 1,
            _ => (),
        }
    }

    /// How much there is up to the end of `close`, in any case of its letters. What is not there is looked for once.
    fn end_of(&mut self, rest: &str, close: &str) -> Option<usize> {
        if self.endless.iter().any(|known| known == close) {
            return None;
        }
        let bytes = rest.as_bytes();
        let found = bytes
            .windows(close.len())
            .position(|window| window.eq_ignore_ascii_case(close.as_bytes()));
        if found.is_none() {
            self.endless.push(close.to_owned());
        }
        found.map(|at| at + close.len())
    }

    /// How much of `rest` is an entity that begins with `&`.
    fn entity(&mut self, rest: &str) -> usize {
        let body = &rest[1..];
        let length = body
            .bytes()
            .take(12)
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
            .count();
        let name = &body[..length];
        let Some(c) = letter_of(name) else {
            self.letter('&');
            return 1;
        };
        if c.is_whitespace() {
            self.has_space = true;
        } else {
            self.letter(c);
        }
        1 + length + usize::from(body[length..].starts_with(';'))
    }
}

/// The length of a tag, quotes within it respected while they end.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            // No tag is as long as that: a quote was never closed.
            _ if at > 20_000 => break,
            _ => (),
        }
    }
    rest.bytes()
        .position(|byte| byte == b'>')
        .map_or(rest.len(), |at| at + 1)
}

fn letter_of(name: &str) -> Option<char> {
    if let Some(code) = name.strip_prefix('#') {
        let code = match code.strip_prefix(['x', 'X']) {
            Some(code) => u32::from_str_radix(code, 16),
            None => code.parse(),
        };
        return char::from_u32(code.ok()?).filter(|c| !c.is_control() || c.is_whitespace());
    }
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "shy" | "zwnj" | "zwj" => '\u{200b}',
        "laquo" => '«',
        "raquo" => '»',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "lsquo" => '‘',
        "rsquo" => '’',
        "sbquo" => '‚',
        "mdash" => '—',
        "ndash" => '–',
        "minus" => '−',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "deg" => '°',
        "plusmn" => '±',
        "times" => '×',
        "frac12" => '½',
        "euro" => '€',
        "sect" => '§',
        "para" => '¶',
        "numero" => '№',
        "larr" => '←',
        "rarr" => '→',
        "check" => '✓',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_lines() {
        let html = "<html><head><title>t</title><style type='text/css'>p{color:red}</style></head><body>\
                    <!-- <p>нет</p> --><div>Добрый&nbsp;день,</div><div>Пётр!</div><p>Счёт &laquo;12&raquo; &lt;важно&gt;</p>\
                    <ul><li>раз</li><li>два</li></ul><blockquote>Ждём<br>счёт</blockquote>\
                    <script>alert('<p>')</script><table><tr><td>А</td><td>5 &#8381;</td></tr></table>2 < 3 & 4</body></html>";
        let text = super::super::plain::tidy(&to_text(html));
        assert_eq!(
            text,
            "Добрый день,\nПётр!\nСчёт «12» <важно>\n\n• раз\n• два\n\n> Ждём\n> счёт\nА 5 ₽\n\n2 < 3 & 4"
        );
    }

    #[test]
    fn what_never_ends_takes_no_longer_than_it_is() {
        for piece in [
            "<style>",
            "<!--",
            "<a href=\"",
            "&",
            "<",
            "<p x='",
            "</",
            "<blockquote>a",
        ] {
            let page = piece.repeat(400_000 / piece.len());
            let start = std::time::Instant::now();
            assert!(to_text(&page).len() < 40_000_000, "{piece}");
            assert!(start.elapsed().as_secs() < 20, "{piece}: {:?}", start.elapsed());
        }
    }
}
