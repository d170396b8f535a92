//! People.

use super::{form_of, office};
use crate::testing::{Answer, Client};

const LIST: &str = "/settings/users/";
const NEW: &str = "/settings/users/new/";
const SECRET: &str = "семь красных клёнов";

/// The person's form as it stands, with some fields typed over.
async fn typed<'a>(browser: &mut Client, edit: &str, over: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    let page = browser.get(edit).await;
    page.expect(200);
    let value = |name: &str| match over.iter().find(|(field, _)| *field == name) {
        Some((_, text)) => (*text).to_owned(),
        None => saved(&page, name),
    };
    let names = [
        "username",
        "first_name",
        "last_name",
        "email",
        "role",
        "branch",
        "time_zone",
        "version",
    ];
    names.into_iter().map(|name| (name, value(name))).collect()
}

fn saved(page: &Answer, name: &str) -> String {
    let input = page.attribute(&format!("input[name={name}]"), "value");
    let chosen = || page.attribute(&format!("select[name={name}] option[selected]"), "value");
    input.or_else(chosen).unwrap_or_default()
}

async fn save(browser: &mut Client, edit: &str, over: &[(&str, &str)]) -> Answer {
    let fields = typed(browser, edit, over).await;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(edit, &fields).await
}

#[tokio::test]
async fn person_is_made_and_signs_in() {
    let (app, mut admin) = office().await;
    let branch = saved_branch(&mut admin).await;
    let fields = [
        ("username", "petrov"),
        ("first_name", "Иван"),
        ("last_name", "Петров"),
        ("email", "petrov@example.ru"),
        ("role", "sales_head"),
        ("branch", branch.as_str()),
        ("time_zone", "Asia/Yekaterinburg"),
        ("password", SECRET),
    ];
    assert_eq!(admin.post(NEW, &fields).await.expect_redirect(), LIST);
    let list = admin.get(LIST).await;
    list.expect_text("Иван Петров")
        .expect_text("Руководитель отдела продаж")
        .expect_text("ещё не входил");
    let mut browser = app.browser();
    browser.sign_in("petrov", SECRET).await.expect(303);
    let edit = form_of(&mut admin, LIST, "Иван Петров").await;
    let page = admin.get(&edit).await;
    for (name, value) in fields.iter().take(7) {
        assert_eq!(saved(&page, name), *value, "{name}");
    }
    page.expect_text("сегодня 12:00");
}

#[tokio::test]
async fn a_persons_page_leads_to_the_companies_the_person_answers_for() {
    let (app, mut admin) = office().await;
    let ivanova: i64 = sqlx::query_scalar("SELECT id FROM users WHERE username = 'ivanova'")
        .fetch_one(&app.app.db)
        .await
        .expect("a person");
    for name in ["Айва", "Вишня"] {
        app.company(name).create(&app).await;
    }
    sqlx::query("UPDATE companies SET responsible_id = $1")
        .bind(ivanova)
        .execute(&app.app.db)
        .await
        .expect("companies");
    let page = admin.get(&format!("{LIST}{ivanova}/edit/")).await;
    let link = format!("a[href='/companies/?responsible={ivanova}']");
    assert_eq!(page.texts(&link), ["2"]);
}

async fn saved_branch(admin: &mut Client) -> String {
    admin
        .get(NEW)
        .await
        .attribute("select[name=branch] option:nth-of-type(2)", "value")
        .unwrap()
}

#[tokio::test]
async fn refused_person_comes_back_with_what_was_typed_and_without_the_password() {
    let (_app, mut admin) = office().await;
    for (field, text, sentence) in [
        ("username", "", "Укажите логин."),
        ("username", "два слова", "Логин не длиннее 150 знаков и без пробелов."),
        ("username", "IVANOVA", "Такой логин уже занят."),
        ("email", "без собаки", "В адресе почты"),
        ("role", "", "Выберите роль."),
        ("role", "system", "Выберите роль."),
        ("branch", "999", "Такого филиала нет."),
        ("time_zone", "Mars/Phobos", "Такого часового пояса нет."),
        ("password", "1234567890", "Такой пароль подберут первым."),
        ("first_name", "А\0нна", "В тексте есть знак, который нельзя сохранить."),
    ] {
        let mut fields = vec![
            ("first_name", "Анна"),
            ("username", "petrov"),
            ("role", "manager"),
            ("password", SECRET),
        ];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, text));
        let answer = admin.post(NEW, &fields).await;
        answer.expect(422).expect_text(sentence);
        if field != "first_name" {
            assert_eq!(
                answer.attribute("input[name=first_name]", "value").as_deref(),
                Some("Анна"),
                "{field}"
            );
        }
        assert_eq!(
            answer.attribute("input[name=password]", "value").as_deref(),
            Some(""),
            "{field}"
        );
    }
}

