//! Letters go where their cards and people go.

use super::{Scene, incoming, scene, with_file};
use crate::letters::paths;
use crate::testing::Client;
use crate::verify::broken;

impl Scene {
    async fn trashed(&self, entity_id: impl std::fmt::Display) -> String {
        let id = self
            .value(&format!("SELECT id FROM trash WHERE entity_id = '{entity_id}'"))
            .await;
        format!("/settings/trash/{id}/")
    }

    async fn hash(&self) -> String {
        self.value("SELECT md5(string_agg(to_jsonb(l)::text, '|' ORDER BY id)) FROM letters AS l")
            .await
            + &self
                .value("SELECT md5(string_agg((to_jsonb(f) - 'position')::text, '|' ORDER BY id)) FROM files AS f")
                .await
    }
}

async fn delete_contact(scene: &Scene, admin: &mut Client) {
    let path = format!("/contacts/{}/delete/", scene.contact);
    admin.get(&path).await.expect_text("2 письма с этим человеком");
    admin.post(&path, &[("reason", "Уволился")]).await.expect_redirect();
    // What is said there names the person.
    admin.get("/account/").await.expect(200);
}

#[tokio::test]
async fn a_company_takes_its_letters_to_the_trash_and_back_and_for_good() {
    let scene = scene().await;
    let mut admin = scene.app.signed_in("admin").await;
    let id = scene.send(&mut admin, &with_file("1")).await;
    let before = scene.hash().await;
    let delete = format!("/companies/{}/delete/", scene.company);
    admin.get(&delete).await.expect_text("1 письмо");
    admin
        .post(&delete, &[("reason", "Дубль"), ("sure", "1")])
        .await
        .expect_redirect();
    assert_eq!(scene.value("SELECT count(*) FROM letters").await, "0");
    admin.get(&paths::show(id)).await.expect(404);
    let item = scene.trashed(scene.company).await;
    admin.post(&format!("{item}restore/"), &[]).await.expect_redirect();
    assert_eq!(scene.hash().await, before);
    assert_eq!(broken(&scene.app).await, [""; 0]);
    admin
        .post(&delete, &[("reason", "Дубль"), ("sure", "1")])
        .await
        .expect_redirect();
    let item = scene.trashed(scene.company).await;
    admin
        .post(&format!("{item}erase/"), &[("name", "Ромашка")])
        .await
        .expect_redirect();
    assert_eq!(scene.value("SELECT count(*) FROM files").await, "0");
    let words = scene
        .value("SELECT string_agg(message || changes::text, '') FROM audit_events")
        .await;
    assert!(!words.contains("Offer") && words.contains("1\u{a0}письмо"), "{words}");
}

