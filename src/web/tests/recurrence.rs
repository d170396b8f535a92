use axum::body::Body;
use axum::extract::FromRequest as _;
use axum::http::{Request, header};
use chrono::NaiveDateTime;
use serde::Deserialize;

use crate::error::FieldErrors;
use crate::values::Recurrence;
use crate::web::{Form, RecurrenceForm};

/// The form of a room, in which the repetition is a part.
#[derive(Debug, Deserialize)]
struct Whole {
    title: String,
    #[serde(flatten)]
    recurrence: RecurrenceForm,
}

async fn sent(body: &str) -> Whole {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .expect("a request");
    let Ok(Form(whole)) = Form::<Whole>::from_request(request, &()).await else {
        panic!("{body} is not read");
    };
    whole
}

/// A Tuesday, the second one of its month.
fn start() -> NaiveDateTime {
    "2026-12-08T10:00:00".parse().expect("a time")
}

#[tokio::test]
async fn what_browsers_send_becomes_a_rule() {
    for (body, rule) in [
        ("title=x", None),
        ("title=x&repeat=&repeat_every=5&repeat_end=count", None),
        ("title=x&repeat=day&repeat_every=&repeat_end=", Some("FREQ=DAILY")),
        ("title=x&repeat=day&repeat_every=3", Some("FREQ=DAILY;INTERVAL=3")),
        (
            "title=x&repeat=workdays&repeat_every=3",
            Some("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ),
        ("title=x&repeat=week", Some("FREQ=WEEKLY;BYDAY=TU")),
        ("title=x&repeat=week&repeat_weekdays=4", Some("FREQ=WEEKLY;BYDAY=TH")),
        (
            "title=x&repeat=week&repeat_every=2&repeat_weekdays=4&repeat_weekdays=1&repeat_end=until&repeat_until=01.03.2027",
            Some("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270301T235959"),
        ),
        (
            "title=x&repeat=month&repeat_month=day",
            Some("FREQ=MONTHLY;BYMONTHDAY=8"),
        ),
        ("title=x&repeat=month", Some("FREQ=MONTHLY;BYMONTHDAY=8")),
        ("title=x&repeat=month&repeat_month=nth", Some("FREQ=MONTHLY;BYDAY=2TU")),
        (
            "title=x&repeat=month&repeat_month=last_weekday",
            Some("FREQ=MONTHLY;BYDAY=-1TU"),
        ),
        (
            "title=x&repeat=month&repeat_month=last&repeat_every=2",
            Some("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1"),
        ),
        (
            "title=x&repeat=year&repeat_end=count&repeat_count=10&repeat_until=2020-01-01",
            Some("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=8;COUNT=10"),
        ),
        (
            "title=x&repeat=rule&repeat_rule=freq%3Dmonthly%3Bbyday%3D1mo%2C3mo",
            Some("FREQ=MONTHLY;BYDAY=1MO,3MO"),
        ),
    ] {
        let whole = sent(body).await;
        assert_eq!(whole.title, "x");
        let mut errors = FieldErrors::default();
        let read = whole.recurrence.read(start(), &mut errors);
        assert_eq!(read.map(|rule| rule.to_string()).as_deref(), rule, "{body}");
        assert!(errors.is_empty(), "{body}: {errors:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_told_at_its_field() {
    for (body, field) in [
        ("title=x&repeat=hour", "repeat"),
        ("title=x&repeat=day&repeat_every=0", "repeat_every"),
        ("title=x&repeat=day&repeat_every=много", "repeat_every"),
        ("title=x&repeat=year&repeat_every=101", "repeat_every"),
        ("title=x&repeat=week&repeat_weekdays=8", "repeat_weekdays"),
        ("title=x&repeat=day&repeat_end=until&repeat_until=", "repeat_until"),
        (
            "title=x&repeat=day&repeat_end=until&repeat_until=32.01.2027",
            "repeat_until",
        ),
        (
            "title=x&repeat=day&repeat_end=until&repeat_until=07.12.2026",
            "repeat_until",
        ),
        ("title=x&repeat=day&repeat_end=count&repeat_count=", "repeat_count"),
        ("title=x&repeat=day&repeat_end=count&repeat_count=1001", "repeat_count"),
        ("title=x&repeat=rule&repeat_rule=FREQ%3DSECONDLY", "repeat_rule"),
    ] {
        let mut errors = FieldErrors::default();
        let form = sent(body).await.recurrence;
        assert_eq!(form.read(start(), &mut errors), None, "{body}");
        assert!(!errors.get(field).is_empty(), "{body}: {errors:?}");
    }
}

#[test]
fn a_rule_comes_back_into_the_fields_that_can_say_it() {
    for (text, kind) in [
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "day"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "workdays"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "week"),
        ("FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270301", "week"),
        ("FREQ=MONTHLY;BYMONTHDAY=8", "month"),
        ("FREQ=MONTHLY;BYDAY=2TU", "month"),
        ("FREQ=MONTHLY;BYDAY=-1TU", "month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "month"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=8", "year"),
        // What the fields would read as something else.
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU", "rule"),
        ("FREQ=DAILY;UNTIL=20270301T090000", "rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "rule"),
        ("FREQ=MONTHLY;BYDAY=3TU", "rule"),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", "rule"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "rule"),
        ("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=8", "rule"),
    ] {
        let rule = Recurrence::parse(text).expect(text);
        let form = RecurrenceForm::of(Some(&rule), start(), true);
        assert_eq!(form.repeat, kind, "{text}");
        assert!(form.moves_off_weekends());
        let mut errors = FieldErrors::default();
        assert_eq!(form.read(start(), &mut errors), Some(rule), "{text}: {errors:?}");
    }
    // What leans on its start is said in full.
    let weekly = Recurrence::parse("FREQ=WEEKLY").expect("a rule");
    let form = RecurrenceForm::of(Some(&weekly), start(), false);
    assert_eq!((form.repeat.as_str(), form.moves_off_weekends()), ("week", false));
    assert_eq!(RecurrenceForm::of(None, start(), false), RecurrenceForm::default());
}

#[test]
fn a_fifth_day_of_the_week_is_meant_as_the_last() {
    let form = RecurrenceForm {
        repeat: "month".to_owned(),
        repeat_month: "nth".to_owned(),
        ..RecurrenceForm::default()
    };
    let mut errors = FieldErrors::default();
    let fifth = "2026-12-29T10:00:00".parse().expect("a time");
    let rule = form.read(fifth, &mut errors).expect("a rule");
    assert_eq!(rule.to_string(), "FREQ=MONTHLY;BYDAY=-1TU");
}
