//! The line of the card that takes a name and a number.

use super::scene;
use crate::contacts::paths;

#[tokio::test]
async fn a_name_and_a_number_make_a_contact() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let sent = [("name", "Белозёрова Анна Петровна"), ("phone", "8 912 345-67-89")];
    let done = browser.post(&paths::quick(scene.company), &sent).await;
    assert_eq!(done.expect_redirect(), paths::list(scene.company));
    let row: (String, String, String) = sqlx::query_as(
        "SELECT last_name, first_name, kind FROM contacts JOIN contact_phones ON contact_id = contacts.id",
    )
    .fetch_one(&scene.app.db)
    .await
    .unwrap();
    assert_eq!(row, ("Белозёрова".into(), "Анна Петровна".into(), "mobile".into()));
    assert!(scene.shown(true).await.contains(&paths::quick(scene.company)));
    assert!(!scene.shown(false).await.contains(&paths::quick(scene.company)));
}

#[tokio::test]
async fn one_line_sent_twice_makes_one_contact() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let key = crate::web::form_key();
    let sent = [("name", "Анна"), ("form_key", key.as_str())];
    for _ in 0..2 {
        browser
            .post(&paths::quick(scene.company), &sent)
            .await
            .expect_redirect();
    }
    assert_eq!(scene.count("contacts WHERE first_name = 'Анна'").await, 1);
}

#[tokio::test]
async fn a_refused_line_becomes_the_whole_form_with_what_was_typed() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let long = "я".repeat(121);
    let sent = [("name", long.as_str()), ("phone", "8 912 345-67-89")];
    let page = browser.post(&paths::quick(scene.company), &sent).await;
    page.expect(422).expect_text("Имя длиннее 120 знаков");
    assert_eq!(page.attribute("#f-first_name", "value").unwrap(), long);
    assert_eq!(page.attribute("#f-phone-0", "value").unwrap(), "8 912 345-67-89");
    let nothing = browser.post(&paths::quick(scene.company), &[("name", " ")]).await;
    nothing.expect(422).expect_text("Заполните хотя бы одно поле");
    assert_eq!(scene.count("contacts").await, 0);
}
