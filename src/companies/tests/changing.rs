//! Changing a company: together, one after another, and against one's rights.

use super::{make, number, text};
use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

/// Every field of the form on a page, as a browser would send it back, with some typed over.
pub(super) fn typed_over<'a>(page: &Answer, changed: &'a [(&'a str, &'a str)]) -> Vec<(String, String)> {
    let parsed = scraper::Html::parse_document(&page.text);
    let all = scraper::Selector::parse("main form[data-guard] :is(input, textarea, select)[name]").expect("a selector");
    let chosen = scraper::Selector::parse("option[selected]").expect("a selector");
    let mut fields = Vec::new();
    for element in parsed.select(&all) {
        let name = element.value().attr("name").expect("a name").to_owned();
        let is_choice = matches!(element.value().attr("type"), Some("checkbox" | "radio"));
        let is_off = is_choice && element.value().attr("checked").is_none();
        if is_off || changed.iter().any(|(other, _)| *other == name) {
            continue;
        }
        match element.value().name() {
            "select" => {
                let options = element
                    .select(&chosen)
                    .filter_map(|option| option.value().attr("value"));
                fields.extend(options.map(|value| (name.clone(), value.to_owned())));
            }
            "textarea" => fields.push((name, element.text().collect())),
            _ => fields.push((name, element.value().attr("value").unwrap_or_default().to_owned())),
        }
    }
    fields.extend(
        changed
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    fields
}

pub(super) async fn send(browser: &mut Client, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post_bare(path, &fields).await
}

#[tokio::test]
async fn an_untouched_form_changes_nothing() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let card = make(
        &mut browser,
        &[
            ("name", "ООО «Ромашка & Ко»"),
            ("inn", "7707083893"),
            ("address", "Пермь\nЛенина, 1"),
            ("status", "2"),
            ("spheres", "3"),
            ("spheres", "5"),
            ("phone", "8 343 200-00-01 доб. 12"),
            ("phone_comment", "приёмная"),
            ("email", "Info@Romashka.example"),
            ("contract_type", "frame"),
            ("contract_until", "31.12.2026"),
            ("contract_amount", "70 000,50"),
            ("region", "1"),
            ("lead_state", "cold"),
            ("time_zone", "Asia/Yekaterinburg"),
            ("working_hours", "9:00–18:00"),
        ],
    )
    .await;
    let before = text(
        &app,
        "SELECT (companies.*)::text || (SELECT string_agg(p::text, ' ') FROM company_phones AS p) FROM companies",
    )
    .await;
    let form = browser.get(&format!("{card}edit/")).await;
    let fields = typed_over(&form, &[]);
    send(&mut browser, &format!("{card}edit/"), &fields)
        .await
        .expect_redirect();
    let after = text(
        &app,
        "SELECT (companies.*)::text || (SELECT string_agg(p::text, ' ') FROM company_phones AS p) FROM companies",
    )
    .await;
    assert_eq!(before, after);
    assert_eq!(
        number(&app, "SELECT count(*) FROM audit_events WHERE verb = 'update'").await,
        0
    );
}

#[tokio::test]
async fn a_number_stays_as_it_was_typed_when_something_else_is_changed() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let card = make(&mut browser, &[("name", "Ромашка"), ("phone", "8-343-200-00-01")]).await;
    let form = browser.get(&format!("{card}edit/")).await;
    let fields = typed_over(&form, &[("name", "Ромашка 2")]);
    send(&mut browser, &format!("{card}edit/"), &fields)
        .await
        .expect_redirect();
    assert_eq!(text(&app, "SELECT raw FROM company_phones").await, "8-343-200-00-01");
}

#[tokio::test]
async fn two_saves_at_one_instant_are_one_save_and_one_question() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut one = app.signed_in("petrov").await;
    let card = make(&mut one, &[("name", "Ромашка")]).await;
    let mut two = one.moved_to(&app.twin());
    let edit = format!("{card}edit/");
    let form = one.get(&edit).await;
    let (a, b) = (
        typed_over(&form, &[("name", "Первая")]),
        typed_over(&form, &[("name", "Вторая")]),
    );
    let (a, b) = tokio::join!(send(&mut one, &edit, &a), send(&mut two, &edit, &b));
    let mut answers = [a.status.as_u16(), b.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
}

#[tokio::test]
async fn a_refused_change_keeps_what_was_typed() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let card = make(&mut browser, &[("name", "Ромашка")]).await;
    let edit = format!("{card}edit/");
    let form = browser.get(&edit).await;
    let page = send(
        &mut browser,
        &edit,
        &typed_over(&form, &[("name", " "), ("website", "new.example")]),
    )
    .await;
    page.expect(422).expect_text("Укажите название.");
    assert_eq!(
        page.attribute("input[name=website]", "value").as_deref(),
        Some("new.example")
    );
    assert_eq!(page.attribute("input[name=version]", "value").as_deref(), Some("1"));
}

