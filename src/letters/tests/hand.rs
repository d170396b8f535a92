//! Letters written down by hand, and the rights to all of them.

use super::{Scene, incoming, scene};
use crate::letters::paths;
use crate::testing::Client;
use crate::values::LetterId;

const FORM: [(&str, &str); 7] = [
    ("direction", "out"),
    ("date", "2026-11-20"),
    ("time", "14:05"),
    ("from", "Ольга <olga@profi.example>"),
    (
        "to",
        "Пётр Белозёров <belozerov@romashka.example>; info@romashka.example",
    ),
    ("subject", "Предложение"),
    ("text", "Добрый день!\n\nПредлагаем рассрочку."),
];

fn form<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = FORM
        .into_iter()
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    kept.chain(changed.iter().copied()).collect()
}

impl Scene {
    async fn write(&self, browser: &mut Client) -> LetterId {
        let answer = browser.post(&paths::write(self.company), &form(&[])).await;
        assert_eq!(answer.expect_redirect(), paths::list(self.company));
        self.letter().await
    }
}

#[tokio::test]
async fn a_letter_is_written_down_and_changed() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    olga.get(&paths::write(scene.company))
        .await
        .expect(200)
        .expect_text("Новое письмо");
    let id = scene.write(&mut olga).await;
    assert_eq!(
        scene.value("SELECT contact_id FROM letters").await,
        scene.contact.to_string()
    );
    olga.get(&paths::show(id))
        .await
        .expect(200)
        .expect_text("Исходящее")
        .expect_text("Предлагаем рассрочку.")
        .expect_text("Вписано вручную");
    let page = olga.get(&paths::edit(id)).await;
    let version = page.attribute("[name=version]", "value").expect("a version");
    let changed = form(&[("subject", "Иначе"), ("version", &version)]);
    assert_eq!(
        olga.post(&paths::edit(id), &changed).await.expect_redirect(),
        paths::show(id)
    );
    assert_eq!(
        scene
            .value("SELECT changes FROM audit_events WHERE verb = 'update' AND entity = 'letter'")
            .await,
        r#"{"letter_subject": {"new": "Иначе", "old": "Предложение"}}"#
    );
    // Another's letter, and one that somebody was quicker with.
    let mut admin = scene.app.signed_in("admin").await;
    let theirs = form(&[("subject", "Моё"), ("version", &version)]);
    let answer = admin.post(&paths::edit(id), &theirs).await;
    answer.expect(409).expect_text("Иначе").expect_text("Моё");
    assert_eq!(scene.value("SELECT subject FROM letters").await, "Иначе");
}

#[tokio::test]
async fn the_same_form_twice_writes_once() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let key = uuid::Uuid::new_v4().to_string();
    for _ in 0..2 {
        let answer = olga
            .post(&paths::write(scene.company), &form(&[("form_key", &key)]))
            .await;
        answer.expect_redirect();
    }
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "1");
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_is_lost() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    for (field, typed, sentence) in [
        ("direction", "", "входящее письмо или исходящее"),
        ("date", "вчера", "Укажите дату письма"),
        ("date", "2099-01-01", "ещё не наступил"),
        ("time", "25:00", "Укажите время письма"),
        ("from", "Ольга", "должен быть знак @"),
        ("from", "a@b.example, c@d.example", "один адрес отправителя"),
        ("to", "", "хотя бы одного получателя"),
        ("to", "a@b.example, ?", "«?»"),
    ] {
        let answer = olga.post(&paths::write(scene.company), &form(&[(field, typed)])).await;
        answer
            .expect(422)
            .expect_text(sentence)
            .expect_text("Предлагаем рассрочку.");
    }
    let answer = olga
        .post(&paths::write(scene.company), &form(&[("subject", ""), ("text", "")]))
        .await;
    answer
        .expect(422)
        .expect_text("Вставьте текст письма или приложите файл.");
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "0");
}

#[tokio::test]
async fn whoever_put_it_in_may_remove_it_and_documents_are_not_changed() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    // A company one may not edit takes letters of everybody, as it takes notes.
    let mut stranger = scene.app.signed_in("stranger").await;
    let id = scene.send(&mut stranger, &incoming("1", "Здравствуйте")).await;
    stranger.get(&paths::edit(id)).await.expect(404);
    stranger
        .post(&paths::edit(id), &form(&[("version", "1")]))
        .await
        .expect(404);
    for browser in [&mut olga, &mut scene.app.signed_in("admin").await] {
        let card = browser
            .get(&format!("/companies/{}/?feed=letters", scene.company))
            .await;
        card.expect_text("Счёт");
        assert_eq!(card.attribute(".letter form", "action"), None);
        browser
            .post(&paths::delete(id), &[])
            .await
            .expect(403)
            .expect_text("может только её автор");
    }
    assert_eq!(
        scene
            .value("SELECT count(*) FROM audit_events WHERE verb = 'delete_refused'")
            .await,
        "2"
    );
    assert_eq!(
        stranger.post(&paths::delete(id), &[]).await.expect_redirect(),
        paths::list(scene.company)
    );
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "0");
    assert_eq!(scene.value("SELECT count(*) FROM files").await, "0");
    assert_eq!(scene.value("SELECT count(*) FROM file_disposals").await, "1");
    let changes = scene
        .value("SELECT changes FROM audit_events WHERE verb = 'delete'")
        .await;
    assert!(changes.contains("Здравствуйте"), "{changes}");
    // The same letter may come again.
    scene.send(&mut olga, &incoming("1", "Здравствуйте")).await;
    olga.get(&paths::show(id)).await.expect(404);
}
