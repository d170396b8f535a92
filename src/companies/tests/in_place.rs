//! Status, spheres, phones, e-mails and the responsible, changed in their place on the card.

use super::{make, number, text};
use crate::policy::Role;
use crate::testing::{Client, TestApp};

async fn browser(app: &TestApp) -> (Client, String) {
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let fields = [
        ("name", "Ромашка"),
        ("phone", "8 (343) 200-00-01"),
        ("phone_comment", "приёмная"),
        ("email", "info@romashka.example"),
        ("spheres", "1"),
    ];
    let card = make(&mut browser, &fields).await;
    (browser, card)
}

const PHONES: &str = "SELECT string_agg(raw || ' ' || comment, '; ' ORDER BY position) FROM company_phones";

#[tokio::test]
async fn phones_are_changed_in_place_and_what_was_typed_once_stays() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let path = format!("{card}fields/phone/");
    let page = browser.get(&path).await;
    let shown = page.attribute("input[name=phone]", "value").expect("a number");
    let seen = page.attribute("input[name=seen]", "value").expect("what was shown");
    let sent = [
        ("phone", shown.as_str()),
        ("phone_comment", "секретарь"),
        ("phone", "89123456789"),
        ("phone_comment", ""),
        ("seen", &seen),
    ];
    browser.post(&path, &sent).await.expect_redirect();
    assert_eq!(text(&app, PHONES).await, "8 (343) 200-00-01 секретарь; 89123456789 ");
    // Found by the new number, and the log has both lists.
    browser.get("/companies/?q=9123456789").await.expect_text("Ромашка");
    let logged = text(
        &app,
        "SELECT changes ->> 'phone' FROM audit_events WHERE verb = 'update'",
    )
    .await;
    assert!(logged.contains("приёмная") && logged.contains("секретарь"), "{logged}");
    let refused = [("phone", shown.as_str()), ("phone", "+7 343 200 00 01"), ("seen", "")];
    browser
        .post(&path, &refused)
        .await
        .expect(422)
        .expect_text("Этот номер уже есть выше.");
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);
}

#[tokio::test]
async fn of_two_lists_of_phones_the_second_is_asked_about_and_e_mails_do_not_matter() {
    let app = TestApp::new().await;
    let (mut one, card) = browser(&app).await;
    let mut two = one.moved_to(&app.twin());
    let path = format!("{card}fields/phone/");
    let seen = one
        .get(&path)
        .await
        .attribute("input[name=seen]", "value")
        .expect("what was shown");
    let mails = [("email", "shop@romashka.example"), ("seen", "info@romashka.example\t")];
    two.post(&format!("{card}fields/email/"), &mails)
        .await
        .expect_redirect();
    let theirs = [("phone", "83432000002"), ("seen", seen.as_str())];
    two.post(&path, &theirs).await.expect_redirect();
    let mine = [
        ("phone", "83432000003"),
        ("phone_comment", "моя"),
        ("seen", seen.as_str()),
    ];
    let asked = one.post(&path, &mine).await;
    asked.expect(409);
    assert_eq!(asked.texts("td.theirs"), ["+7 (343) 200-00-02"]);
    assert_eq!(asked.texts("td.mine"), ["+7 (343) 200-00-03 (моя)"]);
    assert_eq!(
        asked.attribute("input[name=phone]", "value").as_deref(),
        Some("83432000003"),
        "what was typed stays"
    );
    let seen = asked.attribute("input[name=seen]", "value").expect("theirs");
    let mine = [
        ("phone", "83432000003"),
        ("phone_comment", "моя"),
        ("seen", seen.as_str()),
    ];
    one.post(&path, &mine).await.expect_redirect();
    assert_eq!(text(&app, PHONES).await, "83432000003 моя");
    assert_eq!(
        text(&app, "SELECT string_agg(value, ' ') FROM company_emails").await,
        "shop@romashka.example"
    );
}

