//! The dictionaries as administrators change them.

use super::office;
use crate::testing::{Client, TestApp};

const LIST: &str = "/settings/dictionaries/";

async fn value(app: &TestApp, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(&app.app.db).await.expect("a value")
}

/// The form of a status, as it stands.
async fn status_form(browser: &mut Client, id: u8) -> (String, String) {
    let address = format!("{LIST}statuses/{id}/edit/");
    let page = browser.get(&address).await;
    let version = page.attribute("input[name=version]", "value");
    (address, version.expect("a version"))
}

#[tokio::test]
async fn every_dictionary_is_listed_with_its_entries() {
    let (_app, mut admin) = office().await;
    let page = admin.get(LIST).await;
    page.expect(200).expect_text("Статусы11 записей");
    page.expect_text("Типы задачПока пусто");
    for (code, text) in [
        ("statuses", "Постоянный клиент"),
        ("spheres", "Авиация"),
        ("spheres", "Металлургия"),
        ("contract-types", "Рамочный"),
        ("task-types", "Справочник пуст"),
        ("regions", "Свердловская область"),
    ] {
        let page = admin.get(&format!("{LIST}{code}/")).await;
        page.expect(200).expect_text(text);
        admin.get(&format!("{LIST}{code}/new/")).await.expect(200);
    }
    admin.get(&format!("{LIST}nothing/")).await.expect(404);
    admin.get(&format!("{LIST}statuses/999/edit/")).await.expect(404);
}

#[tokio::test]
async fn an_entry_is_added_at_the_end_once_and_can_be_chosen_at_once() {
    let (app, mut admin) = office().await;
    let new = format!("{LIST}statuses/new/");
    let key = admin.get(&new).await.attribute("input[name=form_key]", "value");
    let fields = [
        ("name", "  Отложен "),
        ("tone", "progress"),
        ("is_active", "1"),
        ("form_key", key.as_deref().expect("a key")),
    ];
    for _ in 0..2 {
        let led = admin.post_from(&new, &new, &fields).await.expect_redirect();
        assert_eq!(led, format!("{LIST}statuses/"));
    }
    let names = admin.get(&format!("{LIST}statuses/")).await.texts("a.row-link");
    assert_eq!(names.iter().filter(|name| *name == "Отложен").count(), 1);
    assert_eq!(names.last().map(String::as_str), Some("Отложен"));
    admin.get("/companies/new/").await.expect_text("Отложен");
    let log = "SELECT string_agg(message, '; ') FROM audit_events WHERE entity = 'company_status'";
    assert_eq!(value(&app, log).await, "Статусы: добавлено «Отложен»");
}

#[tokio::test]
async fn each_dictionary_keeps_what_only_it_has() {
    let (app, mut admin) = office().await;
    for (code, fields) in [
        (
            "spheres",
            vec![("name", "Музеи"), ("tone", "progress"), ("is_important", "1")],
        ),
        (
            "regions",
            vec![("name", "Заморье"), ("tone", "danger"), ("time_zone", "Asia/Kamchatka")],
        ),
        ("task-types", vec![("name", "Звонок"), ("tone", "new")]),
        (
            "contract-types",
            vec![
                ("name", "Подписка"),
                ("tone", "done"),
                ("is_annual", "1"),
                ("warning_days", "45"),
                ("danger_days", "10"),
                ("warning_amount", "90 000"),
                ("danger_amount", "10000,50"),
            ],
        ),
    ] {
        let new = format!("{LIST}{code}/new/");
        let fields: Vec<_> = fields.into_iter().chain([("is_active", "1")]).collect();
        admin.post(&new, &fields).await.expect_redirect();
    }
    let kept =
        "SELECT concat_ws(' ', (SELECT concat_ws(' ', tone, is_important) FROM company_spheres WHERE name = 'Музеи'),
                (SELECT concat_ws(' ', tone, time_zone) FROM regions WHERE name = 'Заморье'),
                (SELECT tone FROM task_types),
                (SELECT concat_ws(' ', tone, is_annual, warning_days, danger_days, warning_amount, danger_amount)
                 FROM contract_types WHERE name = 'Подписка'))";
    assert_eq!(
        value(&app, kept).await,
        "progress t danger Asia/Kamchatka new done t 45 10 90000.00 10000.50"
    );
}

