//! Who writes, changes, deletes and pins notes.

use sqlx::Row as _;

use super::scene;
use crate::notes::paths;
use crate::policy::{Actor, Role, Ties};
use crate::values::{CompanyId, UserId};

#[tokio::test]
async fn everybody_writes_notes_at_any_company() {
    let scene = scene().await;
    let people = [
        "olga",
        "colleague",
        "head",
        "director",
        "foreign_head",
        "group",
        "admin",
    ];
    for username in people {
        let mut browser = scene.app.signed_in(username).await;
        scene.note(&mut browser, username).await;
    }
    assert_eq!(scene.texts().await, people);
    assert_eq!(scene.verbs().await, ["create"; 7]);
}

#[tokio::test]
async fn a_note_is_changed_by_its_author_and_those_above_all_branches() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("colleague").await;
    let id = scene.note(&mut browser, "начало").await;
    let path = paths::edit(scene.company, id);
    for (username, is_allowed) in [
        ("colleague", true),
        ("group", true),
        ("admin", true),
        ("olga", false),
        ("head", false),
        ("director", false),
    ] {
        let mut browser = scene.app.signed_in(username).await;
        let page = browser.get(&path).await;
        page.expect(if is_allowed { 200 } else { 403 });
        let version = page.attribute("input[name=version]", "value").unwrap_or_default();
        let version = if is_allowed { version } else { "1".to_owned() };
        let answer = browser
            .post(&path, &[("text", username), ("version", version.as_str())])
            .await;
        answer.expect(if is_allowed { 303 } else { 403 });
        assert_eq!(scene.texts().await == [username], is_allowed, "{username}");
    }
}

#[tokio::test]
async fn only_the_author_deletes_a_note_and_other_tries_are_logged() {
    let scene = scene().await;
    let mut author = scene.app.signed_in("colleague").await;
    let id = scene.note(&mut author, "важное").await;
    let path = paths::delete(scene.company, id);
    for username in ["olga", "head", "director", "group", "admin"] {
        let mut browser = scene.app.signed_in(username).await;
        browser
            .post(&path, &[])
            .await
            .expect(403)
            .expect_text("может только её автор");
    }
    assert_eq!(scene.texts().await, ["важное"]);
    let mut verbs = vec!["create"];
    verbs.extend(["delete_refused"; 5]);
    assert_eq!(scene.verbs().await, verbs);
    author.post(&path, &[]).await.expect_redirect();
    assert!(scene.texts().await.is_empty());
    let sql = "SELECT changes FROM audit_events WHERE verb = 'delete' AND entity = 'note'";
    let event = sqlx::query(sql).fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(
        event.get::<serde_json::Value, _>("changes")["note_text"]["old"],
        "важное"
    );
    author.post(&path, &[]).await.expect(404);
}

#[tokio::test]
async fn those_who_may_change_the_company_pin_and_the_pin_moves() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let (one, two) = (
        scene.note(&mut browser, "раз").await,
        scene.note(&mut browser, "два").await,
    );
    for (username, is_allowed) in [
        ("colleague", false),
        ("foreign_head", false),
        ("head", true),
        ("director", true),
        ("group", true),
    ] {
        let mut browser = scene.app.signed_in(username).await;
        let answer = browser.post(&paths::pin(scene.company, one), &[("pinned", "1")]).await;
        answer.expect(if is_allowed { 303 } else { 403 });
        assert_eq!(
            scene.pinned_ids().await,
            if is_allowed { vec![one.0] } else { vec![] },
            "{username}"
        );
    }
    // Sent twice it is still pinned; without a word of what is meant it turns over.
    browser
        .post(&paths::pin(scene.company, one), &[("pinned", "1")])
        .await
        .expect_redirect();
    browser
        .post(&paths::pin(scene.company, two), &[("pinned", "1")])
        .await
        .expect_redirect();
    assert_eq!(scene.pinned_ids().await, [two.0]);
    let (top, rest) = scene
        .items(
            scene.owner,
            Ties {
                own: true,
                branch: true,
            },
        )
        .await;
    assert_eq!(top.unwrap().place().1, two);
    assert_eq!(rest.iter().map(|item| item.place().1).collect::<Vec<_>>(), [one]);
    browser
        .post(&paths::pin(scene.company, two), &[])
        .await
        .expect_redirect();
    assert!(scene.pinned_ids().await.is_empty());
    assert_eq!(
        scene.verbs().await,
        ["create", "create", "pin", "unpin", "pin", "unpin"]
    );
}

#[tokio::test]
async fn two_pins_at_once_leave_one() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let (one, two) = (scene.note(&mut olga, "раз").await, scene.note(&mut olga, "два").await);
    let mut head = scene.app.signed_in("head").await;
    let (path_one, path_two) = (paths::pin(scene.company, one), paths::pin(scene.company, two));
    let (a, b) = tokio::join!(
        olga.post(&path_one, &[("pinned", "1")]),
        head.post(&path_two, &[("pinned", "1")])
    );
    a.expect_redirect();
    b.expect_redirect();
    assert_eq!(scene.pinned_ids().await.len(), 1);
}

#[tokio::test]
async fn a_reader_sees_only_the_buttons_that_work() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.note(&mut olga, "раз").await;
    let buttons = [paths::pin, paths::edit, paths::delete].map(|path| path(scene.company, id));
    let stranger = Actor {
        user: Some(UserId(i64::MAX)),
        ..scene.owner
    };
    let cases = [
        (
            scene.owner,
            Ties {
                own: true,
                branch: true,
            },
            [true, true, true],
        ),
        (stranger, Ties::default(), [false, false, false]),
        (
            Actor {
                role: Role::SalesHead,
                ..stranger
            },
            Ties {
                own: false,
                branch: true,
            },
            [true, false, false],
        ),
        (
            Actor {
                role: Role::Admin,
                ..stranger
            },
            Ties::default(),
            [true, true, false],
        ),
    ];
    for (actor, ties, expected) in cases {
        let (_, items) = scene.items(actor, ties).await;
        let html = items[0].to_string();
        assert_eq!(
            buttons.each_ref().map(|path| html.contains(path.as_str())),
            expected,
            "{actor:?}"
        );
    }
}

#[tokio::test]
async fn a_note_belongs_to_the_company_in_its_address() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.note(&mut olga, "раз").await;
    let other = scene
        .app
        .company("ООО «Лютик»")
        .of(&scene.owner)
        .create(&scene.app)
        .await;
    olga.get(&paths::edit(other, id)).await.expect(404);
    olga.post(&paths::delete(other, id), &[]).await.expect(404);
    olga.post(&paths::pin(other, id), &[]).await.expect(404);
    olga.post(&paths::add(CompanyId::new()), &[("text", "раз")])
        .await
        .expect(404);
    assert_eq!(scene.texts().await, ["раз"]);
}
