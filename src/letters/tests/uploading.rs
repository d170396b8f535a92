//! Saved letters through HTTP.

use super::{incoming, scene, with_file};
use crate::letters::paths;
use crate::verify::broken;

#[tokio::test]
async fn a_saved_letter_stands_on_the_card_with_its_files() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.send(&mut olga, &with_file("1")).await;
    let said = scene
        .value("SELECT direction || ' ' || source || ' ' || message_id || ' ' || sent_at FROM letters")
        .await;
    assert_eq!(said, "in eml 1@romashka.example 2026-11-20 07:30:00+00");
    assert_eq!(
        scene.value("SELECT contact_id FROM letters").await,
        scene.contact.to_string()
    );
    let card = olga.get(&format!("/companies/{}/?feed=letters", scene.company)).await;
    card.expect(200)
        .expect_text("Offer")
        .expect_text("См. вложение")
        .expect_text("Счёт.pdf");
    assert_eq!(card.texts(".tab[aria-current]"), ["Письма"]);
    let whole = olga.get(&format!("/companies/{}/", scene.company)).await;
    assert_eq!(whole.texts(".letter-subject"), ["Offer"]);
    let page = olga.get(&paths::show(id)).await;
    page.expect(200)
        .expect_text("belozerov@romashka.example")
        .expect_text("Белозёров Пётр")
        .expect_text("20.11.2026")
        .expect_text("Добавлено из файла");
    assert_eq!(
        page.attribute(".actions a.primary", "href").as_deref(),
        Some("mailto:belozerov@romashka.example?subject=Re%3A%20Offer")
    );
    let file = page.attribute(".attachment", "href").expect("a file");
    let answer = olga.get(&file).await;
    answer.expect(200);
    assert_eq!(answer.bytes, b"%PDF-1.7 three pages");
    assert!(
        answer.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let document = page.attribute(".letter-document", "href").expect("the letter itself");
    assert!(olga.get(&document).await.bytes.starts_with(b"From: belozerov"));
    assert_eq!(
        scene
            .value("SELECT verb || ' ' || message FROM audit_events WHERE entity = 'letter'")
            .await,
        "create Добавлено письмо «Offer»"
    );
    assert_eq!(broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn the_same_letter_makes_no_twin() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.send(&mut olga, &incoming("1", "Добрый день")).await;
    let mut stranger = scene.app.signed_in("stranger").await;
    let again = [("копия.eml", incoming("1", "Добрый день").into_bytes())];
    let again: Vec<(&str, &[u8])> = again.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let answer = stranger.post_files(&paths::upload(scene.company), &[], &again).await;
    assert_eq!(answer.expect_redirect(), paths::show(id));
    stranger
        .get(&paths::show(id))
        .await
        .expect_text("Это письмо уже есть в карточке");
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "1");
    // Its file is not kept for nothing.
    assert_eq!(scene.value("SELECT count(*) FROM files").await, "1");
    // Another company may have it, too.
    let other = scene.app.company("Лютик").create(&scene.app).await;
    stranger
        .post_files(&paths::upload(other), &[], &again)
        .await
        .expect_redirect();
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "2");
}

