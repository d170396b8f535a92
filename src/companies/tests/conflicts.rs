//! Two people on one card: both versions, and a mix of them.

use super::changing::{send, typed_over};
use super::{make, number, text};
use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

struct Scene {
    app: TestApp,
    /// The one who comes second.
    one: Client,
    /// The one who was quicker.
    two: Client,
    card: String,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::new().await;
        app.person("petrov", Role::Manager, None).await;
        app.person("admin", Role::Admin, None).await;
        let (mut one, two) = (app.signed_in("petrov").await, app.signed_in("admin").await);
        let fields = [("name", "Ромашка"), ("address", "Пермь"), ("phone", "83432000001")];
        let card = make(&mut one, &fields).await;
        Self { app, one, two, card }
    }

    fn edit(&self) -> String {
        format!("{}edit/", self.card)
    }

    /// Both open the form, the other saves first, the one second.
    async fn clash(&mut self, theirs: &[(&str, &str)], mine: &[(&str, &str)]) -> Answer {
        let edit = self.edit();
        let (my_form, their_form) = (self.one.get(&edit).await, self.two.get(&edit).await);
        send(&mut self.two, &edit, &typed_over(&their_form, theirs))
            .await
            .expect_redirect();
        send(&mut self.one, &edit, &typed_over(&my_form, mine)).await
    }

    async fn stored(&self) -> String {
        let sql = "SELECT concat_ws('; ', name, address, website, (SELECT string_agg(raw, ' ') FROM company_phones))
                   FROM companies";
        text(&self.app, sql).await
    }
}

