//! Who called how much, and who sees it.

use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

/// A call of this person that came to a phone, so many minutes ago.
async fn called(app: &TestApp, person: &crate::policy::Actor, minutes: i32, (is_cold, result): (bool, &str)) {
    let at = "now() - make_interval(mins => $2)";
    let sql = format!(
        "INSERT INTO call_requests (id, user_id, created_by, phone, note, click_key, state, is_cold, result, duration_seconds,
                                    created_at, expires_at, delivered_at, closed_at)
         VALUES (gen_random_uuid(), $1, $1, '+79123456789', 'UI click', gen_random_uuid(), 'ended', $3, $4, 65,
                 {at}, {at}, {at}, {at})"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(person.user.unwrap().0)
        .bind(minutes)
        .bind(is_cold)
        .bind(result)
        .execute(&app.db)
        .await
        .unwrap();
}

/// The reader's address of the month in which the database is.
async fn this_month(app: &TestApp) -> String {
    let month: String = sqlx::query_scalar("SELECT to_char(now() AT TIME ZONE 'Europe/Moscow', 'YYYY-MM')")
        .fetch_one(&app.db)
        .await
        .unwrap();
    format!("period=month&at={month}")
}

#[tokio::test]
async fn leads_see_their_branch_and_managers_themselves() {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("here").await, app.branch("there").await);
    let anna = app.person("anna", Role::Manager, Some(here)).await;
    let boris = app.person("boris", Role::Manager, Some(there)).await;
    app.person("chief", Role::SalesHead, Some(here)).await;
    app.person("lost", Role::BranchDirector, None).await;
    app.person("boss", Role::Admin, None).await;
    called(&app, &anna, 1, (true, "connected")).await;
    called(&app, &anna, 2, (false, "no_answer")).await;
    called(&app, &boris, 1, (false, "busy")).await;
    let month = this_month(&app).await;
    let page = app.signed_in("chief").await.get(&format!("/analytics/?{month}")).await;
    page.expect(200)
        .expect_text("anna Тестов")
        .expect_no_text("boris Тестов");
    page.expect_text("звонков 2, дозвонов 1, холодных 1");
    let page = app.signed_in("boss").await.get(&format!("/analytics/?{month}")).await;
    page.expect_text("boris Тестов").expect_no_text("boss Тестов Звонков");
    app.signed_in("lost")
        .await
        .get("/analytics/")
        .await
        .expect_text("Показывать некого")
        .expect_text("У вас не указан филиал");
    app.signed_in("anna").await.get("/analytics/").await.expect(403);
    let sheet = format!("/analytics/users/{}/?{month}", anna.user.unwrap());
    let page = app.signed_in("chief").await.get(&sheet).await;
    page.expect_text("Дозвонился").expect_text("1:05");
    app.signed_in("lost").await.get(&sheet).await.expect(404);
    let foreign = format!("/analytics/users/{}/?{month}", boris.user.unwrap());
    app.signed_in("chief").await.get(&foreign).await.expect(404);
    let page = app
        .signed_in("anna")
        .await
        .get(&format!("/calls/?{month}&list=cold"))
        .await;
    page.expect_text("Холодный").expect_no_text("Не дозвонился");
}

/// The numbers of a page, each with the address of its list.
fn numbers(page: &Answer) -> Vec<(String, String)> {
    let links = ".verdicts dd a, .panel-head a, td.num a";
    let hrefs = page.attributes(links, "href");
    page.texts(links).into_iter().zip(hrefs).collect()
}

/// «1:05» in seconds.
fn seconds(talk: &str) -> i64 {
    let parts = talk.split(':').filter_map(|part| part.parse::<i64>().ok());
    parts.fold(0, |all, part| all * 60 + part)
}

/// How many rows the list at this address has on all its pages, and how long their talks were.
async fn listed(browser: &mut Client, href: &str) -> (i64, i64) {
    let (mut rows, mut talked) = (0, 0);
    let mut next = Some(format!("{href}&per_page=25"));
    while let Some(address) = next {
        let page = browser.get(&address).await;
        let talks = page.expect(200).texts("tbody td[data-label='Разговор:']");
        assert!(talks.len() <= 25, "{address}");
        rows += i64::try_from(talks.len()).unwrap();
        talked += talks.iter().map(|talk| seconds(talk)).sum::<i64>();
        next = page.attribute("a[rel=next]", "href");
    }
    (rows, talked)
}

/// Follows each number of a page to its list; answers the numbers.
#[track_caller]
fn counts(numbers: &[(String, String)], lists: &[(i64, i64)]) -> Vec<String> {
    for ((number, href), (rows, talked)) in numbers.iter().zip(lists) {
        if number.contains(':') {
            assert_eq!(seconds(number), *talked, "{href}");
        } else {
            assert_eq!(number.parse::<i64>().unwrap(), *rows, "{href}");
        }
    }
    numbers.iter().map(|(number, _)| number.clone()).collect()
}