#[tokio::test]
async fn what_cannot_be_meant_comes_back_as_typed_with_sentences() {
    let (app, mut admin) = office().await;
    let new = format!("{LIST}contract-types/new/");
    let refused = admin
        .post(
            &new,
            &[
                ("name", ""),
                ("tone", "neutral"),
                ("warning_days", "месяц"),
                ("danger_days", "14"),
                ("warning_amount", "1 000"),
                ("danger_amount", "2 000"),
                ("is_annual", "1"),
            ],
        )
        .await;
    refused
        .expect(422)
        .expect_text("Укажите название.")
        .expect_text("Целое число дней")
        .expect_text("Не больше, чем для оранжевого предупреждения.");
    let kept = |name: &str| refused.attribute(&format!("input[name={name}]"), "value");
    assert_eq!(kept("warning_days").as_deref(), Some("месяц"));
    assert_eq!(kept("danger_amount").as_deref(), Some("2 000"));
    assert!(refused.attribute("input[name=is_annual]", "checked").is_some());
    let twin = [("name", "Рамочный"), ("warning_days", "30"), ("danger_days", "14")];
    let twin: Vec<_> = twin
        .into_iter()
        .chain([("warning_amount", "1"), ("danger_amount", "1"), ("tone", "neutral")])
        .collect();
    admin
        .post(&new, &twin)
        .await
        .expect(422)
        .expect_text("Такое название уже есть: «Рамочный».");
    assert_eq!(value(&app, "SELECT count(*)::text FROM contract_types").await, "4");
}

