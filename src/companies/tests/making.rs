//! Making a company, and the guard against making it twice.

use serde_json::{Value, json};

use super::{form_key, make, number, text};
use crate::policy::Role;
use crate::testing::{Client, TestApp};

const INN: &str = "7707083893";

async fn manager(app: &TestApp) -> Client {
    let branch = app.branch("ekb").await;
    app.person("petrov", Role::Manager, Some(branch)).await;
    app.signed_in("petrov").await
}

async fn hints(browser: &mut Client, pairs: &[(&str, &str)]) -> Value {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let answer = browser.get(&format!("/companies/duplicates/?{query}")).await;
    serde_json::from_str(&answer.expect(200).text).expect("JSON")
}

fn matches(hints: &Value) -> Vec<String> {
    let first = hints["items"][0]["match"].as_array().cloned().unwrap_or_default();
    first
        .iter()
        .map(|reason| reason.as_str().expect("a text").to_owned())
        .collect()
}

#[tokio::test]
async fn hints_have_the_shape_that_older_pages_read() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    let card = make(
        &mut browser,
        &[
            ("name", "ООО «Ромашка»"),
            ("inn", INN),
            ("kpp", "667101001"),
            ("address", "Екатеринбург, ул. Мира, 5"),
        ],
    )
    .await;
    let id = card.split('/').nth(2).expect("an id");
    let hints = hints(
        &mut browser,
        &[("inn", INN), ("kpp", ""), ("name", "Лютик"), ("address", "")],
    )
    .await;
    assert_eq!(
        hints,
        json!({
            "items": [{
                "id": id, "name": "ООО «Ромашка»", "inn": INN, "kpp": "667101001",
                "address": "Екатеринбург, ул. Мира, 5", "branch": "ekb", "responsible": "petrov Тестов",
                "url": card, "match": ["ИНН"],
            }],
            "hidden_count": 0,
            "reasons": ["ИНН", "Название"],
        })
    );
}

#[tokio::test]
async fn nothing_typed_hints_at_nothing() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    make(&mut browser, &[("name", "Я")]).await;
    let empty = json!({"items": [], "hidden_count": 0, "reasons": []});
    assert_eq!(hints(&mut browser, &[]).await, empty);
    assert_eq!(
        hints(
            &mut browser,
            &[("name", "Я"), ("inn", " "), ("kpp", ""), ("phone", ""), ("email", "")]
        )
        .await,
        empty
    );
}

#[tokio::test]
async fn each_sign_is_named() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    make(
        &mut browser,
        &[
            ("name", "ООО «Ромашка»"),
            ("inn", INN),
            ("kpp", "667101001"),
            ("address", "г. Екатеринбург, ул. Мира, д. 5"),
            ("phone", "8 (343) 200-00-01"),
            ("email", "info@romashka.example"),
        ],
    )
    .await;
    for (field, typed, reason) in [
        ("inn", "7707 083893", "ИНН"),
        ("kpp", "667101001", "КПП"),
        ("name", "ромашка ооо", "Название"),
        ("name", "РОМАШ", "Название"),
        ("address", "Екатеринбург, улица Мира, 5", "Адрес"),
        ("phone", "+7 343 200 00 01", "Телефон"),
        ("email", "INFO@romashka.example", "E-mail"),
    ] {
        assert_eq!(
            matches(&hints(&mut browser, &[(field, typed)]).await),
            [reason],
            "{field} «{typed}»"
        );
    }
    let all = hints(
        &mut browser,
        &[("inn", INN), ("name", "Ромашка"), ("phone", "83432000001")],
    )
    .await;
    assert_eq!(matches(&all), ["ИНН", "Название", "Телефон"]);
    let other = hints(
        &mut browser,
        &[("inn", "5406000001"), ("name", "Лютик"), ("phone", "83430000000")],
    )
    .await;
    assert_eq!(other["items"], json!([]));
}

#[tokio::test]
async fn ten_hints_are_shown_and_the_others_counted() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    for number in 0..13 {
        app.company(&format!("Ромашка {number}")).create(&app).await;
    }
    let hints = hints(&mut browser, &[("name", "Ромашка")]).await;
    assert_eq!(hints["items"].as_array().map(Vec::len), Some(10));
    assert_eq!(hints["hidden_count"], 3);
    let shown = browser
        .fragment("/companies/duplicates/?name=%D0%A0%D0%BE%D0%BC%D0%B0%D1%88%D0%BA%D0%B0")
        .await;
    shown
        .expect(200)
        .expect_text("Показаны первые 10. Ещё совпадений: 3")
        .expect_text("Совпало:");
}

#[tokio::test]
async fn a_name_with_markup_stays_text_in_hints() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    app.company("<script>alert(1)</script> Ромашка").create(&app).await;
    let shown = browser.fragment("/companies/duplicates/?name=alert").await;
    shown.expect(200).expect_text("<script>alert(1)</script> Ромашка");
    assert!(!shown.text.contains("<script"), "{}", shown.text);
}

