//! Where the words of a search stand in a text: for highlighting, and for saying why something was found.

use std::collections::BTreeSet;

use crate::companies::Terms;
use crate::values::text;

/// Fewer digits are words and no beginning of a phone.
const FEWEST_DIGITS: usize = 4;
/// Fewer digits are no phone.
const SHORTEST_PHONE: usize = 7;
/// So many characters of a note stand before the first found word.
const BEFORE: usize = 40;

/// A piece of a text, found or not. Templates escape it as any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) is_found: bool,
}

/// What is looked for: for each typed word, all that it may be found as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    groups: Vec<Vec<String>>,
}

/// A found stretch of a text, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    start: usize,
    end: usize,
    group: usize,
}

impl Marks {
    /// The words of a reading.
    pub(super) fn of(terms: &Terms) -> Self {
        Self { groups: terms.groups() }
    }

    /// An e-mail or its beginning, which is one word.
    pub(super) fn of_email(typed: &str) -> Self {
        let groups = vec![vec![text::fold(typed)]];
        Self { groups }
    }

    /// The places of all groups.
    pub(super) fn all(&self) -> BTreeSet<usize> {
        (0..self.groups.len()).collect()
    }

    /// All that is looked for, in one list.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flatten().map(String::as_str)
    }

    /// Which groups a text has.
    pub(super) fn found_in(&self, text: &str) -> BTreeSet<usize> {
        let folded: Vec<char> = text::fold(text).chars().collect();
        self.spans(&folded).into_iter().map(|span| span.group).collect()
    }

    /// How many groups stand in a text as whole words.
    pub(super) fn whole_words_in(&self, text: &str) -> usize {
        let words = text::words(text);
        let is_whole = |group: &&Vec<String>| group.iter().any(|word| words.contains(word));
        self.groups.iter().filter(is_whole).count()
    }

    /// A text cut into found and other pieces.
    pub(super) fn pieces(&self, text: &str) -> Vec<Piece> {
        let letters: Vec<char> = text.chars().collect();
        let folded: Vec<char> = text::fold(text).chars().collect();
        // A letter without a lower case would shift the places.
        if letters.len() != folded.len() {
            return vec![piece(&letters, false)];
        }
        let mut pieces = Vec::new();
        let mut at = 0;
        for span in self.spans(&folded) {
            if span.end <= at {
                continue;
            }
            let start = span.start.max(at);
            pieces.push(piece(&letters[at..start], false));
            pieces.push(piece(&letters[start..span.end], true));
            at = span.end;
        }
        pieces.push(piece(&letters[at..], false));
        pieces.retain(|piece| !piece.text.is_empty());
        pieces
    }

    /// At most `n` characters round the place where most of the words stand.
    pub(super) fn snippet(&self, text: &str, n: usize) -> Vec<Piece> {
        let line: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
        let folded: Vec<char> = text::fold(&line.iter().collect::<String>()).chars().collect();
        let spans = self.spans(&folded);
        let within = |from: usize| {
            let inside = spans.iter().filter(|span| span.start >= from && span.end <= from + n);
            inside.map(|span| span.group).collect::<BTreeSet<_>>().len()
        };
        let starts = spans.iter().map(|span| span.start.saturating_sub(BEFORE));
        let best = starts.rev().max_by_key(|start| within(*start)).unwrap_or(0);
        let from = word_start(&line, best.min(line.len().saturating_sub(n)));
        let shown: String = line[from..].iter().collect();
        let shown = text::excerpt(&shown, n);
        self.pieces(&if from > 0 { format!("…{shown}") } else { shown })
    }

    /// Found stretches in the order of the text; the longest first where several begin.
    fn spans(&self, folded: &[char]) -> Vec<Span> {
        let mut spans = Vec::new();
        for (group, words) in self.groups.iter().enumerate() {
            for word in words {
                let word: Vec<char> = word.chars().collect();
                let is_number = word.len() >= FEWEST_DIGITS && word.iter().all(char::is_ascii_digit);
                let starts = word_starts(folded).filter(|start| folded[*start..].starts_with(&word));
                spans.extend(starts.map(|start| Span {
                    start,
                    end: start + word.len(),
                    group,
                }));
                if is_number {
                    let digits: String = word.iter().collect();
                    spans.extend(
                        phones(folded, &digits)
                            .into_iter()
                            .map(|(start, end)| Span { start, end, group }),
                    );
                }
            }
        }
        spans.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end), span.group));
        spans
    }
}

