//! Who gets through to what, over HTTP: every route × role × kind of object.

use axum::http::StatusCode;
use uuid::Uuid;

use super::table::{Line, table};
use super::who::{KINDS, Kind, Who, may, sentence};
use super::world::World;
use crate::policy::Role;
use crate::testing::Client;
use crate::values::UserId;

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

/// Calls of the API have a table of their own.
fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

#[test]
fn the_table_knows_every_route_and_no_other() {
    let mut real: Vec<_> = crate::server::route_list()
        .iter()
        .filter(|route| !is_api(route.path))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let mut known: Vec<_> = table().map(|line| format!("{} {}", line.0, line.1)).collect();
    real.sort();
    known.sort();
    assert_eq!(
        real, known,
        "left: the router, right: TABLE, where every route is decided by hand"
    );
}

#[test]
fn only_the_routes_that_say_so_are_public() {
    for route in crate::server::route_list().iter().filter(|route| !is_api(route.path)) {
        let line = table()
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
    for line in table() {
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
    let lines = table()
        .filter(|line| line.1 != "/logout/")
        .chain(table().filter(|line| line.1 == "/logout/"));
    for line in lines {
        let authors: &[bool] = if [
            "{note}",
            "{request}",
            "/bulk/{id}",
            "/saved/{id}",
            "/letters/{id}",
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
