//! Files of notes go, come back and are erased with their card.

use super::office;
use crate::files;
use crate::verify::broken;

#[tokio::test]
async fn bytes_of_files_stay_while_their_card_may_come_back_and_go_when_it_is_erased() {
    let mut office = office().await;
    let id = office.full_card("Лютик").await;
    let sent = [("Смета Белозёрова.pdf", &b"%PDF-1.7"[..])];
    office
        .admin
        .post_files(&format!("/companies/{id}/notes/add/"), &[("text", "Смета")], &sent)
        .await
        .expect_redirect();
    let key = office.value("SELECT key FROM files").await;
    let before = office.hashes().await;
    office.delete(id).await;
    files::clean(&office.app).await.unwrap();
    assert!(office.app.files.size(&key).await.unwrap().is_some());
    let found = files::inspect(&office.app.db, &office.app.files, true).await.unwrap();
    assert_eq!((found.keys, found.without_row), (1, 0), "the trash knows its files");
    office.restore(id.0).await;
    assert_eq!(office.hashes().await, before);
    assert_eq!(broken(&office.app).await, [""; 0]);

    office.delete(id).await;
    let erase = format!("{}erase/", office.in_trash(id.0).await);
    office.admin.get(&erase).await.expect(200).expect_text("1 файл");
    office.admin.post(&erase, &[("name", "Лютик")]).await.expect_redirect();
    files::clean(&office.app).await.unwrap();
    assert!(office.app.files.size(&key).await.unwrap().is_none());
    let named = "SELECT count(*) FROM audit_events WHERE concat(message, changes) LIKE '%Смета%'";
    assert_eq!(office.value(named).await, "0");
}