#[tokio::test]
async fn a_second_card_of_a_known_company_is_refused_and_the_first_one_named() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    let first = make(&mut browser, &[("name", "ООО «Ромашка»"), ("inn", INN)]).await;
    let refused = browser
        .post("/companies/new/", &[("name", "Совсем другое имя"), ("inn", INN)])
        .await;
    refused
        .expect(422)
        .expect_text("Такая компания уже есть")
        .expect_text("ООО «Ромашка»")
        .expect_text("ИНН");
    assert_eq!(refused.attribute(".duplicates a", "href"), Some(first));
    assert_eq!(
        refused.attribute("input[name=name]", "value").as_deref(),
        Some("Совсем другое имя")
    );
    assert_eq!(number(&app, "SELECT count(*) FROM companies").await, 1);

    make(&mut browser, &[("name", "ИП Лютиков"), ("address", "Пермь, Ленина, 1")]).await;
    let refused = browser
        .post(
            "/companies/new/",
            &[("name", "лютиков ип"), ("address", "пермь ленина 1")],
        )
        .await;
    refused
        .expect(422)
        .expect_text("ИП Лютиков")
        .expect_text("Название")
        .expect_text("Адрес");
}

#[tokio::test]
async fn branches_of_one_company_with_their_own_kpp_are_no_twins() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    make(&mut browser, &[("name", "Ромашка"), ("inn", INN), ("kpp", "667101001")]).await;
    make(&mut browser, &[("name", "Ромашка"), ("inn", INN), ("kpp", "720301001")]).await;
    browser
        .post(
            "/companies/new/",
            &[("name", "Ромашка"), ("inn", INN), ("kpp", "667101001")],
        )
        .await
        .expect(422);
    browser
        .post("/companies/new/", &[("name", "Ромашка"), ("inn", INN)])
        .await
        .expect(422);
}

#[tokio::test]
async fn a_twin_is_found_among_many_branches_of_its_company() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    make(&mut browser, &[("name", "Склад"), ("inn", INN), ("kpp", "667101001")]).await;
    for branch in 10..22 {
        let kpp = format!("{branch}0101001");
        make(&mut browser, &[("name", "Ромашка"), ("inn", INN), ("kpp", &kpp)]).await;
    }
    let twin = [("name", "Ромашка"), ("inn", INN), ("kpp", "667101001")];
    browser
        .post("/companies/new/", &twin)
        .await
        .expect(422)
        .expect_text("Склад");
}

#[tokio::test]
async fn a_wilful_second_card_is_made_and_the_log_says_so() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    make(&mut browser, &[("name", "Ромашка"), ("inn", INN)]).await;
    let key = form_key(&mut browser).await;
    let fields = [("name", "Ромашка вторая"), ("inn", INN), ("form_key", key.as_str())];
    let refused = browser.post("/companies/new/", &fields).await;
    refused.expect(422);
    let kept = refused
        .attribute("input[name=form_key]", "value")
        .expect("the same form");
    let fields = [
        ("name", "Ромашка вторая"),
        ("inn", INN),
        ("form_key", kept.as_str()),
        ("is_wilful", "1"),
    ];
    browser.post("/companies/new/", &fields).await.expect_redirect();
    let message = text(
        &app,
        "SELECT message FROM audit_events WHERE entity = 'company' ORDER BY id DESC LIMIT 1",
    )
    .await;
    assert_eq!(
        message,
        "Создана компания «Ромашка вторая», хотя похожая уже есть: «Ромашка» (ИНН)"
    );
}

