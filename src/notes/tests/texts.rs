//! What happens to the words: two people at once, double submits, limits, order, markup.

use super::scene;
use crate::notes::{Reader, add_form, of_company, paths};
use crate::policy::Ties;
use crate::web::Viewer;

#[tokio::test]
async fn the_second_of_two_saves_shows_both_texts_and_loses_none() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.note(&mut olga, "начало").await;
    let path = paths::edit(scene.company, id);
    let mut admin = scene.app.signed_in("admin").await;
    admin
        .post(&path, &[("text", "слова другого"), ("version", "1")])
        .await
        .expect_redirect();
    let page = olga.post(&path, &[("text", "мои слова"), ("version", "1")]).await;
    page.expect(409);
    assert_eq!(page.texts(".mine .version-text"), ["мои слова"]);
    assert_eq!(page.texts(".theirs .version-text"), ["слова другого"]);
    assert_eq!(
        page.attribute("input[name=text]", "value").as_deref(),
        Some("мои слова")
    );
    let version = page.attribute("input[name=version]", "value").unwrap();
    olga.post(&path, &[("text", "мои слова"), ("version", &version)])
        .await
        .expect_redirect();
    assert_eq!(scene.texts().await, ["мои слова"]);
    // The same text once more is no edit.
    olga.post(&path, &[("text", "мои слова"), ("version", &version)])
        .await
        .expect_redirect();
    assert_eq!(scene.verbs().await, ["create", "update", "update"]);
}

#[tokio::test]
async fn of_two_texts_theirs_can_be_kept_or_both_or_the_mix_edited_further() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.note(&mut olga, "начало").await;
    let path = paths::edit(scene.company, id);
    let mut admin = scene.app.signed_in("admin").await;
    let seen = |page: &crate::testing::Answer| page.attribute("input[name=seen]", "value").expect("a fingerprint");
    let shown = seen(&olga.get(&path).await);
    admin
        .post(&path, &[("text", "слова другого"), ("version", "1")])
        .await
        .expect_redirect();
    let sent = [("text", "мои слова"), ("version", "1"), ("seen", &shown)];
    let page = olga.post(&path, &sent).await;
    page.expect(409).expect_text("изменили оба");
    let version = page.attribute("input[name=version]", "value").unwrap();
    let chosen = |take, edit| {
        let mut sent = vec![
            ("text", "мои слова"),
            ("version", version.as_str()),
            ("take-text", take),
        ];
        sent.extend(edit);
        sent
    };
    let form = olga.post(&path, &chosen("both", Some(("edit", "1")))).await;
    form.expect(200);
    assert_eq!(form.texts("textarea"), ["слова другого мои слова"]);
    olga.post(&path, &chosen("theirs", None)).await.expect_redirect();
    assert_eq!(scene.texts().await, ["слова другого"]);
    olga.post(&path, &chosen("both", None)).await.expect_redirect();
    assert_eq!(scene.texts().await, ["слова другого\n\nмои слова"]);
}

#[tokio::test]
async fn words_written_for_a_note_that_is_gone_become_a_new_one() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.note(&mut olga, "начало").await;
    olga.post(&paths::delete(scene.company, id), &[])
        .await
        .expect_redirect();
    let page = olga
        .post(
            &paths::edit(scene.company, id),
            &[("text", "дописал"), ("version", "1")],
        )
        .await;
    page.expect(409).expect_text("заметку удалили");
    assert_eq!(page.texts("textarea"), ["дописал"]);
    assert_eq!(
        page.attribute("main form", "action").unwrap(),
        paths::add(scene.company)
    );
}