#[tokio::test]
async fn a_contact_finds_its_letters_again_and_erasing_it_leaves_a_number() {
    let scene = scene().await;
    let mut admin = scene.app.signed_in("admin").await;
    let id = scene.send(&mut admin, &with_file("1")).await;
    scene.send(&mut admin, &incoming("2", "Хрупилин")).await;
    // The person took part in this one, though it is of nobody.
    let of_others = with_file("3")
        .replace("From: belozerov@", "From: info@")
        .replace(
            "To: olga@profi.example",
            "To: olga@profi.example, Belozerov@romashka.example",
        )
        .replace("boundary", "x-boundary");
    scene.send(&mut admin, &of_others).await;
    scene
        .execute("UPDATE letters SET contact_id = NULL WHERE message_id LIKE '3@%'")
        .await;
    delete_contact(&scene, &mut admin).await;
    admin
        .get(&paths::show(id))
        .await
        .expect(200)
        .expect_no_text("Белозёров Пётр");
    let item = scene.trashed(scene.contact).await;
    admin.post(&format!("{item}restore/"), &[]).await.expect_redirect();
    admin.get(&paths::show(id)).await.expect_text("Белозёров Пётр");
    delete_contact(&scene, &mut admin).await;
    let item = scene.trashed(scene.contact).await;
    admin
        .get(&format!("{item}erase/"))
        .await
        .expect_text("Переписка с этим человеком, 2 письма");
    let erased = admin
        .post(&format!("{item}erase/"), &[("name", "Белозёров Пётр")])
        .await;
    erased.expect_redirect();
    let left = scene
        .value("SELECT string_agg(from_address || recipients::text || subject || text || COALESCE(message_id, ''), '') FROM letters")
        .await;
    for word in ["elozerov", "Хрупилин", "Счёт"] {
        assert!(!left.contains(word), "{word}: {left}");
    }
    assert_eq!(
        scene
            .value("SELECT count(*) || ' ' || count(*) FILTER (WHERE is_erased) FROM letters")
            .await,
        "3 2"
    );
    assert_eq!(scene.value("SELECT count(*) FROM files").await, "1");
    let words = scene
        .value("SELECT string_agg(message || changes::text, '') FROM audit_events")
        .await;
    assert!(!words.contains("Счёт") && !words.contains("elozerov"), "{words}");
    admin
        .get(&paths::show(id))
        .await
        .expect(200)
        .expect_text("Письмо стёрто");
    let card = admin.get(&format!("/companies/{}/?feed=letters", scene.company)).await;
    card.expect_text("Стёрто вместе с данными контакта");
    assert_eq!(broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn merged_cards_have_all_letters_once_and_parted_ones_their_own() {
    let scene = scene().await;
    let mut admin = scene.app.signed_in("admin").await;
    let other = scene.app.company("Ромашка-2").create(&scene.app).await;
    scene.send(&mut admin, &with_file("1")).await;
    for eml in [with_file("1"), incoming("2", "Только у второй")] {
        let files = [("a.eml", eml.as_bytes())];
        admin
            .post_files(&paths::upload(other), &[], &files)
            .await
            .expect_redirect();
    }
    let before = scene.hash().await;
    let merge = format!("/companies/{}/merge/", scene.company);
    let with = other.to_string();
    let (own, theirs) = (scene.company.to_string(), with.clone());
    let page = admin.get(&format!("{merge}?with={with}")).await;
    page.expect(200).expect_text("2 письма");
    let seen = page.attributes("[name=seen]", "value");
    let mut fields = vec![("with", theirs.as_str()), ("keep", own.as_str())];
    fields.extend(seen.iter().map(|seen| ("seen", seen.as_str())));
    admin.post(&merge, &fields).await.expect_redirect();
    assert_eq!(
        scene
            .value(&format!("SELECT count(*) FROM letters WHERE company_id = '{own}'"))
            .await,
        "3"
    );
    let card = format!("/companies/{own}/?feed=letters");
    let mut subjects = admin.get(&card).await.texts(".letter-subject");
    subjects.sort();
    assert_eq!(subjects, ["Offer", "Счёт"]);
    // Once the one in front goes, the other comes to light.
    let first = scene
        .value("SELECT id FROM letters WHERE message_id LIKE '1@%' ORDER BY copy LIMIT 1")
        .await;
    let hidden = scene
        .value("SELECT id FROM letters WHERE message_id LIKE '1@%' ORDER BY copy DESC LIMIT 1")
        .await;
    assert_ne!(first, hidden);
    let merge = scene.value("SELECT id FROM merges").await;
    admin
        .post(&format!("/duplicates/merges/{merge}/split/"), &[])
        .await
        .expect_redirect();
    assert_eq!(scene.hash().await, before);
    assert_eq!(broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn of_two_letters_of_one_key_the_second_shows_when_the_first_goes() {
    let scene = scene().await;
    let mut admin = scene.app.signed_in("admin").await;
    let id = scene.send(&mut admin, &incoming("1", "Первое")).await;
    scene
        .execute(
            "INSERT INTO letters (id, company_id, direction, source, sent_at, from_name, from_address, subject, text, message_id, copy)
             SELECT gen_random_uuid(), company_id, direction, 'hand', sent_at, from_name, from_address, subject, 'Второе', message_id, 1
             FROM letters",
        )
        .await;
    let card = format!("/companies/{}/?feed=letters", scene.company);
    admin.get(&card).await.expect_text("Первое").expect_no_text("Второе");
    admin.post(&paths::delete(id), &[]).await.expect_redirect();
    admin.get(&card).await.expect_text("Второе");
}
