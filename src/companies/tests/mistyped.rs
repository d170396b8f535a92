//! Searches with typing errors.

use crate::companies::gather_words;
use crate::policy::Role;
use crate::testing::{Client, TestApp};

async fn base() -> (TestApp, Client) {
    let app = TestApp::new().await;
    let owner = app.person("one", Role::Manager, None).await;
    for name in [
        "ООО «Ромашка»",
        "ООО «Ромашка-Сервис»",
        "Рубашкин и сыновья",
        "Строительный двор",
    ] {
        app.company(name).of(&owner).create(&app).await;
    }
    gather_words(&app.app).await.expect("gathered");
    let browser = app.signed_in("one").await;
    (app, browser)
}

#[tokio::test]
async fn an_error_in_a_word_finds_what_was_meant_and_says_so() {
    let (_app, mut browser) = base().await;
    for (typed, meant, found) in [
        ("ромшака", "ромашка", 2),
        ("ромажка сервис", "ромашка сервис", 1),
        ("сервиз рамашка", "сервис ромашка", 1),
        ("стротельн", "строительный", 1),
        ("ооо ромашкка", "ооо ромашка", 2),
    ] {
        let asked = typed.replace(' ', "+");
        let page = browser.get(&format!("/companies/?q={asked}")).await;
        page.expect(200).expect_text(&format!("Показано для «{meant}»"));
        assert_eq!(page.texts("a.row-link").len(), found, "{typed}");
        let counted = browser.fragment(&format!("/companies/count/?q={asked}")).await;
        counted.expect(200).expect_text(&found.to_string());
    }
}

#[tokio::test]
async fn words_that_are_right_are_never_corrected() {
    let (_app, mut browser) = base().await;
    for typed in ["ромашка", "ромаш", "руб"] {
        let page = browser.get(&format!("/companies/?q={typed}")).await;
        page.expect(200).expect_no_text("Показано для");
        assert!(!page.texts("a.row-link").is_empty(), "{typed}");
    }
    let page = browser.get("/companies/?q=ыъэёщъ").await;
    page.expect(200).expect_no_text("Показано для");
}

#[tokio::test]
async fn a_word_of_a_moment_ago_is_found_before_it_is_known() {
    let (app, mut browser) = base().await;
    app.company("Строительный рубашечник").create(&app).await;
    for typed in ["строит+рубашечник", "рубашеч+строительный"] {
        let page = browser.get(&format!("/companies/?q={typed}")).await;
        page.expect(200).expect_no_text("Показано для");
        assert_eq!(page.texts("a.row-link"), ["Строительный рубашечник"], "{typed}");
    }
}

#[tokio::test]
async fn a_new_company_s_words_are_known_after_the_next_round() {
    let (app, mut browser) = base().await;
    app.pass(chrono::TimeDelta::minutes(5));
    app.company("Кардамон").create(&app).await;
    gather_words(&app.app).await.expect("gathered");
    let page = browser.get("/companies/?q=кордамон").await;
    page.expect(200).expect_text("Показано для «кардамон»");
    let words = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM company_words");
    let before = words.fetch_one(&app.app.db).await.expect("a number");
    gather_words(&app.app).await.expect("nothing to do");
    let words = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM company_words");
    assert_eq!(words.fetch_one(&app.app.db).await.expect("a number"), before);
}
