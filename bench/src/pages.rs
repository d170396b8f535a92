//! The pages that are measured.

use std::sync::Arc;

use hyper::StatusCode;
use uuid::Uuid;

use crate::browser::{Ask, Visitor};
use crate::load::Row;
use crate::material::Material;

const LIST: &str = "/companies/";

/// All of them.
#[expect(clippy::too_many_lines, reason = "one list")]
pub(crate) fn rows(material: &Material, visitor: &Visitor) -> Vec<Row> {
    let typo: Vec<String> = material.rare.iter().map(|word| misspelt(word)).collect();
    let swapped: Vec<String> = material.rare.iter().map(|word| in_latin_layout(word)).collect();
    let misspelt_again = typo.clone();
    let kinds = vec![
        material.rare.clone(),
        vec!["ооо".to_owned()],
        material.inns.clone(),
        material.phones.clone(),
        material.reversed.clone(),
        typo.clone(),
        swapped.clone(),
    ];
    vec![
        page("list", vec![format!("{LIST}?all=1")]),
        page("list, a next page", material.next_pages.clone()),
        page("list by name", vec![format!("{LIST}?sort=name")]),
        page("list by status", vec![format!("{LIST}?sort=status")]),
        page("list by responsible", vec![format!("{LIST}?sort=responsible")]),
        search("search: a rare word", material.rare.clone()),
        search("search: «ооо»", vec!["ооо".to_owned()]),
        search("search: ИНН", material.inns.clone()),
        search("search: a phone as typed", material.phones.clone()),
        search("search: two words reversed", material.reversed.clone()),
        search("search: a typing error", typo),
        search("search: the other keyboard layout", swapped),
        mixed(kinds),
        everywhere("global search: a word", material.rare.clone()),
        everywhere("global search: a phone as typed", material.phones.clone()),
        everywhere("global search: words of notes", material.note_words.clone()),
        everywhere("global search: a typing error", misspelt_again),
        page("filter: status and responsible", queries(&material.filters)),
        page("filter: sphere", queries(&prefixed("sphere=", &material.spheres))),
        page(
            "filter: sphere and «ооо»",
            queries(&prefixed("q=ooo&sphere=", &material.spheres)),
        ),
        page("filter: region", vec![format!("{LIST}?region=1")]),
        page("filter: tasks of today", vec![format!("{LIST}?tasks=today")]),
        page("filter: without tasks", vec![format!("{LIST}?tasks=none")]),
        page("list by end of contract", vec![format!("{LIST}?sort=contract_until")]),
        page("people", vec!["/contacts/".to_owned()]),
        asked("people by a name", "/contacts/", material.surnames.clone()),
        page("the log", vec!["/settings/activity/".to_owned()]),
        page("the log of updates", vec!["/settings/activity/?verb=update".to_owned()]),
        page("the log of sign-ins", vec!["/settings/security/".to_owned()]),
        page("the trash", vec!["/settings/trash/".to_owned()]),
        page(
            "dictionaries",
            ["statuses", "spheres", "regions"]
                .map(|kind| format!("/settings/dictionaries/{kind}/"))
                .to_vec(),
        ),
        page("count of a filter", counts(&material.filters)),
        page("card", material.cards.iter().map(|id| format!("{LIST}{id}/")).collect()),
        page("card: further in its timeline", material.timelines.clone()),
        page(
            "card: the form of one field",
            material
                .cards
                .iter()
                .map(|id| format!("{LIST}{id}/fields/phone/"))
                .collect(),
        ),
        field(material, visitor),
        stale_field(material, visitor),
        stale_form(material, visitor),
        note(material, visitor),
        page("desk", vec!["/".to_owned()]),
        page("desk of everybody", vec!["/?scope=all".to_owned()]),
        page("tasks of one person", vec!["/tasks/?scope=mine".to_owned()]),
        page("tasks of everybody", vec!["/tasks/?scope=all".to_owned()]),
        page(
            "tasks: overdue, done, of the week",
            vec![
                "/tasks/?scope=all&when=overdue".to_owned(),
                "/tasks/?scope=all&status=done".to_owned(),
                "/tasks/?scope=mine&when=week".to_owned(),
            ],
        ),
        asked("tasks by words", "/tasks/", vec!["решении".to_owned()]),
        page("a week of tasks", vec!["/tasks/week/".to_owned()]),
        page("bell", vec!["/notifications/poll/".to_owned()]),
        look_alikes(material),
        create(visitor),
    ]
}

/// What is asked next, each time anew.
fn row(name: &'static str, expected: StatusCode, next: impl Fn() -> Ask + Send + Sync + 'static) -> Row {
    Row {
        name,
        expected,
        next: Arc::new(next),
    }
}

fn page(name: &'static str, paths: Vec<String>) -> Row {
    row(name, StatusCode::OK, move || Ask::page(any(&paths)))
}

fn search(name: &'static str, texts: Vec<String>) -> Row {
    asked(name, LIST, texts)
}

fn everywhere(name: &'static str, texts: Vec<String>) -> Row {
    asked(name, "/search/", texts)
}

fn asked(name: &'static str, path: &'static str, texts: Vec<String>) -> Row {
    row(name, StatusCode::OK, move || Ask::query(path, &[("q", any(&texts))]))
}