/// Calls of several people, of which some do not count.
async fn office() -> TestApp {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("here").await, app.branch("there").await);
    let anna = app.person("anna", Role::Manager, Some(here)).await;
    let vera = app.person("vera", Role::Manager, Some(here)).await;
    let boris = app.person("boris", Role::Manager, Some(there)).await;
    let gleb = app.person("gleb", Role::Manager, None).await;
    let boss = app.person("boss", Role::Admin, None).await;
    let gone = app.person("gone", Role::Manager, Some(here)).await;
    app.person("chief", Role::SalesHead, Some(here)).await;
    for at in 0..30 {
        called(
            &app,
            &anna,
            0,
            (at % 7 == 0, if at % 3 == 0 { "connected" } else { "busy" }),
        )
        .await;
    }
    for (person, is_cold, result) in [
        (&vera, true, "connected"),
        (&boris, true, "no_answer"),
        (&gleb, false, "connected"),
        (&boss, true, "connected"),
        (&gone, true, "connected"),
    ] {
        called(&app, person, 0, (is_cold, result)).await;
    }
    for sql in [
        "UPDATE users SET is_active = false WHERE username = 'gone'",
        // Never came to a phone; taken back.
        "UPDATE call_requests SET delivered_at = NULL, state = 'expired'
         WHERE id = (SELECT call.id FROM call_requests AS call JOIN users ON users.id = created_by
                     WHERE username = 'anna' AND is_talk AND is_cold LIMIT 1)",
        "UPDATE call_requests SET state = 'cancelled'
         WHERE id = (SELECT id FROM call_requests WHERE NOT is_talk AND NOT is_cold LIMIT 1)",
    ] {
        sqlx::query(sql).execute(&app.db).await.unwrap();
    }
    app
}

#[tokio::test]
async fn each_number_leads_to_the_list_whose_rows_it_counts() {
    let app = office().await;
    let month = this_month(&app).await;
    for (login, first) in [
        // Everybody, then each branch with its people.
        ("boss", ["31", "11", "6", "11:55"]),
        ("chief", ["29", "10", "5", "10:50"]),
    ] {
        let mut browser = app.signed_in(login).await;
        let page = browser.get(&format!("/analytics/?{month}")).await;
        assert_eq!(page.texts("td.num").len(), page.texts("td.num a").len());
        assert_eq!(page.texts(".verdicts dd").len(), page.texts(".verdicts dd a").len());
        let numbers = numbers(&page);
        let mut lists = Vec::new();
        for (_, href) in &numbers {
            lists.push(listed(&mut browser, href).await);
        }
        assert_eq!(counts(&numbers, &lists)[..4], first, "{login}");
    }
}

#[tokio::test]
async fn numbers_of_a_person_and_of_a_branch_lead_to_their_own_lists() {
    let app = office().await;
    let month = this_month(&app).await;
    let mut boss = app.signed_in("boss").await;
    let index = boss.get(&format!("/analytics/?{month}")).await;
    let branch = index.attribute("#branch-1 + span a", "href").unwrap();
    for (login, address) in [("boss", branch.as_str()), ("anna", &format!("/calls/?{month}"))] {
        let mut browser = app.signed_in(login).await;
        let page = browser.get(address).await;
        let numbers = numbers(&page);
        assert_eq!(numbers.len(), 4, "{address}");
        let mut lists = Vec::new();
        for (_, href) in &numbers {
            lists.push(listed(&mut browser, href).await);
        }
        counts(&numbers, &lists);
    }
    // A branch that one does not lead, and what is none.
    let there: i64 = sqlx::query_scalar("SELECT id FROM branches WHERE name = 'there'")
        .fetch_one(&app.db)
        .await
        .unwrap();
    let mut chief = app.signed_in("chief").await;
    for foreign in [there.to_string(), "none".to_owned(), "x".to_owned()] {
        let address = format!("/analytics/calls/?{month}&branch={foreign}");
        chief.get(&address).await.expect(404);
    }
    app.signed_in("anna")
        .await
        .get(&format!("/analytics/calls/?{month}"))
        .await
        .expect(403);
}

/// The bars of a page's chart: how many calls each says it stands for, with the address of its list.
fn bars(page: &Answer) -> Vec<(i64, String)> {
    let names = page.attributes(".chart a", "aria-label");
    let counts = names
        .iter()
        .map(|name| name.rsplit(' ').next().unwrap().parse().unwrap());
    counts.zip(page.attributes(".chart a", "href")).collect()
}