fn piece(letters: &[char], is_found: bool) -> Piece {
    Piece {
        text: letters.iter().collect(),
        is_found,
    }
}

fn is_of_word(letter: char) -> bool {
    matches!(letter, '0'..='9' | 'a'..='z' | 'а'..='я')
}

/// Where words begin.
fn word_starts(folded: &[char]) -> impl Iterator<Item = usize> + '_ {
    (0..folded.len()).filter(|at| is_of_word(folded[*at]) && (*at == 0 || !is_of_word(folded[*at - 1])))
}

/// The beginning of the word at this place, or the next one after a long word.
fn word_start(line: &[char], at: usize) -> usize {
    let back = (0..20).find(|back| at <= *back || line[at - back - 1] == ' ');
    at - back.unwrap_or(0).min(at)
}

/// Numbers written with signs between whose last ten or seven digits begin so.
fn phones(folded: &[char], digits: &str) -> Vec<(usize, usize)> {
    let fits = |letter: char| letter.is_ascii_digit() || " ()+-‑–\u{a0}".contains(letter);
    let mut found = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        if !(folded[at].is_ascii_digit() || folded[at] == '+') {
            at += 1;
            continue;
        }
        let run = folded[at..].iter().take_while(|letter| fits(**letter)).count();
        let mut end = at + run;
        while end > at + 1 && !folded[end - 1].is_ascii_digit() {
            end -= 1;
        }
        let all: String = folded[at..end]
            .iter()
            .filter(|letter| letter.is_ascii_digit())
            .collect();
        let tail = |n: usize| &all[all.len().saturating_sub(n)..];
        if all.len() >= SHORTEST_PHONE && (tail(10).starts_with(digits) || tail(7).starts_with(digits)) {
            found.push((at, end));
        }
        at = end.max(at + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(typed: &str) -> Marks {
        Marks::of(&Terms::read(typed).unwrap())
    }

    fn shown(pieces: &[Piece]) -> String {
        let pieces = pieces.iter().map(|it| {
            if it.is_found {
                format!("[{}]", it.text)
            } else {
                it.text.clone()
            }
        });
        pieces.collect()
    }

    #[test]
    fn beginnings_of_words_are_found_in_the_letters_as_written() {
        assert_eq!(
            shown(&marks("елк сер").pieces("ООО «Ёлка-Сервис»")),
            "ООО «[Ёлк]а-[Сер]вис»"
        );
        assert_eq!(shown(&marks("ром").pieces("Паром и Ромашка")), "Паром и [Ром]ашка");
        assert_eq!(shown(&marks("b").pieces("<b>&")), "<[b]>&");
        assert_eq!(shown(&marks("рома ром").pieces("Ромашка")), "[Рома]шка");
    }

    #[test]
    fn a_phone_is_found_whole_however_it_is_written() {
        let marks = marks("8 912 345-67-89");
        assert_eq!(
            shown(&marks.pieces("тел. +7 (912) 345-67-89 доб. 5")),
            "тел. [+7 (912) 345-67-89] доб. 5"
        );
        assert_eq!(shown(&marks.pieces("+7 (912) 345-67-80")), "+7 (912) 345-67-80");
        assert_eq!(marks.found_in("89123456789").len(), 1);
    }

    #[test]
    fn a_snippet_shows_the_place_where_most_words_stand() {
        let text = format!(
            "договор {} подписали договор о поставке ромашек {}",
            "слово ".repeat(40),
            "хвост ".repeat(40)
        );
        let snippet = shown(&marks("договор ромаш").snippet(&text, 90));
        assert!(
            snippet.contains("подписали [договор] о поставке [ромаш]ек"),
            "{snippet}"
        );
        assert!(snippet.starts_with('…') && snippet.ends_with('…'), "{snippet}");
        assert_eq!(shown(&marks("нет").snippet("Короткий\nтекст", 90)), "Короткий текст");
    }
}
