//! The bell, the page, preferences.

use chrono::TimeDelta;

use super::{Office, id, office};
use crate::notifications::{self, Kind, Notice};
use crate::policy::Actor;
use crate::testing::Answer;

impl Office {
    /// Tells petrov; answers the key.
    async fn tell_petrov(&self, kind: Kind, title: &str, about: &str) -> uuid::Uuid {
        let mut notice = Notice::new(kind, self.app.now())
            .to([id(&self.petrov)])
            .titled(title)
            .linking("/companies/?all=1");
        if !about.is_empty() {
            notice = notice.about("company", about);
        }
        let mut conn = self.app.conn().await;
        notifications::tell(&mut conn, &Actor::system(), notice)
            .await
            .expect("told");
        self.app.pass(TimeDelta::seconds(1));
        sqlx::query_scalar("SELECT id FROM notifications ORDER BY created_at DESC, id DESC LIMIT 1")
            .fetch_one(&mut *conn)
            .await
            .expect("a notice")
    }
}

fn badge(page: &Answer) -> String {
    page.texts("[data-bell-count]").join("")
}

#[tokio::test]
async fn the_bell_counts_shows_and_opens() {
    let office = office().await;
    let mut petrov = office.browser("petrov").await;
    let page = petrov.get("/companies/?all=1").await;
    assert_eq!(badge(&page), "");
    assert!(page.attribute("[data-bell-count]", "hidden").is_some());
    page.expect_text("Новых уведомлений нет.");
    let first = office.tell_petrov(Kind::TaskGiven, "Позвонить", "").await;
    office.tell_petrov(Kind::TaskGiven, "Написать <b>", "").await;
    let page = petrov.get("/companies/?all=1").await;
    assert_eq!(badge(&page), "2");
    assert_eq!(page.texts(".bell-item b"), ["Написать <b>", "Позвонить"]);
    // Reading changes something: no link may do it, nor a form from elsewhere.
    let open = format!("/notifications/{first}/open/");
    petrov.get(&open).await.expect(405);
    petrov.post_bare(&open, &[]).await.expect(403);
    assert_eq!(petrov.post(&open, &[]).await.expect_redirect(), "/companies/?all=1");
    assert_eq!(badge(&petrov.get("/companies/?all=1").await), "1");
    // Opened again, it leads there again.
    assert_eq!(petrov.post(&open, &[]).await.expect_redirect(), "/companies/?all=1");
    // Others neither see nor read it.
    let mut ivanova = office.browser("ivanova").await;
    assert_eq!(badge(&ivanova.get("/companies/?all=1").await), "");
    ivanova.post(&open, &[]).await.expect(404);
    ivanova
        .post(&format!("/notifications/{first}/read/"), &[])
        .await
        .expect(404);
    // An error page has the bell, too; a fragment has none.
    assert_eq!(badge(&petrov.get("/nowhere/").await), "1");
}

#[tokio::test]
async fn what_is_about_one_thing_stands_in_the_bell_once_and_is_read_at_once() {
    let office = office().await;
    for title in ["первая", "вторая", "третья"] {
        office.tell_petrov(Kind::NoteAdded, title, "7").await;
    }
    office.tell_petrov(Kind::CompanyGiven, "передали", "7").await;
    let mut petrov = office.browser("petrov").await;
    let page = petrov.get("/companies/?all=1").await;
    assert_eq!(badge(&page), "4");
    assert_eq!(page.texts(".bell-item b"), ["передали", "третья"]);
    let lines = page.texts(".bell-item small");
    assert!(lines[1].ends_with("· ещё 2"), "{lines:?}");
    let open = page
        .attribute(".bell-item:nth-of-type(2)", "formaction")
        .expect("a button");
    petrov.post(&open, &[]).await.expect_redirect();
    assert_eq!(badge(&petrov.get("/companies/?all=1").await), "1");
}

#[tokio::test]
async fn there_are_never_more_than_ten_lines_and_a_hundred_is_many() {
    let office = office().await;
    office
        .execute(format!(
            "INSERT INTO notifications (id, user_id, kind, title, created_at)
             SELECT gen_random_uuid(), {}, 'task_given', 'Задача ' || n, now() FROM generate_series(1, 120) AS n",
            id(&office.petrov)
        ))
        .await;
    let mut petrov = office.browser("petrov").await;
    let page = petrov.get("/companies/?all=1").await;
    assert_eq!((badge(&page).as_str(), page.texts(".bell-item").len()), ("99+", 10));
    page.expect_text("непрочитанных: 99+");
}

