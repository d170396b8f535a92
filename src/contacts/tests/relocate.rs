//! A person goes over to another company.

use sqlx::Row as _;
use uuid::Uuid;

use super::{Scene, scene};
use crate::contacts::paths;
use crate::testing::{Answer, Client};
use crate::values::{CompanyId, ContactId};

impl Scene {
    /// A contact of Ольга's company with a phone.
    async fn anna(&self) -> ContactId {
        let mut browser = self.app.signed_in("olga").await;
        let fields = [
            ("last_name", "Белозёрова"),
            ("phone", "8 912 345-67-89"),
            ("phone_kind", "mobile"),
        ];
        self.contact(&mut browser, &fields).await
    }

    async fn company_of(&self, id: ContactId) -> Option<Uuid> {
        sqlx::query_scalar("SELECT company_id FROM contacts WHERE id = $1")
            .bind(id.0)
            .fetch_one(&self.app.db)
            .await
            .unwrap()
    }

    async fn finds(&self, company: CompanyId, word: &str) -> bool {
        sqlx::query_scalar("SELECT search @@ $2::tsquery FROM companies WHERE id = $1")
            .bind(company.0)
            .bind(format!("'{word}'"))
            .fetch_one(&self.app.db)
            .await
            .unwrap()
    }
}

async fn send(browser: &mut Client, id: ContactId, to: CompanyId, version: i32) -> Answer {
    let (to, version) = (to.to_string(), version.to_string());
    let sent = [("company_id", to.as_str()), ("version", version.as_str())];
    browser.post(&paths::relocate(id), &sent).await
}

#[tokio::test]
async fn a_contact_goes_over_with_its_numbers_and_both_cards_tell() {
    let scene = scene().await;
    let anna = scene.anna().await;
    let to = scene
        .app
        .company("ООО «Лютик»")
        .of(&scene.owner)
        .create(&scene.app)
        .await;
    let mut browser = scene.app.signed_in("olga").await;
    let found = browser
        .get(&format!("{}?q=%D0%BB%D1%8E%D1%82%D0%B8%D0%BA", paths::relocate(anna)))
        .await;
    assert_eq!(
        found.attribute("input[name=company_id]", "value").unwrap(),
        to.to_string()
    );
    assert_eq!(send(&mut browser, anna, to, 1).await.expect_redirect(), paths::list(to));
    // The same again is no second move.
    assert_eq!(send(&mut browser, anna, to, 1).await.expect_redirect(), paths::list(to));
    assert_eq!(scene.company_of(anna).await, Some(to.0));
    assert!(scene.finds(to, "9123456789").await && !scene.finds(scene.company, "9123456789").await);
    let sql = "SELECT company_id, mentions, changes FROM audit_events WHERE verb = 'relocate' ORDER BY id";
    let events = sqlx::query(sql).fetch_all(&scene.app.db).await.unwrap();
    let told: Vec<(Uuid, Vec<Uuid>)> = events
        .iter()
        .map(|row| (row.get("company_id"), row.get("mentions")))
        .collect();
    assert_eq!(told, [(scene.company.0, vec![to.0]), (to.0, vec![scene.company.0]),]);
    let changes: serde_json::Value = events[0].get("changes");
    assert_eq!(changes["contact_company"]["old"], "ООО «Ромашка»");
    assert_eq!(changes["contact_company"]["new"], "ООО «Лютик»");
}

#[tokio::test]
async fn the_right_is_needed_on_both_sides() {
    let scene = scene().await;
    let anna = scene.anna().await;
    let foreign = scene.app.company("ООО «Чужая»").create(&scene.app).await;
    let mut olga = scene.app.signed_in("olga").await;
    let page = olga
        .get(&format!("{}?q=%D1%87%D1%83%D0%B6%D0%B0%D1%8F", paths::relocate(anna)))
        .await;
    assert!(page.attribute("input[name=company_id]", "disabled").is_some());
    page.expect_text("Эту компанию вы менять не можете");
    let refused = send(&mut olga, anna, foreign, 1).await;
    refused
        .expect(422)
        .expect_text("Добавлять контакты в эту компанию могут те, кто может её менять");
    let mut colleague = scene.app.signed_in("colleague").await;
    send(&mut colleague, anna, foreign, 1).await.expect(403);
    colleague.get(&paths::relocate(anna)).await.expect(403);
    assert_eq!(scene.company_of(anna).await, Some(scene.company.0));
    let mut group = scene.app.signed_in("group").await;
    send(&mut group, anna, foreign, 1).await.expect_redirect();
    assert_eq!(scene.company_of(anna).await, Some(foreign.0));
    // Ольга may change what she left, but not what it went to.
    send(&mut olga, anna, scene.company, 2).await.expect(403);
}