#[tokio::test]
async fn one_form_sent_twice_makes_one_note_but_other_words_make_another() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let key = crate::web::form_key();
    let path = paths::add(scene.company);
    let (one, other) = (
        [("text", "раз"), ("form_key", key.as_str())],
        [("text", "два"), ("form_key", key.as_str())],
    );
    let mut twin = olga.moved_to(&scene.app.twin());
    let (a, b) = tokio::join!(olga.post(&path, &one), twin.post(&path, &one));
    a.expect_redirect();
    b.expect_redirect();
    assert_eq!(scene.texts().await, ["раз"]);
    olga.post(&path, &other).await.expect_redirect();
    assert_eq!(scene.texts().await, ["раз", "два"]);
}

#[tokio::test]
async fn blank_and_endless_notes_are_refused_with_a_sentence_and_the_text() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let path = paths::add(scene.company);
    olga.post(&path, &[("text", " \r\n\t ")])
        .await
        .expect(422)
        .expect_text("Напишите текст заметки или приложите файл.");
    let long = "я".repeat(20_002);
    let page = olga.post(&path, &[("text", &long)]).await;
    page.expect(422).expect_text("2 лишних знака");
    assert_eq!(page.texts("textarea"), [long]);
    // Browsers count a line end once and send it as two characters.
    let full = format!("{}\r\n{}", "я".repeat(10_000), "ю".repeat(9_999));
    let id = scene.note(&mut olga, &full).await;
    let edited = olga
        .post(&paths::edit(scene.company, id), &[("text", ""), ("version", "1")])
        .await;
    edited
        .expect(422)
        .expect_text("Напишите текст заметки или приложите файл.");
    assert_eq!(scene.texts().await, [full.replace('\r', "")]);
}

#[tokio::test]
async fn notes_stand_newest_first_and_go_on_from_the_last_one() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    for text in ["раз", "два", "три"] {
        // The clock stands still: only the keys tell which came first.
        scene.note(&mut olga, text).await;
    }
    let (_, items) = scene.items(scene.owner, Ties::default()).await;
    let ids: Vec<_> = items.iter().map(|item| item.place().1).collect();
    let viewer = Viewer {
        actor: Some(scene.owner),
        ..Viewer::anonymous(&scene.app, "seed")
    };
    let reader = Reader {
        viewer: &viewer,
        now: scene.app.now(),
        company: scene.company,
        ties: Ties::default(),
    };
    let mut conn = scene.app.conn().await;
    let rest = of_company(&mut conn, &reader, None, Some(items[0].place()), 60)
        .await
        .unwrap();
    assert_eq!(rest.iter().map(|item| item.place().1).collect::<Vec<_>>(), ids[1..]);
    assert!(ids.is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn what_was_typed_is_text_and_never_markup() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let bad = "</textarea><script>alert(1)</script>\n<b onclick=x>";
    let id = scene.note(&mut olga, bad).await;
    let (_, items) = scene
        .items(
            scene.owner,
            Ties {
                own: true,
                branch: true,
            },
        )
        .await;
    let page = olga.get(&paths::edit(scene.company, id)).await;
    assert_eq!(page.texts("textarea").len(), 1);
    for html in [items[0].to_string(), page.text] {
        assert!(
            !html.contains("<script>alert") && !html.contains("<b onclick"),
            "{html}"
        );
        assert!(html.contains("alert(1)"));
    }
    let viewer = Viewer::anonymous(&scene.app, "seed");
    assert!(
        add_form(&viewer, scene.company)
            .to_string()
            .contains(&paths::add(scene.company))
    );
}

#[tokio::test]
async fn an_address_in_a_note_can_be_pressed() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let text = "Прайс: https://example.ru/price?a=1&b=2. <b>Срочно</b>, javascript:alert(1)";
    scene.note(&mut olga, text).await;
    let card = olga.get(&format!("/companies/{}/", scene.company)).await;
    let link = card.attribute(".event-text a", "href");
    assert_eq!(link.as_deref(), Some("https://example.ru/price?a=1&b=2"));
    assert_eq!(card.texts(".event-text"), [text], "all else stays text");
    assert_eq!(card.texts(".event-text a").len(), 1);
}
