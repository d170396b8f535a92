//! The list: its filters, orders and pages.

use std::collections::BTreeSet;

use super::text;
use crate::policy::Role;
use crate::testing::{Client, TestApp};

async fn names(browser: &mut Client, query: &str) -> Vec<String> {
    let page = browser.get(&format!("/companies/?{query}")).await;
    page.expect(200).texts("a.row-link")
}

async fn sorted(browser: &mut Client, query: &str) -> String {
    let mut names = names(browser, query).await;
    names.sort();
    names.join(" ")
}

/// Four companies that differ in everything a filter asks for.
async fn four() -> (TestApp, Client, [String; 4]) {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("ekb").await, app.branch("tmn").await);
    let one = app.person("one", Role::Manager, Some(here)).await;
    let two = app.person("two", Role::Manager, Some(there)).await;
    app.company("Айва").of(&one).create(&app).await;
    app.company("Бузина").of(&two).create(&app).await;
    app.company("Вишня").of(&one).in_branch(None).create(&app).await;
    app.company("Груша").in_branch(Some(there)).create(&app).await;
    sqlx::raw_sql(
        "UPDATE companies SET status_id = 1, contract_type = 'frame', contract_until = '2026-12-01' WHERE name = 'Айва';
         UPDATE companies SET status_id = 2, contract_type = 'tender', contract_until = '2026-11-01' WHERE name = 'Бузина';
         UPDATE companies SET region_id = 2 WHERE name IN ('Айва', 'Бузина');
         UPDATE companies SET region_id = 3 WHERE name = 'Вишня';
         UPDATE companies SET lead_state = 'cold' WHERE name IN ('Бузина', 'Груша');
         UPDATE companies SET do_not_call_at = now(), do_not_call_reason = 'Просили' WHERE name = 'Вишня';
         INSERT INTO company_sphere_links (company_id, sphere_id)
         SELECT id, sphere FROM companies, unnest(CASE name WHEN 'Айва' THEN ARRAY[1, 2] WHEN 'Вишня' THEN ARRAY[2, 3]
                                                            ELSE ARRAY[]::int[] END) AS sphere",
    )
    .execute(&app.app.db)
    .await
    .expect("differences");
    let ids = [
        one.user.expect("one").to_string(),
        two.user.expect("two").to_string(),
        here.to_string(),
        there.to_string(),
    ];
    let browser = app.signed_in("one").await;
    (app, browser, ids)
}

#[tokio::test]
async fn filters_take_several_values_of_a_kind_and_all_kinds_at_once() {
    let (_app, mut browser, [one, two, here, there]) = four().await;
    for (query, expected) in [
        (String::new(), "Айва Бузина Вишня Груша"),
        ("status=1".to_owned(), "Айва"),
        ("status=1&status=2".to_owned(), "Айва Бузина"),
        ("sphere=1".to_owned(), "Айва"),
        ("sphere=2".to_owned(), "Айва Вишня"),
        ("sphere=1&sphere=3".to_owned(), "Айва Вишня"),
        (format!("responsible={one}"), "Айва Вишня"),
        (format!("responsible={one}&responsible={two}"), "Айва Бузина Вишня"),
        ("responsible=none".to_owned(), "Груша"),
        (format!("responsible=none&responsible={two}"), "Бузина Груша"),
        (format!("branch={here}"), "Айва"),
        (format!("branch={there}&branch=none"), "Бузина Вишня Груша"),
        ("contract_type=frame".to_owned(), "Айва"),
        ("contract_type=frame&contract_type=tender".to_owned(), "Айва Бузина"),
        ("region=2".to_owned(), "Айва Бузина"),
        ("region=2&region=3".to_owned(), "Айва Бузина Вишня"),
        ("region=none".to_owned(), "Груша"),
        (format!("region=2&responsible={two}"), "Бузина"),
        ("cold_call=1".to_owned(), "Бузина Груша"),
        ("cold_call=0".to_owned(), "Айва Вишня"),
        ("do_not_call=1".to_owned(), "Вишня"),
        ("do_not_call=0".to_owned(), "Айва Бузина Груша"),
        ("do_not_call=1&sphere=2".to_owned(), "Вишня"),
        ("do_not_call=1&cold_call=1".to_owned(), ""),
        (format!("sphere=2&cold_call=0&responsible={one}&branch=none"), "Вишня"),
        (format!("status=1&responsible={two}"), ""),
    ] {
        assert_eq!(sorted(&mut browser, &query).await, expected, "{query}");
        let count = browser.get(&format!("/companies/count/?{query}")).await;
        let number = expected.split_whitespace().count().to_string();
        assert!(
            count.expect(200).page().starts_with(&number),
            "{query}: {}",
            count.page()
        );
    }
}

