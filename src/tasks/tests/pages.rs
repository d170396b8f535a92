//! Lists, the desk and the week: the same day on all of them.

use chrono::TimeDelta;

use super::{set, shown, team, titles};

#[tokio::test]
async fn counts_on_the_desk_lead_to_the_very_same_lists() {
    let mut team = team().await;
    for (title, due) in [
        ("Вчера", "22.11.2026 10:00"),
        ("Утром", "23.11.2026 9:00"),
        ("Вечером", "23.11.2026 18:00"),
        ("Весь день", "сегодня"),
        ("Завтра", "завтра 10:00"),
        ("Через неделю", "30.11.2026"),
        ("Через месяц", "23.12.2026"),
        ("Без срока", ""),
    ] {
        set(&mut team.manager, &[("title", title), ("due", due)]).await;
    }
    let desk = shown(&mut team.manager, "/").await;
    assert_eq!(desk.texts("#overdue .row-link"), ["Вчера"]);
    assert_eq!(desk.texts("#today .row-link"), ["Утром", "Вечером", "Весь день"]);
    assert_eq!(desk.texts("#week .row-link"), ["Завтра", "Через неделю"]);
    for (block, count) in [("overdue", "1"), ("today", "3"), ("week", "2")] {
        assert_eq!(desk.texts(&format!("#{block} .count")), [count], "{block}");
        let url = desk.attributes(&format!("#{block} h2 a"), "href").remove(0);
        let listed = titles(&mut team.manager, &url).await;
        assert_eq!(listed, desk.texts(&format!("#{block} .row-link")), "{block}");
    }
    assert_eq!(
        titles(&mut team.manager, "/tasks/?scope=mine&when=none").await,
        ["Без срока"]
    );
    assert_eq!(
        titles(&mut team.manager, "/tasks/?scope=mine&when=later").await,
        ["Через месяц"]
    );
    assert_eq!(
        titles(&mut team.manager, "/tasks/?scope=mine&q=недел").await,
        ["Через неделю"]
    );
}

#[tokio::test]
async fn midnight_is_where_the_reader_is() {
    let mut team = team().await;
    set(
        &mut team.manager,
        &[("title", "Позвонить"), ("due", "23.11.2026 20:00")],
    )
    .await;
    let set_zone = |zone: &'static str| {
        let db = team.app.db.clone();
        async move {
            sqlx::query("UPDATE users SET time_zone = $1 WHERE username = 'manager'")
                .bind(zone)
                .execute(&db)
                .await
                .expect("a zone");
        }
    };
    // 20:00 in Moscow: 19:00 on the 23rd in Kaliningrad, 5:00 on the 24th in Kamchatka.
    let cases = [
        ("Europe/Kaliningrad", "#today", "сегодня 19:00"),
        ("Asia/Kamchatka", "#week", "завтра 5:00"),
    ];
    for (zone, block, words) in cases {
        set_zone(zone).await;
        let desk = shown(&mut team.manager, "/").await;
        assert_eq!(desk.texts(&format!("{block} .row-link")), ["Позвонить"], "{zone}");
        assert_eq!(desk.texts(&format!("{block} .due")), [words], "{zone}");
    }
    // Eleven hours later it is the 23rd, 22:00 in Kaliningrad, and the 24th, 8:00 in Kamchatka.
    team.app.pass(TimeDelta::hours(11));
    let cases = [("Europe/Kaliningrad", "#today"), ("Asia/Kamchatka", "#today")];
    for (zone, block) in cases {
        set_zone(zone).await;
        let desk = shown(&mut team.manager, "/").await;
        assert_eq!(desk.texts(&format!("{block} .row-link")), ["Позвонить"], "{zone}");
    }
    team.app.pass(TimeDelta::hours(3));
    set_zone("Europe/Kaliningrad").await;
    assert_eq!(
        shown(&mut team.manager, "/").await.texts("#overdue .row-link"),
        ["Позвонить"]
    );
    set_zone("Asia/Kamchatka").await;
    assert_eq!(
        shown(&mut team.manager, "/").await.texts("#today .row-link"),
        ["Позвонить"]
    );
}