#[tokio::test]
async fn the_second_save_shows_both_versions_and_the_mix_is_saved() {
    let mut scene = Scene::new().await;
    let theirs = [("name", "Ромашка их"), ("phone", "83432000002")];
    let mine = [("name", "Ромашка моя"), ("website", "romashka.example")];
    let asked = scene.clash(&theirs, &mine).await;
    asked.expect(409).expect_text("Ничего не потеряно");
    assert_eq!(
        asked.texts(".version-row legend"),
        ["Название изменили оба", "Сайт", "Телефоны"]
    );
    let stamp = asked.texts(".theirs small").join("; ");
    assert!(stamp.contains(", admin Тестов"), "whose it is: {stamp}");
    assert_eq!(
        asked.texts(".theirs .version-text"),
        ["Ромашка их", "пусто", "+7 (343) 200-00-02"]
    );
    assert_eq!(
        asked.texts(".mine .version-text"),
        ["Ромашка моя", "romashka.example", "+7 (343) 200-00-01"]
    );
    assert_eq!(
        scene.stored().await,
        "Ромашка их; Пермь; ; 83432000002",
        "nothing was written"
    );
    // As offered: what one of the two left alone is the other's.
    let edit = scene.edit();
    send(&mut scene.one, &edit, &typed_over(&asked, &[("take-name", "theirs")]))
        .await
        .expect_redirect();
    assert_eq!(scene.stored().await, "Ромашка их; Пермь; romashka.example; 83432000002");
    let kept = "SELECT changes::text FROM audit_events WHERE verb = 'update' ORDER BY at DESC, id DESC LIMIT 1";
    assert_eq!(
        text(&scene.app, kept).await,
        r#"{"website": {"new": "romashka.example", "old": ""}}"#
    );
    assert_eq!(crate::verify::broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn what_both_wrote_is_mine_unless_i_say_otherwise_and_theirs_stays_in_the_log() {
    let mut scene = Scene::new().await;
    let asked = scene.clash(&[("name", "Ромашка их")], &[("name", "Ромашка моя")]).await;
    let edit = scene.edit();
    send(&mut scene.one, &edit, &typed_over(&asked, &[]))
        .await
        .expect_redirect();
    assert_eq!(scene.stored().await, "Ромашка моя; Пермь; ; 83432000001");
    let kept = "SELECT changes::text FROM audit_events WHERE verb = 'update' ORDER BY at DESC, id DESC LIMIT 1";
    let kept = text(&scene.app, kept).await;
    assert!(kept.contains("Ромашка их") && kept.contains("Ромашка моя"), "{kept}");
}

#[tokio::test]
async fn the_mix_can_be_put_into_the_form_first() {
    let mut scene = Scene::new().await;
    let asked = scene
        .clash(
            &[("name", "Их"), ("address", "Казань")],
            &[("name", "Моя"), ("address", "Уфа")],
        )
        .await;
    let edit = scene.edit();
    let wanted = [("take-name", "theirs"), ("take-address", "mine"), ("edit", "1")];
    let form = send(&mut scene.one, &edit, &typed_over(&asked, &wanted)).await;
    form.expect(200);
    assert_eq!(form.attribute("input[name=name]", "value").as_deref(), Some("Их"));
    assert_eq!(form.texts("textarea[name=address]"), ["Уфа"]);
    send(
        &mut scene.one,
        &edit,
        &typed_over(&form, &[("address", "Уфа, ул. Мира")]),
    )
    .await
    .expect_redirect();
    assert_eq!(scene.stored().await, "Их; Уфа, ул. Мира; ; 83432000001");
}

#[tokio::test]
async fn a_third_who_was_quicker_than_the_choice_is_asked_about_again() {
    let mut scene = Scene::new().await;
    let asked = scene
        .clash(&[("name", "Их")], &[("name", "Моя"), ("website", "a.example")])
        .await;
    let edit = scene.edit();
    let third = scene.two.get(&edit).await;
    let third = typed_over(&third, &[("name", "Их снова"), ("address", "Казань")]);
    send(&mut scene.two, &edit, &third).await.expect_redirect();
    let again = send(&mut scene.one, &edit, &typed_over(&asked, &[("take-name", "mine")])).await;
    again.expect(409);
    assert_eq!(again.texts(".theirs .version-text"), ["Их снова", "Казань", "пусто"]);
    send(&mut scene.one, &edit, &typed_over(&again, &[]))
        .await
        .expect_redirect();
    assert_eq!(scene.stored().await, "Моя; Казань; a.example; 83432000001");
}

#[tokio::test]
async fn what_the_form_does_not_show_is_no_conflict() {
    let mut scene = Scene::new().await;
    let edit = scene.edit();
    let form = scene.one.get(&edit).await;
    let mark = format!("{}do-not-call/", scene.card);
    scene.two.post(&mark, &[("reason", "Просили")]).await.expect_redirect();
    send(&mut scene.one, &edit, &typed_over(&form, &[("name", "Лютик")]))
        .await
        .expect_redirect();
    let both = "SELECT name || ' ' || do_not_call_reason FROM companies";
    assert_eq!(text(&scene.app, both).await, "Лютик Просили");
}

#[tokio::test]
async fn a_late_quick_form_shows_both_versions_of_status_and_spheres() {
    let mut scene = Scene::new().await;
    let path = format!("{}update/", scene.card);
    let seen = scene
        .one
        .get(&scene.card)
        .await
        .attribute("#card-quick input[name=seen]", "value")
        .expect("what was shown");
    let theirs = [("status", "3"), ("spheres", "1"), ("seen", seen.as_str())];
    scene.two.post(&path, &theirs).await.expect_redirect();
    let mine = [("status", "2"), ("seen", seen.as_str())];
    let asked = scene.one.post(&path, &mine).await;
    asked.expect(409);
    assert_eq!(asked.texts(".version-row legend"), ["Статус изменили оба", "Сферы"]);
    send(&mut scene.one, &path, &typed_over(&asked, &[("take-status", "mine")]))
        .await
        .expect_redirect();
    assert_eq!(number(&scene.app, "SELECT status_id FROM companies").await, 2);
    assert_eq!(number(&scene.app, "SELECT count(*) FROM company_sphere_links").await, 1);
}
