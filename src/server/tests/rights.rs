//! Who gets through to what, over HTTP: every route × role × kind of object.
//!
//! The table is written by hand from the product page §3 and the older CRM's §2.2, never from `policy`: two witnesses.

use axum::http::StatusCode;
use uuid::Uuid;

use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::{BranchId, CompanyId, UserId};

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// Anybody, signed in or not.
    Public,
    /// Whoever has signed in.
    Everyone,
    /// [`EDITORS`].
    Editor,
    /// [`NOTE_EDITORS`].
    NoteEditor,
    /// The author, whoever else asks.
    Author,
    /// Admins.
    Admin,
}

/// Companies as they stand to one person, in the order of the columns below.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// The person is responsible; the branch is another one.
    Own,
    /// The person made it; everything else is another branch's.
    Made,
    /// Of the person's branch; the responsible is of another one.
    Branch,
    /// Without a branch; the responsible is of the person's one.
    ByResponsible,
    /// Of another branch, though the responsible is of the person's one.
    Lent,
    /// Of another branch and its people.
    Foreign,
    /// Without branch and responsible.
    Nobodys,
}

const KINDS: [Kind; 7] = [
    Kind::Own,
    Kind::Made,
    Kind::Branch,
    Kind::ByResponsible,
    Kind::Lent,
    Kind::Foreign,
    Kind::Nobodys,
];

/// Who may edit a company. Columns: own, made, branch, by its responsible, lent, foreign, nobody's.
const EDITORS: [(Role, &str); 5] = [
    (Role::Manager, "++-----"),
    (Role::SalesHead, "++++---"),
    (Role::BranchDirector, "++++---"),
    (Role::GroupManager, "+++++++"),
    (Role::Admin, "+++++++"),
];

/// Who may change a note's text: own note, foreign note; the company does not matter.
const NOTE_EDITORS: [(Role, &str); 5] = [
    (Role::Manager, "+-"),
    (Role::SalesHead, "+-"),
    (Role::BranchDirector, "+-"),
    (Role::GroupManager, "++"),
    (Role::Admin, "++"),
];

type Line = (
    &'static str,
    &'static str,
    Who,
    &'static [(&'static str, &'static str)],
    &'static [u16],
);

const DONE: &[u16] = &[303];
const SHOWN: &[u16] = &[200];

/// Method, pattern, who may, the fields of the form, what those who may are answered.
const TABLE: &[Line] = &[
    ("GET", "/health/", Who::Public, &[], &[503]),
    ("GET", "/health/live", Who::Public, &[], SHOWN),
    ("GET", "/static/{hash}/{*path}", Who::Public, &[], SHOWN),
    ("GET", "/favicon.ico", Who::Public, &[], &[308]),
    ("GET", "/robots.txt", Who::Public, &[], SHOWN),
    ("GET", "/login/", Who::Public, &[], &[200, 303]),
    (
        "POST",
        "/login/",
        Who::Public,
        &[("username", "nobody"), ("password", "wrong")],
        &[422, 429],
    ),
    ("POST", "/logout/", Who::Public, &[], DONE),
    ("GET", "/setup/{token}/", Who::Public, &[], &[404]),
    (
        "POST",
        "/setup/{token}/",
        Who::Public,
        &[("username", "thief")],
        &[404, 422],
    ),
    ("GET", "/account/password/", Who::Everyone, &[], SHOWN),
    ("POST", "/account/password/", Who::Everyone, &[], &[422]),
    ("GET", "/", Who::Everyone, &[], &[200, 303]),
    ("GET", "/companies/", Who::Everyone, &[], SHOWN),
    ("GET", "/companies/count/", Who::Everyone, &[], SHOWN),
    ("GET", "/companies/duplicates/", Who::Everyone, &[], SHOWN),
    ("GET", "/companies/new/", Who::Everyone, &[], SHOWN),
    ("POST", "/companies/new/", Who::Everyone, &[("name", "Новая")], DONE),
    ("GET", "/companies/{id}/", Who::Everyone, &[], SHOWN),
    ("GET", "/companies/{id}/edit/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/edit/",
        Who::Editor,
        &[("name", "Другое имя"), ("version", "1")],
        DONE,
    ),
    ("POST", "/companies/{id}/update/", Who::Editor, &[("status", "1")], DONE),
    (
        "POST",
        "/companies/{id}/transfer/",
        Who::Editor,
        &[("responsible_id", "{heir}")],
        DONE,
    ),
    ("GET", "/companies/{id}/contacts/new/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/contacts/new/",
        Who::Editor,
        &[("last_name", "Новый")],
        DONE,
    ),
    ("GET", "/contacts/{id}/edit/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/contacts/{id}/edit/",
        Who::Editor,
        &[("last_name", "Другой"), ("version", "1")],
        DONE,
    ),
    (
        "POST",
        "/companies/{id}/notes/add/",
        Who::Everyone,
        &[("text", "Звонил")],
        DONE,
    ),
    ("GET", "/companies/{id}/notes/{note}/edit/", Who::NoteEditor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/notes/{note}/edit/",
        Who::NoteEditor,
        &[("text", "Иначе"), ("version", "1")],
        DONE,
    ),
    ("POST", "/companies/{id}/notes/{note}/delete/", Who::Author, &[], DONE),
    ("POST", "/companies/{id}/notes/{note}/pin/", Who::Editor, &[], DONE),
    ("GET", "/settings/import/", Who::Admin, &[], SHOWN),
    // Not a multipart form: past the guard and no further.
    ("POST", "/settings/import/", Who::Admin, &[], &[400, 422]),
    ("GET", "/settings/import/{id}/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/import/{id}/report.csv", Who::Admin, &[], SHOWN),
    ("GET", "/admin/", Who::Admin, &[], &[303]),
    ("GET", "/settings/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/styleguide/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/users/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/users/new/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/users/new/", Who::Admin, &[("username", "x")], &[422]),
    ("GET", "/settings/users/{id}/edit/", Who::Admin, &[], SHOWN),
    (
        "POST",
        "/settings/users/{id}/edit/",
        Who::Admin,
        &[("username", "x")],
        &[409, 422],
    ),
    ("POST", "/settings/users/{id}/deactivate/", Who::Admin, &[], DONE),
    ("POST", "/settings/users/{id}/activate/", Who::Admin, &[], DONE),
    (
        "POST",
        "/settings/users/{id}/reset-password/",
        Who::Admin,
        &[("password", "1")],
        &[422],
    ),
    ("POST", "/settings/users/{id}/end-sessions/", Who::Admin, &[], DONE),
    ("POST", "/settings/users/{id}/unlock/", Who::Admin, &[], DONE),
    ("GET", "/settings/branches/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/branches/new/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/branches/new/", Who::Admin, &[], &[422]),
    ("GET", "/settings/branches/{id}/edit/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/branches/{id}/edit/", Who::Admin, &[], &[409, 422]),
];