/// Each kind of search as often as the others.
fn mixed(kinds: Vec<Vec<String>>) -> Row {
    row("search: all these kinds mixed", StatusCode::OK, move || {
        let kind = rand::random_range(0..kinds.len());
        Ask::query(LIST, &[("q", any(&kinds[kind]))])
    })
}

fn queries(filters: &[String]) -> Vec<String> {
    filters.iter().map(|filter| format!("{LIST}?{filter}")).collect()
}

fn counts(filters: &[String]) -> Vec<String> {
    filters.iter().map(|filter| format!("{LIST}count/?{filter}")).collect()
}

fn prefixed(prefix: &str, values: &[String]) -> Vec<String> {
    values.iter().map(|value| format!("{prefix}{value}")).collect()
}

/// The question that a form puts while a company is typed.
fn look_alikes(material: &Material) -> Row {
    let (words, inns, phones) = (
        material.reversed.clone(),
        material.inns.clone(),
        material.phones.clone(),
    );
    row("look-alikes while typing", StatusCode::OK, move || {
        let pairs = [("name", any(&words)), ("inn", any(&inns)), ("phone", any(&phones))];
        Ask::query("/companies/duplicates/", &pairs)
    })
}

/// A field that is written in its place on the card.
fn field(material: &Material, visitor: &Visitor) -> Row {
    let (token, cards) = (visitor.token.clone(), material.silent.clone());
    row("card: a field in its place", StatusCode::SEE_OTHER, move || {
        let kind = format!("Замер {}", rand::random_range(1..=10_000_000));
        let path = format!("{LIST}{}/fields/contact_position/", any(&cards));
        Ask::form(&path, &[("csrf_token", &token), ("contact_position", &kind)])
    })
}

/// The same by somebody who saw what is there no more.
fn stale_field(material: &Material, visitor: &Visitor) -> Row {
    let (token, cards) = (visitor.token.clone(), material.cards.clone());
    row("card: a field, both versions", StatusCode::CONFLICT, move || {
        let path = format!("{LIST}{}/fields/name/", any(&cards));
        let form = [("csrf_token", token.as_str()), ("name", "Замер"), ("seen", "Как было")];
        Ask::form(&path, &form)
    })
}

/// The whole form after somebody else's save.
fn stale_form(material: &Material, visitor: &Visitor) -> Row {
    let (token, cards) = (visitor.token.clone(), material.cards.clone());
    row("card: the form, both versions", StatusCode::CONFLICT, move || {
        let path = format!("{LIST}{}/edit/", any(&cards));
        let form = [
            ("csrf_token", token.as_str()),
            ("name", "Замер"),
            ("lead_state", "warm"),
            ("version", "0"),
        ];
        Ask::form(&path, &form)
    })
}

/// A note of its own each time.
fn note(material: &Material, visitor: &Visitor) -> Row {
    let (token, cards) = (visitor.token.clone(), material.cards.clone());
    row("card: a note", StatusCode::SEE_OTHER, move || {
        let key = Uuid::new_v4().to_string();
        let text = format!("Замер {key}: просили перезвонить в четверг после обеда, вопрос по договору.");
        let path = format!("{LIST}{}/notes/add/", any(&cards));
        Ask::form(&path, &[("csrf_token", &token), ("form_key", &key), ("text", &text)])
    })
}

/// A company of its own each time, with what people usually know.
fn create(visitor: &Visitor) -> Row {
    let token = visitor.token.clone();
    row("create", StatusCode::SEE_OTHER, move || {
        let (key, mark) = (Uuid::new_v4().to_string(), Uuid::new_v4().simple().to_string());
        let phone = format!("8 (343) {}", rand::random_range(2_000_000..=3_999_999));
        let name = format!("ООО «Замер {}»", &mark[..12]);
        let address = format!("г. Екатеринбург, ул. Мерная, {}", rand::random_range(1..=10_000_000));
        let email = format!("{}@bench.example", &mark[..12]);
        Ask::form(
            "/companies/new/",
            &[
                ("csrf_token", &token),
                ("form_key", &key),
                ("name", &name),
                ("address", &address),
                ("phone", &phone),
                ("phone_comment", "приёмная"),
                ("email", &email),
                ("email_comment", ""),
                ("lead_state", "warm"),
            ],
        )
    })
}

fn any(texts: &[String]) -> &str {
    &texts[rand::random_range(0..texts.len())]
}

/// One wrong letter in the middle.
fn misspelt(word: &str) -> String {
    let middle = word.chars().count() / 2;
    word.chars()
        .enumerate()
        .map(|(place, letter)| if place == middle { 'щ' } else { letter })
        .collect()
}

/// The same keys with the Latin layout switched on.
fn in_latin_layout(word: &str) -> String {
    let russian = "йцукенгшщзхъфывапролджэячсмитьбю";
    let latin = "qwertyuiop[]asdfghjkl;'zxcvbnm,.";
    let key = |letter: char| russian.chars().zip(latin.chars()).find(|(found, _)| *found == letter);
    word.chars()
        .map(|letter| key(letter).map_or(letter, |(_, latin)| latin))
        .collect()
}