#[tokio::test]
async fn every_active_filter_is_shown_and_can_be_taken_off() {
    let (_app, mut browser, [one, ..]) = four().await;
    let page = browser
        .get(&format!(
            "/companies/?status=1&status=2&responsible={one}&do_not_call=0&q=%D0%B0%D0%B9%D0%B2%D0%B0"
        ))
        .await;
    for chip in [
        "Статус: Новая",
        "Статус: В работе",
        "Ответственный: one Тестов",
        "Звонки: Можно звонить",
        "Поиск: айва",
    ] {
        page.expect_text(chip);
    }
    assert_eq!(
        page.texts("select[name=status] option[selected]"),
        ["Новая", "В работе"]
    );
}

#[tokio::test]
async fn what_an_address_says_wrongly_is_left_out() {
    let (_app, mut browser, _) = four().await;
    for query in [
        "status=abc",
        "status=99999999999999999999",
        "sphere=",
        "responsible=x",
        "branch=%00",
        "region=%00",
        "tasks=always",
        "cold_call=7",
        "do_not_call=x",
        "sort=nonsense",
        "dir=sideways",
        "after=!",
        "after=AAAA",
        "before=%FF",
        "after=&before=",
        "page=7",
        "per_page=x",
    ] {
        assert_eq!(sorted(&mut browser, query).await, "Айва Бузина Вишня Груша", "{query}");
        browser.get(&format!("/companies/count/?{query}")).await.expect(200);
    }
    for query in [
        "q=%00",
        "contract_type=%00",
        "q=%27%3B--",
        "q=%26%7C%21%28%29%3A%2A",
        "q=%25_%5C",
    ] {
        let status = browser.get(&format!("/companies/?{query}")).await.status.as_u16();
        assert!(status == 200 || status == 422, "{query}: {status}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_is_no_failure() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    crowd(&app, 60).await;
    let mut browser = app.signed_in("one").await;
    let page = browser.get("/companies/?sort=name").await;
    let next = page.attribute("a[rel=next]", "href").expect("a second page");
    let cursor = next.split("after=").nth(1).expect("a cursor").to_owned();
    let sorts = ["updated_at", "created_at", "inn", "contract_until", "name"];
    for sort in sorts.into_iter().chain(["status", "responsible", "branch"]) {
        for way in ["after", "before"] {
            browser
                .get(&format!("/companies/?sort={sort}&{way}={cursor}"))
                .await
                .expect(200);
        }
    }
}

/// So many companies with ties in every order.
pub(super) async fn crowd(app: &TestApp, count: i32) {
    sqlx::query(
        "INSERT INTO companies (id, name, inn, name_key, contract_until, created_at, updated_at)
         SELECT gen_random_uuid(), 'Компания ' || number, (number % 4)::text, 'компания ' || number % 5,
                date '2026-01-01' + number % 3, timestamptz '2026-01-01' + number % 7 * interval '1 microsecond',
                timestamptz '2026-01-01' + number % 2 * interval '1 day'
         FROM generate_series(1, $1) AS number",
    )
    .bind(count)
    .execute(&app.app.db)
    .await
    .expect("a crowd");
}

/// Follows «Дальше» or «Назад» to the end.
pub(super) async fn follow(browser: &mut Client, start: &str, rel: &str) -> (Vec<Vec<String>>, String) {
    let mut path = start.to_owned();
    let mut pages = Vec::new();
    loop {
        let page = browser.get(&path).await;
        pages.push(page.expect(200).texts("a.row-link"));
        assert!(pages.len() < 20, "{start}: the pages never end");
        match page.attribute(&format!("a[rel={rel}]"), "href") {
            Some(next) => path = next,
            None => return (pages, path),
        }
    }
}

#[tokio::test]
async fn pages_show_each_row_once_there_and_back_in_every_order() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    crowd(&app, 130).await;
    let mut browser = app.signed_in("one").await;
    let orders = [
        ("updated_at", "updated_at"),
        ("created_at", "created_at"),
        ("name", "name_key"),
        ("inn", "inn"),
        ("contract_until", "contract_until"),
    ];
    for (sort, column) in orders {
        for dir in ["asc", "desc"] {
            let (there, last) = follow(&mut browser, &format!("/companies/?sort={sort}&dir={dir}"), "next").await;
            assert_eq!(
                there.iter().map(Vec::len).collect::<Vec<_>>(),
                [50, 50, 30],
                "{sort} {dir}"
            );
            let rows: Vec<_> = there.concat();
            assert_eq!(
                rows.iter().collect::<BTreeSet<_>>().len(),
                130,
                "{sort} {dir}: each once"
            );
            let sql = format!("SELECT string_agg(name, '|' ORDER BY {column} {dir}, id {dir}) FROM companies");
            let expected: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_one(&app.app.db)
                .await
                .expect("the order");
            assert_eq!(rows.join("|"), expected, "{sort} {dir}");
            let (mut back, _) = follow(&mut browser, &last, "prev").await;
            back.reverse();
            assert_eq!(back.concat(), rows, "{sort} {dir}: the way back");
        }
    }
}

#[tokio::test]
async fn companies_without_a_contract_come_last_in_either_direction_and_none_is_left_out() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    crowd(&app, 130).await;
    sqlx::query("UPDATE companies SET contract_until = NULL WHERE split_part(name, ' ', 2)::int % 2 = 0")
        .execute(&app.app.db)
        .await
        .expect("no dates");
    let mut browser = app.signed_in("admin").await;
    for dir in ["asc", "desc"] {
        let start = format!("/companies/?sort=contract_until&dir={dir}");
        let (there, last) = follow(&mut browser, &start, "next").await;
        let lengths: Vec<_> = there.iter().map(Vec::len).collect();
        assert_eq!(lengths, [50, 50, 30], "{dir}");
        let sql =
            format!("SELECT string_agg(name, '|' ORDER BY contract_until {dir} NULLS LAST, id {dir}) FROM companies");
        let expected: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&app.app.db)
            .await
            .expect("the order");
        assert_eq!(there.concat().join("|"), expected, "{dir}");
        let (mut back, _) = follow(&mut browser, &last, "prev").await;
        back.reverse();
        assert_eq!(back.concat(), there.concat(), "{dir}: the way back");
    }
    let counted = browser.get("/companies/count/?sort=contract_until").await;
    counted.expect_text("130");
    let whole = [
        ("whole", "1"),
        ("query", "sort=contract_until"),
        ("kind", "status"),
        ("status", "2"),
        ("asked", "1"),
    ];
    browser.post("/companies/bulk/", &whole).await.expect_redirect();
    assert_eq!(text(&app, "SELECT count(*)::text FROM bulk_rows").await, "130");
}

