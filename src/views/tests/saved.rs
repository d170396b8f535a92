use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

/// Where the list may get a name.
const SAVE: &str = ".views-acts a[href*='/saved/?query=']";

fn tabs(page: &Answer) -> Vec<String> {
    page.expect(200).texts(".tabs.views .tab")
}

async fn save(browser: &mut Client, name: &str, query: &str) -> Answer {
    let fields = [("name", name), ("query", query)];
    browser.post("/companies/saved/", &fields).await
}

#[tokio::test]
async fn a_filter_gets_a_name_and_is_marked_however_its_address_is_written() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    app.person("two", Role::Manager, None).await;
    let mut browser = app.signed_in("one").await;
    let list = browser
        .get("/companies/?status=3&status=2&sort=updated_at&dir=desc&q=")
        .await;
    assert_eq!(tabs(&list), ["Мои компании", "Все"]);
    let form = list.attribute(".views-acts a", "href").expect("a way to save it");
    assert_eq!(form, "/companies/saved/?query=status%3D2%26status%3D3");
    let form = browser.get(&form).await;
    let query = form.attribute("input[name=query]", "value").unwrap();
    let back = save(&mut browser, "  Новые  и в работе ", &query).await;
    assert_eq!(back.expect_redirect(), "/companies/?status=2&status=3");
    let list = browser.get("/companies/?q=&status=3&status=2&after=&dir=desc").await;
    assert_eq!(tabs(&list), ["Мои компании", "Все", "Новые и в работе"]);
    assert_eq!(list.texts(".tab[aria-current]"), ["Новые и в работе"]);
    list.expect_no_text("Сохранить фильтр");
    assert_eq!(
        tabs(&app.signed_in("two").await.get("/companies/?all=1").await).len(),
        2
    );
    save(&mut browser, "Новые и в работе", "q=а")
        .await
        .expect(422)
        .expect_text("уже есть");
    let long = "я".repeat(61);
    for (name, words) in [(" ", "Назовите фильтр"), (long.as_str(), "длиннее 60")] {
        let refused = save(&mut browser, name, "q=а").await;
        refused.expect(422).expect_text(words);
        assert_eq!(refused.attribute("input[name=query]", "value").unwrap(), "q=%D0%B0");
    }
    for number in 1..30 {
        save(&mut browser, &format!("Ещё {number}"), "q=а")
            .await
            .expect_redirect();
    }
    save(&mut browser, "Лишний", "q=а")
        .await
        .expect(422)
        .expect_text("У вас уже 30 фильтров");
}

#[tokio::test]
async fn another_order_is_the_same_filter_and_may_be_a_tab_of_its_own() {
    let app = TestApp::new().await;
    let one = app.person("one", Role::Manager, None).await;
    app.company("Айва").of(&one).create(&app).await;
    sqlx::query("UPDATE companies SET lead_state = 'cold'")
        .execute(&app.app.db)
        .await
        .expect("a cold one");
    let mut browser = app.signed_in("one").await;
    let own = format!("/companies/?responsible={}", one.user.expect("a person"));
    for (order, has_its_own) in [
        ("", false),
        ("&sort=updated_at&dir=desc", false),
        ("&sort=name", true),
        ("&sort=updated_at&dir=asc", true),
        ("&sort=contract_until&dir=desc", true),
    ] {
        let list = browser.get(&format!("{own}{order}")).await;
        assert_eq!(list.texts(".tab[aria-current]"), ["Мои компании"], "{order}");
        let all = browser.get(&format!("/companies/?all=1{order}")).await;
        assert_eq!(all.texts(".tab[aria-current]"), ["Все"], "{order}");
        for page in [list, all] {
            let offers = page.texts(SAVE);
            assert_eq!(
                offers.iter().any(|text| text == "Сохранить фильтр"),
                has_its_own,
                "{order}"
            );
        }
    }
    // Of two filters that differ in their order only, the very same one is the present one.
    for (name, query) in [("Холодные", "cold_call=1"), ("По имени", "cold_call=1&sort=name")] {
        save(&mut browser, name, query).await.expect_redirect();
    }
    for (order, name) in [("", "Холодные"), ("&sort=name", "По имени")] {
        let list = browser.get(&format!("/companies/?cold_call=1{order}")).await;
        assert_eq!(list.texts(".tab[aria-current]"), [name], "{order}");
        list.expect_no_text("Сохранить фильтр");
    }
    // From an open tab, ordered otherwise by a heading, to a tab of its own.
    for (list, name) in [
        ("/companies/?cold_call=1", "По ИНН"),
        ("/companies/?all=1", "Все по ИНН"),
    ] {
        let list = browser.get(list).await;
        let heading = list
            .attribute("th a[href*='sort=inn']", "href")
            .expect("a heading that orders");
        let sorted = browser.get(&heading).await;
        let form = sorted.attribute(SAVE, "href").expect("a way to save it");
        let form = browser.get(&form).await;
        let query = form.attribute("input[name=query]", "value").unwrap();
        let back = save(&mut browser, name, &query).await;
        let list = browser.get(&back.expect_redirect()).await;
        assert_eq!(list.texts(".tab[aria-current]"), [name]);
        list.expect_no_text("Сохранить фильтр");
    }
}