#[tokio::test]
async fn all_are_read_that_were_shown_and_no_later_one() {
    let office = office().await;
    office.tell_petrov(Kind::TaskGiven, "Позвонить", "").await;
    let mut petrov = office.browser("petrov").await;
    let page = petrov.get("/notifications/").await;
    let until = page.attribute("[data-bell-until]", "value").expect("a moment");
    office.tell_petrov(Kind::TaskGiven, "Только что", "").await;
    let fields = [("until", until.as_str()), ("back", "/notifications/?state=unread")];
    let led = petrov.post("/notifications/read-all/", &fields).await.expect_redirect();
    assert_eq!(led, "/notifications/?state=unread");
    let page = petrov.get(&led).await;
    assert_eq!(page.texts(".notice b"), ["Только что"]);
    // Without script and from a page without the field: all there are.
    let away = [("back", "//evil.example/")];
    let led = petrov.post("/notifications/read-all/", &away).await.expect_redirect();
    assert_eq!(led, "/notifications/");
    assert_eq!(badge(&petrov.get(&led).await), "");
}

#[tokio::test]
async fn the_page_keeps_what_was_read_pages_by_key_and_narrows() {
    let office = office().await;
    let mut petrov = office.browser("petrov").await;
    petrov
        .get("/notifications/")
        .await
        .expect(200)
        .expect_text("Уведомлений пока нет");
    let note = office.tell_petrov(Kind::NoteAdded, "Заметка", "").await;
    for number in 1..=60 {
        office
            .tell_petrov(Kind::TaskGiven, &format!("Задача {number}"), "")
            .await;
    }
    let page = petrov.get("/notifications/").await;
    let titles = page.texts(".notice b");
    assert_eq!(
        (titles.len(), titles[0].as_str(), titles[49].as_str()),
        (50, "Задача 60", "Задача 11")
    );
    let next = page.attribute("a[rel=next]", "href").expect("a next page");
    let page = petrov.get(&next).await;
    let titles = page.texts(".notice b");
    assert_eq!(
        (titles.len(), titles[0].as_str(), titles[10].as_str()),
        (11, "Задача 10", "Заметка")
    );
    let back = page.attribute("a[rel=prev]", "href").expect("the way back");
    assert_eq!(petrov.get(&back).await.texts(".notice b")[0], "Задача 60");
    petrov
        .post(&format!("/notifications/{note}/read/"), &[])
        .await
        .expect_redirect();
    let notes = petrov.get("/notifications/?kind=note_added").await;
    assert_eq!(notes.texts(".notice b"), ["Заметка"]);
    notes.expect_no_text("новое");
    let empty = petrov.get("/notifications/?kind=note_added&state=unread").await;
    empty.expect(200).expect_text("Под этот фильтр уведомлений нет");
    petrov.get("/notifications/?kind=strange&after=x").await.expect(200);
}

#[tokio::test]
async fn preferences_offer_what_can_happen_and_are_logged() {
    let office = office().await;
    let mut petrov = office.browser("petrov").await;
    let page = petrov.get("/notifications/settings/").await;
    page.expect(200)
        .expect_text("Вам передали компанию")
        .expect_text("Запрос на удаление отклонён");
    page.expect_no_text("Предупреждение безопасности");
    let mut admin = office.browser("admin").await;
    admin
        .get("/notifications/settings/")
        .await
        .expect_text("Предупреждение безопасности")
        .expect_no_text("Запрос на удаление отклонён");
    let led = petrov
        .post(
            "/notifications/settings/",
            &[("kind", "note_added"), ("kind", "security")],
        )
        .await
        .expect_redirect();
    let page = petrov.get(&led).await;
    assert_eq!(
        page.attribute("input[name=kind][checked]", "value").as_deref(),
        Some("note_added")
    );
    let event: String =
        sqlx::query_scalar("SELECT changes::text FROM audit_events WHERE verb = 'notification_settings'")
            .fetch_one(&office.app.db)
            .await
            .expect("an event");
    assert!(
        event.contains("Вам передали компанию") && !event.contains("Новая заметка"),
        "{event}"
    );
}
