//! What is erased is nowhere.

use sqlx::AssertSqlSafe;

use super::{Office, office};
use crate::testing::Client;
use crate::values::CompanyId;

impl Office {
    /// Every table and column that has one of these words in any text or JSON.
    async fn traces(&self, words: &[&str]) -> Vec<String> {
        let columns: Vec<(String, String)> = sqlx::query_as(
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = 'public'
               AND (data_type IN ('text', 'jsonb', 'tsvector') OR data_type = 'ARRAY')",
        )
        .fetch_all(&self.app.app.db)
        .await
        .expect("columns");
        let mut found = Vec::new();
        for (table, column) in columns {
            for word in words {
                let sql = format!("SELECT count(*) FROM {table} WHERE {column}::text ILIKE '%' || $1 || '%'");
                let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                    .bind(word)
                    .fetch_one(&self.app.app.db)
                    .await
                    .expect("a count");
                if count > 0 {
                    found.push(format!("{table}.{column}: {word}"));
                }
            }
        }
        found
    }

    /// A company that people have written much about: the log knows its words, too.
    async fn much_written(&mut self) -> CompanyId {
        let id = self.full_card("ИП Ромашковая").await;
        let mut manager = self.app.signed_in("ivanova").await;
        let card = format!("/companies/{id}/");
        let contact = [
            ("last_name", "Хрупилин"),
            ("phone", "+7 912 600-11-22"),
            ("phone_kind", "mobile"),
            ("phone_comment", ""),
            ("email", "xrupilin@romashka.example"),
            ("email_kind", "work"),
            ("email_comment", ""),
        ];
        manager
            .post(&format!("{card}contacts/new/"), &contact)
            .await
            .expect_redirect();
        manager
            .post(&format!("{card}notes/add/"), &[("text", "Говорил Хрупилин")])
            .await
            .expect_redirect();
        let note = self.value("SELECT max(id) FROM notes").await;
        let edit = [("text", "Хрупилин перезвонит"), ("version", "1")];
        manager
            .post(&format!("{card}notes/{note}/edit/"), &edit)
            .await
            .expect_redirect();
        manager
            .post(&format!("{card}delete-request/"), &[("note", "Просил Хрупилин")])
            .await
            .expect_redirect();
        self.named_elsewhere(id, &mut manager).await;
        self.tasks_about(id).await;
        id
    }

    /// A task whose title names a person: its doer is told, and an act on many remembers it.
    async fn tasks_about(&mut self, id: CompanyId) {
        let doer = self.manager.user.expect("a person").to_string();
        let (key, company) = (uuid::Uuid::now_v7().to_string(), id.to_string());
        let task = [
            ("title", "Позвонить: Хрупилин"),
            ("company_id", &company),
            ("assignee", &doer),
            ("form_key", &key),
        ];
        self.admin.post("/tasks/new/", &task).await.expect_redirect();
        let one = self.value("SELECT id FROM tasks WHERE title LIKE '%Хрупилин'").await;
        let act = [("id", one.as_str()), ("wish", "days"), ("days", "7")];
        self.admin.post("/tasks/many/", &act).await.expect_redirect();
    }

    /// A wilful twin names it in its own history, a child names its head, an import its row.
    async fn named_elsewhere(&self, id: CompanyId, manager: &mut Client) {
        let key = uuid::Uuid::now_v7().to_string();
        let twin = [
            ("name", "Другая"),
            ("inn", "6671234561"),
            ("form_key", &key),
            ("is_wilful", "1"),
        ];
        manager.post("/companies/new/", &twin).await.expect_redirect();
        let child = self.app.company("Филиал").create(&self.app).await;
        self.execute(format!(
            "UPDATE companies SET head_company_id = '{id}' WHERE id = '{child}';
             INSERT INTO imports (id, file_name, file_sha256, is_dry_run) VALUES ('{key}', 'a.csv', '', false);
             INSERT INTO import_rows (import_id, ordinal, line, verdict, entity, entity_id, key, message)
             VALUES ('{key}', 1, 2, 'created', 'company', '{id}', 'ИП Ромашковая', 'Хрупилин'),
                    ('{key}', 2, 2, 'created', 'company', NULL, 'ИП Ромашковая', 'Хрупилин')"
        ))
        .await;
        crate::companies::gather_words(&self.app).await.expect("words");
    }
}

