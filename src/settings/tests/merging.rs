//! Two entries of a dictionary become one; an entry that nobody needs goes.

use std::collections::{BTreeMap, BTreeSet};

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::office;
use crate::dictionaries::Kind;
use crate::policy::{Actor, Role};
use crate::settings::merging::{self, Merged};
use crate::testing::{Client, TestApp};
use crate::values::CompanyId;

const LIST: &str = "/settings/dictionaries/";

async fn execute(app: &TestApp, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&app.app.db)
        .await
        .expect("a change");
}

async fn value(app: &TestApp, sql: &str) -> String {
    let sql = format!("SELECT COALESCE(({sql})::text, '')");
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&app.app.db)
        .await
        .expect("a value")
}

/// A company with status 1, spheres 1 and 2, a frame contract and region 1.
async fn marked(app: &TestApp, name: &str) -> CompanyId {
    let id = app.company(name).create(app).await;
    execute(
        app,
        format!(
            "UPDATE companies SET status_id = 1, contract_type = 'frame', region_id = 1,
                    imported_fields = '{{\"status\": \"1\", \"spheres\": \"1,2\", \"name\": \"А\"}}' WHERE id = '{id}';
             INSERT INTO company_sphere_links (company_id, sphere_id) VALUES ('{id}', 1), ('{id}', 2)"
        ),
    )
    .await;
    id
}

async fn merge(admin: &mut Client, kind: &str, old: &str, new: &str) {
    let led = admin
        .post(&format!("{LIST}{kind}/{old}/remove/"), &[("to", new)])
        .await
        .expect_redirect();
    assert_eq!(led, format!("{LIST}{kind}/"));
}

#[tokio::test]
async fn what_will_change_is_shown_before_it_does() {
    let (app, mut admin) = office().await;
    marked(&app, "Ромашка").await;
    let page = admin.get(&format!("{LIST}spheres/1/remove/")).await;
    page.expect(200)
        .expect_text("Стоит в базе: 1 компания")
        .expect_text("Ромашка");
    assert!(
        page.attribute("button.danger", "type").is_none(),
        "nothing is chosen yet"
    );
    let page = admin.get(&format!("{LIST}spheres/1/remove/?to=2")).await;
    page.expect_text("У 1 компании «Авто» уже стоит");
    let page = admin.get(&format!("{LIST}regions/1/remove/?to=2")).await;
    page.expect_text("Вместе с этим:");
    assert_eq!(value(&app, "SELECT count(*) FROM dictionary_replacements").await, "0");
    admin.get(&format!("{LIST}statuses/999/remove/")).await.expect(404);
}

#[tokio::test]
async fn companies_of_a_merged_entry_get_the_other_and_nothing_else_changes() {
    let (app, mut admin) = office().await;
    let id = marked(&app, "Ромашка").await;
    let times = format!("SELECT version || ' ' || updated_at FROM companies WHERE id = '{id}'");
    let before = value(&app, &times).await;
    merge(&mut admin, "statuses", "1", "2").await;
    merge(&mut admin, "spheres", "1", "3").await;
    merge(&mut admin, "spheres", "2", "3").await;
    merge(&mut admin, "contract-types", "frame", "tender").await;
    merge(&mut admin, "regions", "1", "2").await;
    let now = format!(
        "SELECT concat_ws(' ', status_id, contract_type, region_id,
                          (SELECT string_agg(sphere_id::text, ',') FROM company_sphere_links WHERE company_id = id),
                          imported_fields ->> 'status', imported_fields ->> 'spheres', imported_fields ->> 'name')
         FROM companies WHERE id = '{id}'"
    );
    assert_eq!(value(&app, &now).await, "2 tender 2 3 2 3 А");
    assert_eq!(value(&app, &times).await, before);
    let page = admin.get(&format!("{LIST}statuses/")).await;
    assert!(!page.texts("a.row-link").iter().any(|name| name == "Новая"));
    let log = "SELECT string_agg(verb || ': ' || message, '; ' ORDER BY id) FROM audit_events
               WHERE entity = 'company_status'";
    assert_eq!(
        value(&app, log).await,
        "merge: Статусы: «Новая» объединяется с «В работе», записей: 1; \
         delete: Статусы: «Новая» удалено, перенесено записей: 1"
    );
}