#[tokio::test]
async fn a_head_sees_the_day_of_the_branch() {
    let mut team = team().await;
    set(&mut team.manager, &[("title", "Менеджера"), ("due", "сегодня")]).await;
    set(&mut team.stranger, &[("title", "Чужого филиала"), ("due", "сегодня")]).await;
    let desk = shown(&mut team.head, "/").await;
    assert_eq!(desk.texts("#today .row-link"), ["Менеджера"]);
    assert_eq!(titles(&mut team.head, "/tasks/").await, ["Менеджера"]);
    assert_eq!(titles(&mut team.head, "/tasks/?scope=all").await.len(), 2);
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_and_back() {
    let mut team = team().await;
    for n in 0..120 {
        let due = if n % 3 == 0 {
            String::new()
        } else {
            format!("через {} минут", 1 + n / 2)
        };
        set(
            &mut team.manager,
            &[("title", &format!("Задача {n:03}")), ("due", &due)],
        )
        .await;
    }
    let mut seen = Vec::new();
    let mut path = "/tasks/".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = shown(&mut team.manager, &path).await;
        seen.extend(page.texts(".task .row-link"));
        pages.push(page.texts(".task .row-link"));
        let Some(next) = page.attributes("a[rel=next]", "href").pop() else {
            break;
        };
        path = next;
    }
    assert_eq!(seen.len(), 120);
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 120);
    let last = shown(&mut team.manager, &path).await;
    let back = last.attributes("a[rel=prev]", "href").remove(0);
    assert_eq!(titles(&mut team.manager, &back).await, pages[pages.len() - 2]);
}

#[tokio::test]
async fn the_week_shows_each_task_on_its_day_and_moves_it_to_another() {
    let mut team = team().await;
    let id = set(&mut team.manager, &[("title", "Встреча"), ("due", "25.11.2026 15:00")]).await;
    let week = shown(&mut team.manager, "/tasks/week/").await;
    assert_eq!(week.texts("[data-day='2026-11-25'] .row-link"), ["Встреча"]);
    let wish = [("day", "2026-11-27"), ("back", "/tasks/week/?day=2026-11-23")];
    let led = team
        .manager
        .post(&format!("/tasks/{id}/move/"), &wish)
        .await
        .expect_redirect();
    assert_eq!(led, "/tasks/week/?day=2026-11-23");
    let week = shown(&mut team.manager, &led).await;
    assert_eq!(week.texts("[data-day='2026-11-27'] .row-link"), ["Встреча"]);
    assert_eq!(week.texts("[data-day='2026-11-27'] .due"), ["пт, 27 ноя 15:00"]);
}

#[tokio::test]
async fn contracts_that_end_within_a_month_stand_on_the_desk() {
    let mut team = team().await;
    for (name, until) in [
        ("Скоро", "2026-12-01"),
        ("Позже", "2026-12-20"),
        ("Далеко", "2027-03-01"),
        ("Прошёл", "2026-11-01"),
    ] {
        let id = team.app.company(name).of(&team.manager_actor).create(&team.app).await;
        sqlx::query("UPDATE companies SET contract_until = $2::date WHERE id = $1")
            .bind(id.0)
            .bind(until)
            .execute(&team.app.db)
            .await
            .expect("a contract");
    }
    let desk = shown(&mut team.manager, "/").await;
    assert_eq!(desk.texts(".contracts a"), ["Скоро", "Позже"]);
    assert_eq!(desk.texts(".contracts .badge"), ["Срочно: 8 дней", "Осталось 27 дней"]);
    assert!(shown(&mut team.stranger, "/").await.texts(".contracts a").is_empty());
}

#[tokio::test]
async fn what_others_set_is_counted_and_its_heading_leads_to_the_very_same_tasks() {
    let mut team = team().await;
    let to = team.manager_actor.user.expect("a person").to_string();
    set(&mut team.manager, &[("title", "Своя")]).await;
    for n in 1..=12 {
        let title = format!("От начальника {n}");
        set(&mut team.head, &[("title", title.as_str()), ("assignee", to.as_str())]).await;
        team.app.pass(TimeDelta::seconds(1));
    }
    let desk = shown(&mut team.manager, "/").await;
    assert_eq!(desk.texts("#new .count"), ["12"]);
    let shown_there = desk.texts("#new .row-link");
    assert_eq!(shown_there.len(), 10);
    assert_eq!(shown_there[0], "От начальника 12");
    let url = desk.attributes("#new h2 a", "href").remove(0);
    let listed = titles(&mut team.manager, &url).await;
    assert_eq!(listed.len(), 12);
    assert_eq!(listed[..10], shown_there[..]);
    shown(&mut team.manager, &url).await.expect_text("Поставили другие");
}

#[tokio::test]
async fn the_form_names_the_company_it_is_for() {
    let mut team = team().await;
    let company = team
        .app
        .company("Лютик")
        .of(&team.manager_actor)
        .create(&team.app)
        .await;
    let form = shown(&mut team.manager, &format!("/tasks/new/?company={company}")).await;
    assert_eq!(form.texts("fieldset .check")[0], "Лютик");
}