#[tokio::test]
async fn companies_of_whoever_has_left_are_found_and_given_to_another() {
    let app = TestApp::new().await;
    let here = app.branch("ekb").await;
    let leaver = app.person("leaver", Role::Manager, Some(here)).await;
    app.person("heir", Role::Manager, Some(here)).await;
    app.person("director", Role::BranchDirector, Some(here)).await;
    app.company("Айва").of(&leaver).create(&app).await;
    sqlx::query("UPDATE users SET is_active = false WHERE username = 'leaver'")
        .execute(&app.app.db)
        .await
        .expect("a leaver");
    let mut director = app.signed_in("director").await;
    let page = director.get("/companies/?all=1").await;
    let people = page.texts("select[name=responsible] option");
    assert_eq!(
        people.last().map(String::as_str),
        Some("leaver Тестов (отключён)"),
        "{people:?}"
    );
    let list = format!("responsible={}", leaver.user.expect("a person"));
    let page = director.get(&format!("/companies/?{list}")).await;
    assert_eq!(page.texts("a.row-link"), ["Айва"]);
    assert_eq!(page.texts(".chip"), ["Ответственный: leaver Тестов (отключён)"]);
    let heir = text(&app, "SELECT id::text FROM users WHERE username = 'heir'").await;
    let whole = [
        ("whole", "1"),
        ("query", list.as_str()),
        ("kind", "give"),
        ("to", heir.as_str()),
        ("asked", "1"),
    ];
    let act = director.post("/companies/bulk/", &whole).await.expect_redirect();
    director.post(&format!("{act}run/"), &[]).await.expect_redirect();
    assert_eq!(text(&app, "SELECT responsible_id::text FROM companies").await, heir);
}

