//! The program and its Postgres are killed in the middle of an import, as processes; whoever comes next goes on, and the
//! base is that of an import that nobody disturbed.
//!
//! `CRM_TEST_ROWS=3000 cargo test --test killed` does it with a smaller file.

use std::time::{Duration, Instant};

use sqlx::Connection as _;
use tokio::sync::OnceCell;

use crate::number;
use crate::postgres::Postgres;
use crate::program::Program;

/// All that an import writes, whatever keys it gives.
const STATE: &str = "
    SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
        SELECT concat_ws('|', company.amocrm_company_id, company.name, company.inn, company.kpp, company.address,
                         status.name, company.imported_fields - 'status' - 'spheres', company.search,
                         (SELECT string_agg(raw || comment, ',' ORDER BY position) FROM company_phones
                          WHERE company_id = company.id),
                         (SELECT string_agg(value || comment, ',' ORDER BY position) FROM company_emails
                          WHERE company_id = company.id),
                         (SELECT string_agg(text, ',' ORDER BY text) FROM notes WHERE company_id = company.id)) AS line
        FROM companies AS company LEFT JOIN company_statuses AS status ON status.id = company.status_id
        UNION ALL
        SELECT concat_ws('|', contact.amocrm_contact_id, contact.last_name, contact.first_name, contact.position,
                         contact.note, company.name,
                         (SELECT string_agg(raw || kind, ',' ORDER BY position) FROM contact_phones
                          WHERE contact_id = contact.id))
        FROM contacts AS contact LEFT JOIN companies AS company ON company.id = contact.company_id
        UNION ALL
        SELECT concat_ws('|', 'said', line, verdict, field, message) FROM import_rows
        WHERE import_id = (SELECT id FROM imports WHERE NOT is_dry_run ORDER BY started_at LIMIT 1)
    ) AS lines";

const JUDGED: &str = "SELECT COALESCE(sum(created + updated + unchanged + skipped + refused), 0)::bigint FROM imports";
/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

fn rows() -> u64 {
    std::env::var("CRM_TEST_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(20_000)
}

async fn state(url: &str) -> String {
    let mut conn = sqlx::PgConnection::connect(url).await.expect("a connection");
    sqlx::query_scalar(STATE).fetch_one(&mut conn).await.expect("a hash")
}

/// Waits until so many rows are judged.
async fn until_judged(url: &str, rows: i64) {
    let end = Instant::now() + PATIENCE;
    while number(url, JUDGED).await.unwrap_or(0) < rows {
        assert!(Instant::now() < end, "the import does not get to row {rows}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until no import is at work.
async fn until_done(url: &str) {
    let end = Instant::now() + PATIENCE;
    let sql = "SELECT count(*) FROM imports WHERE state <> 'done'";
    while number(url, sql).await != Some(0) {
        assert!(Instant::now() < end, "the import does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The state that an import leaves which nobody disturbs; found out once for all tests.
async fn undisturbed(postgres: &Postgres, file: &str) -> &'static str {
    static WHOLE: OnceCell<String> = OnceCell::const_new();
    let import = async {
        let url = postgres.database("whole").await;
        let program = Program::new(&url);
        program.run(&["import-amo", "--csv", file]);
        program.run(&["verify"]);
        state(&url).await
    };
    WHOLE.get_or_init(|| import).await
}

/// Rows at which something is killed: chosen by a seed, each in its own third of the file.
fn points(seed: u64) -> [i64; 2] {
    let rows = i64::try_from(rows()).expect("few rows");
    let by = i64::try_from(seed * 7_919 % 97).expect("small");
    [rows / 6 + by * 3, rows / 2 + by * 5]
}

#[tokio::test]
async fn a_killed_import_is_brought_to_its_end_by_whoever_is_there() {
    let postgres = Postgres::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("amo.csv").display().to_string();
    Program::new("").run(&["generate-amo", "--rows", &rows().to_string(), "--dirty", "--out", &file]);
    let whole = undisturbed(&postgres, &file).await;
    // Twenty thousand rows take a minute and more each time: a small file can be killed at more places.
    let seeds = if rows() > 5_000 { 1 } else { 4 };
    for seed in 1..=seeds {
        let url = postgres.database(&format!("killed_{seed}")).await;
        let program = Program::new(&url);
        program.run(&["migrate"]);
        let [first, second] = points(seed);
        // A command is killed with no server there.
        let mut command = program.spawn(&["import-amo", "--csv", &file]);
        until_judged(&url, first).await;
        command.kill();
        assert!(number(&url, JUDGED).await.expect("a number") < i64::try_from(rows()).expect("few"));
        // A server takes it up, and is killed, too; the next one brings it to its end.
        let mut server = program.spawn(&["serve"]);
        until_judged(&url, second).await;
        server.kill();
        let _server = program.spawn(&["serve"]);
        until_done(&url).await;
        assert_eq!(state(&url).await, whole, "seed {seed}");
        program.run(&["verify"]);
    }
}

#[tokio::test]
async fn a_killed_database_comes_back_and_the_import_goes_on() {
    let mut postgres = Postgres::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("amo.csv").display().to_string();
    Program::new("").run(&["generate-amo", "--rows", &rows().to_string(), "--dirty", "--out", &file]);
    let whole = undisturbed(&postgres, &file).await;
    let url = postgres.database("killed").await;
    let program = Program::new(&url);
    program.run(&["migrate"]);
    let mut command = program.spawn(&["import-amo", "--csv", &file]);
    until_judged(&url, points(3)[0]).await;
    postgres.kill();
    postgres.launch();
    assert!(command.wait().success(), "the command waits for its database");
    until_done(&url).await;
    assert_eq!(state(&url).await, whole);
    program.run(&["verify"]);
}

#[tokio::test]
async fn two_programs_with_one_file_make_no_twins() {
    let postgres = Postgres::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("amo.csv").display().to_string();
    Program::new("").run(&["generate-amo", "--rows", "1500", "--out", &file]);
    let url = postgres.database("twins").await;
    let program = Program::new(&url);
    program.run(&["migrate"]);
    let mut first = program.spawn(&["import-amo", "--csv", &file]);
    let mut second = program.spawn(&["import-amo", "--csv", &file]);
    assert!(first.wait().success() && second.wait().success());
    let created = "SELECT sum(created)::bigint FROM imports";
    assert_eq!(number(&url, created).await, Some(1_500));
    program.run(&["verify"]);
}