#[tokio::test]
async fn an_erased_company_leaves_no_word_behind() {
    let mut office = office().await;
    let words = ["Хрупилин", "9126001122", "xrupilin", "Ромашковая"];
    let id = office.much_written().await;
    office.delete(id).await;
    let known = office.traces(&words).await;
    for table in [
        "trash.rows",
        "audit_events.message",
        "audit_events.changes",
        "import_rows.message",
        "company_words.word",
        "deletion_requests.reason",
        "notifications.body",
        "task_act_rows.title",
    ] {
        assert!(known.iter().any(|place| place.starts_with(table)), "{table}: {known:?}");
    }

    let item = office.in_trash(id.0).await;
    let erase = format!("{item}erase/");
    let page = office.admin.get(&erase).await;
    page.expect(200)
        .expect_text("Что сотрётся")
        .expect_text("3 контакта, 6 заметок");
    let answer = office.admin.post(&erase, &[("name", "Лютик")]).await;
    answer.expect(422).expect_text("Введите название, как оно записано");
    assert_eq!(
        office
            .admin
            .post(&erase, &[("name", "ромашковая")])
            .await
            .expect_redirect(),
        "/settings/trash/"
    );
    assert_eq!(office.traces(&words).await, [""; 0]);
    // Who did what and when stays, and which fields it was.
    let kept = office
        .value(&format!(
            "SELECT string_agg(DISTINCT entity || ' ' || verb, ', ' ORDER BY entity || ' ' || verb) FROM audit_events WHERE company_id = '{id}'"
        ))
        .await;
    assert_eq!(
        kept,
        "company delete, company erase, company request_deletion, contact create, note create, note update, task create"
    );
    let fields = office
        .value("SELECT changes FROM audit_events WHERE entity = 'note' AND verb = 'update'")
        .await;
    assert_eq!(fields, r#"{"note_text": {"new": "[стёрто]", "old": "[стёрто]"}}"#);
    assert_eq!(
        office
            .value("SELECT message FROM audit_events WHERE verb = 'erase'")
            .await
            .replace('\u{a0}', " "),
        "Компания стёрта навсегда, 3 контакта, 6 заметок, 1 задача, 2 телефона, 3 телефона контактов, 1 адрес почты, 3 адреса почты контактов"
    );
}

#[tokio::test]
async fn one_contact_is_erased_and_its_company_stays() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    let contact = [("last_name", "Хрупилин"), ("first_name", "Семён")];
    let mut manager = office.app.signed_in("ivanova").await;
    manager
        .post(&format!("/companies/{id}/contacts/new/"), &contact)
        .await
        .expect_redirect();
    crate::companies::gather_words(&office.app).await.expect("words");
    let contact = office
        .value("SELECT id FROM contacts WHERE last_name = 'Хрупилин'")
        .await;
    manager
        .post(&format!("/contacts/{contact}/delete/"), &[])
        .await
        .expect_redirect();
    assert!(!office.traces(&["Хрупилин"]).await.is_empty());
    let item = office.in_trash(contact.parse().expect("an id")).await;
    office
        .admin
        .post(&format!("{item}erase/"), &[("name", "Хрупилин Семён")])
        .await
        .expect_redirect();
    assert_eq!(office.traces(&["Хрупилин", "Семён"]).await, [""; 0]);
    // Words that the card still has are known as before.
    assert_eq!(
        office
            .value("SELECT count(*) FROM company_words WHERE word IN ('ромашка', 'белозеров')")
            .await,
        "2"
    );
    office
        .admin
        .get(&format!("/companies/{id}/"))
        .await
        .expect(200)
        .expect_text("Белозёров");
}

#[tokio::test]
async fn contacts_deleted_before_their_company_are_erased_with_it() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    let contact = office
        .value("SELECT id FROM contacts WHERE last_name = 'Белозёров'")
        .await;
    office
        .admin
        .post(&format!("/contacts/{contact}/delete/"), &[])
        .await
        .expect_redirect();
    office.delete(id).await;
    let item = office.in_trash(id.0).await;
    office
        .admin
        .post(&format!("{item}erase/"), &[("name", "Ромашка")])
        .await
        .expect_redirect();
    assert_eq!(office.traces(&["Белозёров", "Ромашка", "9126001122"]).await, [""; 0]);
}

#[tokio::test]
async fn the_log_is_changed_by_erasing_and_in_no_other_way() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    office.delete(id).await;
    for sql in [
        "UPDATE audit_events SET message = 'Иначе'",
        "UPDATE audit_events SET message = '[стёрто]', changes = erased_changes(changes)",
        "SET proficrm.erasing = 'on'; UPDATE audit_events SET message = 'Иначе'",
        "SET proficrm.erasing = 'on'; UPDATE audit_events SET message = '[стёрто]', at = now()",
        "SET proficrm.erasing = 'on'; DELETE FROM audit_events",
        "TRUNCATE audit_events",
    ] {
        let mut conn = crate::db::owner(&office.app.app.db)
            .await
            .expect("the owner's connection");
        let error = sqlx::raw_sql(sql).execute(&mut conn).await.expect_err(sql);
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
}