#[tokio::test]
async fn status_and_spheres_are_changed_each_alone() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    browser
        .post(&format!("{card}fields/status/"), &[("status", "3"), ("seen", "")])
        .await
        .expect_redirect();
    browser
        .post(&format!("{card}fields/status/"), &[("status", "2"), ("seen", "")])
        .await
        .expect(409);
    let spheres = [("spheres", "4"), ("spheres", "2"), ("seen", "1")];
    browser
        .post(&format!("{card}fields/spheres/"), &spheres)
        .await
        .expect_redirect();
    let stale = [("spheres", "5"), ("seen", "1")];
    browser
        .post(&format!("{card}fields/spheres/"), &stale)
        .await
        .expect(409);
    browser
        .post(&format!("{card}fields/spheres/"), &[("seen", "2 4")])
        .await
        .expect_redirect();
    assert_eq!(number(&app, "SELECT count(*) FROM company_sphere_links").await, 0);
    assert_eq!(number(&app, "SELECT status_id FROM companies").await, 3);
    for (field, value) in [("status", "99"), ("spheres", "x")] {
        browser
            .post(&format!("{card}fields/{field}/"), &[(field, value)])
            .await
            .expect(422);
    }
}

#[tokio::test]
async fn whoever_gives_away_what_was_just_given_away_sees_both_names() {
    let app = TestApp::new().await;
    let (mut one, card) = browser(&app).await;
    let first = app.person("first", Role::Manager, None).await.user.expect("a person");
    let second = app.person("second", Role::Manager, None).await.user.expect("a person");
    let path = format!("{card}transfer/");
    let page = one.get(&path).await;
    page.expect(200).expect_text("Новый ответственный");
    let seen = page.attribute("input[name=seen]", "value").expect("the responsible");
    app.person("admin", Role::Admin, None).await;
    let mut admin = app.signed_in("admin").await;
    let theirs = [("responsible_id", first.to_string()), ("seen", seen.clone())];
    let theirs: Vec<_> = theirs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    admin.post(&path, &theirs).await.expect_redirect();
    // The one who made it may still give it away.
    let second = second.to_string();
    let asked = one.post(&path, &[("responsible_id", &second), ("seen", &seen)]).await;
    asked.expect(409);
    assert_eq!(asked.texts("td.theirs"), ["first Тестов"]);
    assert_eq!(asked.texts("td.mine"), ["second Тестов (Менеджер)"]);
    let seen = asked.attribute("input[name=seen]", "value").expect("theirs");
    one.post(&path, &[("responsible_id", &second), ("seen", &seen)])
        .await
        .expect_redirect();
    let owner = "SELECT username FROM users JOIN companies ON responsible_id = users.id";
    assert_eq!(text(&app, owner).await, "second");
    one.post(&path, &[])
        .await
        .expect(422)
        .expect_text("Выберите, кому передать");
}

const SITE_LINK: &str = "#cell-website a[target=_blank]";

#[tokio::test]
async fn what_is_no_address_of_a_site_is_refused_as_it_was_typed() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let path = format!("{card}fields/website/");
    let sentence = "Это не адрес сайта: нужен один адрес вида example.ru.";
    for wrong in ["не сайт вовсе <b>", "javascript:alert(1)"] {
        let refused = browser.post(&path, &[("website", wrong), ("seen", "")]).await;
        refused.expect(422).expect_text(sentence);
        let kept = refused.attribute("input[name=website]", "value");
        assert_eq!(kept.as_deref(), Some(wrong), "as typed");
        let form = [("name", "Лютик"), ("website", wrong)];
        browser
            .post("/companies/new/", &form)
            .await
            .expect(422)
            .expect_text(sentence);
    }
    assert_eq!(text(&app, "SELECT website FROM companies").await, "");
    browser
        .post(&path, &[("website", "romashka.example/о-нас"), ("seen", "")])
        .await
        .expect_redirect();
    let link = browser.get(&card).await.attribute(SITE_LINK, "href");
    assert_eq!(link.as_deref(), Some("https://romashka.example/о-нас"));
}

