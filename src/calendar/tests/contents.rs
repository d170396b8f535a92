use calcard::common::timezone::Tz;
use calcard::icalendar::ICalendarProperty::{Description, Rrule, Sequence, Summary, Uid};
use calcard::icalendar::{ICalendar, ICalendarComponentType};

use super::{calendar, change, events, issue, read, series, start, task, text};
use crate::policy::{Actor, Role};
use crate::testing::TestApp;

/// A manager with a calendar, and its path.
async fn setting() -> (TestApp, Actor, String) {
    let app = TestApp::new().await;
    let me = app.person("ivanova", Role::Manager, None).await;
    let path = issue(&mut app.signed_in("ivanova").await).await;
    (app, me, path)
}

#[tokio::test]
async fn the_own_tasks_with_a_date_stand_in_the_calendar() {
    let (app, me, path) = setting().await;
    let other = app.person("other", Role::Manager, None).await;
    sqlx::query("UPDATE users SET time_zone = 'Asia/Yekaterinburg' WHERE id = $1")
        .bind(me.user.map(|id| id.0))
        .execute(&app.app.db)
        .await
        .expect("a change");
    let call = task(&app, &me, "Позвонить", "2026-12-01 10:00+05", "version = 3").await;
    let day = task(&app, &me, "Отчёт", "2026-12-02 23:59+05", "is_all_day = true").await;
    let closed = "status = 'done', closed_at = now()";
    let done = task(&app, &me, "Счёт", "2026-11-20 10:00+05", closed).await;
    let cancelled = "status = 'cancelled', closed_at = now()";
    for (title, actor, due, rest) in [
        ("Чужая", &other, "2026-12-01 10:00+05", ""),
        ("Отменённая", &me, "2026-12-01 10:00+05", cancelled),
        ("Без срока", &me, "2026-12-01 10:00+05", "due_at = NULL"),
        ("Давняя", &me, "2026-10-20 10:00+05", ""),
        ("Далёкая", &me, "2027-11-25 10:00+05", ""),
    ] {
        task(&app, actor, title, due, rest).await;
    }
    let calendar = calendar(&app, &path).await;
    let events = events(&calendar);
    let shown: Vec<_> = events
        .iter()
        .map(|event| format!("{} {} {}", text(event, &Uid), text(event, &Summary), start(event)))
        .collect();
    assert_eq!(
        shown,
        [
            format!("{done} ✓ Счёт 2026-11-20 10:00 Asia/Yekaterinburg"),
            format!("{call} Позвонить 2026-12-01 10:00 Asia/Yekaterinburg"),
            format!("{day} Отчёт 2026-12-02"),
        ]
    );
    let sequence = events[1].property(&Sequence).expect("a sequence");
    assert_eq!(sequence.values[0].as_integer(), Some(3));
    // What is done reminds nobody.
    let alarms: Vec<_> = events.iter().map(|event| event.component_ids.len()).collect();
    assert_eq!(alarms, [0, 1, 1]);
    let zone =
        |part: &&calcard::icalendar::ICalendarComponent| part.component_type == ICalendarComponentType::VTimezone;
    assert_eq!(calendar.components.iter().filter(zone).count(), 1);
}

#[tokio::test]
async fn any_words_come_through_whole_in_lines_of_75_octets() {
    let (app, me, path) = setting().await;
    let title =
        "Согласовать: «Договор; приложение 1, 2»\\черновик, и ещё очень длинное название 🙂 задачи про поставку";
    let id = task(&app, &me, title, "2026-12-01 10:00+03", "").await;
    let description = "Первая строка; вторая, часть\nEND:VEVENT\nBEGIN:VEVENT\u{1}\n\tС отступом \\n не перенос";
    sqlx::query("UPDATE tasks SET description = $2 WHERE id = $1")
        .bind(id)
        .bind(description)
        .execute(&app.app.db)
        .await
        .expect("a change");
    let reading = read(&app, &path, None).await;
    for line in reading.text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\n', '\r']), "{line}");
    }
    assert!(reading.text.ends_with("END:VCALENDAR\r\n"));
    let calendar = ICalendar::parse(&reading.text).expect("a calendar");
    let events = events(&calendar);
    assert_eq!(events.len(), 1);
    assert_eq!(text(events[0], &Summary), title);
    let about = text(events[0], &Description);
    let expected = "Первая строка; вторая, часть\nEND:VEVENT\nBEGIN:VEVENT\n С отступом \\n не перенос\n";
    assert!(about.starts_with(expected), "{about:?}");
    assert!(about.ends_with(&format!("/tasks/{id}/")), "{about:?}");
}

/// Starts that the other program counts out, as the clock on the wall has them.
fn counted(calendar: &ICalendar) -> Vec<String> {
    let expanded = calendar.expand_dates(Tz::UTC, 50);
    assert!(expanded.errors.is_empty(), "{:?}", expanded.errors);
    let mut starts: Vec<_> = expanded.events.iter().map(|event| event.start.naive_local()).collect();
    starts.sort();
    let text = starts.iter().map(|start| start.format("%Y-%m-%d %H:%M").to_string());
    text.collect()
}