/// Whether the table lets this person through.
fn may(who: Who, role: Role, kind: Kind, is_author: bool) -> bool {
    let at = |grid: [(Role, &str); 5], column: usize| {
        let (_, cells) = grid
            .into_iter()
            .find(|(of, _)| *of == role)
            .expect("a line for each role");
        cells.as_bytes()[column] == b'+'
    };
    match who {
        Who::Public | Who::Everyone => true,
        Who::Editor => at(
            EDITORS,
            KINDS.iter().position(|other| *other == kind).expect("a column"),
        ),
        Who::NoteEditor => at(NOTE_EDITORS, usize::from(!is_author)),
        Who::Author => is_author,
        Who::Admin => role == Role::Admin,
    }
}

/// What the 403 page says of those who may.
fn sentence(who: Who) -> &'static str {
    match who {
        Who::Public | Who::Everyone => "каждому сотруднику",
        Who::Editor => "её создатель, ответственный, руководитель отдела продаж или директор её филиала",
        Who::NoteEditor => "её автор, управляющий и администратор",
        Who::Author => "только её автор",
        Who::Admin => "только администратору",
    }
}

/// The people and things that requests are about.
struct World {
    app: TestApp,
    here: BranchId,
    there: BranchId,
    colleague: Actor,
    stranger: Actor,
    heir: UserId,
    import: Uuid,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new().await;
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

    async fn company(&self, kind: Kind, me: &Actor) -> CompanyId {
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

    async fn contact(&self, company: CompanyId) -> Uuid {
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

    /// The address of a fresh object of this kind.
    async fn address(&self, pattern: &str, kind: Kind, me: &Actor, is_author: bool) -> String {
        let fill = |id: String| pattern.replace("{id}", &id);
        if pattern.starts_with("/companies/{id}/notes/{note}") {
            let company = self.company(kind, me).await;
            let note = self.note(company, if is_author { me } else { &self.stranger }).await;
            fill(company.to_string()).replace("{note}", &note.to_string())
        } else if pattern.starts_with("/companies/{id}") {
            fill(self.company(kind, me).await.to_string())
        } else if pattern.starts_with("/contacts/{id}") {
            let company = self.company(kind, me).await;
            fill(self.contact(company).await.to_string())
        } else if pattern.starts_with("/settings/users/{id}") {
            fill(self.heir.to_string())
        } else if pattern.starts_with("/settings/branches/{id}") {
            fill(self.there.to_string())
        } else if pattern.starts_with("/settings/import/{id}") {
            fill(self.import.to_string())
        } else {
            pattern
                .replace("{hash}", "0")
                .replace("{*path}", "app.css")
                .replace("{token}", "guessed")
        }
    }

    /// What changes when something is done. A refused wish to delete a note is logged and changes nothing.
    async fn state(&self) -> String {
        sqlx::query_scalar(
            "SELECT concat_ws(' ', (SELECT count(*) FROM audit_events WHERE NOT (entity = 'note' AND verb = 'delete_refused')),
                    (SELECT sum(version) FROM companies), (SELECT sum(version) FROM contacts),
                    (SELECT sum(version) FROM users), (SELECT sum(version) FROM branches),
                    (SELECT count(*) FROM sessions), (SELECT count(*) || ' ' || count(pinned_at) FROM notes),
                    (SELECT count(*) FROM imports))",
        )
        .fetch_one(&self.app.app.db)
        .await
        .expect("numbers")
    }
}

/// The kinds that make a difference to this address.
fn kinds(pattern: &str) -> &'static [Kind] {
    let is_of_company = pattern.starts_with("/companies/{id}") || pattern.starts_with("/contacts/{id}");
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
        if line.2 == Who::Public {
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
        let authors: &[bool] = if line.1.contains("{note}") {
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
            } else if answer.status != StatusCode::FORBIDDEN || !answer.page().contains(sentence(line.2)) {
                wrong.push(format!(
                    "{what}, not 403 with «{}»: {}",
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