#[tokio::test]
async fn the_region_has_a_column_and_its_filter_reads_merged_regions() {
    let (app, mut browser, _) = four().await;
    let columns = [("order", "region"), ("column", "region"), ("size", "50")];
    browser.post("/companies/view/", &columns).await.expect_redirect();
    let page = browser.get("/companies/?region=2").await;
    assert_eq!(page.texts("thead th"), ["Компания", "Регион"]);
    let region = text(&app, "SELECT name FROM regions WHERE id = 2").await;
    assert_eq!(page.texts("td[data-label=регион]"), [region.clone(), region.clone()]);
    assert_eq!(page.texts(".chip"), [format!("Регион: {region}")]);
    // A merge writes the heir as well, by which the names kept in memory are known to be old.
    sqlx::raw_sql(
        "UPDATE regions SET version = version + 1 WHERE id = 2;
         INSERT INTO dictionary_replacements (kind, old_key, old_name, new_key, begun_at, done_at)
         VALUES ('regions', '999', 'Старый', '2', now(), now())",
    )
    .execute(&app.app.db)
    .await
    .expect("a merged region");
    assert_eq!(sorted(&mut browser, "region=999").await, "Айва Бузина");
}

#[tokio::test]
async fn words_that_often_or_rarely_meet_are_found_page_by_page_in_every_order() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    crowd(&app, 700).await;
    sqlx::raw_sql(
        "UPDATE companies SET activity_kind = CASE WHEN number % 40 = 0 THEN 'детские ясли'
                                                   WHEN number % 3 = 0 THEN 'детский сад' ELSE 'детский мир' END
         FROM (SELECT id, split_part(name, ' ', 2)::int AS number FROM companies) AS numbered
         WHERE numbered.id = companies.id;
         UPDATE companies SET search = company_search(companies)",
    )
    .execute(&app.app.db)
    .await
    .expect("words");
    let mut browser = app.signed_in("one").await;
    for (typed, kind) in [("сад детский", "детский сад"), ("ясли детск", "детские ясли")]
    {
        let q: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        for (sort, column) in [
            ("updated_at", "updated_at"),
            ("name", "name_key"),
            ("contract_until", "contract_until"),
        ] {
            let start = format!("/companies/?q={q}&sort={sort}&dir=desc");
            let (there, last) = follow(&mut browser, &start, "next").await;
            let sql = format!(
                "SELECT string_agg(name, '|' ORDER BY {column} DESC, id DESC) FROM companies WHERE activity_kind = $1"
            );
            let expected: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .bind(kind)
                .fetch_one(&app.app.db)
                .await
                .expect("the order");
            assert_eq!(there.concat().join("|"), expected, "{typed} by {sort}");
            let (mut back, _) = follow(&mut browser, &last, "prev").await;
            back.reverse();
            assert_eq!(back.concat(), there.concat(), "{typed} by {sort}: the way back");
        }
    }
}

#[tokio::test]
async fn a_row_that_appears_meanwhile_moves_no_other_to_another_page() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    crowd(&app, 60).await;
    let mut browser = app.signed_in("one").await;
    let first = browser.get("/companies/?all=1").await;
    let next = first.attribute("a[rel=next]", "href").expect("a second page");
    app.company("Новая наверху").create(&app).await;
    let mut seen: BTreeSet<_> = first.texts("a.row-link").into_iter().collect();
    for name in browser.get(&next).await.texts("a.row-link") {
        assert!(seen.insert(name.clone()), "{name} was shown twice");
    }
    assert_eq!(seen.len(), 60);
}

#[tokio::test]
async fn filters_and_search_survive_paging_and_sorting() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    crowd(&app, 130).await;
    sqlx::query("UPDATE companies SET status_id = 1, search = company_search(companies) WHERE inn <> '0'")
        .execute(&app.app.db)
        .await
        .expect("some");
    let mut browser = app.signed_in("one").await;
    let (pages, _) = follow(
        &mut browser,
        "/companies/?q=%D0%BA%D0%BE%D0%BC%D0%BF&status=1&sort=name",
        "next",
    )
    .await;
    let expected = text(&app, "SELECT count(*)::text FROM companies WHERE status_id = 1").await;
    assert_eq!(pages.concat().len().to_string(), expected);
    let page = browser.get("/companies/?status=1&sort=name").await;
    let heading = page.attribute("th a", "href").expect("a heading that sorts");
    assert!(heading.contains("status=1"), "{heading}");
}

#[tokio::test]
async fn an_empty_list_says_what_to_do() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    app.person("admin", Role::Admin, None).await;
    let mut browser = app.signed_in("one").await;
    browser
        .get("/companies/?all=1")
        .await
        .expect_text("Здесь появятся компании")
        .expect_no_text("Загрузить из amoCRM");
    app.signed_in("admin")
        .await
        .get("/companies/")
        .await
        .expect_text("Загрузить из amoCRM");
    browser.get("/companies/?q=zzzz").await.expect_text("Ничего не нашлось");
}