#[tokio::test]
async fn a_series_is_one_repeated_event_from_its_next_occurrence_on() {
    for (rule, starts, reached, expected) in [
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6",
            "2026-11-17 09:00",
            "2026-11-19 09:00",
            "2026-12-01 09:00, 2026-12-03 09:00, 2026-12-15 09:00, 2026-12-17 09:00",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270226",
            "2026-10-30 09:00",
            "2026-11-27 09:00",
            "2026-12-25 09:00, 2027-01-29 09:00, 2027-02-26 09:00",
        ),
        // Leans on its start.
        (
            "FREQ=MONTHLY;COUNT=3",
            "2026-10-31 18:30",
            "2026-10-31 18:30",
            "2026-12-31 18:30, 2027-01-31 18:30",
        ),
        ("FREQ=DAILY;COUNT=2", "2026-11-22 09:00", "2026-11-23 09:00", ""),
        // Goes on after the year that is shown.
        ("FREQ=YEARLY;INTERVAL=2", "2026-11-22 09:00", "2026-11-22 09:00", ""),
    ] {
        let (app, me, path) = setting().await;
        let id = series(&app, &me, rule, starts, &format!("reached = '{reached}'")).await;
        let calendar = calendar(&app, &path).await;
        assert_eq!(counted(&calendar).join(", "), expected, "{rule}");
        for event in events(&calendar) {
            assert_eq!(text(event, &Uid), id.to_string());
            assert!(event.property(&Rrule).is_some());
        }
    }
}

/// The other program takes the hour of UNTIL for one of the wall clock, so that this is looked at by eye.
#[tokio::test]
async fn the_end_of_a_series_is_a_moment_beside_a_zone_and_a_day_beside_days() {
    let (app, me, path) = setting().await;
    for (rule, rest, written) in [
        ("FREQ=DAILY;UNTIL=20270226", "", "FREQ=DAILY;UNTIL=20270226T205959Z"),
        (
            "FREQ=DAILY;UNTIL=20270226T090000",
            "",
            "FREQ=DAILY;UNTIL=20270226T060000Z",
        ),
        (
            "FREQ=DAILY;UNTIL=20270226",
            "is_all_day = true",
            "FREQ=DAILY;UNTIL=20270226",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
            "",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU",
        ),
    ] {
        let id = series(&app, &me, rule, "2026-11-22 09:00", rest).await;
        let reading = read(&app, &path, None).await;
        let lines: Vec<_> = reading.text.lines().filter(|line| line.starts_with("RRULE:")).collect();
        assert_eq!(lines, [format!("RRULE:{written}")]);
        change(&app, "task_series", id, "next_at = NULL").await;
    }
}

#[tokio::test]
async fn a_series_that_has_ended_or_belongs_to_another_is_not_there() {
    let (app, me, path) = setting().await;
    let other = app.person("other", Role::Manager, None).await;
    series(&app, &me, "FREQ=DAILY", "2026-11-22 09:00", "next_at = NULL").await;
    series(&app, &other, "FREQ=DAILY", "2026-11-22 09:00", "").await;
    series(&app, &me, "FREQ=ЕЖЕДНЕВНО", "2026-11-22 09:00", "").await;
    assert!(events(&calendar(&app, &path).await).is_empty());
}

#[tokio::test]
async fn days_that_leave_weekends_are_written_one_by_one() {
    let (app, me, path) = setting().await;
    let daily = "skips_weekends = true";
    let id = series(&app, &me, "FREQ=DAILY;COUNT=7", "2026-11-23 09:00", daily).await;
    let written = calendar(&app, &path).await;
    let days = "2026-11-24 09:00, 2026-11-25 09:00, 2026-11-26 09:00, 2026-11-27 09:00, 2026-11-30 09:00";
    assert_eq!(counted(&written).join(", "), format!("{days}, 2026-11-30 09:00"));
    let uids: std::collections::BTreeSet<_> = events(&written).into_iter().map(|event| text(event, &Uid)).collect();
    assert_eq!(uids.len(), 6);
    change(&app, "task_series", id, "next_at = NULL").await;

    let monthly = "skips_weekends = true, is_all_day = true";
    series(
        &app,
        &me,
        "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=8",
        "2026-11-01 23:59",
        monthly,
    )
    .await;
    let written = calendar(&app, &path).await;
    let starts: Vec<_> = events(&written).into_iter().map(start).collect();
    // 1 May 2027 is a Saturday.
    let expected = "2026-12-01 2027-01-01 2027-02-01 2027-03-01 2027-04-01 2027-05-03 2027-06-01";
    assert_eq!(starts.join(" "), expected);
}
