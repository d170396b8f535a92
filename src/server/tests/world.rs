//! The people and things that requests are about, and their addresses.

use uuid::Uuid;

use super::who::Kind;
use crate::policy::{Actor, Role};
use crate::testing::TestApp;
use crate::values::{BranchId, CompanyId, UserId};

/// The people and things that requests are about.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) here: BranchId,
    pub(super) there: BranchId,
    pub(super) colleague: Actor,
    pub(super) stranger: Actor,
    pub(super) heir: UserId,
    pub(super) import: Uuid,
}

impl World {
    pub(super) async fn new() -> Self {
        let app = TestApp::new().await;
        // Whole answers are read here, and a stream has no end of its own.
        app.live.close();
        let (here, there) = (app.branch("ekb").await, app.branch("tmn").await);
        let colleague = app.person("colleague", Role::Manager, Some(here)).await;
        let stranger = app.person("stranger", Role::Manager, Some(there)).await;
        let heir = app
            .person("heir", Role::Manager, Some(there))
            .await
            .user
            .expect("a person");
        app.person("first_admin", Role::Admin, None).await;
        let import = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO imports (id, file_name, file_sha256, is_dry_run, state) VALUES ($1, 'a.csv', '', true, 'done')",
        )
        .bind(import)
        .execute(&app.app.db)
        .await
        .expect("an import");
        Self {
            app,
            here,
            there,
            colleague,
            stranger,
            heir,
            import,
        }
    }

    pub(super) async fn company(&self, kind: Kind, me: &Actor) -> CompanyId {
        let company = self.app.company("Ромашка");
        let company = match kind {
            Kind::Own => company.of(me).in_branch(Some(self.there)),
            Kind::Made => company.of(&self.stranger).made_by(me),
            Kind::Branch => company.of(&self.stranger).in_branch(Some(self.here)),
            Kind::ByResponsible => company.of(&self.colleague).in_branch(None),
            Kind::Lent => company.of(&self.colleague).in_branch(Some(self.there)),
            Kind::Foreign => company.of(&self.stranger),
            Kind::Nobodys => company,
        };
        company.create(&self.app).await
    }

    pub(super) async fn contact(&self, company: CompanyId) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query("INSERT INTO contacts (id, company_id, last_name) VALUES ($1, $2, 'Ивушкин')")
            .bind(id)
            .bind(company.0)
            .execute(&self.app.app.db)
            .await
            .expect("a contact");
        id
    }

    pub(super) async fn note(&self, company: CompanyId, author: &Actor) -> i64 {
        sqlx::query_scalar("INSERT INTO notes (company_id, author_id, text) VALUES ($1, $2, 'Слова') RETURNING id")
            .bind(company.0)
            .bind(author.user.map(|id| id.0))
            .fetch_one(&self.app.app.db)
            .await
            .expect("a note")
    }

    /// A letter that a person wrote down.
    async fn letter(&self, company: CompanyId, author: &Actor) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO letters (id, company_id, author_id, direction, source, sent_at, from_name, from_address, subject, text)
             VALUES ($1, $2, $3, 'in', 'hand', now(), '', 'a@b.example', 'Счёт', 'Слова')",
        )
        .bind(id)
        .bind(company.0)
        .bind(author.user.map(|user| user.0))
        .execute(&self.app.app.db)
        .await
        .expect("a letter");
        id
    }

    /// A wish that a company be deleted.
    pub(super) async fn request(&self, company: CompanyId, asker: &Actor) -> i64 {
        sqlx::query_scalar(
            "INSERT INTO deletion_requests (company_id, company_name, requested_by, reason, created_at)
             VALUES ($1, 'Ромашка', $2, 'Дубль', now()) RETURNING id",
        )
        .bind(company.0)
        .bind(asker.user.map(|id| id.0))
        .fetch_one(&self.app.app.db)
        .await
        .expect("a request")
    }

    pub(super) async fn saved_filter(&self, actor: &Actor) -> i64 {
        sqlx::query_scalar(
            "INSERT INTO saved_filters (user_id, name, query, created_at)
             VALUES ($1, gen_random_uuid()::text, 'q=a', now()) RETURNING id",
        )
        .bind(actor.user.map(|id| id.0))
        .fetch_one(&self.app.app.db)
        .await
        .expect("a filter")
    }

    /// A task at no date, set by a person for the same person.
    pub(super) async fn task(&self, company: CompanyId, person: &Actor) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO tasks (id, title, company_id, author_id, assignee_id) VALUES ($1, 'Позвонить', $2, $3, $3)",
        )
        .bind(id)
        .bind(company.0)
        .bind(person.user.map(|id| id.0))
        .execute(&self.app.app.db)
        .await
        .expect("a task");
        id
    }

    /// An act on many tasks, done or only prepared.
    pub(super) async fn task_act(&self, actor: &Actor, is_done: bool) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO task_acts (id, actor_id, wish, state, done_at)
             VALUES ($1, $2, '{\"days\": 1}', CASE WHEN $3 THEN 'done' ELSE 'draft' END, $4)",
        )
        .bind(id)
        .bind(actor.user.map(|id| id.0))
        .bind(is_done)
        .bind(is_done.then(|| self.app.now()))
        .execute(&self.app.app.db)
        .await
        .expect("an act");
        id
    }

    /// An act on many companies, done or only prepared.
    pub(super) async fn bulk_act(&self, actor: &Actor, is_done: bool) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO bulk_acts (id, actor_id, wish, title, state, created_at, done_at)
             VALUES ($1, $2, '{\"status\": null}', 'Убрать статус', CASE WHEN $3 THEN 'done' ELSE 'draft' END, $4,
                     CASE WHEN $3 THEN $4 END)",
        )
        .bind(id)
        .bind(actor.user.map(|id| id.0))
        .bind(is_done)
        .bind(self.app.now())
        .execute(&self.app.app.db)
        .await
        .expect("an act");
        id
    }

    /// Cards that were made one a while ago, so that nothing is left to part them by.
    pub(super) async fn merge(&self, kept: CompanyId) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO merges (id, entity, kept_id, merged, names, merged_at, split_until)
             VALUES ($1, 'company', $2, ARRAY[$1], '{Ромашка,Лютик}', $3, $3)",
        )
        .bind(id)
        .bind(kept.0)
        .bind(self.app.now())
        .execute(&self.app.app.db)
        .await
        .expect("a merge");
        id
    }

    /// A session on some other device.
    pub(super) async fn session(&self, user: UserId) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at)
             VALUES ($1, decode(md5($1::text), 'hex'), $2, $3, $3, $3::timestamptz + interval '1 day')",
        )
        .bind(id)
        .bind(user.0)
        .bind(self.app.now())
        .execute(&self.app.app.db)
        .await
        .expect("a session");
        id
    }

    /// Something that this person was told.
    pub(super) async fn notification(&self, me: &Actor) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO notifications (id, user_id, kind, title, url, created_at)
             VALUES ($1, $2, 'company_given', 'Вам передали компанию', '/companies/', $3)",
        )
        .bind(id)
        .bind(me.user.map(|id| id.0))
        .bind(self.app.now())
        .execute(&self.app.app.db)
        .await
        .expect("a notice");
        id
    }

    /// A contact in the trash.
    pub(super) async fn trashed(&self) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO trash (id, entity, entity_id, title, deleted_at, purge_at, contents, rows)
             VALUES ($1, 'contact', $1, 'Ивушкин', now(), now(), '{}', '[]')",
        )
        .bind(id)
        .execute(&self.app.app.db)
        .await
        .expect("a contact in the trash");
        id
    }

    /// What somebody wrote at a task.
    async fn comment(&self, task: Uuid, author: &Actor) -> Uuid {
        let id = Uuid::now_v7();
        sqlx::query("INSERT INTO task_comments (id, task_id, author_id, text) VALUES ($1, $2, $3, 'Слова')")
            .bind(id)
            .bind(task)
            .bind(author.user.map(|user| user.0))
            .execute(&self.app.app.db)
            .await
            .expect("a comment");
        id
    }

    /// A picture that a note holds.
    pub(super) async fn file(&self, me: &Actor) -> Uuid {
        let company = self.company(Kind::Foreign, me).await;
        let note = self.note(company, &self.stranger).await;
        let (id, key) = (Uuid::now_v7(), Uuid::new_v4().simple().to_string());
        let mut writer = self.app.files.write(&key).expect("a store");
        writer.write(b"a").await.expect("a byte");
        writer.finish().await.expect("bytes");
        sqlx::query(
            "INSERT INTO files (id, note_id, key, name, size, content_type, sha256)
             VALUES ($1, $2, $3, 'a.png', 1, 'image/png', repeat('0', 64))",
        )
        .bind(id)
        .bind(note)
        .bind(key)
        .execute(&self.app.app.db)
        .await
        .expect("a file");
        id
    }

    /// The address of a task, or of what somebody wrote at it.
    async fn of_task(&self, pattern: &str, company: CompanyId, person: &Actor) -> String {
        let task = self.task(company, person).await;
        let address = pattern.replace("{id}", &task.to_string());
        if !address.contains("{comment}") {
            return address;
        }
        address.replace("{comment}", &self.comment(task, person).await.to_string())
    }

    /// The address of a fresh object of this kind.
    #[expect(clippy::too_many_lines, reason = "one table is read as one")]
    pub(super) async fn address(&self, pattern: &str, kind: Kind, me: &Actor, is_author: bool) -> String {
        let fill = |id: String| pattern.replace("{id}", &id).replace("{field}", "address");
        if pattern.starts_with("/companies/{id}/notes/{note}") {
            let company = self.company(kind, me).await;
            let note = self.note(company, if is_author { me } else { &self.stranger }).await;
            fill(company.to_string()).replace("{note}", &note.to_string())
        } else if pattern.starts_with("/companies/{id}/delete-request/{request}") {
            let company = self.company(kind, me).await;
            let request = self.request(company, if is_author { me } else { &self.stranger }).await;
            fill(company.to_string()).replace("{request}", &request.to_string())
        } else if pattern.starts_with("/companies/saved/{id}") {
            let actor = if is_author { me } else { &self.stranger };
            fill(self.saved_filter(actor).await.to_string())
        } else if pattern.starts_with("/companies/bulk/{id}") {
            let actor = if is_author { me } else { &self.stranger };
            fill(self.bulk_act(actor, !pattern.ends_with("/run/")).await.to_string())
        } else if pattern.starts_with("/duplicates/merges/{id}") {
            let company = self.company(kind, me).await;
            fill(self.merge(company).await.to_string())
        } else if pattern.starts_with("/companies/{id}") {
            fill(self.company(kind, me).await.to_string())
        } else if pattern.starts_with("/contacts/{id}") {
            let company = self.company(kind, me).await;
            fill(self.contact(company).await.to_string())
        } else if pattern.starts_with("/tasks/many/{id}") {
            let actor = if is_author { me } else { &self.stranger };
            fill(self.task_act(actor, !pattern.ends_with("/run/")).await.to_string())
        } else if pattern.starts_with("/tasks/{id}") {
            let person = if is_author { me } else { &self.stranger };
            self.of_task(pattern, self.company(kind, me).await, person).await
        } else if pattern.starts_with("/letters/{id}") {
            let company = self.company(kind, me).await;
            let author = if is_author { me } else { &self.stranger };
            fill(self.letter(company, author).await.to_string())
        } else if pattern.starts_with("/settings/trash/{id}") {
            fill(self.trashed().await.to_string())
        } else if pattern.starts_with("/files/{id}") {
            fill(self.file(me).await.to_string())
        } else if pattern.starts_with("/account/sessions/{id}") {
            fill(self.session(me.user.expect("a person")).await.to_string())
        } else if pattern.starts_with("/mobile-app/phones/{id}") || pattern.starts_with("/settings/phones/{id}") {
            fill(self.phone(me).await.to_string())
        } else if pattern.starts_with("/calls/{id}") {
            fill(self.call(me).await.to_string())
        } else if pattern.starts_with("/analytics/users/{id}") {
            fill(me.user.expect("a person").to_string())
        } else if pattern.starts_with("/settings/jobs/{id}")
            || pattern.starts_with("/mobile-app/download/{id}")
            || pattern.starts_with("/settings/phones/app/{id}")
        {
            fill(Uuid::now_v7().to_string())
        } else if pattern.starts_with("/notifications/{id}") {
            fill(self.notification(me).await.to_string())
        } else if pattern.starts_with("/settings/users/{id}") {
            let session = self.session(self.heir).await;
            fill(self.heir.to_string()).replace("{session}", &session.to_string())
        } else if pattern.starts_with("/settings/branches/{id}") {
            fill(self.there.to_string())
        } else if pattern.starts_with("/settings/import/tasks/{id}")
            || pattern.starts_with("/settings/import/{id}")
            || pattern.starts_with("/settings/import/columns/{id}")
        {
            fill(self.import.to_string())
        } else {
            pattern
                .replace("{kind}", "statuses")
                .replace("{key}", "2")
                .replace("{hash}", "0")
                .replace("{*path}", "app.css")
                .replace("{token}", "guessed")
        }
    }

    /// A phone of this person.
    async fn phone(&self, me: &Actor) -> Uuid {
        sqlx::query_scalar(
            "INSERT INTO phone_devices (id, user_id, device_id) VALUES (gen_random_uuid(), $1, gen_random_uuid()::text)
             RETURNING id",
        )
        .bind(me.user.expect("a person").0)
        .fetch_one(&self.app.app.db)
        .await
        .expect("a phone")
    }

    /// A call that this person has asked for, long over.
    async fn call(&self, me: &Actor) -> Uuid {
        sqlx::query_scalar(
            "INSERT INTO call_requests (id, user_id, created_by, phone, click_key, state, expires_at, closed_at)
             VALUES (gen_random_uuid(), $1, $1, '+79123456789', gen_random_uuid(), 'expired', now(), now())
             RETURNING id",
        )
        .bind(me.user.expect("a person").0)
        .fetch_one(&self.app.app.db)
        .await
        .expect("a call")
    }

    /// What changes when something is done. A refused wish to delete a note or to take the base away
    /// is logged and changes nothing.
    pub(super) async fn state(&self) -> String {
        sqlx::query_scalar(
            "SELECT concat_ws(' ', (SELECT count(*) FROM audit_events WHERE verb NOT IN ('delete_refused', 'export_refused')),
                    (SELECT sum(version) FROM companies), (SELECT sum(version) FROM contacts),
                    (SELECT sum(version) FROM users), (SELECT sum(version) FROM branches),
                    (SELECT count(*) FROM sessions), (SELECT count(*) || ' ' || count(pinned_at) FROM notes),
                    (SELECT count(*) || ' ' || sum(version) FROM tasks), (SELECT count(*) FROM task_comments),
                    (SELECT count(*) || ' ' || sum(version) FROM letters),
                    (SELECT count(*) FROM imports),
                    (SELECT string_agg(state, ' ' ORDER BY id) FROM bulk_acts),
                    (SELECT string_agg(state, ' ' ORDER BY id) FROM task_acts),
                    (SELECT md5(string_agg(name, '' ORDER BY id)) FROM saved_filters),
                    (SELECT count(*) FROM trash), (SELECT count(*) || ' ' || count(decided_at) FROM deletion_requests))",
        )
        .fetch_one(&self.app.app.db)
        .await
        .expect("numbers")
    }
}