#[tokio::test]
async fn a_person_without_a_company_comes_into_one() {
    let scene = scene().await;
    let lone = scene.lone("Ничейная", "").await;
    let mut colleague = scene.app.signed_in("colleague").await;
    send(&mut colleague, lone, scene.company, 1).await.expect(403);
    let mut olga = scene.app.signed_in("olga").await;
    send(&mut olga, lone, scene.company, 1).await.expect_redirect();
    assert_eq!(scene.company_of(lone).await, Some(scene.company.0));
    assert!(scene.finds(scene.company, "ничейная").await);
}

#[tokio::test]
async fn who_comes_second_is_told_and_nothing_is_lost() {
    let scene = scene().await;
    let anna = scene.anna().await;
    let to = scene
        .app
        .company("ООО «Лютик»")
        .of(&scene.owner)
        .create(&scene.app)
        .await;
    let mut olga = scene.app.signed_in("olga").await;
    let edit = [("last_name", "Белозёрова-Тихая"), ("version", "1")];
    olga.post(&paths::edit(anna), &edit).await.expect_redirect();
    let late = send(&mut olga, anna, to, 1).await;
    late.expect(409).expect_text("изменил кто-то другой");
    assert_eq!(scene.company_of(anna).await, Some(scene.company.0));
    send(&mut olga, anna, to, 2).await.expect_redirect();
    let gone = send(&mut olga, anna, CompanyId::new(), 3).await;
    gone.expect(422).expect_text("Этой компании уже нет");
    olga.post(&paths::relocate(anna), &[("version", "3")])
        .await
        .expect(422)
        .expect_text("Найдите компанию и выберите её в списке");
}

#[tokio::test]
async fn a_contact_leaves_its_company_and_comes_back_by_whoever_took_it_out() {
    let scene = scene().await;
    let anna = scene.anna().await;
    let mut head = scene.app.signed_in("head").await;
    let page = head.get(&paths::relocate(anna)).await;
    page.expect_text("Оставить без компании");
    let lone = |version| [("lone", "1"), ("company_id", "nonsense"), ("version", version)];
    let mut stranger = scene.app.signed_in("foreign_head").await;
    stranger.post(&paths::relocate(anna), &lone("1")).await.expect(403);
    head.post(&paths::relocate(anna), &lone("7")).await.expect(409);
    let left = head.post(&paths::relocate(anna), &lone("1")).await;
    assert_eq!(left.expect_redirect(), paths::show(anna));
    assert_eq!(scene.company_of(anna).await, None);
    assert!(
        !scene.finds(scene.company, "9123456789").await,
        "the card forgot the number"
    );
    let told: (Option<Uuid>, String) =
        sqlx::query_as("SELECT company_id, message FROM audit_events WHERE verb = 'relocate'")
            .fetch_one(&scene.app.db)
            .await
            .unwrap();
    assert_eq!(
        told,
        (
            Some(scene.company.0),
            "Контакт «Белозёрова» больше не в компании".to_owned()
        )
    );
    head.get(&paths::show(anna))
        .await
        .expect_text("без компании")
        .expect_text("В компанию");
    // Nothing to leave, and no company to come from.
    head.get(&paths::relocate(anna))
        .await
        .expect_no_text("Оставить без компании");
    // The maker, who may change a person of one's own, and the one who took it out; nobody else.
    for (login, status) in [("olga", 200), ("head", 200), ("director", 403), ("colleague", 403)] {
        let mut browser = scene.app.signed_in(login).await;
        browser.get(&paths::edit(anna)).await.expect(status);
    }
    send(&mut head, anna, scene.company, 2).await.expect_redirect();
    assert_eq!(scene.company_of(anna).await, Some(scene.company.0));
    assert!(scene.finds(scene.company, "9123456789").await);
    let released: Option<i64> = sqlx::query_scalar("SELECT released_by FROM contacts WHERE id = $1")
        .bind(anna.0)
        .fetch_one(&scene.app.db)
        .await
        .unwrap();
    assert_eq!(released, None, "it belongs to the company again");
}