#[tokio::test]
async fn heads_show_filters_to_their_branch_and_a_group_manager_to_everybody() {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("ekb").await, app.branch("tmn").await);
    app.person("head", Role::SalesHead, Some(here)).await;
    app.person("near", Role::Manager, Some(here)).await;
    app.person("far", Role::Manager, Some(there)).await;
    app.person("group", Role::GroupManager, None).await;
    let share = |name| [("name", name), ("query", "cold_call=0"), ("share", "1")];
    for (author, name) in [("head", "Тёплые"), ("group", "Всем")] {
        let mut browser = app.signed_in(author).await;
        browser.post("/companies/saved/", &share(name)).await.expect_redirect();
    }
    let mut near = app.signed_in("near").await;
    assert_eq!(tabs(&near.get("/companies/?all=1").await)[2..], ["Всем", "Тёплые"]);
    let mut far = app.signed_in("far").await;
    assert_eq!(tabs(&far.get("/companies/?all=1").await)[2..], ["Всем"]);
    near.post("/companies/saved/", &share("Своё")).await.expect(403);
    near.get("/companies/saved/").await.expect_text("head Тестов");
    let id: i64 = sqlx::query_scalar("SELECT id FROM saved_filters WHERE name = 'Тёплые'")
        .fetch_one(&app.app.db)
        .await
        .expect("a filter");
    near.post(&format!("/companies/saved/{id}/"), &[("name", "Иначе")])
        .await
        .expect(404);
    near.post(&format!("/companies/saved/{id}/delete/"), &[])
        .await
        .expect(404);
    far.post("/companies/saved/open/", &[("filter", &id.to_string())])
        .await
        .expect(404);
    let mut head = app.signed_in("head").await;
    let renamed = head
        .post(&format!("/companies/saved/{id}/"), &[("name", "Мои тёплые")])
        .await;
    renamed.expect_redirect();
    assert_eq!(
        tabs(&near.get("/companies/?all=1").await)[2..],
        ["Всем"],
        "no longer shown"
    );
    let refused = head.post(&format!("/companies/saved/{id}/"), &[("name", " ")]).await;
    refused.expect(422).expect_text("Назовите фильтр");
}

