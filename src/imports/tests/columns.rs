//! Files of other programs: their columns are guessed, explained by a person and remembered.

use super::pages::{ended, upload_as};
use super::{counts, execute, file, import_with, options, value};
use crate::imports::options::{ImportOptions, KeyBy, Mapping, OnKnown};
use crate::imports::reading::Peek;
use crate::policy::Role;
use crate::testing::{Client, TestApp};

const INDEX: &str = "/settings/import/";

const CLIENTS: &str = "Клиент;Номер;Налоговый номер;Кому звонить;Связь;Куда писать;Город;Заметки\n\
                       ООО Ромашка;A-1;7707083893;Иванов Пётр;8 912 345-67-89;p@example.ru;Тула;Любят скидки\n\
                       ООО Лютик;A-2;7736207543;Петрова Анна;8 912 345-67-80;a@example.ru;Тверь;\n\
                       Роза;A-3;;;8 912 345-67-81;;Орёл;Перезвонить\n";

#[test]
fn columns_are_guessed_by_their_headings_and_by_what_stands_in_them() {
    let peek = Peek::of(CLIENTS.as_bytes()).expect("a look");
    assert!(!peek.is_known);
    let guesses: Vec<&str> = peek.columns.iter().map(|column| column.guess.as_str()).collect();
    assert_eq!(
        guesses,
        [
            "company.name",
            "",
            "company.inn",
            "",
            "company.phone",
            "company.email",
            "company.region",
            "row.note"
        ]
    );
    assert_eq!(peek.columns[5].samples, ["p@example.ru", "a@example.ru"]);
    assert!(Peek::of(&[0x89, b'P', b'N', b'G', 0, 0, 0, 13]).is_err());
    let amo = Peek::of(&file(&["1,компания,,,,Ромашка"])).expect("a look");
    assert!(amo.is_known);
    assert_eq!(amo.columns[7].guess, "row.phone");
    let same = Peek::of(CLIENTS.replace("Ромашка", "Василёк").as_bytes()).expect("a look");
    assert_eq!(same.fingerprint, peek.fingerprint);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn an_unknown_file_is_explained_once_and_remembered() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut browser = app.signed_in("admin").await;
    let token = browser.get(INDEX).await.csrf();
    let path = upload_as(&mut browser, &token, CLIENTS.as_bytes(), &[])
        .await
        .expect_redirect();
    assert!(path.contains("/columns/"), "{path}");
    let form = browser.get(&path).await;
    form.expect(200)
        .expect_text("Налоговый номер")
        .expect_text("Любят скидки");
    assert_eq!(form.texts("tbody tr").len(), 8);

    let chosen = |codes: [&'static str; 8]| codes.map(|code| ("column", code));
    let rest = [
        ("csrf_token", token.as_str()),
        ("time_zone", "Europe/Moscow"),
        ("key", "inn"),
        ("on_known", "fill"),
    ];
    let nothing: Vec<_> = chosen([""; 8]).into_iter().chain(rest).collect();
    browser
        .post(&path, &nothing)
        .await
        .expect(422)
        .expect_text("без них загружать нечего");
    let codes = chosen([
        "company.name",
        "",
        "company.inn",
        "contact.full_name",
        "contact.mobile",
        "contact.email",
        "company.region",
        "company.note",
    ]);
    let all: Vec<_> = codes.into_iter().chain(rest).chain([("remember", "1")]).collect();
    let shown = browser.post(&path, &all).await.expect_redirect();
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "0");
    load(&mut browser, &token, &shown).await;
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "3");
    assert_eq!(value(&app, "SELECT count(*) FROM contacts").await, "3");
    assert_eq!(
        value(
            &app,
            "SELECT string_agg(last_name, ' ' ORDER BY last_name) FROM contacts WHERE last_name <> ''"
        )
        .await,
        "Иванов Петрова"
    );
    assert_eq!(
        value(
            &app,
            "SELECT count(*) FROM companies WHERE amocrm_company_id IS NOT NULL"
        )
        .await,
        "0"
    );
    browser.get(&path).await.expect(404);

    let again = upload_as(&mut browser, &token, CLIENTS.as_bytes(), &[])
        .await
        .expect_redirect();
    let form = browser.get(&again).await;
    form.expect_text("прошлой настройки");
    assert_eq!(
        form.attribute("select[name=column] option[value='contact.mobile'][selected]", "value")
            .as_deref(),
        Some("contact.mobile")
    );
    let shown = browser.post(&again, &all).await.expect_redirect();
    load(&mut browser, &token, &shown).await;
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "3");
    let index = browser.get(INDEX).await;
    index.expect_text("Запомненные столбцы");
    let forget = index.attribute(".saved form", "action").expect("a way to forget");
    browser.post(&forget, &[("csrf_token", &token)]).await.expect_redirect();
    browser.post(&forget, &[("csrf_token", &token)]).await.expect(404);
    assert_eq!(value(&app, "SELECT count(*) FROM import_presets").await, "0");
}

