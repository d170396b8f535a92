//! A run that breaks off goes on; people let it stand still, go on, end.

use tokio::sync::Notify;

use super::super::actions;
use super::super::model::{ImportSummary, State};
use super::super::run::Started;
use super::{counts, execute, file, generated, import, made, options, report, value};
use crate::demo::amo::Layout;
use crate::policy::Actor;
use crate::testing::TestApp;
use crate::values::ImportId;

/// All that an import writes, whatever keys it gives.
const STATE: &str = "
    SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
        SELECT concat_ws('|', company.amocrm_company_id, company.name, company.inn, company.kpp, company.address,
                         status.name, company.responsible_id, company.imported_fields - 'status' - 'spheres',
                         company.search, company.raw_fields,
                         (SELECT string_agg(sphere.name, ',' ORDER BY sphere.name) FROM company_sphere_links AS link
                          JOIN company_spheres AS sphere ON sphere.id = link.sphere_id WHERE link.company_id = company.id),
                         (SELECT string_agg(raw || comment, ',' ORDER BY position) FROM company_phones
                          WHERE company_id = company.id),
                         (SELECT string_agg(value || comment, ',' ORDER BY position) FROM company_emails
                          WHERE company_id = company.id),
                         (SELECT string_agg(text, ',' ORDER BY text) FROM notes WHERE company_id = company.id)) AS line
        FROM companies AS company LEFT JOIN company_statuses AS status ON status.id = company.status_id
        UNION ALL
        SELECT concat_ws('|', contact.amocrm_contact_id, contact.last_name, contact.first_name, contact.position,
                         contact.note, company.name, contact.imported_fields - 'company',
                         (SELECT string_agg(raw || kind, ',' ORDER BY position) FROM contact_phones
                          WHERE contact_id = contact.id),
                         (SELECT string_agg(value || kind, ',' ORDER BY position) FROM contact_emails
                          WHERE contact_id = contact.id))
        FROM contacts AS contact LEFT JOIN companies AS company ON company.id = contact.company_id
    ) AS lines";

async fn begin(app: &TestApp, bytes: Vec<u8>, is_dry_run: bool) -> Started {
    let started = actions::begin(app, &Actor::system(), bytes, options(is_dry_run)).await;
    started.expect("an import")
}

/// Works until so many rows are judged, then dies.
async fn die_at(app: &TestApp, started: Started, rows: u64) {
    let enough = Notify::new();
    let progress = |done: u64, _: u64| {
        if done >= rows {
            enough.notify_one();
        }
    };
    tokio::select! {
        biased;
        () = enough.notified() => (),
        ended = started.work(app, &progress) => panic!("it was to die: {ended:?}"),
    }
}