#[tokio::test]
async fn only_admins_make_a_warm_company_cold_and_editors_may_warm_it_up() {
    let app = TestApp::new().await;
    let branch = app.branch("ekb").await;
    let petrov = app.person("petrov", Role::Manager, Some(branch)).await;
    for (login, role) in [
        ("head", Role::SalesHead),
        ("director", Role::BranchDirector),
        ("group", Role::GroupManager),
        ("admin", Role::Admin),
    ] {
        app.person(login, role, Some(branch)).await;
    }
    let company = app.company("Ромашка").of(&petrov).create(&app).await;
    let edit = format!("/companies/{company}/edit/");
    for login in ["petrov", "head", "director", "group"] {
        let mut browser = app.signed_in(login).await;
        let form = browser.get(&edit).await;
        assert_eq!(
            form.attribute("[name=lead_state][value=cold]", "value"),
            None,
            "{login} is not offered what is refused"
        );
        let answer = send(&mut browser, &edit, &typed_over(&form, &[("lead_state", "cold")])).await;
        answer.expect(403).expect_text("может только администратор");
    }
    assert_eq!(text(&app, "SELECT lead_state FROM companies").await, "warm");
    let mut admin = app.signed_in("admin").await;
    let form = admin.get(&edit).await;
    assert!(
        form.attribute("[name=lead_state][value=cold]", "value").is_some(),
        "the admin is offered it"
    );
    send(&mut admin, &edit, &typed_over(&form, &[("lead_state", "cold")]))
        .await
        .expect_redirect();
    assert_eq!(text(&app, "SELECT lead_state FROM companies").await, "cold");
    let mut manager = app.signed_in("petrov").await;
    let form = manager.get(&edit).await;
    send(&mut manager, &edit, &typed_over(&form, &[("lead_state", "warm")]))
        .await
        .expect_redirect();
    assert_eq!(text(&app, "SELECT lead_state FROM companies").await, "warm");
}