#[tokio::test]
async fn whoever_names_the_old_entry_means_the_other() {
    let (app, mut admin) = office().await;
    let id = marked(&app, "Ромашка").await;
    let card = format!("/companies/{id}/");
    let seen = admin
        .get(&card)
        .await
        .attribute("input[name=seen]", "value")
        .expect("marks");
    let form = admin.get(&format!("{card}edit/")).await;
    let version = form.attribute("input[name=version]", "value").expect("a version");
    merge(&mut admin, "statuses", "1", "2").await;
    merge(&mut admin, "statuses", "2", "3").await;
    // An old address of the list.
    let list = admin.get("/companies/?status=1").await;
    assert_eq!(list.texts("a.row-link"), ["Ромашка"]);
    list.expect_text("Статус: Коммерческое предложение");
    admin
        .fragment("/companies/count/?status=1")
        .await
        .expect_text("1 компания");
    // Forms that were drawn before.
    let quick = [
        ("status", "1"),
        ("spheres", "1"),
        ("spheres", "2"),
        ("seen", seen.as_str()),
    ];
    admin.post(&format!("{card}update/"), &quick).await.expect_redirect();
    let full = [
        ("name", "Ромашка и К"),
        ("status", "1"),
        ("spheres", "1"),
        ("contract_type", "frame"),
        ("region", "1"),
        ("version", version.as_str()),
    ];
    admin.post(&format!("{card}edit/"), &full).await.expect_redirect();
    let now = format!("SELECT name || ' ' || status_id FROM companies WHERE id = '{id}'");
    assert_eq!(value(&app, &now).await, "Ромашка и К 3");
}

#[tokio::test]
async fn a_saved_filter_and_an_act_on_all_of_it_mean_what_took_over() {
    let (app, mut admin) = office().await;
    marked(&app, "Ромашка").await;
    app.company("Без статуса").create(&app).await;
    let saved = [("name", "Новые"), ("query", "status=1&sphere=999")];
    admin.post("/companies/saved/", &saved).await.expect_redirect();
    merge(&mut admin, "statuses", "1", "2").await;
    for address in [
        "/companies/?status=1",
        "/companies/?status=2",
        "/companies/?status=1&sphere=999",
    ] {
        let list = admin.get(address).await;
        assert_eq!(list.texts(".tab[aria-current]"), ["Новые"], "{address}");
        assert_eq!(
            list.attribute(".tab[aria-current]", "href").unwrap(),
            "/companies/?status=2"
        );
        list.expect_no_text("Сохранить фильтр");
    }
    let whole = [("whole", "1"), ("query", "status=1&sphere=999"), ("kind", "status")];
    let act = admin.post("/companies/bulk/", &whole).await;
    act.expect(200).expect_text("1 компания");
}

#[tokio::test]
async fn a_card_comes_back_from_the_trash_with_what_took_over() {
    let (app, mut admin) = office().await;
    let id = marked(&app, "Ромашка").await;
    let sent = [("reason", "Дубль"), ("sure", "1")];
    admin
        .post(&format!("/companies/{id}/delete/"), &sent)
        .await
        .expect_redirect();
    merge(&mut admin, "statuses", "1", "2").await;
    merge(&mut admin, "spheres", "1", "2").await;
    merge(&mut admin, "contract-types", "frame", "legal").await;
    let item = value(&app, "SELECT id FROM trash").await;
    let back = admin.post(&format!("/settings/trash/{item}/restore/"), &[]).await;
    admin.get(&back.expect_redirect()).await.expect_no_text("Не вернулось");
    let now = "SELECT concat_ws(' ', status_id, contract_type, region_id,
                      (SELECT string_agg(sphere_id::text, ',') FROM company_sphere_links)) FROM companies";
    assert_eq!(value(&app, now).await, "2 legal 1 2");
}

#[tokio::test]
async fn an_entry_goes_only_when_nobody_has_it() {
    let (app, mut admin) = office().await;
    marked(&app, "Ромашка").await;
    let page = admin.post(&format!("{LIST}statuses/1/remove/"), &[("to", "")]).await;
    page.expect(422).expect_text("Эта запись стоит у 1 компании");
    let page = admin.get(&format!("{LIST}statuses/2/remove/")).await;
    page.expect_text("Нигде не стоит");
    admin
        .post(&format!("{LIST}statuses/2/remove/"), &[("to", "")])
        .await
        .expect_redirect();
    assert_eq!(value(&app, "SELECT count(*) FROM company_statuses").await, "10");
    for to in ["1", "2", "999"] {
        admin
            .post(&format!("{LIST}statuses/1/remove/"), &[("to", to)])
            .await
            .expect(422)
            .expect_text("Выберите другую запись");
    }
}