/// Lets orphans go on until the import is in this state.
async fn until(app: &TestApp, id: ImportId, state: State) -> ImportSummary {
    for _ in 0..600 {
        actions::go_on(app).await.expect("orphans go on");
        let import = actions::find(app, &Actor::system(), id).await.expect("an import");
        if import.state == state {
            return import.summary;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import does not come to {state:?}");
}

#[tokio::test]
async fn a_run_that_died_goes_on_as_if_nothing_had_been() {
    let undisturbed = TestApp::new().await;
    let bytes = generated(2_600, true);
    let whole = import(&undisturbed, bytes.clone()).await;
    let app = TestApp::new().await;
    let mut started = begin(&app, bytes, false).await;
    let id = started.id();
    for rows in [500, 1_500] {
        die_at(&app, started, rows).await;
        started = loop {
            if let Some(started) = super::super::run::take_up(&app, id).await.expect("an answer") {
                break started;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
    }
    drop(started);
    let summary = until(&app, id, State::Done).await;
    assert_eq!(counts(&summary), counts(&whole));
    assert_eq!(report(&app, &summary).await, report(&undisturbed, &whole).await);
    assert_eq!(value(&app, STATE).await, value(&undisturbed, STATE).await);
    assert_eq!(
        value(&app, "SELECT count(*) FROM imports WHERE file_key <> ''").await,
        "0"
    );
}

#[tokio::test]
async fn deals_of_a_run_that_died_are_written_once() {
    let undisturbed = TestApp::new().await;
    let app = TestApp::new().await;
    // The second time, most deals are known and some have moved on.
    for bytes in [deals(1_600, ""), deals(1_600, "Успешно реализовано")] {
        let whole = import(&undisturbed, bytes.clone()).await;
        let mut started = begin(&app, bytes, false).await;
        let id = started.id();
        for rows in [500, 1_000] {
            die_at(&app, started, rows).await;
            started = loop {
                if let Some(started) = super::super::run::take_up(&app, id).await.expect("an answer") {
                    break started;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            };
        }
        drop(started);
        let summary = until(&app, id, State::Done).await;
        assert_eq!(counts(&summary), counts(&whole));
        assert_eq!(report(&app, &summary).await, report(&undisturbed, &whole).await);
        assert_eq!(value(&app, STATE).await, value(&undisturbed, STATE).await);
        assert_eq!(value(&app, DEALS).await, value(&undisturbed, DEALS).await);
        app.pass(chrono::TimeDelta::hours(1));
        undisturbed.pass(chrono::TimeDelta::hours(1));
    }
    assert_ne!(
        value(&app, "SELECT count(*) FROM import_changes WHERE field = 'deal'").await,
        "0"
    );
}

/// What is remembered of deals, whatever keys it gives.
const DEALS: &str =
    "SELECT md5(string_agg(concat_ws('|', uid, text_sha256, note_id IS NULL), ',' ORDER BY uid)) FROM import_deals";

/// A file of deals; those that are being talked about have come to this stage, when one is given.
fn deals(rows: u64, stage: &str) -> Vec<u8> {
    let text = String::from_utf8(made(Layout::Leads2022, rows, true)).expect("UTF-8");
    let stage = if stage.is_empty() { TALKS } else { stage };
    text.replace(TALKS, stage).into_bytes()
}

const TALKS: &str = "Переговоры";

#[tokio::test]
async fn contacts_of_a_run_that_goes_on_find_the_companies_that_it_made_before() {
    let app = TestApp::new().await;
    let mut rows: Vec<String> = (0..600).map(|n| format!("{n},компания,,,,Фирма {n}")).collect();
    rows.extend((0..600).map(|n| {
        format!(
            "{},контакт,Пётр {n},Пётр,Птицын{n},Артель {},,8343{n:07}",
            n + 1_000,
            n % 7
        )
    }));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let started = begin(&app, file(&rows), false).await;
    let id = started.id();
    execute(&app, "UPDATE companies SET name = 'Иначе'").await;
    // Not at its last step, after which it might end before it is let go of.
    die_at(&app, started, 1_000).await;
    // Whatever its companies are called here by now, the file means them.
    execute(
        &app,
        "UPDATE companies SET name = name || '!', name_key = name_key || '!' WHERE name LIKE 'Артель%'",
    )
    .await;
    until(&app, id, State::Done).await;
    assert_eq!(
        value(&app, "SELECT count(*) FROM companies WHERE name LIKE 'Артель%'").await,
        "7"
    );
}

#[tokio::test]
async fn a_check_that_died_begins_anew_and_says_the_same() {
    let app = TestApp::new().await;
    let bytes = generated(1_300, true);
    let whole = super::check(&app, bytes.clone()).await;
    let started = begin(&app, bytes, true).await;
    let id = started.id();
    die_at(&app, started, 500).await;
    let summary = until(&app, id, State::Done).await;
    assert_eq!(report(&app, &summary).await, report(&app, &whole).await);
}

#[tokio::test]
async fn a_run_stands_still_goes_on_and_ends_when_a_person_says_so() {
    let app = TestApp::new().await;
    let system = Actor::system();
    let started = begin(&app, generated(2_600, false), false).await;
    let id = started.id();
    actions::pause(&app, &system, id).await.expect("asked");
    started.work(&app, &|_, _| ()).await.expect("it pauses");
    let paused = until(&app, id, State::Paused).await;
    assert!(paused.judged() > 0 && paused.judged() < 2_600, "{paused:?}");
    actions::go_on(&app).await.expect("nothing to do");
    assert_eq!(
        until(&app, id, State::Paused).await,
        paused,
        "only a person lets it go on"
    );

    actions::resume(&app, &system, id).await.expect("it goes on");
    assert_eq!(until(&app, id, State::Done).await.created, 2_600);

    let started = begin(&app, generated(2_600, true), false).await;
    let id = started.id();
    actions::pause(&app, &system, id).await.expect("asked");
    started.work(&app, &|_, _| ()).await.expect("it pauses");
    actions::stop(&app, &system, id).await.expect("it ends");
    let stopped = until(&app, id, State::Stopped).await;
    assert!(stopped.judged() < 2_600);
    assert_eq!(
        value(&app, "SELECT count(*) FROM imports WHERE file_key <> ''").await,
        "0"
    );
}

#[tokio::test]
async fn a_check_becomes_its_run_once_and_the_run_says_what_came_out_otherwise() {
    let app = TestApp::new().await;
    let system = Actor::system();
    let rows = [
        "1,компания,,,,Ромашка,,,,Тула",
        "2,компания,,,,Лютик,,,,Тверь",
        "3,компания,,,,Роза",
    ];
    let preview = super::check(&app, file(&rows)).await.id;
    app.company("Лютик").create(&app).await;
    execute(&app, "UPDATE companies SET amocrm_company_id = 2").await;
    let id = actions::start(&app, &system, preview).await.expect("a run");
    let again = actions::start(&app, &system, preview).await.expect("the same");
    assert_eq!(id, again);
    let summary = until(&app, id, State::Done).await;
    assert_eq!(counts(&summary), [2, 1, 0, 0, 0]);
    assert_eq!(
        value(&app, "SELECT differing FROM imports WHERE preview_id IS NOT NULL").await,
        "1"
    );
    let import = actions::find(&app, &system, id).await.expect("it");
    let only = super::super::queries::Only::Differing(import.preview.expect("a check"));
    let lines = actions::lines(&app, &system, id, only, (-1, false, 50))
        .await
        .expect("lines");
    assert!(
        !lines.is_empty() && lines.iter().all(|line| line.line == 3),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.field == "address" && line.new == "Тверь"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn the_file_of_a_check_goes_after_a_week_and_with_whoever_is_erased() {
    let app = TestApp::new().await;
    let system = Actor::system();
    import(&app, file(&["1,компания,,,,Ромашка"])).await;
    let preview = super::check(&app, file(&["1,компания,,,,Ромашка,,,,Тула"])).await.id;
    let company: uuid::Uuid = value(&app, "SELECT id FROM companies").await.parse().expect("a key");
    let mut conn = app.app.db.acquire().await.expect("a connection");
    super::super::erase(&mut conn, &[company]).await.expect("erased");
    let refused = actions::start(&app, &system, preview).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(value(&app, "SELECT count(*) FROM import_changes").await, "0");

    let preview = super::check(&app, file(&["2,компания,,,,Лютик"])).await.id;
    app.pass(chrono::TimeDelta::days(8));
    crate::files::clean(&app).await.expect("cleared");
    actions::clean(&app).await.expect("cleared");
    let refused = actions::start(&app, &system, preview).await;
    assert!(matches!(refused, Err(crate::error::Error::Invalid(errors)) if errors.get("file").contains("не хранится")));
}