#[tokio::test]
async fn a_transfer_moves_the_branch_along() {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("ekb").await, app.branch("tmn").await);
    let petrov = app.person("petrov", Role::Manager, Some(here)).await;
    let heir = app
        .person("heir", Role::Manager, Some(there))
        .await
        .user
        .expect("a person")
        .to_string();
    let free = app
        .person("free", Role::SalesHead, None)
        .await
        .user
        .expect("a person")
        .to_string();
    app.person("admin", Role::Admin, None).await;
    let company = app.company("Ромашка").of(&petrov).create(&app).await;
    let path = format!("/companies/{company}/transfer/");
    let now = "SELECT concat_ws(' ', person.username, COALESCE(branch.code, '—')) FROM companies
               JOIN users AS person ON person.id = responsible_id LEFT JOIN branches AS branch ON branch.id = companies.branch_id";
    let mut browser = app.signed_in("petrov").await;
    browser
        .post(&path, &[("responsible_id", &heir)])
        .await
        .expect_redirect();
    assert_eq!(text(&app, now).await, "heir tmn");
    browser.post(&path, &[("responsible_id", &heir)]).await.expect(403);
    let mut admin = app.signed_in("admin").await;
    admin.post(&path, &[("responsible_id", &free)]).await.expect_redirect();
    assert_eq!(text(&app, now).await, "free —");
    let logged = text(
        &app,
        "SELECT changes::text FROM audit_events WHERE verb = 'transfer' ORDER BY id DESC LIMIT 1",
    )
    .await;
    assert!(
        logged.contains("heir Тестов") && logged.contains("free Тестов"),
        "{logged}"
    );
    assert!(logged.contains(r#""branch": {"new": "", "old": "#), "{logged}");
}

#[tokio::test]
async fn a_transfer_goes_to_active_sellers_only() {
    let app = TestApp::new().await;
    let petrov = app.person("petrov", Role::Manager, None).await;
    let group = app
        .person("group", Role::GroupManager, None)
        .await
        .user
        .expect("a person")
        .to_string();
    let admin = app
        .person("admin", Role::Admin, None)
        .await
        .user
        .expect("a person")
        .to_string();
    let gone = app
        .person("gone", Role::Manager, None)
        .await
        .user
        .expect("a person")
        .to_string();
    sqlx::query("UPDATE users SET is_active = false WHERE username = 'gone'")
        .execute(&app.app.db)
        .await
        .expect("SQL");
    let company = app.company("Ромашка").of(&petrov).create(&app).await;
    let mut browser = app.signed_in("admin").await;
    for to in [group.as_str(), &admin, &gone, "", "abc", "-1", "99999999999999999999"] {
        let answer = browser
            .post(&format!("/companies/{company}/transfer/"), &[("responsible_id", to)])
            .await;
        answer.expect(422);
    }
    assert_eq!(
        text(
            &app,
            "SELECT username FROM companies JOIN users ON users.id = responsible_id"
        )
        .await,
        "petrov"
    );
}

#[tokio::test]
async fn a_transfer_between_namesakes_is_a_transfer() {
    let app = TestApp::new().await;
    let one = app.person("one", Role::Manager, None).await;
    let two = app
        .person("two", Role::Manager, None)
        .await
        .user
        .expect("a person")
        .to_string();
    sqlx::query("UPDATE users SET first_name = 'Иван', last_name = 'Царевич'")
        .execute(&app.app.db)
        .await
        .expect("SQL");
    let company = app.company("Ромашка").of(&one).create(&app).await;
    let mut browser = app.signed_in("one").await;
    browser
        .post(&format!("/companies/{company}/transfer/"), &[("responsible_id", &two)])
        .await
        .expect_redirect();
    assert_eq!(
        text(
            &app,
            "SELECT username FROM companies JOIN users ON users.id = responsible_id"
        )
        .await,
        "two"
    );
    assert_eq!(
        number(&app, "SELECT count(*) FROM audit_events WHERE verb = 'transfer'").await,
        1
    );
}

#[tokio::test]
async fn the_quick_form_changes_status_and_spheres_alone() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let card = make(
        &mut browser,
        &[("name", "Ромашка"), ("phone", "83432000001"), ("spheres", "1")],
    )
    .await;
    let update = format!("{card}update/");
    browser
        .post(
            &update,
            &[("status", "3"), ("spheres", "2"), ("spheres", "4"), ("spheres", "4")],
        )
        .await
        .expect_redirect();
    browser
        .get(&card)
        .await
        .expect_text("+7 (343) 200-00-01")
        .expect_text("Коммерческое предложение");
    assert_eq!(
        text(
            &app,
            "SELECT string_agg(sphere_id::text, ' ' ORDER BY sphere_id) FROM company_sphere_links"
        )
        .await,
        "2 4"
    );
    browser.post(&update, &[]).await.expect_redirect();
    assert_eq!(number(&app, "SELECT count(*) FROM company_sphere_links").await, 0);
    for (field, value) in [("status", "abc"), ("status", "99"), ("spheres", "99"), ("spheres", "x")] {
        browser.post(&update, &[(field, value)]).await.expect(422);
    }
}

async fn is_listed(browser: &mut Client, typed: &str) -> bool {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", typed)
        .finish();
    let list = browser.get(&format!("/companies/?{query}")).await;
    !list.texts("a.row-link").is_empty()
}

#[tokio::test]
async fn whatever_changes_on_a_card_it_is_found_by_its_present_words() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let card = make(
        &mut browser,
        &[
            ("name", "Ромашка"),
            ("phone", "83432000001"),
            ("email", "a@old.example"),
        ],
    )
    .await;
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);

    let edit = format!("{card}edit/");
    let form = browser.get(&edit).await;
    let fields = typed_over(
        &form,
        &[("name", "Лютик"), ("phone", "83432000002"), ("email", "b@new.example")],
    );
    send(&mut browser, &edit, &fields).await.expect_redirect();
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);

    let contact = [
        ("last_name", "Ивушкин"),
        ("phone_kind", "work"),
        ("phone", "83432000003"),
        ("phone_comment", ""),
    ];
    browser
        .post(&format!("{card}contacts/new/"), &contact)
        .await
        .expect_redirect();
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);
    let id = text(&app, "SELECT id::text FROM contacts").await;
    let contact = [("last_name", "Берёзкина"), ("version", "1")];
    browser
        .post(&format!("/contacts/{id}/edit/"), &contact)
        .await
        .expect_redirect();
    browser
        .post(&format!("{card}update/"), &[("status", "3")])
        .await
        .expect_redirect();
    browser
        .post(&format!("{card}notes/add/"), &[("text", "Звонил")])
        .await
        .expect_redirect();
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);

    for (typed, is_found) in [
        ("лютик", true),
        ("ромашка", false),
        ("березкина", true),
        ("ивушкин", false),
        ("200-00-02", true),
        ("83432000001", false),
        ("new.example", true),
    ] {
        let found = is_listed(&mut browser, typed).await;
        assert_eq!(found, is_found, "{typed}");
    }
}