#[tokio::test]
async fn form_of_a_person_sent_twice_makes_one() {
    let (app, mut admin) = office().await;
    let key = admin.get(NEW).await.attribute("input[name=form_key]", "value").unwrap();
    let fields = [
        ("username", "petrov"),
        ("role", "manager"),
        ("password", SECRET),
        ("form_key", key.as_str()),
    ];
    for _ in 0..2 {
        assert_eq!(admin.post(NEW, &fields).await.expect_redirect(), LIST);
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE username = 'petrov'")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn second_save_of_a_person_shows_both_versions_and_loses_nothing() {
    let (_app, mut admin) = office().await;
    let edit = form_of(&mut admin, LIST, "ivanova").await;
    let late = typed(&mut admin, &edit, &[("first_name", "Инна"), ("role", "sales_head")]).await;
    save(&mut admin, &edit, &[("first_name", "Анна")]).await.expect(303);
    let late: Vec<_> = late.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = admin.post(&edit, &late).await;
    answer.expect(409).expect_text("запись изменил кто-то другой");
    assert_eq!(answer.texts(".conflict tbody th"), ["Имя", "Роль"]);
    assert_eq!(
        answer.texts(".conflict td.mine"),
        ["Инна", "Руководитель отдела продаж"]
    );
    assert_eq!(answer.texts(".conflict td.theirs"), ["Анна", "Менеджер"]);
    assert_eq!(saved(&answer, "first_name"), "Инна");
    let version = saved(&answer, "version");
    let mut again: Vec<_> = late.into_iter().filter(|(name, _)| *name != "version").collect();
    again.push(("version", &version));
    admin.post(&edit, &again).await.expect(303);
    admin.get(LIST).await.expect_text("Инна Тестов");
}

#[tokio::test]
async fn administrator_cannot_lock_oneself_out() {
    let (_app, mut admin) = office().await;
    let edit = form_of(&mut admin, LIST, "admin").await;
    let sentence = "Себя нельзя отключить или лишить роли администратора";
    let answer = save(&mut admin, &edit, &[("role", "manager")]).await;
    answer.expect(422).expect_text(sentence);
    let deactivate = edit.replace("/edit/", "/deactivate/");
    let answer = admin.post(&deactivate, &[]).await;
    answer.expect(422).expect_text(sentence);
    let page = admin.get(&edit).await;
    assert_eq!(page.attribute(&format!("form[action='{deactivate}']"), "method"), None);
}

#[tokio::test]
async fn deactivated_person_stands_last_and_may_be_activated_again() {
    let (app, mut admin) = office().await;
    let mut person = app.signed_in("ivanova").await;
    let edit = form_of(&mut admin, LIST, "ivanova").await;
    assert_eq!(
        admin
            .post(&edit.replace("/edit/", "/deactivate/"), &[])
            .await
            .expect_redirect(),
        edit
    );
    admin
        .get(&edit)
        .await
        .expect_text("Пользователь отключён, его сеансы завершены.")
        .expect_text("Включить");
    person.get("/account/password/").await.expect(303);
    let list = admin.get(LIST).await;
    assert_eq!(
        list.texts("a.row-link").last().map(String::as_str),
        Some("ivanova Тестов")
    );
    list.expect_text("1 человек, отключены: 1");
    admin.post(&edit.replace("/edit/", "/activate/"), &[]).await.expect(303);
    app.signed_in("ivanova")
        .await
        .get("/account/password/")
        .await
        .expect(200);
}

#[tokio::test]
async fn new_password_is_set_and_a_weak_one_is_refused_beside_its_field() {
    let (app, mut admin) = office().await;
    let edit = form_of(&mut admin, LIST, "ivanova").await;
    let reset = edit.replace("/edit/", "/reset-password/");
    let answer = admin.post(&reset, &[("password", "коротко")]).await;
    answer.expect(422);
    assert_eq!(answer.texts("#f-password-error"), ["Пароль короче 10 знаков."]);
    assert_eq!(
        admin.post(&reset, &[("password", SECRET)]).await.expect_redirect(),
        edit
    );
    app.browser().sign_in("ivanova", SECRET).await.expect(303);
}

#[tokio::test]
async fn administrator_ends_sessions_of_a_person() {
    let (app, mut admin) = office().await;
    let (mut one, mut two) = (app.signed_in("ivanova").await, app.signed_in("ivanova").await);
    let edit = form_of(&mut admin, LIST, "ivanova").await;
    admin
        .post(&edit.replace("/edit/", "/end-sessions/"), &[])
        .await
        .expect(303);
    admin.get(&edit).await.expect_text("Завершено: 2 сеанса.");
    one.get("/account/password/").await.expect(303);
    two.get("/account/password/").await.expect(303);
}

#[tokio::test]
async fn administrator_lets_a_held_back_person_in() {
    let (app, mut admin) = office().await;
    let mut person = app.browser();
    for _ in 0..5 {
        person.sign_in("ivanova", "не тот пароль").await.expect(422);
    }
    person.sign_in("ivanova", "правильный пароль").await.expect(429);
    let edit = form_of(&mut admin, LIST, "ivanova").await;
    admin.post(&edit.replace("/edit/", "/unlock/"), &[]).await.expect(303);
    person.sign_in("ivanova", "правильный пароль").await.expect(303);
}

#[tokio::test]
async fn unknown_person_is_not_found() {
    let (_app, mut admin) = office().await;
    for path in ["/settings/users/999/edit/", "/settings/users/x/edit/"] {
        admin.get(path).await.expect(404);
    }
    for act in ["deactivate", "activate", "reset-password", "end-sessions", "unlock"] {
        admin
            .post(&format!("/settings/users/999/{act}/"), &[("password", SECRET)])
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn changes_of_people_are_in_the_audit_without_passwords() {
    let (app, mut admin) = office().await;
    let edit = form_of(&mut admin, LIST, "ivanova").await;
    save(&mut admin, &edit, &[("role", "sales_head")]).await.expect(303);
    admin
        .post(&edit.replace("/edit/", "/reset-password/"), &[("password", SECRET)])
        .await
        .expect(303);
    let rows: Vec<(String, serde_json::Value)> =
        sqlx::query_as("SELECT verb, changes FROM audit_events WHERE entity = 'user' ORDER BY at, id")
            .fetch_all(&app.db)
            .await
            .unwrap();
    let role = serde_json::json!({ "role": { "old": "manager", "new": "sales_head" } });
    assert_eq!(
        rows,
        [
            ("update".to_owned(), role),
            ("reset_password".to_owned(), serde_json::json!({}))
        ]
    );
}
