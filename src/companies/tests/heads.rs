//! Head organisations and their branches.

use super::{number, text};
use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::CompanyId;

struct Scene {
    app: TestApp,
    owner: Actor,
    browser: Client,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let owner = app.person("petrov", Role::Manager, None).await;
        let browser = app.signed_in("petrov").await;
        Self { app, owner, browser }
    }

    async fn company(&self, name: &str) -> CompanyId {
        self.app.company(name).of(&self.owner).create(&self.app).await
    }

    async fn put(&mut self, id: CompanyId, head: &str, seen: &str) -> crate::testing::Answer {
        let sent = [("head", head), ("seen", seen)];
        self.browser.post(&format!("/companies/{id}/head/"), &sent).await
    }
}

#[tokio::test]
async fn a_head_is_found_chosen_shown_on_both_cards_and_taken_away() {
    let mut scene = Scene::new().await;
    let (head, branch) = (
        scene.company("Ромашка Холдинг").await,
        scene.company("Ромашка Тюмень").await,
    );
    let path = format!("/companies/{branch}/head/");
    let empty = scene.browser.get(&path).await;
    empty.expect(200).expect_text("Начните вводить");
    let found = scene.browser.get(&format!("{path}?q=ромашка")).await;
    assert_eq!(
        found.attribute("button.picker-item", "value").as_deref(),
        Some(head.to_string().as_str())
    );
    found.expect_text("сама эта компания");
    let nothing = scene.browser.get(&format!("{path}?q=щщщщ")).await;
    nothing.expect(200).expect_text("Ничего не нашлось");
    scene.put(branch, &head.to_string(), "").await.expect_redirect();
    let card = scene.browser.get(&format!("/companies/{branch}/")).await;
    let link = card.attribute("#cell-head a", "href");
    assert_eq!(link, Some(format!("/companies/{head}/")));
    let card = scene.browser.get(&format!("/companies/{head}/")).await;
    assert_eq!(card.texts("#branches li a"), ["Ромашка Тюмень"]);
    let event =
        "SELECT changes::text || mentions::text FROM audit_events WHERE verb = 'update' ORDER BY at DESC, id DESC";
    let logged = text(&scene.app, event).await;
    assert_eq!(
        logged,
        format!(r#"{{"head": {{"new": "Ромашка Холдинг", "old": ""}}}}{{{head}}}"#)
    );
    scene.put(branch, "", &head.to_string()).await.expect_redirect();
    assert_eq!(
        number(&scene.app, "SELECT count(head_company_id) FROM companies").await,
        0
    );
    assert!(text(&scene.app, event).await.ends_with(&format!("{{{head}}}")));
    assert_eq!(crate::verify::broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn a_company_never_stands_above_itself() {
    let mut scene = Scene::new().await;
    let (top, middle, low) = (
        scene.company("Верх").await,
        scene.company("Середина").await,
        scene.company("Низ").await,
    );
    scene.put(low, &middle.to_string(), "").await.expect_redirect();
    scene.put(middle, &top.to_string(), "").await.expect_redirect();
    scene
        .put(top, &top.to_string(), "")
        .await
        .expect(422)
        .expect_text("Компания не может быть головной для самой себя.");
    scene
        .put(top, &low.to_string(), "")
        .await
        .expect(422)
        .expect_text("«Низ» сама стоит под этой компанией: получился бы круг.");
    let gone = "0190aaaa-0000-7000-8000-000000000000";
    scene
        .put(top, gone, "")
        .await
        .expect(422)
        .expect_text("Этой компании уже нет");
    scene.put(top, "нечто", "").await.expect(422);
    // From one branch to another head is no circle.
    scene
        .put(low, &top.to_string(), &middle.to_string())
        .await
        .expect_redirect();
    assert_eq!(crate::verify::broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn two_people_at_one_instant_make_no_circle() {
    let scene = Scene::new().await;
    let mut one = scene.browser.moved_to(&scene.app);
    let mut two = scene.browser.moved_to(&scene.app.twin());
    for _ in 0..8 {
        let (a, b) = (scene.company("А").await, scene.company("Б").await);
        let (up, down) = (format!("/companies/{a}/head/"), format!("/companies/{b}/head/"));
        let (under_b, under_a) = (b.to_string(), a.to_string());
        let (under_b, under_a) = ([("head", under_b.as_str())], [("head", under_a.as_str())]);
        let (first, second) = tokio::join!(one.post(&up, &under_b), two.post(&down, &under_a));
        let mut answers = [first.status.as_u16(), second.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 422]);
    }
    assert_eq!(crate::verify::broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn whoever_comes_second_sees_both_choices() {
    let mut scene = Scene::new().await;
    let (one, two, branch) = (
        scene.company("Первая").await,
        scene.company("Вторая").await,
        scene.company("Филиал").await,
    );
    scene.put(branch, &one.to_string(), "").await.expect_redirect();
    let asked = scene.put(branch, &two.to_string(), "").await;
    asked.expect(409);
    assert_eq!(asked.texts("td.mine"), ["Вторая"]);
    assert_eq!(asked.texts("td.theirs"), ["Первая"]);
    let seen = asked.attribute("input[name=seen]", "value").expect("theirs");
    let mine = asked.attribute("button.primary[name=head]", "value").expect("mine");
    scene.put(branch, &mine, &seen).await.expect_redirect();
    let head = text(
        &scene.app,
        "SELECT head.name FROM companies AS branch JOIN companies AS head ON head.id = branch.head_company_id",
    );
    assert_eq!(head.await, "Вторая");
}

#[tokio::test]
async fn a_head_gains_and_loses_companies_only_by_those_who_may_change_it() {
    let mut scene = Scene::new().await;
    let stranger = scene.app.person("stranger", Role::Manager, None).await;
    let foreign = scene
        .app
        .company("Чужой Холдинг")
        .of(&stranger)
        .create(&scene.app)
        .await;
    let (mine, branch) = (scene.company("Мой Холдинг").await, scene.company("Филиал").await);
    let path = format!("/companies/{branch}/head/");
    let found = scene.browser.get(&format!("{path}?q=холдинг")).await;
    assert_eq!(found.texts("button.picker-item b"), ["Мой Холдинг"]);
    found.expect_text("её вы менять не можете");
    let refused = scene.put(branch, &foreign.to_string(), "").await;
    refused.expect(422).expect_text("«Чужой Холдинг» вы менять не можете");
    scene.app.person("boss", Role::GroupManager, None).await;
    let mut boss = scene.app.signed_in("boss").await;
    let under = foreign.to_string();
    boss.post(&path, &[("head", under.as_str())]).await.expect_redirect();
    // Neither to nowhere nor to an own one.
    for to in [String::new(), mine.to_string()] {
        let refused = scene.put(branch, &to, &under).await;
        refused.expect(422).expect_text("Компания стоит под «Чужой Холдинг»");
        assert!(refused.attribute("#f-head-q", "type").is_none(), "nothing to choose");
    }
    let head = "SELECT head_company_id::text FROM companies WHERE name = 'Филиал'";
    assert_eq!(text(&scene.app, head).await, under);
    // Both heads are changed by whoever may.
    boss.post(&path, &[("head", mine.to_string().as_str())])
        .await
        .expect_redirect();
    scene.put(branch, "", &mine.to_string()).await.expect_redirect();
}
