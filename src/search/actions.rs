//! Looking for a text everywhere.

use std::collections::HashSet;

use sqlx::PgConnection;
use uuid::Uuid;

use super::explain::Explained;
use super::marks::Marks;
use super::model::{Candidate, CompanyHit, CompanyRow, Found, Group, Most, NoteHit, PersonHit};
use super::queries;
use crate::app::App;
use crate::companies::{self, Meant, Terms};
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::text;

/// So many of each kind are compared for the best.
const CANDIDATES: i64 = 50;
/// How many own companies an empty search shows.
const OWN: i64 = 6;

/// A reading of the text, and what shows it was found.
struct Reading {
    /// What companies are asked for.
    terms: Terms,
    /// What people and notes are asked for: their words may be unknown to the cards of companies.
    wide: Terms,
    marks: Marks,
    meant: Meant,
    is_email: bool,
}

/// Looks for a text; `None` when it says too little to look for.
pub(super) async fn find(app: &App, actor: &Actor, typed: &str, most: Most) -> Result<Option<Found>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let says_enough = text::words(typed)
        .iter()
        .map(|word| word.chars().count())
        .sum::<usize>()
        >= 2;
    let Some(terms) = Terms::read(typed).filter(|_| says_enough) else {
        return Ok(None);
    };
    let mut readings = companies::readings(app, terms.clone()).await?;
    let terms = readings.on_its_way(terms);
    let _turn = app.turn().await?;
    let mut conn = app.db.acquire().await?;
    if let Some(email) = terms.email() {
        let reading = Reading {
            marks: Marks::of_email(&email.typed),
            terms: email,
            wide: terms.clone(),
            meant: Meant::AsTyped,
            is_email: true,
        };
        let found = look(&mut conn, reading, most).await?;
        if !found.is_empty() {
            return Ok(Some(found));
        }
    }
    while let Some((reading, meant)) = readings.next(&mut conn).await? {
        let wide = if meant == Meant::AsTyped { &terms } else { &reading };
        let reading = Reading {
            // Of typed words their beginnings are shown, of corrected ones the whole.
            marks: Marks::of(wide),
            wide: wide.clone(),
            terms: reading,
            meant,
            is_email: false,
        };
        let found = look(&mut conn, reading, most).await?;
        if !found.is_empty() {
            return Ok(Some(found));
        }
    }
    Ok(Some(similar(&mut conn, &terms, most).await?))
}

/// The actor's own companies, the latest changed first: for a search that has not begun.
pub(super) async fn own(app: &App, actor: &Actor) -> Result<Vec<CompanyRow>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let Some(person) = actor.user else {
        return Ok(Vec::new());
    };
    let mut conn = app.db.acquire().await?;
    let picked = queries::of_person(&mut conn, person, OWN).await?;
    Ok(queries::rows(&mut conn, &picked).await?)
}

async fn look(conn: &mut PgConnection, reading: Reading, most: Most) -> Result<Found> {
    let (picked, has_more) = companies(conn, &reading, most.companies).await?;
    let rows = queries::rows(conn, &picked).await?;
    let people = people(conn, &reading, most.others).await?;
    let notes = notes(conn, &reading, most.others).await?;
    let (companies, people) = explained(conn, &reading.marks, rows, people).await?;
    Ok(Found {
        companies: Group {
            hits: companies,
            has_more,
        },
        people,
        notes,
        marks: reading.marks,
        meant: reading.meant,
    })
}

/// Names that look alike, when nothing else was found.
async fn similar(conn: &mut PgConnection, terms: &Terms, most: Most) -> Result<Found> {
    let key = terms.name_key();
    let limit = i64::try_from(most.companies).unwrap_or(CANDIDATES);
    let picked = queries::similar(conn, &key, limit).await?;
    let rows = queries::rows(conn, &picked).await?;
    let hits = rows.into_iter().map(|row| CompanyHit {
        row,
        reasons: Vec::new(),
    });
    let companies = Group {
        hits: hits.collect::<Vec<_>>(),
        has_more: false,
    };
    Ok(Found {
        meant: if companies.hits.is_empty() {
            Meant::AsTyped
        } else {
            Meant::Similar
        },
        companies,
        people: Group::default(),
        notes: Group::default(),
        marks: Marks::default(),
    })
}

/// The best companies, and whether there are more.
async fn companies(conn: &mut PgConnection, reading: &Reading, most: usize) -> Result<(Vec<Uuid>, bool)> {
    let mut candidates: Vec<Candidate> = queries::worded(conn, &reading.terms, CANDIDATES).await?;
    let key = reading.terms.name_key();
    let is_common = i64::try_from(candidates.len()).unwrap_or(CANDIDATES) >= CANDIDATES;
    if is_common && !key.is_empty() && reading.terms.digits().is_none() {
        // The very name may have changed long ago.
        candidates.extend(queries::begun(conn, &key, CANDIDATES).await?);
    }
    let mut seen = HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.id));
    candidates.sort_by_cached_key(|candidate| candidate.rank(&reading.terms.typed, &key, &reading.marks));
    let has_more = candidates.len() > most;
    let picked = candidates.into_iter().take(most).map(|candidate| candidate.id);
    Ok((picked.collect(), has_more))
}