#[tokio::test]
async fn two_people_at_one_instant_make_one_company() {
    let app = TestApp::new().await;
    let mut one = manager(&app).await;
    app.person("ivanov", Role::Manager, None).await;
    let mut two = app.signed_in("ivanov").await.moved_to(&app.twin());
    for round in 0..5 {
        let inn = format!("770708389{round}");
        let fields = [("name", "Ромашка"), ("inn", inn.as_str())];
        let (a, b) = tokio::join!(
            one.post("/companies/new/", &fields),
            two.post("/companies/new/", &fields)
        );
        let mut answers = [a.status.as_u16(), b.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 422], "{inn}");
    }
    assert_eq!(number(&app, "SELECT count(*) FROM companies").await, 5);
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_company_and_leads_to_it_twice() {
    let app = TestApp::new().await;
    let mut one = manager(&app).await;
    let key = form_key(&mut one).await;
    let mut two = one.moved_to(&app.twin());
    let fields = [("name", "Ромашка"), ("inn", INN), ("form_key", key.as_str())];
    let (a, b) = tokio::join!(
        one.post("/companies/new/", &fields),
        two.post("/companies/new/", &fields)
    );
    assert_eq!(a.expect_redirect(), b.expect_redirect());
    assert_eq!(
        one.post("/companies/new/", &fields).await.expect_redirect(),
        a.expect_redirect()
    );
    assert_eq!(number(&app, "SELECT count(*) FROM companies").await, 1);
    assert_eq!(
        number(
            &app,
            "SELECT count(*) FROM audit_events WHERE verb = 'create' AND entity = 'company'"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn a_form_brought_back_with_other_words_makes_another_company() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    let key = form_key(&mut browser).await;
    let first = browser
        .post("/companies/new/", &[("name", "Ромашка"), ("form_key", &key)])
        .await
        .expect_redirect();
    let second = browser
        .post("/companies/new/", &[("name", "Лютик"), ("form_key", &key)])
        .await
        .expect_redirect();
    assert_ne!(first, second);
    browser.get(&second).await.expect_text("Лютик");
}

#[tokio::test]
async fn a_new_company_is_its_makers_and_of_the_makers_branch() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    make(&mut browser, &[("name", "Ромашка")]).await;
    let owners = "SELECT concat_ws(' ', person.username, creator.username, branch.code) FROM companies
                  JOIN users AS person ON person.id = responsible_id JOIN users AS creator ON creator.id = created_by
                  JOIN branches AS branch ON branch.id = companies.branch_id";
    assert_eq!(text(&app, owners).await, "petrov petrov ekb");
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_refused_form_keeps_every_word_and_says_what_is_wrong_where() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    let key = form_key(&mut browser).await;
    let fields = [
        ("name", ""),
        ("inn", "77 07"),
        ("address", "Пермь\nЛенина <1>"),
        ("phone", "8 343 200-00-01"),
        ("phone_comment", "приёмная"),
        ("phone", "83432000001"),
        ("phone_comment", ""),
        ("email", "не почта"),
        ("email_comment", "бухгалтерия"),
        ("spheres", "3"),
        ("spheres", "5"),
        ("status", "2"),
        ("contract_until", "когда-нибудь"),
        ("contact_name", "Ивушкин"),
        ("form_key", key.as_str()),
    ];
    let page = browser.post("/companies/new/", &fields).await;
    page.expect(422)
        .expect_text("Укажите название.")
        .expect_text("Этот номер уже есть выше.")
        .expect_text("Дата не читается");
    let values = |name: &str| -> Vec<String> {
        let parsed = scraper::Html::parse_document(&page.text);
        let selector = scraper::Selector::parse(&format!("[name={name}]")).expect("a selector");
        parsed
            .select(&selector)
            .filter_map(|it| it.value().attr("value").map(str::to_owned))
            .filter(|it| !it.is_empty())
            .collect()
    };
    assert_eq!(values("inn"), ["77 07"]);
    assert_eq!(values("phone"), ["8 343 200-00-01", "83432000001"]);
    assert_eq!(values("phone_comment"), ["приёмная"]);
    assert_eq!(values("email"), ["не почта"]);
    assert_eq!(values("email_comment"), ["бухгалтерия"]);
    assert_eq!(values("contact_name"), ["Ивушкин"]);
    assert_eq!(values("contract_until"), ["когда-нибудь"]);
    assert_eq!(
        values("form_key"),
        [key.as_str()],
        "the same form, so that its second arrival is known"
    );
    assert_eq!(page.texts("select[name=spheres] option[selected]").len(), 2);
    assert_eq!(page.texts("select[name=status] option[selected]"), ["В работе"]);
    assert!(
        page.text.contains("Ленина &lt;1&gt;") || page.text.contains("Ленина &#60;1&#62;"),
        "the address, as text"
    );
    assert_eq!(number(&app, "SELECT count(*) FROM companies").await, 0);
}

#[tokio::test]
async fn wrong_checksums_warn_and_never_block() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    let card = make(&mut browser, &[("name", "Ромашка"), ("inn", "7707083890")]).await;
    browser.get(&card).await.expect(200).expect_text("7707083890");
}

#[tokio::test]
async fn numbers_that_are_no_keys_are_sentences_and_not_failures() {
    let app = TestApp::new().await;
    let mut browser = manager(&app).await;
    for (field, value) in [
        ("status", "abc"),
        ("status", "99999999999999999999"),
        ("status", "-1"),
        ("spheres", "x"),
        ("contract_type", "none"),
        ("time_zone", "Mars/Base"),
        ("region", "0"),
        ("region", "Урал"),
        ("contract_amount", "много"),
        ("contract_amount", "-5"),
    ] {
        browser
            .post("/companies/new/", &[("name", "Ромашка"), (field, value)])
            .await
            .expect(422);
    }
    browser
        .post("/companies/new/", &[("name", "Ром\0ашка")])
        .await
        .expect(422);
    browser
        .post("/companies/new/", &[("name", "Ромашка"), ("form_key", "no key")])
        .await
        .expect_redirect();
}
