//! Who gets through to what, over HTTP: every route × role × kind of object.

use axum::http::StatusCode;
use uuid::Uuid;

use super::table::{Line, TABLE};
use super::who::{KINDS, Kind, Who, may, sentence};
use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::{BranchId, CompanyId, UserId};

/// The people and things that requests are about.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) here: BranchId,
    there: BranchId,
    colleague: Actor,
    stranger: Actor,
    heir: UserId,
    import: Uuid,
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

    async fn note(&self, company: CompanyId, author: &Actor) -> i64 {
        sqlx::query_scalar("INSERT INTO notes (company_id, author_id, text) VALUES ($1, $2, 'Слова') RETURNING id")
            .bind(company.0)
            .bind(author.user.map(|id| id.0))
            .fetch_one(&self.app.app.db)
            .await
            .expect("a note")
    }

    /// A wish that a company be deleted.
    async fn request(&self, company: CompanyId, asker: &Actor) -> i64 {
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

    async fn saved_filter(&self, actor: &Actor) -> i64 {
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
    async fn task(&self, company: CompanyId, person: &Actor) -> Uuid {
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
    async fn task_act(&self, actor: &Actor, is_done: bool) -> Uuid {
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
    async fn bulk_act(&self, actor: &Actor, is_done: bool) -> Uuid {
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
    async fn merge(&self, kept: CompanyId) -> Uuid {
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
    async fn session(&self, user: UserId) -> Uuid {
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
    async fn notification(&self, me: &Actor) -> Uuid {
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
    async fn trashed(&self) -> Uuid {
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

    /// A picture that a note holds.
    async fn file(&self, me: &Actor) -> Uuid {
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

    /// The address of a fresh object of this kind.
    async fn address(&self, pattern: &str, kind: Kind, me: &Actor, is_author: bool) -> String {
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
            let company = self.company(kind, me).await;
            let person = if is_author { me } else { &self.stranger };
            fill(self.task(company, person).await.to_string())
        } else if pattern.starts_with("/settings/trash/{id}") {
            fill(self.trashed().await.to_string())
        } else if pattern.starts_with("/files/{id}") {
            fill(self.file(me).await.to_string())
        } else if pattern.starts_with("/account/sessions/{id}") {
            fill(self.session(me.user.expect("a person")).await.to_string())
        } else if pattern.starts_with("/settings/jobs/{id}") {
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

    /// What changes when something is done. A refused wish to delete a note or to take the base away
    /// is logged and changes nothing.
    pub(super) async fn state(&self) -> String {
        sqlx::query_scalar(
            "SELECT concat_ws(' ', (SELECT count(*) FROM audit_events WHERE verb NOT IN ('delete_refused', 'export_refused')),
                    (SELECT sum(version) FROM companies), (SELECT sum(version) FROM contacts),
                    (SELECT sum(version) FROM users), (SELECT sum(version) FROM branches),
                    (SELECT count(*) FROM sessions), (SELECT count(*) || ' ' || count(pinned_at) FROM notes),
                    (SELECT count(*) || ' ' || sum(version) FROM tasks), (SELECT count(*) FROM task_comments),
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

/// The kinds that make a difference to this address.
fn kinds(pattern: &str) -> &'static [Kind] {
    let of_company = [
        "/companies/{id}",
        "/contacts/{id}",
        "/duplicates/merges/{id}",
        "/tasks/{id}",
    ];
    let is_of_company = of_company.iter().any(|begin| pattern.starts_with(begin));
    if is_of_company { &KINDS } else { &KINDS[..1] }
}

async fn ask(browser: &mut Client, token: &str, line: &Line, address: &str, heir: UserId) -> crate::testing::Answer {
    let heir = heir.to_string();
    if line.0 == "GET" {
        return browser.get(address).await;
    }
    let fields = line
        .3
        .iter()
        .map(|(name, value)| (*name, if *value == "{heir}" { heir.as_str() } else { *value }));
    let fields: Vec<_> = std::iter::once(("csrf_token", token)).chain(fields).collect();
    browser.post_bare(address, &fields).await
}

#[test]
fn the_table_knows_every_route_and_no_other() {
    let mut real: Vec<_> = crate::server::route_list()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let mut known: Vec<_> = TABLE.iter().map(|line| format!("{} {}", line.0, line.1)).collect();
    real.sort();
    known.sort();
    assert_eq!(
        real, known,
        "left: the router, right: TABLE, where every route is decided by hand"
    );
}

#[test]
fn only_the_routes_that_say_so_are_public() {
    for route in crate::server::route_list() {
        let line = TABLE
            .iter()
            .find(|line| line.0 == route.method && line.1 == route.path)
            .expect("known");
        assert_eq!(
            route.auth == "public",
            line.2 == Who::Public,
            "{} {}",
            route.method,
            route.path
        );
        assert_eq!(
            route.auth == "token",
            line.2 == Who::Bearer,
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[tokio::test]
async fn whoever_has_not_signed_in_is_sent_to_the_sign_in_page() {
    let world = World::new().await;
    let mut browser = world.app.browser();
    let token = browser.get("/login/").await.csrf();
    for line in TABLE {
        let address = world.address(line.1, Kind::Nobodys, &world.stranger, false).await;
        let before = world.state().await;
        let answer = ask(&mut browser, &token, line, &address, world.heir).await;
        if matches!(line.2, Who::Public | Who::Bearer) {
            assert!(
                line.4.contains(&answer.status.as_u16()),
                "{} {address}: {}",
                line.0,
                answer.status
            );
            continue;
        }
        let back = if line.0 == "GET" && address != "/" {
            format!("?next={address}")
        } else {
            String::new()
        };
        assert_eq!(
            answer.expect_redirect(),
            format!("/login/{back}"),
            "{} {address}",
            line.0
        );
        assert_eq!(world.state().await, before, "{} {address}", line.0);
    }
}

fn refusal(who: Who) -> StatusCode {
    if who == Who::Keeper {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::FORBIDDEN
    }
}

async fn walk(role: Role) {
    let world = World::new().await;
    let me = world.app.person("me", role, Some(world.here)).await;
    let mut wrong = Vec::new();
    let mut browser = world.app.signed_in("me").await;
    let token = browser.get("/account/password/").await.csrf();
    // Signing out comes last.
    let lines = TABLE
        .iter()
        .filter(|line| line.1 != "/logout/")
        .chain(TABLE.iter().filter(|line| line.1 == "/logout/"));
    for line in lines {
        let authors: &[bool] = if [
            "{note}",
            "{request}",
            "/bulk/{id}",
            "/saved/{id}",
            "/tasks/{id}",
            "/tasks/many/{id}",
        ]
        .iter()
        .any(|part| line.1.contains(part))
        {
            &[true, false]
        } else {
            &[false]
        };
        for (kind, is_author) in kinds(line.1)
            .iter()
            .flat_map(|kind| authors.iter().map(move |is| (*kind, *is)))
        {
            let address = world.address(line.1, kind, &me, is_author).await;
            let before = world.state().await;
            let answer = ask(&mut browser, &token, line, &address, world.heir).await;
            let what = format!("{} {} {kind:?}, author: {is_author}: {}", line.0, line.1, answer.status);
            if may(line.2, role, kind, is_author) {
                if !line.4.contains(&answer.status.as_u16()) {
                    wrong.push(format!("{what}, not {:?}: {}", line.4, answer.page()));
                }
            } else if answer.status != refusal(line.2) || !answer.page().contains(sentence(line.2)) {
                wrong.push(format!(
                    "{what}, not {} with «{}»: {}",
                    refusal(line.2),
                    sentence(line.2),
                    answer.page()
                ));
            } else if world.state().await != before {
                wrong.push(format!("{what}, but something was done"));
            }
        }
    }
    assert!(wrong.is_empty(), "{role:?}:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn managers_change_their_own() {
    walk(Role::Manager).await;
}

#[tokio::test]
async fn sales_heads_change_their_branch() {
    walk(Role::SalesHead).await;
}

#[tokio::test]
async fn branch_directors_change_their_branch() {
    walk(Role::BranchDirector).await;
}

#[tokio::test]
async fn group_managers_change_all_companies_and_no_settings() {
    walk(Role::GroupManager).await;
}

#[tokio::test]
async fn admins_change_everything_but_foreign_notes_they_do_not_delete() {
    walk(Role::Admin).await;
}

#[tokio::test]
async fn a_head_without_a_branch_leads_no_company_without_one() {
    let world = World::new().await;
    world.app.person("me", Role::SalesHead, None).await;
    let mut browser = world.app.signed_in("me").await;
    let company = world.company(Kind::Nobodys, &world.stranger).await;
    browser.get(&format!("/companies/{company}/edit/")).await.expect(403);
}

#[tokio::test]
async fn a_note_is_not_reached_through_another_company() {
    let world = World::new().await;
    let me = world.app.person("me", Role::Manager, Some(world.here)).await;
    let (own, foreign) = (
        world.company(Kind::Own, &me).await,
        world.company(Kind::Foreign, &me).await,
    );
    let note = world.note(foreign, &me).await;
    let mut browser = world.app.signed_in("me").await;
    browser
        .get(&format!("/companies/{own}/notes/{note}/edit/"))
        .await
        .expect(404);
    browser
        .post(&format!("/companies/{own}/notes/{note}/pin/"), &[])
        .await
        .expect(404);
    browser
        .post(&format!("/companies/{own}/notes/{note}/delete/"), &[])
        .await
        .expect(404);
}

#[tokio::test]
async fn what_does_not_exist_is_404_before_it_is_403() {
    let world = World::new().await;
    world.app.person("me", Role::Manager, Some(world.here)).await;
    let mut browser = world.app.signed_in("me").await;
    let nobody = Uuid::now_v7();
    for path in [
        format!("/companies/{nobody}/"),
        format!("/companies/{nobody}/edit/"),
        format!("/contacts/{nobody}/edit/"),
    ] {
        browser.get(&path).await.expect(404).expect_text("Страница не найдена");
    }
    for path in [
        "/companies/7/",
        "/companies/%00/",
        "/contacts/abc/edit/",
        "/companies/7/notes/x/edit/",
    ] {
        browser.get(path).await.expect(404);
    }
    for verb in ["edit", "update", "transfer", "contacts/new", "notes/add"] {
        browser
            .post(
                &format!("/companies/{nobody}/{verb}/"),
                &[("name", "А"), ("responsible_id", "1"), ("text", "а")],
            )
            .await
            .expect(404);
    }
}
