//! Branches.

use super::{form_of, office};

const LIST: &str = "/settings/branches/";
const NEW: &str = "/settings/branches/new/";

#[tokio::test]
async fn branch_is_made_and_changed() {
    let (_app, mut admin) = office().await;
    let fields = [("code", " tmn "), ("name", " Тюмень ")];
    assert_eq!(admin.post(NEW, &fields).await.expect_redirect(), LIST);
    admin
        .get(LIST)
        .await
        .expect_text("Филиал создан.")
        .expect_text("Тюмень");
    let edit = form_of(&mut admin, LIST, "Тюмень").await;
    let version = admin
        .get(&edit)
        .await
        .attribute("input[name=version]", "value")
        .unwrap();
    let fields = [("code", "tmn"), ("name", "Тюмень-2"), ("version", version.as_str())];
    assert_eq!(admin.post(&edit, &fields).await.expect_redirect(), LIST);
    admin.get(LIST).await.expect_text("Тюмень-2");
}

#[tokio::test]
async fn refused_branch_comes_back_with_what_was_typed() {
    let (_app, mut admin) = office().await;
    for (code, name, sentence) in [
        ("код", "Тюмень", "Код: латинские буквы"),
        ("", "Тюмень", "Код: латинские буквы"),
        ("tmn", "", "Укажите название."),
        ("ekb", "Тюмень", "Такой код уже есть."),
        ("tmn", "ekb", "Филиал с таким названием уже есть."),
    ] {
        let answer = admin.post(NEW, &[("code", code), ("name", name)]).await;
        answer.expect(422).expect_text(sentence);
        assert_eq!(answer.attribute("input[name=code]", "value").as_deref(), Some(code));
        assert_eq!(answer.attribute("input[name=name]", "value").as_deref(), Some(name));
    }
}

#[tokio::test]
async fn form_of_a_branch_sent_twice_makes_one() {
    let (app, mut admin) = office().await;
    let key = admin.get(NEW).await.attribute("input[name=form_key]", "value").unwrap();
    let fields = [("code", "tmn"), ("name", "Тюмень"), ("form_key", key.as_str())];
    for _ in 0..2 {
        assert_eq!(admin.post(NEW, &fields).await.expect_redirect(), LIST);
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM branches")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(count, 2);
}

#[tokio::test]
async fn second_save_of_a_branch_shows_both_versions() {
    let (_app, mut admin) = office().await;
    let edit = form_of(&mut admin, LIST, "ekb").await;
    let first = [("code", "ekb"), ("name", "Екатеринбург"), ("version", "1")];
    admin.post(&edit, &first).await.expect(303);
    let second = [("code", "ekb"), ("name", "Ебург"), ("version", "1")];
    let answer = admin.post(&edit, &second).await;
    answer.expect(409).expect_text("запись изменил кто-то другой");
    assert_eq!(answer.texts(".conflict td.mine"), ["Ебург"]);
    assert_eq!(answer.texts(".conflict td.theirs"), ["Екатеринбург"]);
    let version = answer.attribute("input[name=version]", "value").unwrap();
    let again = [("code", "ekb"), ("name", "Ебург"), ("version", version.as_str())];
    admin.post(&edit, &again).await.expect(303);
    admin.get(LIST).await.expect_text("Ебург");
}

#[tokio::test]
async fn unknown_branch_is_not_found() {
    let (_app, mut admin) = office().await;
    for id in ["999", "x"] {
        admin.get(&format!("/settings/branches/{id}/edit/")).await.expect(404);
    }
}

#[tokio::test]
async fn a_closed_branch_keeps_its_people_and_is_offered_to_nobody_else() {
    let (_app, mut admin) = office().await;
    let edit = form_of(&mut admin, LIST, "ekb").await;
    let form = admin.get(&edit).await;
    assert!(form.attribute("input[name=is_active]", "checked").is_some());
    let version = form.attribute("input[name=version]", "value").unwrap();
    let fields = [("code", "ekb"), ("name", "ekb"), ("version", version.as_str())];
    admin.post(&edit, &fields).await.expect_redirect();
    admin.get(LIST).await.expect_text("Скрыт");
    let offered = |page: &crate::testing::Answer| {
        page.texts("select[name=branch] option")
            .iter()
            .any(|name| name == "ekb")
    };
    assert!(!offered(&admin.get("/settings/users/new/").await));
    let person = form_of(&mut admin, "/settings/users/", "ivanova").await;
    assert!(offered(&admin.get(&person).await));
    let open = [fields[0], fields[1], ("is_active", "1"), ("version", "2")];
    admin.post(&edit, &open).await.expect_redirect();
    assert!(offered(&admin.get("/settings/users/new/").await));
}