#[tokio::test]
async fn addresses_of_the_older_crm_lead_to_the_same_tasks() {
    let mut team = team().await;
    for (title, due) in [("Вчера", "22.11.2026"), ("Сегодня", "сегодня"), ("Завтра", "завтра")]
    {
        set(&mut team.manager, &[("title", title), ("due", due)]).await;
    }
    set(&mut team.head, &[("title", "Начальника"), ("due", "сегодня")]).await;
    let cases: [(&str, &[&str]); 4] = [
        ("/tasks/?mine=1", &["Вчера", "Сегодня", "Завтра"]),
        ("/tasks/?mine=1&today=1", &["Сегодня"]),
        ("/tasks/?mine=1&overdue=1", &["Вчера"]),
        ("/tasks/?mine=1&status=done", &[]),
    ];
    for (path, expected) in cases {
        assert_eq!(titles(&mut team.manager, path).await, expected, "{path}");
    }
    // A head has the branch's tasks before the eyes, unless the address says otherwise.
    assert_eq!(titles(&mut team.head, "/tasks/?today=1").await.len(), 2);
    assert_eq!(titles(&mut team.head, "/tasks/?mine=1&today=1").await, ["Начальника"]);
}

/// Writes many tasks of the manager at once: a title, how many, and whether they are open.
async fn pour(team: &super::Team, title: &str, count: i64, is_open: bool) {
    let status = if is_open { "new" } else { "done" };
    sqlx::query(
        "INSERT INTO tasks (id, title, status, assignee_id, author_id, due_at, closed_at)
         SELECT gen_random_uuid(), $1 || ' ' || n, $3, $4, $4, '2026-11-24 09:00+00'::timestamptz + n * interval '1 second',
                CASE WHEN $3 = 'done' THEN '2026-11-20'::timestamptz END
         FROM generate_series(1, $2) AS n",
    )
    .bind(title)
    .bind(count)
    .bind(status)
    .bind(team.manager_actor.user.map(|user| user.0))
    .execute(&team.app.db)
    .await
    .expect("tasks");
}

#[tokio::test]
async fn words_are_found_however_many_tasks_have_them() {
    let mut team = team().await;
    pour(&team, "Архив дела", 5_001, false).await;
    pour(&team, "Звонок", 10_000, true).await;
    set(&mut team.manager, &[("title", "Дела на потом"), ("due", "")]).await;
    // A word that nearly all tasks have, one that a few have, and one of nobody.
    let list = shown(&mut team.manager, "/tasks/?scope=mine&q=звонок").await;
    assert_eq!(list.texts(".task").len(), 50);
    assert_eq!(
        titles(&mut team.manager, "/tasks/?scope=mine&q=потом").await,
        ["Дела на потом"]
    );
    let list = shown(&mut team.manager, "/tasks/?scope=mine&q=нигде").await;
    list.expect_text("Ничего не нашлось");
    // One that thousands of closed tasks have: the nearest open ones are looked through, and the page says so.
    let list = shown(&mut team.manager, "/tasks/?scope=mine&q=дела").await;
    assert!(list.texts(".task").is_empty());
    list.expect_text("искали среди ближайших 10 000");
    let list = shown(&mut team.manager, "/tasks/?scope=mine&q=дела&when=none").await;
    assert_eq!(list.texts(".task .row-link"), ["Дела на потом"]);
    list.expect_no_text("искали среди ближайших");
    let done = shown(&mut team.manager, "/tasks/?scope=mine&q=дела&status=done").await;
    assert_eq!(done.texts(".task").len(), 50);
    let next = done.attribute("a[rel=next]", "href").expect("a next page");
    assert_eq!(titles(&mut team.manager, &next).await.len(), 50);
    // An act on all of a list that was not looked through would leave tasks out unseen.
    let led = team.manager.get("/tasks/many/new/?scope=mine&q=дела&all=1").await;
    let led = led.expect_redirect();
    shown(&mut team.manager, &led).await.expect_text("сузьте его");
}

#[tokio::test]
async fn a_full_day_of_the_week_leads_to_all_of_its_tasks() {
    let mut team = team().await;
    pour(&team, "Звонок", 21, true).await;
    let week = shown(&mut team.manager, "/tasks/week/").await;
    assert_eq!(week.texts("[data-day='2026-11-24'] .task").len(), 20);
    let more = "[data-day='2026-11-24'] p a";
    assert_eq!(week.texts(more), ["Все задачи дня: 21"]);
    let url = week.attribute(more, "href").expect("a link");
    assert_eq!(titles(&mut team.manager, &url).await.len(), 21);
}
