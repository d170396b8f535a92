mod saved;

use crate::policy::Role;
use crate::testing::{Client, TestApp};

async fn heads(browser: &mut Client, query: &str) -> Vec<String> {
    let page = browser.get(&format!("/companies/?{query}")).await;
    page.expect(200).texts("thead th")
}

const STANDARD: [&str; 7] = [
    "Компания",
    "ИНН",
    "Статус",
    "Сферы",
    "Ответственный",
    "Филиал",
    "Обновлено",
];

#[tokio::test]
async fn a_person_chooses_columns_and_their_order_and_nobody_else_sees_a_change() {
    let app = TestApp::new().await;
    let one = app.person("one", Role::Manager, None).await;
    app.person("two", Role::Manager, None).await;
    let id = app.company("Айва").of(&one).create(&app).await;
    sqlx::query(
        "INSERT INTO company_phones (company_id, position, raw, e164, digits)
         VALUES ($1, 1, '8 343 222-22-22', '+73432222222', '3432222222'),
                ($1, 0, '8 912 345-67-89', '+79123456789', '9123456789')",
    )
    .bind(id.0)
    .execute(&app.app.db)
    .await
    .expect("phones");
    let mut browser = app.signed_in("one").await;
    assert_eq!(heads(&mut browser, "").await, STANDARD);
    let chosen = [
        ("order", "phone"),
        ("order", "inn"),
        ("order", "status"),
        ("column", "status"),
        ("column", "phone"),
        ("size", "25"),
        ("back", "status=1&q=айва"),
    ];
    let back = browser.post("/companies/view/", &chosen).await.expect_redirect();
    assert_eq!(back, "/companies/?status=1&q=%D0%B0%D0%B9%D0%B2%D0%B0");
    assert_eq!(heads(&mut browser, "").await, ["Компания", "Телефон", "Статус"]);
    let list = browser.get("/companies/?").await;
    list.expect_text("+7 (912) 345-67-89").expect_no_text("222-22-22");
    // On another computer too, and for this person only.
    assert_eq!(heads(&mut app.signed_in("one").await, "").await.len(), 3);
    assert_eq!(heads(&mut app.signed_in("two").await, "").await, STANDARD);
    browser
        .post("/companies/view/", &[("reset", "1")])
        .await
        .expect_redirect();
    assert_eq!(heads(&mut browser, "").await, STANDARD);
}

#[tokio::test]
async fn the_column_that_orders_the_list_is_always_on_the_screen() {
    let app = TestApp::new().await;
    let one = app.person("one", Role::Manager, None).await;
    app.company("Айва").of(&one).create(&app).await;
    let mut browser = app.signed_in("one").await;
    let chosen = [("column", "inn"), ("size", "50")];
    browser.post("/companies/view/", &chosen).await.expect_redirect();
    assert_eq!(heads(&mut browser, "sort=branch").await, ["Компания", "ИНН", "Филиал"]);
    assert_eq!(heads(&mut browser, "sort=inn").await, ["Компания", "ИНН"]);
}

#[tokio::test]
async fn without_script_the_arrows_move_a_column_and_save_nothing() {
    let app = TestApp::new().await;
    let one = app.person("one", Role::Manager, None).await;
    app.company("Айва").of(&one).create(&app).await;
    let mut browser = app.signed_in("one").await;
    let form = browser.get("/companies/view/?back=sort%3Dname").await;
    assert_eq!(form.attribute("input[name=back]", "value").unwrap(), "sort=name");
    let labels = form.expect(200).texts(".columns-list li:not(.fixed) .check");
    assert_eq!(labels[..2], ["ИНН", "Статус"]);
    let step = [
        ("order", "inn"),
        ("order", "status"),
        ("column", "inn"),
        ("size", "200"),
        ("step", "down:inn"),
    ];
    let moved = browser.post("/companies/view/", &step).await;
    assert_eq!(
        moved.expect(200).texts(".columns-list li:not(.fixed) .check")[..2],
        ["Статус", "ИНН"]
    );
    assert_eq!(
        moved.attribute("input[name=column][checked]", "value").unwrap(),
        "inn",
        "the ticks stay"
    );
    assert_eq!(moved.attribute("input[name=size][checked]", "value").unwrap(), "200");
    assert_eq!(heads(&mut browser, "").await, STANDARD, "nothing was saved");
    for nonsense in ["up:inn", "down:no such", "sideways", "up:", ":"] {
        let answer = browser
            .post("/companies/view/", &[("order", "inn"), ("step", nonsense)])
            .await;
        answer.expect(200);
    }
}

#[tokio::test]
async fn a_page_has_as_many_rows_as_was_chosen_last() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    for number in 0..60 {
        app.company(&format!("Компания {number}")).create(&app).await;
    }
    let mut browser = app.signed_in("one").await;
    let rows = async |browser: &mut Client| browser.get("/companies/?").await.texts("a.row-link").len();
    assert_eq!(rows(&mut browser).await, 50);
    let back = browser
        .post(
            "/companies/view/size/",
            &[("size", "25"), ("back", "sort=name&dir=asc")],
        )
        .await
        .expect_redirect();
    assert_eq!(back, "/companies/?sort=name&dir=asc");
    assert_eq!(rows(&mut browser).await, 25);
    let page = browser.get("/companies/?sort=name").await;
    let next = page.attribute("a[rel=next]", "href").expect("a second page");
    assert_eq!(browser.get(&next).await.texts("a.row-link").len(), 25);
    browser.post("/companies/view/size/", &[("size", "100")]).await;
    assert_eq!(rows(&mut browser).await, 60);
    for wrong in ["", "0", "-1", "1000000", "много"] {
        let answer = browser.post("/companies/view/size/", &[("size", wrong)]).await;
        answer.expect(422).expect_text("25, 50, 100 или 200");
        let answer = browser
            .post("/companies/view/", &[("size", wrong), ("column", "kpp")])
            .await;
        answer.expect(422).expect_text("25, 50, 100 или 200");
        assert_eq!(answer.attribute("input[name=column][checked]", "value").unwrap(), "kpp");
    }
    assert_eq!(rows(&mut browser).await, 60);
}

#[tokio::test]
async fn the_way_back_leads_to_the_list_and_nowhere_else() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    let mut browser = app.signed_in("one").await;
    for back in ["//evil.example/", "https://evil.example/", "\r\nx-bad: 1", "\u{0}"] {
        let led = browser
            .post("/companies/view/size/", &[("size", "25"), ("back", back)])
            .await
            .expect_redirect();
        assert!(led.starts_with("/companies/?") && led.is_ascii(), "{back:?}: {led}");
    }
}