#[tokio::test]
async fn nothing_is_merged_while_an_import_writes() {
    let (app, mut admin) = office().await;
    let mut conn = app.app.db.acquire().await.expect("a connection").detach();
    let import = Uuid::now_v7();
    sqlx::query("INSERT INTO imports (id, file_name, file_sha256, is_dry_run, state) VALUES ($1, 'a.csv', '', false, 'running')")
        .bind(import)
        .execute(&mut conn)
        .await
        .expect("an import");
    sqlx::query("SELECT pg_advisory_lock(x'43524d02'::int, ('x' || right($1::uuid::text, 8))::bit(32)::int)")
        .bind(import)
        .execute(&mut conn)
        .await
        .expect("its lock");
    let page = admin.post(&format!("{LIST}statuses/1/remove/"), &[("to", "2")]).await;
    page.expect(422).expect_text("Сейчас идёт импорт");
    drop(conn);
}

#[tokio::test]
async fn a_merge_that_was_interrupted_goes_on() {
    let (app, mut admin) = office().await;
    let id = marked(&app, "Ромашка").await;
    execute(
        &app,
        "UPDATE company_statuses SET is_active = false WHERE id = 1;
         INSERT INTO dictionary_replacements (kind, old_key, old_name, new_key, begun_at)
         VALUES ('statuses', '1', 'Новая', '2', now())"
            .to_owned(),
    )
    .await;
    admin
        .get(&format!("{LIST}statuses/"))
        .await
        .expect_text("Объединяется с «В работе», осталось: 1");
    let busy = admin.post(&format!("{LIST}statuses/2/remove/"), &[("to", "3")]).await;
    busy.expect(422).expect_text("уже объединяется");
    merging::finish_merges(&app.app).await.expect("the rest");
    merging::finish_merges(&app.app).await.expect("nothing");
    assert_eq!(
        value(&app, &format!("SELECT status_id FROM companies WHERE id = '{id}'")).await,
        "2"
    );
    assert_eq!(
        value(&app, "SELECT count(*) FROM company_statuses WHERE id = 1").await,
        "0"
    );
    assert_eq!(
        value(
            &app,
            "SELECT count(*) FROM dictionary_replacements WHERE done_at IS NULL"
        )
        .await,
        "0"
    );
}

#[tokio::test]
async fn merged_task_types_are_spoken_of_as_tasks() {
    let (app, mut admin) = office().await;
    execute(
        &app,
        "INSERT INTO task_types (id, name, position) VALUES (1, 'Звонок', 1), (2, 'Встреча', 2);
         INSERT INTO tasks (id, title, status, type_id, assignee_id)
         SELECT gen_random_uuid(), 'Позвонить', 'new', 1, id FROM users, generate_series(1, 2)
         WHERE username = 'ivanova'"
            .to_owned(),
    )
    .await;
    let address = format!("{LIST}task-types/1/remove/");
    let page = admin.get(&format!("{address}?to=2")).await;
    page.expect_text("Стоит в базе: 2 задачи")
        .expect_text("2 задачи: вместо «Звонок» будет «Встреча».")
        .expect_no_text("Последние изменённые")
        .expect_no_text("компани");
    admin
        .post(&address, &[("to", "")])
        .await
        .expect(422)
        .expect_text("Эта запись стоит у 2 задач.");
    merge(&mut admin, "task-types", "1", "2").await;
    admin
        .get(&format!("{LIST}task-types/"))
        .await
        .expect_text("Объединено: перенесены 2 задачи.")
        .expect_no_text("Звонок");
    let kept = "SELECT count(*) || ' ' || min(type_id) || ' ' || max(version) FROM tasks";
    assert_eq!(value(&app, kept).await, "2 2 1");
}

/// What every company and every task has, by dictionary.
type Model = BTreeMap<Uuid, BTreeMap<&'static str, BTreeSet<String>>>;

type Row = (Uuid, Vec<String>, Vec<String>, Vec<String>, Vec<String>, Vec<String>);

async fn stored(app: &TestApp) -> Model {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, array_remove(ARRAY[status_id::text], NULL),
                ARRAY(SELECT sphere_id::text FROM company_sphere_links WHERE company_id = id),
                array_remove(ARRAY[contract_type], NULL), ARRAY[]::text[], array_remove(ARRAY[region_id::text], NULL)
         FROM companies
         UNION ALL
         SELECT id, ARRAY[]::text[], ARRAY[]::text[], ARRAY[]::text[], array_remove(ARRAY[type_id::text], NULL), ARRAY[]::text[]
         FROM tasks",
    )
    .fetch_all(&app.app.db)
    .await
    .expect("companies and tasks");
    let rows = rows.into_iter();
    rows.map(|(id, status, spheres, contract, task, region)| {
        let sets = [status, spheres, contract, task, region].map(BTreeSet::from_iter);
        (id, Kind::ALL.map(Kind::code).into_iter().zip(sets).collect())
    })
    .collect()
}