#[tokio::test]
async fn a_second_administrator_sees_both_versions_and_loses_nothing() {
    let (app, mut admin) = office().await;
    let (address, version) = status_form(&mut admin, 1).await;
    let fields = |name, version| {
        [
            ("name", name),
            ("tone", "done"),
            ("is_active", "1"),
            ("version", version),
        ]
    };
    admin
        .post(&address, &fields("Свежая", &version))
        .await
        .expect_redirect();
    let late = admin.post(&address, &fields("Новенькая", &version)).await;
    late.expect(409);
    assert_eq!(late.texts("td.mine, td.theirs"), ["Новенькая", "Свежая"]);
    assert_eq!(
        late.attribute("input[name=name]", "value").as_deref(),
        Some("Новенькая")
    );
    let version = late.attribute("input[name=version]", "value").expect("a version");
    admin
        .post(&address, &fields("Новенькая", &version))
        .await
        .expect_redirect();
    let name = "SELECT name || ' ' || tone || ' ' || version FROM company_statuses WHERE id = 1";
    assert_eq!(value(&app, name).await, "Новенькая done 3");
    let log =
        "SELECT string_agg(changes::text, '; ' ORDER BY at, id) FROM audit_events WHERE entity = 'company_status'";
    let log = value(&app, log).await;
    assert!(
        log.contains(r#""old": "Новая""#) && log.contains(r#""new": "Зелёный""#),
        "{log}"
    );
}

#[tokio::test]
async fn a_hidden_entry_stays_where_it_is_and_is_offered_nowhere_else() {
    let (app, mut admin) = office().await;
    let company = app.company("Ромашка").create(&app).await;
    let card = format!("/companies/{company}/");
    admin
        .post(&format!("{card}update/"), &[("status", "1")])
        .await
        .expect_redirect();
    let (address, version) = status_form(&mut admin, 1).await;
    let hidden = [("name", "Новая"), ("tone", "new"), ("version", version.as_str())];
    admin.post(&address, &hidden).await.expect_redirect();
    let offered = "select[name=status] option[value='1']";
    let page = admin.get("/companies/new/").await;
    assert!(page.attribute(offered, "value").is_none(), "not for a new company");
    admin.get(&card).await.expect(200).expect_text("Новая");
    let page = admin.get(&format!("{card}edit/")).await;
    assert!(page.attribute(offered, "selected").is_some(), "the company keeps it");
}

#[tokio::test]
async fn entries_move_one_place_at_a_time_and_stop_at_the_edges() {
    let (_app, mut admin) = office().await;
    let list = format!("{LIST}statuses/");
    let names = async |admin: &mut Client| admin.get(&list).await.texts("a.row-link");
    let before = names(&mut admin).await;
    let page = admin.get(&list).await;
    assert!(
        page.attribute("form[action='/settings/dictionaries/statuses/1/up/']", "method")
            .is_none()
    );
    for (step, first) in [("down", "В работе"), ("up", "Новая"), ("up", "Новая")] {
        let led = admin.post(&format!("{list}1/{step}/"), &[]).await.expect_redirect();
        assert_eq!(led, format!("{list}#entry-1"), "the moved row is in sight");
        assert_eq!(names(&mut admin).await[0], first, "{step}");
    }
    assert_eq!(names(&mut admin).await, before);
    // Spheres begin in the order in which they were read so far.
    let spheres = format!("{LIST}spheres/");
    let read = admin.get(&spheres).await.texts("a.row-link");
    assert!(read.is_sorted(), "{read:?}");
    let second = admin
        .get(&spheres)
        .await
        .attribute("tbody tr:nth-of-type(2) a.row-link", "href");
    let second = second.expect("a sphere").replace("edit/", "");
    admin.post(&format!("{second}up/"), &[]).await.expect_redirect();
    let moved = admin.get(&spheres).await.texts("a.row-link");
    assert_eq!([&moved[0], &moved[1]], [&read[1], &read[0]]);
    let offered = admin.get("/companies/new/").await.texts("select[name=spheres] option");
    assert_eq!(offered[..2], moved[..2]);
}

#[tokio::test]
async fn an_arrow_changes_the_list_alone_and_keeps_its_name_for_the_focus() {
    let (_app, mut admin) = office().await;
    let list = format!("{LIST}statuses/");
    let page = admin.get(&list).await;
    let form = format!("#entries form[hx-post='{list}2/up/']");
    assert!(
        page.attribute(&form, "method").is_some(),
        "sent in place, or plainly without script"
    );
    assert_eq!(page.attribute("#entries", "hx-select").as_deref(), Some("#entries"));
    assert!(page.attribute(&format!("{form} #up-2"), "aria-label").is_some());
    admin.post(&format!("{list}2/up/"), &[]).await.expect_redirect();
    let moved = admin.get(&list).await;
    assert_eq!(
        moved.attribute("#entry-2 #up-2", "aria-disabled").as_deref(),
        Some("true"),
        "at the edge the arrow is still there to stand on"
    );
    assert!(moved.attribute("#entry-1 #up-1", "aria-disabled").is_none());
}

#[tokio::test]
async fn an_entry_goes_to_a_place_by_its_number() {
    let (app, mut admin) = office().await;
    let list = format!("{LIST}regions/");
    let before = admin.get(&list).await.texts("a.row-link");
    let count = before.len().to_string();
    let id = value(&app, "SELECT id::text FROM regions ORDER BY position, name LIMIT 1").await;
    let address = format!("{list}{id}/edit/");
    let form = admin.get(&address).await;
    let shown = |name: &str| form.attribute(&format!("input[name={name}]"), "value").expect(name);
    let zone = form.attribute("select[name=time_zone] option[selected]", "value");
    assert_eq!([shown("place"), shown("shown_place")], ["1", "1"]);
    let (name, version) = (shown("name"), shown("version"));
    let send = async |admin: &mut Client, place: &str| {
        let fields = [
            ("name", name.as_str()),
            ("tone", "neutral"),
            ("time_zone", zone.as_deref().expect("a zone")),
            ("is_active", "1"),
            ("version", &version),
            ("place", place),
            ("shown_place", "1"),
        ];
        admin.post(&address, &fields).await
    };
    for wrong in ["0", "первое", "1000"] {
        let refused = send(&mut admin, wrong).await;
        refused
            .expect(422)
            .expect_text(&format!("Место в списке — целое число от 1 до {count}."));
        assert_eq!(refused.attribute("input[name=place]", "value").as_deref(), Some(wrong));
    }
    send(&mut admin, "3").await.expect_redirect();
    let after = admin.get(&list).await.texts("a.row-link");
    assert_eq!(
        after[..4],
        [&before[1], &before[2], &before[0], &before[3]].map(Clone::clone)
    );
    let log = "SELECT message FROM audit_events WHERE entity = 'region' AND verb = 'order'";
    assert_eq!(
        value(&app, log).await,
        format!("Регионы: «{}» теперь ниже «{}»", before[0], before[2])
    );
    // Somebody else moved it meanwhile: a form that leaves the number alone moves nothing.
    send(&mut admin, "1").await.expect_redirect();
    assert_eq!(admin.get(&list).await.texts("a.row-link"), after);
}

#[tokio::test]
async fn colours_of_spheres_contracts_and_regions_are_seen_on_the_card_and_in_the_list() {
    let (app, mut admin) = office().await;
    let company = app.company("Ромашка").create(&app).await;
    sqlx::raw_sql(
        "UPDATE companies SET contract_type = 'frame', region_id = 1;
         INSERT INTO company_sphere_links (company_id, sphere_id) SELECT id, 1 FROM companies;
         UPDATE company_spheres SET tone = 'new' WHERE id = 1;
         UPDATE contract_types SET tone = 'done' WHERE code = 'frame';
         UPDATE regions SET tone = 'danger' WHERE id = 1",
    )
    .execute(&app.app.db)
    .await
    .expect("colours");
    let columns = ["spheres", "contract", "region"].map(|code| [("order", code), ("column", code)]);
    let columns: Vec<_> = columns.into_iter().flatten().chain([("size", "50")]).collect();
    admin.post("/companies/view/", &columns).await.expect_redirect();
    let list = admin.get("/companies/?all=1").await;
    let card = admin.get(&format!("/companies/{company}/")).await;
    for page in [&list, &card] {
        for (tone, name) in [("new", "Авиация"), ("done", "Рамочный")] {
            let found = page.texts(&format!("main .badge.{tone}"));
            assert!(found.iter().any(|text| text == name), "{tone}: {found:?}");
        }
        let region = page.texts("main .badge.danger");
        assert_eq!(region.len(), 1, "{region:?}");
    }
}

#[tokio::test]
async fn an_important_sphere_comes_first_and_is_marked_on_the_card_and_in_the_list() {
    let (app, mut admin) = office().await;
    let company = app.company("Ромашка").create(&app).await;
    sqlx::query("INSERT INTO company_sphere_links (company_id, sphere_id) VALUES ($1, 1), ($1, 33)")
        .bind(company.0)
        .execute(&app.app.db)
        .await
        .expect("spheres");
    let important = "Важная сфера: Услуги";
    let title = |page: &crate::testing::Answer| page.attribute(".badge.warm[title^='Важная']", "title");
    assert_eq!(title(&admin.get("/companies/").await), None);
    let address = format!("{LIST}spheres/33/edit/");
    let fields = [
        ("name", "Услуги"),
        ("tone", "neutral"),
        ("is_important", "1"),
        ("is_active", "1"),
        ("version", "1"),
    ];
    admin.post(&address, &fields).await.expect_redirect();
    assert_eq!(title(&admin.get("/companies/").await).as_deref(), Some(important));
    let card = admin.get(&format!("/companies/{company}/")).await;
    assert_eq!(title(&card).as_deref(), Some(important));
    assert_eq!(card.texts(".badges .badge"), ["Услуги, важная", "Авиация"]);
}

#[tokio::test]
async fn a_name_that_differs_only_in_case_yo_or_spaces_is_the_same() {
    let (app, mut admin) = office().await;
    let new = format!("{LIST}task-types/new/");
    let fields = |name| [("name", name), ("tone", "new"), ("is_active", "1")];
    for name in ["Звонок", "Учёт"] {
        admin.post(&new, &fields(name)).await.expect_redirect();
    }
    for (name, twin) in [("звонок", "Звонок"), ("Зво нок", "Звонок"), ("УЧЕТ", "Учёт")]
    {
        let refused = admin.post(&new, &fields(name)).await;
        refused
            .expect(422)
            .expect_text(&format!("Такое название уже есть: «{twin}»."));
        assert_eq!(refused.attribute("input[name=name]", "value").as_deref(), Some(name));
    }
    let id = value(&app, "SELECT id::text FROM task_types WHERE name = 'Учёт'").await;
    let edit = format!("{LIST}task-types/{id}/edit/");
    let rename = |name| [("name", name), ("tone", "new"), ("is_active", "1"), ("version", "1")];
    admin
        .post(&edit, &rename("звонок"))
        .await
        .expect(422)
        .expect_text("Такое название уже есть: «Звонок».");
    // Of itself an entry is no twin.
    admin.post(&edit, &rename("учет")).await.expect_redirect();
    // A pair from before can still be changed otherwise.
    sqlx::query("INSERT INTO task_types (name, position) VALUES ('звонок', 9)")
        .execute(&app.app.db)
        .await
        .expect("a twin");
    let id = value(&app, "SELECT id::text FROM task_types WHERE name = 'звонок'").await;
    let edit = format!("{LIST}task-types/{id}/edit/");
    admin.post(&edit, &rename("звонок")).await.expect_redirect();
    assert_eq!(
        value(
            &app,
            "SELECT string_agg(name, ', ' ORDER BY name COLLATE \"C\") FROM task_types"
        )
        .await,
        "Звонок, звонок, учет"
    );
}