#[tokio::test]
async fn what_an_import_brought_for_a_site_stays_as_text_and_other_fields_are_changed() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    sqlx::query("UPDATE companies SET website = 'javascript:alert(1)', version = version + 1")
        .execute(&app.app.db)
        .await
        .expect("an import");
    let shown = browser.get(&card).await;
    shown.expect_text("javascript:alert(1)");
    assert_eq!(shown.attribute(SITE_LINK, "href"), None, "a text and no link");
    // The full form carries it along and changes another field.
    let form = browser.get(&format!("{card}edit/")).await;
    let of = |name: &str| {
        form.attribute(&format!("input[name={name}]"), "value")
            .unwrap_or_default()
    };
    let (version, seen, site) = (of("version"), of("seen"), of("website"));
    let fields = [
        ("name", "Ромашка-2"),
        ("website", site.as_str()),
        ("version", &version),
        ("seen", &seen),
    ];
    browser.post(&format!("{card}edit/"), &fields).await.expect_redirect();
    assert_eq!(
        text(&app, "SELECT name || ' ' || website FROM companies").await,
        "Ромашка-2 javascript:alert(1)"
    );
    let fields = [
        ("name", "Ромашка-2"),
        ("website", "javascript:alert(2)"),
        ("version", "0"),
    ];
    browser
        .post(&format!("{card}edit/"), &fields)
        .await
        .expect(422)
        .expect_text("Это не адрес сайта");
}

#[tokio::test]
async fn a_doubtful_number_is_kept_and_said_at_once() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let doubt = "В ИНН должно быть 10 цифр (организация) или 12 (ИП)";
    let path = format!("{card}fields/inn/");
    let form = browser.fragment(&path).await;
    let taken = form
        .attribute("form[data-inline]", "hx-select-oob")
        .expect("other pieces");
    assert!(taken.contains("#card-warnings"), "{taken}");
    browser
        .post(&path, &[("inn", "123"), ("seen", "")])
        .await
        .expect_redirect();
    let shown = browser.get(&card).await;
    assert_eq!(shown.texts("#card-warnings .banner"), [doubt]);
    browser.get(&path).await.expect_text(doubt);
    let phone = [("phone", "12"), ("phone_comment", "")];
    browser
        .post(&format!("{card}fields/phone/"), &phone)
        .await
        .expect_redirect();
    let row = browser.get(&card).await.texts("#cell-phone .lines > span");
    assert_eq!(row, ["12Номер не распознан, записан как есть"]);
    // What would be lost is refused instead.
    for (typed, sentence) in [
        ("123456789012345678901", "Не длиннее 20 знаков."),
        ("нет", "Здесь нет ни одной цифры."),
    ] {
        let refused = browser.post(&path, &[("inn", typed), ("seen", "123")]).await;
        refused.expect(422).expect_text(sentence);
        assert_eq!(refused.attribute("input[name=inn]", "value").as_deref(), Some(typed));
    }
}

#[tokio::test]
async fn a_long_text_is_never_cut_in_the_page_and_the_server_names_the_limit() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let long = "Ж".repeat(256);
    let form = browser.get("/companies/new/").await;
    assert_eq!(form.attributes("main form [maxlength]", "name"), [""; 0]);
    assert_eq!(form.attribute("input[name=name]", "data-limit").as_deref(), Some("255"));
    for path in ["/companies/new/".to_owned(), format!("{card}fields/name/")] {
        let refused = browser
            .post(&path, &[("name", long.as_str()), ("seen", "Ромашка")])
            .await;
        refused.expect(422).expect_text("Не длиннее 255 знаков.");
        assert_eq!(
            refused.attribute("input[name=name]", "value").as_deref(),
            Some(long.as_str())
        );
    }
    // Without a script the whole form takes over.
    let quick = format!("{card}contacts/quick/");
    let refused = browser.post(&quick, &[("name", long.as_str())]).await;
    refused.expect(422).expect_text("знаков");
    assert_eq!(
        refused.attribute("input[name=first_name]", "value").as_deref(),
        Some(long.as_str())
    );
}