#[tokio::test]
async fn two_presses_at_once_make_one_letter() {
    let scene = scene().await;
    let (mut one, mut two) = (scene.app.signed_in("olga").await, scene.app.signed_in("stranger").await);
    let eml = with_file("1");
    let files = [("a.eml", eml.as_bytes())];
    let path = paths::upload(scene.company);
    let (first, second) = tokio::join!(one.post_files(&path, &[], &files), two.post_files(&path, &[], &files));
    first.expect_redirect();
    second.expect_redirect();
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "1");
    assert_eq!(broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn a_bad_file_stops_no_good_one() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let good = incoming("1", "Добрый день");
    let large = format!("{}{}", incoming("2", ""), "x".repeat(25 * 1024 * 1024));
    let files: [(&str, &[u8]); 6] = [
        ("без даты.eml", b"From: a@romashka.example\r\nSubject: x\r\n\r\n"),
        ("старый.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 outlook"),
        ("хорошее.eml", good.as_bytes()),
        ("счёт.pdf", b"%PDF-1.7"),
        ("большое.eml", large.as_bytes()),
        ("чужое.txt", b"plain words"),
    ];
    let answer = olga.post_files(&paths::upload(scene.company), &[], &files).await;
    answer
        .expect(422)
        .expect_text("«без даты.eml»: в письме нет даты отправки")
        .expect_text("«старый.msg»: это формат MSG старого Outlook")
        .expect_text("«счёт.pdf»: это не похоже на письмо")
        .expect_text("«большое.eml» не принят: он больше 25 МБ")
        .expect_text("«чужое.txt»: это не похоже на письмо");
    assert_eq!(answer.texts(".banner.success li a"), ["Счёт"]);
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "1");
    assert_eq!(scene.value("SELECT count(*) FROM files WHERE is_lone").await, "0");
    let empty = olga.post_files(&paths::upload(scene.company), &[], &[]).await;
    empty.expect(422).expect_text("Выберите файл письма .eml.");
}

#[tokio::test]
async fn which_way_it_went_is_asked_when_nobody_knows_the_addresses() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let eml = incoming("1", "Добрый день")
        .replace("belozerov@romashka.example", "petr@mail.ru")
        .replace("olga@profi.example", "someone@gmail.com");
    let path = paths::upload(scene.company);
    let answer = olga.post_files(&path, &[], &[("a.eml", eml.as_bytes())]).await;
    answer
        .expect(422)
        .expect_text("Входящее или исходящее?")
        .expect_text("petr@mail.ru");
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "0");
    let kept = answer
        .attribute("input[type=hidden][name=kept]", "value")
        .expect("a waiting file");
    let direction = format!("direction-{kept}");
    let answer = olga.post(&path, &[("kept", &kept), (&direction, "out")]).await;
    assert_eq!(answer.expect_redirect(), paths::list(scene.company));
    assert_eq!(scene.value("SELECT direction FROM letters").await, "out");
}

#[tokio::test]
async fn what_is_not_taken_stays_in_the_letter_itself_and_is_named() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let eml = with_file("1").replace("0KHRh9GR0YIucGRm", "Li4vLi4vc2V0dXAuZXhl");
    let id = scene.send(&mut olga, &eml).await;
    olga.get(&paths::show(id))
        .await
        .expect_text("Не вынесено из письма")
        .expect_text("setup.exe");
    let eml = with_file("2").replace("=?utf-8?B?0KHRh9GR0YIucGRm?=", "../../etc/pass.pdf");
    scene.send(&mut olga, &eml).await;
    let names = "SELECT string_agg(name, ', ' ORDER BY name) FROM files WHERE name NOT LIKE '%.eml'";
    assert_eq!(scene.value(names).await, "pass.pdf");
}

#[tokio::test]
async fn pages_of_letters_follow_one_another() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    scene
        .execute(&format!(
            "INSERT INTO letters (id, company_id, author_id, direction, source, sent_at, from_name, from_address, subject, text)
             SELECT gen_random_uuid(), '{}', {}, 'out', 'hand', '2026-11-01Z'::timestamptz + (n / 2) * interval '1 hour', '',
                    'a@b.example', 'Письмо ' || n, 'Слова'
             FROM generate_series(1, 70) AS n",
            scene.company,
            scene.owner.user.expect("a person"),
        ))
        .await;
    let mut path = format!("/companies/{}/?feed=letters", scene.company);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = olga.get(&path).await;
        seen.extend(page.texts(".letter-subject"));
        if let Some(next) = page.attribute(".pager a[rel=next]", "href") {
            path = format!("/companies/{}/{}", scene.company, next.trim_end_matches("#timeline"));
        }
    }
    assert_eq!(seen.len(), 70);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 70);
    let of_nobody = format!("/companies/{}/?feed=letters&person=999999", scene.company);
    assert!(olga.get(&of_nobody).await.texts(".letter-subject").is_empty());
}