#[tokio::test]
async fn a_file_of_amo_waits_only_when_asked_to() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut browser = app.signed_in("admin").await;
    let token = browser.get(INDEX).await.csrf();
    let bytes = file(&["1,компания,,,,Ромашка"]);
    let path = upload_as(&mut browser, &token, &bytes, &[("columns", "1")])
        .await
        .expect_redirect();
    let form = browser.get(&path).await;
    assert_eq!(
        form.attribute("#f-on_known option[selected]", "value").as_deref(),
        Some("follow")
    );
    let path = upload_as(&mut browser, &token, &bytes, &[]).await.expect_redirect();
    assert!(!path.contains("/columns/"));
    ended(&mut browser, &path).await;
}

/// Waits for a check, then loads what was checked.
async fn load(browser: &mut Client, token: &str, check: &str) {
    ended(browser, check).await.expect_text("Готово");
    let run = browser
        .post(&format!("{check}run/"), &[("csrf_token", token)])
        .await
        .expect_redirect();
    ended(browser, &run).await.expect_text("Готово");
}

fn mapped(codes: &[&str], key: KeyBy, on_known: OnKnown) -> ImportOptions {
    ImportOptions {
        mapping: Some(Mapping {
            columns: codes.iter().map(|code| (*code).to_owned()).collect(),
        }),
        key,
        on_known,
        ..options(false)
    }
}

#[tokio::test]
async fn the_choice_about_known_records_is_kept() {
    let app = TestApp::new().await;
    let first = "Имя;Где\nРомашка;Тула\n";
    let codes = ["company.name", "company.address"];
    let run = async |text: &str, on_known, codes: &[&str]| {
        let options = mapped(codes, KeyBy::Inn, on_known);
        counts(&import_with(&app, text.as_bytes().to_vec(), options).await)
    };
    assert_eq!(run(first, OnKnown::Fill, &codes).await, [1, 0, 0, 0, 0]);
    execute(
        &app,
        "UPDATE companies SET website = 'a.example' WHERE name = 'Ромашка'",
    )
    .await;
    let more = "Имя;Где;Сайт;ОГРН\nРомашка;Тула;b.example;1027700132195\n";
    let codes = ["company.name", "company.address", "company.website", "company.ogrn"];
    assert_eq!(run(more, OnKnown::Skip, &codes).await, [0, 0, 0, 1, 0]);
    let site = "SELECT website || ' ' || ogrn FROM companies";
    assert_eq!(value(&app, site).await, "a.example ");
    assert_eq!(run(more, OnKnown::Fill, &codes).await, [0, 1, 0, 0, 0]);
    assert_eq!(value(&app, site).await, "a.example 1027700132195");
    assert_eq!(run(more, OnKnown::Follow, &codes).await, [0, 0, 1, 0, 0]);
    assert_eq!(run(more, OnKnown::Overwrite, &codes).await, [0, 1, 0, 0, 0]);
    assert_eq!(value(&app, site).await, "b.example 1027700132195");
    assert_eq!(run(more, OnKnown::Overwrite, &codes).await, [0, 0, 1, 0, 0]);
}

#[tokio::test]
async fn numbers_of_another_program_are_not_taken_for_amo() {
    let app = TestApp::new().await;
    let text = "ID;Название компании;ИНН\n1;Ромашка;7707083893\n2;Лютик;7736207543\n";
    let codes = ["company.id", "company.name", "company.inn"];
    for key in [KeyBy::Inn, KeyBy::NameAddress] {
        import_with(&app, text.as_bytes().to_vec(), mapped(&codes, key, OnKnown::Fill)).await;
        assert_eq!(value(&app, "SELECT count(amocrm_company_id) FROM companies").await, "0");
        assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "2");
    }
    import_with(
        &app,
        text.as_bytes().to_vec(),
        mapped(&codes, KeyBy::Auto, OnKnown::Fill),
    )
    .await;
    assert_eq!(value(&app, "SELECT count(amocrm_company_id) FROM companies").await, "2");
}