/// The best people: those with more of the words whole come first, then the latest changed.
async fn people(conn: &mut PgConnection, reading: &Reading, most: usize) -> Result<Group<PersonHit>> {
    let mut picked = Vec::new();
    if reading.wide.digits().is_some() {
        for digits in reading.marks.words() {
            picked.extend(queries::by_phone(conn, digits, CANDIDATES).await?);
        }
    } else if reading.is_email {
        picked = queries::by_email(conn, &reading.wide.typed, CANDIDATES).await?;
    } else {
        picked = queries::by_words(conn, &reading.wide, CANDIDATES).await?;
        if i64::try_from(picked.len()).unwrap_or(CANDIDATES) >= CANDIDATES {
            let whole = queries::by_words(conn, &reading.wide.in_whole_words(), CANDIDATES).await?;
            picked.splice(0..0, whole);
        }
        let word = reading.wide.typed.as_str();
        if word.len() >= 3
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        {
            picked.extend(queries::by_email(conn, word, CANDIDATES).await?);
        }
    }
    let mut seen = HashSet::new();
    picked.retain(|id| seen.insert(*id));
    let mut hits = queries::people(conn, &picked).await?;
    hits.sort_by_cached_key(|hit| std::cmp::Reverse(reading.marks.whole_words_in(&hit.name)));
    Ok(cut(hits, most))
}

async fn notes(conn: &mut PgConnection, reading: &Reading, most: usize) -> Result<Group<NoteHit>> {
    let limit = i64::try_from(most).unwrap_or(CANDIDATES) + 1;
    let notes = queries::notes(conn, (&reading.wide, &reading.wide.whole()), limit).await?;
    Ok(cut(notes, most))
}

fn cut<T>(mut hits: Vec<T>, most: usize) -> Group<T> {
    let has_more = hits.len() > most;
    hits.truncate(most);
    Group { hits, has_more }
}

/// Adds why each was found: what its row does not show is looked up for those rows alone.
async fn explained(
    conn: &mut PgConnection,
    marks: &Marks,
    rows: Vec<CompanyRow>,
    mut people: Group<PersonHit>,
) -> Result<(Vec<CompanyHit>, Group<PersonHit>)> {
    let mut companies: Vec<_> = rows.iter().map(|row| Explained::company(row, marks)).collect();
    let mut persons: Vec<_> = people.hits.iter().map(|hit| Explained::person(hit, marks)).collect();
    let open: Vec<Uuid> = rows
        .iter()
        .zip(&companies)
        .filter(|(_, explained)| explained.is_open())
        .map(|(row, _)| row.id)
        .collect();
    let open_people: Vec<Uuid> = people
        .hits
        .iter()
        .zip(&persons)
        .filter(|(_, explained)| explained.is_open())
        .map(|(hit, _)| hit.id.0)
        .collect();
    if !open.is_empty() {
        let words: Vec<_> = marks
            .words()
            .filter(|word| word.chars().all(char::is_alphanumeric))
            .collect();
        let any_word = words
            .iter()
            .map(|word| format!("{word}:*"))
            .collect::<Vec<_>>()
            .join(" | ");
        for (company, name, position) in queries::colleagues(conn, &open, &any_word).await? {
            if let Some(place) = rows.iter().position(|row| row.id == company) {
                companies[place].try_colleague(&name, &position);
            }
        }
    }
    if !open.is_empty() || !open_people.is_empty() {
        for channel in channels(conn, marks, &open, &open_people).await? {
            if let Some(place) = rows.iter().position(|row| channel.company == Some(row.id)) {
                companies[place].try_channel(&channel, true);
            }
            let is_person = |hit: &PersonHit| channel.contact == Some(hit.id.0);
            if let Some(place) = people.hits.iter().position(is_person) {
                persons[place].try_channel(&channel, false);
            }
        }
    }
    let reasons: Vec<_> = persons.into_iter().map(Explained::into_reasons).collect();
    for (hit, reasons) in people.hits.iter_mut().zip(reasons) {
        hit.reasons = reasons;
    }
    let companies: Vec<_> = companies.into_iter().map(Explained::into_reasons).collect();
    let hits = rows
        .into_iter()
        .zip(companies)
        .map(|(row, reasons)| CompanyHit { row, reasons });
    Ok((hits.collect(), people))
}

async fn channels(
    conn: &mut PgConnection,
    marks: &Marks,
    companies: &[Uuid],
    people: &[Uuid],
) -> Result<Vec<queries::Channel>> {
    let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    let phones: Vec<String> = marks.words().filter(is_number).map(queries::beginning).collect();
    let emails: Vec<String> = marks
        .words()
        .map(|word| format!("%{}", queries::beginning(word)))
        .collect();
    Ok(queries::channels(conn, companies, people, (&phones, &emails)).await?)
}
