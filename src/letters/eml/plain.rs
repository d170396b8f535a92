//! Text of a letter, fit to be read.

use crate::values::text;

/// Without marks that nobody sees, or that turn the direction of reading.
pub(super) fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// Lines without blanks at their ends, and never more than one empty line.
pub(super) fn tidy(typed: &str) -> String {
    let text = text::lines(&visible(typed).replace('\u{a0}', " "));
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_matches('\n').to_owned()
}

/// «format=flowed» (RFC 3676): lines that end with a space go on in the next one.
pub(super) fn unflowed(text: &str, drops_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let words = &line[depth..];
        let words = words.strip_prefix(' ').unwrap_or(words);
        if open != Some(depth) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&">".repeat(depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        // The line above a signature ends with a space by itself.
        let flows = words.ends_with(' ') && words != "-- ";
        let words = if flows && drops_space {
            &words[..words.len() - 1]
        } else {
            words
        };
        out.push_str(words);
        open = flows.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_flow_together_within_one_depth_of_quoting() {
        let text = "Добрый день, \nприсылаю счёт.\n\n> Жду \n> счёт\n-- \nПётр";
        assert_eq!(
            unflowed(text, false),
            "Добрый день, присылаю счёт.\n\n> Жду счёт\n-- \nПётр"
        );
    }

    #[test]
    fn blanks_go_and_one_empty_line_stays() {
        assert_eq!(tidy("\r\n\r\nА  \r\n \r\n\r\n\r\nБ\u{200b}\r\n"), "А\n\nБ");
    }
}