/// Companies and tasks that have entries of all dictionaries.
async fn fill(app: &TestApp) {
    execute(
        app,
        "INSERT INTO companies (id, name, name_key, status_id, contract_type, region_id)
         SELECT gen_random_uuid(), 'К' || n, 'к' || n, NULLIF(n % 8, 7) + 1,
                (ARRAY['frame', 'tender', 'legal', NULL])[n % 4 + 1], NULLIF(n % 5, 4) + 1
         FROM generate_series(1, 120) AS n;
         INSERT INTO company_sphere_links (company_id, sphere_id)
         SELECT id, 1 + (ascii(right(id::text, 1)) + step * 3) % 7 FROM companies, generate_series(0, 2) AS step
         ON CONFLICT DO NOTHING;
         INSERT INTO task_types (id, name, position) SELECT n, 'Тип ' || n, n FROM generate_series(1, 8) AS n;
         INSERT INTO tasks (id, title, status, type_id, assignee_id)
         SELECT gen_random_uuid(), 'Задача ' || n, 'new', NULLIF(n % 7, 6) + 1, (SELECT id FROM users)
         FROM generate_series(1, 60) AS n"
            .to_owned(),
    )
    .await;
}

#[tokio::test]
async fn whatever_is_merged_and_deleted_every_company_and_task_has_what_it_should() {
    let app = TestApp::new().await;
    let admin: Actor = app.person("admin", Role::Admin, None).await;
    let mut random = rand::rngs::StdRng::seed_from_u64(17);
    fill(&app).await;
    let mut model = stored(&app).await;
    for _ in 0..75 {
        let kind = *Kind::ALL.choose(&mut random).expect("a kind");
        let entries = crate::dictionaries::entries(&app.app, &admin, kind)
            .await
            .expect("entries");
        let is_near = |key: &str| key.parse::<i64>().ok().is_none_or(|id| id <= 9);
        let keys = entries.into_iter().map(|entry| entry.key);
        let near: Vec<String> = keys.filter(|key| is_near(key)).collect();
        if near.len() < 3 {
            continue;
        }
        let old = near.choose(&mut random).expect("an entry").clone();
        let held = model
            .values()
            .filter(|record| record[kind.code()].contains(&old))
            .count();
        let held = i64::try_from(held).expect("a count");
        if random.random_bool(0.3) {
            let done = merging::delete(&app.app, &admin, kind, (&old, None)).await;
            assert_eq!(done.is_ok(), held == 0, "{kind:?} {old}");
            continue;
        }
        let new = near.iter().find(|key| **key != old).expect("another").clone();
        let done = merging::merge(&app.app, &admin, kind, &old, &new)
            .await
            .expect("a merge");
        assert_eq!(done, Merged::Done(held), "{kind:?} {old} → {new}");
        for record in model.values_mut() {
            let has = record.get_mut(kind.code()).expect("a set");
            if has.remove(&old) {
                has.insert(new.clone());
            }
        }
        assert_eq!(stored(&app).await, model, "{kind:?} {old} → {new}");
    }
    let dangling = "SELECT count(*) FROM dictionary_replacements AS heir
                    WHERE done_at IS NULL
                       OR (kind = 'statuses' AND NOT EXISTS (SELECT FROM company_statuses WHERE id::text = new_key))
                       OR (kind = 'spheres' AND NOT EXISTS (SELECT FROM company_spheres WHERE id::text = new_key))
                       OR (kind = 'task-types' AND NOT EXISTS (SELECT FROM task_types WHERE id::text = new_key))
                       OR (kind = 'regions' AND NOT EXISTS (SELECT FROM regions WHERE id::text = new_key))
                       OR (kind = 'contract-types' AND NOT EXISTS (SELECT FROM contract_types WHERE code = new_key))";
    assert_eq!(value(&app, dangling).await, "0");
    let counts = "SELECT bool_and(moved >= 0) AND sum(moved) > 0 FROM dictionary_replacements";
    assert_eq!(value(&app, counts).await, "true");
}