#[tokio::test]
async fn each_bar_leads_to_the_list_whose_rows_it_counts() {
    let app = office().await;
    for (hour, some) in [
        ("08:30:00Z", "is_talk"),
        ("09:00:00Z", "is_cold"),
        ("20:59:59Z", "NOT is_talk AND NOT is_cold"),
    ] {
        let sql = format!("UPDATE call_requests SET created_at = '2026-11-23T{hour}' WHERE {some}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&app.db).await.unwrap();
    }
    // The first and the last moment of another day.
    for (moment, login) in [("2026-11-24T21:00:00Z", "vera"), ("2026-11-25T20:59:59Z", "gleb")] {
        sqlx::query("UPDATE call_requests SET created_at = $1::timestamptz FROM users WHERE users.id = created_by AND username = $2")
            .bind(moment)
            .bind(login)
            .execute(&app.db)
            .await
            .unwrap();
    }
    for (login, path, hours, days) in [
        ("boss", "/analytics/", 5, 4),
        ("anna", "/calls/", 5, 2),
        ("chief", "/analytics/calls/", 5, 4),
    ] {
        let mut browser = app.signed_in(login).await;
        for (period, most) in [("period=day&at=2026-11-23", hours), ("period=month&at=2026-11", days)] {
            let page = browser.get(&format!("{path}?{period}")).await;
            let bars = bars(&page);
            assert_eq!(bars.len(), most, "{login}, {period}: {bars:?}");
            for (count, href) in bars {
                assert_eq!(listed(&mut browser, &href).await.0, count, "{login}: {href}");
            }
        }
    }
    // The page of an hour says so, marks its bar and leads back to the day.
    let mut anna = app.signed_in("anna").await;
    let page = anna.get("/calls/?period=day&at=2026-11-23&hour=23&list=talks").await;
    assert_eq!(page.expect(200).texts(".chip"), ["23:00–24:00"]);
    assert_eq!(page.attributes(".chart a[aria-current]", "aria-label").len(), 1);
    let day = page.attribute(".chip a", "href").unwrap();
    assert_eq!(day, "/calls/?period=day&at=2026-11-23&list=talks");
    for tab in page.attributes("nav[aria-label='Что показать'] a", "href") {
        assert!(tab.contains("&hour=23"), "{tab}");
    }
    for (period, hour) in [
        ("day&at=2026-11-23", "24"),
        ("day&at=2026-11-23", "x"),
        ("month&at=2026-11", "11"),
    ] {
        let page = anna.get(&format!("/calls/?period={period}&hour={hour}")).await;
        assert!(page.expect(200).texts(".chip").is_empty(), "{period}, {hour}");
    }
}

#[tokio::test]
async fn a_list_keeps_its_length_and_its_kind_on_the_way_to_other_times() {
    let app = office().await;
    let month = this_month(&app).await;
    let mut anna = app.signed_in("anna").await;
    let page = anna.get(&format!("/calls/?{month}&list=talks&per_page=25")).await;
    page.expect(200);
    for link in ["a[aria-label=Раньше]", "nav[data-tabs] a"] {
        let href = page.attribute(link, "href").unwrap();
        assert!(href.ends_with("&per_page=25&list=talks"), "{href}");
    }
    assert_eq!(page.attribute("#f-size [selected]", "value").unwrap(), "25");
    // A length of one's own making is none.
    let page = anna.get(&format!("/calls/?{month}&per_page=1000000")).await;
    assert_eq!(page.attribute("#f-size [selected]", "value").unwrap(), "50");
}

#[tokio::test]
async fn the_report_of_cold_calls_hides_repeats_and_goes_three_months_back() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    // The application's clock is the database's here: the report asks for its own today.
    called(&app, &anna, 0, (true, "connected")).await;
    called(&app, &anna, 0, (true, "connected")).await;
    sqlx::query("UPDATE call_requests SET created_at = '2026-11-23T08:00:00Z'")
        .execute(&app.db)
        .await
        .unwrap();
    called(&app, &anna, 0, (true, "connected")).await;
    sqlx::query("UPDATE call_requests SET created_at = '2026-10-05T08:00:00Z' WHERE created_at > '2026-11-24'")
        .execute(&app.db)
        .await
        .unwrap();
    let mut browser = app.signed_in("anna").await;
    let day = browser.get("/reports/cold-calls/day/").await.expect(200).json();
    assert_eq!((&day["count"], &day["date"]), (&1.into(), &"23.11.2026".into()));
    assert_eq!(day["items"][0]["time"], "11:00");
    let text = day["text"].as_str().unwrap();
    assert!(
        text.contains("Всего: 1") && text.contains("1) 11:00 — Контакт не указан"),
        "{text}"
    );
    let month = browser
        .get("/reports/cold-calls/month/?month=2026-10")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&month["month_label"], &month["count"]),
        (&"Октябрь 2026".into(), &1.into())
    );
    assert_eq!(month["available_months"][0]["key"], "2026-11");
    assert_eq!(month["available_months"][1]["label"], "Октябрь 2026");
    let other = browser
        .get("/reports/cold-calls/month/?month=2020-01")
        .await
        .expect(200)
        .json();
    assert_eq!(other["month"], "2026-11");
}

#[tokio::test]
async fn an_administrator_of_an_empty_base_is_told_to_add_people() {
    let app = TestApp::new().await;
    app.person("boss", Role::Admin, None).await;
    let page = app.signed_in("boss").await.get("/analytics/").await;
    page.expect(200)
        .expect_text("Сотрудников пока нет, а звонки администраторов здесь не считаются.")
        .expect_no_text("В вашем филиале");
}