#[tokio::test]
async fn the_list_opens_with_what_is_nearest_or_with_a_chosen_filter() {
    let app = TestApp::new().await;
    let here = app.branch("ekb").await;
    let manager = app.person("manager", Role::Manager, Some(here)).await;
    app.person("head", Role::SalesHead, Some(here)).await;
    app.person("lone_head", Role::SalesHead, None).await;
    app.person("admin", Role::Admin, None).await;
    app.company("Чужая").create(&app).await;
    let own = format!("/companies/?responsible={}", manager.user.unwrap());
    let mut browser = app.signed_in("manager").await;
    assert_eq!(browser.get("/companies/").await.expect_redirect(), own);
    let list = browser.get(&own).await;
    list.expect_text("У вас пока нет компаний")
        .expect_text("Ответственный: manager Тестов");
    assert_eq!(list.texts(".tab[aria-current]"), ["Мои компании"]);
    let all = list.attribute(".filter-active .chip a", "href").unwrap();
    assert_eq!(all, "/companies/?all=1");
    browser.get(&all).await.expect(200).expect_text("Чужая");
    let mut head = app.signed_in("head").await;
    assert_eq!(
        head.get("/companies/").await.expect_redirect(),
        format!("/companies/?branch={here}")
    );
    for everywhere in ["lone_head", "admin"] {
        app.signed_in(everywhere).await.get("/companies/").await.expect(200);
    }
    save(&mut browser, "Холодные", "cold_call=1").await.expect_redirect();
    let page = browser.get("/companies/saved/").await;
    let id = page.attribute("input[name=filter]", "value").unwrap();
    browser
        .post("/companies/saved/open/", &[("filter", &id)])
        .await
        .expect_redirect();
    assert_eq!(
        browser.get("/companies/").await.expect_redirect(),
        "/companies/?cold_call=1"
    );
    browser
        .get("/companies/saved/")
        .await
        .expect_text("Список открывается так");
    browser
        .post(&format!("/companies/saved/{id}/delete/"), &[])
        .await
        .expect_redirect();
    assert_eq!(browser.get("/companies/").await.expect_redirect(), own);
}

#[tokio::test]
async fn a_filter_of_which_all_is_gone_finds_nothing_and_says_so() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    app.company("Айва").create(&app).await;
    let mut browser = app.signed_in("one").await;
    let stale = "/companies/?status=9999&responsible=9999&branch=9999&contract_type=gone";
    let list = browser.get(stale).await;
    list.expect(200)
        .expect_no_text("Айва")
        .expect_text("В фильтре есть то, чего больше нет: статус, ответственный, филиал, договор.");
    assert_eq!(
        list.texts(".filter-active .chip"),
        [
            "Статус: больше нет",
            "Ответственный: больше нет",
            "Филиал: больше нет",
            "Договор: больше нет"
        ]
    );
    let count = browser.get(&stale.replace("/?", "/count/?")).await;
    count.expect(200).expect_text("0 компаний");
    // What no form can have sent means nothing.
    let list = browser.get("/companies/?sphere=x&status=").await;
    list.expect(200).expect_text("Айва").expect_no_text("больше нет");
}

#[tokio::test]
async fn a_saved_filter_is_the_present_one_though_some_of_it_is_gone() {
    let app = TestApp::new().await;
    app.person("one", Role::Manager, None).await;
    app.company("Айва").create(&app).await;
    let mut browser = app.signed_in("one").await;
    let query = "status=2&status=9999";
    save(&mut browser, "Старый", query).await.expect_redirect();
    let list = browser.get(&format!("/companies/?{query}")).await;
    list.expect_no_text("больше нет");
    assert_eq!(list.texts(".tab[aria-current]"), ["Старый"]);
    let url = list.attribute(".tab[aria-current]", "href").expect("its address");
    assert_eq!(url, "/companies/?status=2");
    assert_eq!(browser.get(&url).await.texts(".tab[aria-current]"), ["Старый"]);
    let page = browser.get("/companies/saved/").await;
    let id = page.attribute("input[name=filter]", "value").expect("its key");
    let chosen = [("filter", id.as_str())];
    browser.post("/companies/saved/open/", &chosen).await.expect_redirect();
    assert_eq!(browser.get("/companies/").await.expect_redirect(), url);
    // A list that opens with a filter of which nothing is left does not become all companies.
    let url = "/companies/?responsible=9999";
    save(&mut browser, "Уволенный", "responsible=9999")
        .await
        .expect_redirect();
    let list = browser.get(url).await;
    assert_eq!(list.texts(".tab[aria-current]"), ["Уволенный"]);
    list.expect_no_text("Айва")
        .expect_text("чего больше нет: ответственный");
}
