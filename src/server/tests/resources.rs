//! Who may do what by the API: every change × role × kind of company. The grids are those of the pages.

use axum::http::Method;
use serde_json::{Value, json};

use super::who::{KINDS, Kind, Who, may};
use super::world::World;
use crate::policy::{Actor, Role};
use crate::testing::Client;

/// What is done, to what, and who may.
const CHANGES: &[(&str, &str, Who)] = &[
    ("PATCH", "/api/companies/{company}/", Who::Editor),
    ("PUT", "/api/companies/{company}/", Who::Editor),
    ("DELETE", "/api/companies/{company}/", Who::Deleter),
    ("POST", "/api/contacts/", Who::Editor),
    ("PATCH", "/api/contacts/{contact}/", Who::Editor),
    ("PUT", "/api/contacts/{contact}/", Who::Editor),
    ("DELETE", "/api/contacts/{contact}/", Who::Editor),
    ("POST", "/api/company-notes/", Who::Everyone),
    ("PATCH", "/api/company-notes/{note}/", Who::NoteEditor),
    ("PUT", "/api/company-notes/{note}/", Who::NoteEditor),
    ("DELETE", "/api/company-notes/{note}/", Who::Author),
    ("POST", "/api/tasks/", Who::Editor),
    ("PATCH", "/api/tasks/{task}/", Who::TaskEditor),
    ("PUT", "/api/tasks/{task}/", Who::TaskEditor),
    ("DELETE", "/api/tasks/{task}/", Who::TaskEditor),
    ("POST", "/api/task-types/", Who::Admin),
    ("PATCH", "/api/task-types/{type}/", Who::Admin),
    ("PUT", "/api/task-types/{type}/", Who::Admin),
    ("DELETE", "/api/task-types/{type}/", Who::Admin),
];

/// Whether it makes a difference who wrote it.
fn authors(who: Who) -> &'static [bool] {
    match who {
        Who::NoteEditor | Who::Author | Who::TaskEditor => &[true, false],
        _ => &[false],
    }
}

struct Case {
    address: String,
    body: Value,
}

async fn case(world: &World, change: &str, pattern: &str, (kind, me): (Kind, &Actor), is_author: bool) -> Case {
    let company = world.company(kind, me).await;
    let author = if is_author { me } else { &world.stranger };
    let mut address = pattern.replace("{company}", &company.to_string());
    if pattern.contains("{contact}") {
        address = address.replace("{contact}", &world.contact(company).await.to_string());
    }
    let note = if pattern.contains("{note}") {
        world.note(company, author).await
    } else {
        0
    };
    address = address.replace("{note}", &note.to_string());
    if pattern.contains("{task}") {
        address = address.replace("{task}", &world.task(company, author).await.to_string());
    }
    if pattern.contains("{type}") {
        let sql = "INSERT INTO task_types (name, position) VALUES ('Тип ' || gen_random_uuid(), 7) RETURNING id";
        let id: i64 = sqlx::query_scalar(sql)
            .fetch_one(&world.app.app.db)
            .await
            .expect("a type");
        address = address.replace("{type}", &id.to_string());
    }
    let body = match (change, pattern) {
        ("DELETE", _) => json!({}),
        (_, "/api/companies/{company}/") => json!({"name": "Ромашка", "address": "Тула"}),
        ("POST", "/api/contacts/") => json!({"company": company.0, "last_name": "Иванов"}),
        (_, "/api/contacts/{contact}/") => json!({"last_name": "Сидоров"}),
        (_, "/api/company-notes/" | "/api/company-notes/{note}/") => {
            json!({"company": company.0, "text": "Перезвонить в среду"})
        }
        ("POST", "/api/tasks/") => json!({"title": "Позвонить", "company": company.0}),
        (_, "/api/tasks/{task}/") => json!({"title": "Написать письмо"}),
        _ => json!({"name": format!("Тип {}", uuid::Uuid::now_v7())}),
    };
    Case { address, body }
}

async fn ask(client: &mut Client, change: &str, case: &Case) -> crate::testing::Answer {
    let method: Method = change.parse().expect("a method");
    if change == "DELETE" {
        return client.send(method, &case.address, axum::body::Body::empty()).await;
    }
    client.call(method, &case.address, case.body.clone()).await
}

async fn walk(role: Role) {
    let world = World::new().await;
    let me = world.app.person("me", role, Some(world.here)).await;
    let (mut client, _) = world.app.program("me").await;
    let mut wrong = Vec::new();
    for (change, pattern, who) in CHANGES {
        for kind in KINDS {
            for is_author in authors(*who) {
                let case = case(&world, change, pattern, (kind, &me), *is_author).await;
                let before = world.state().await;
                let answer = ask(&mut client, change, &case).await;
                let good = match *change {
                    "POST" => 201,
                    "DELETE" => 204,
                    _ => 200,
                };
                let is_free = may(*who, role, kind, *is_author);
                let expected = if is_free { good } else { 403 };
                let what = format!("{change} {pattern} {kind:?}, author: {is_author}: {}", answer.status);
                if answer.status.as_u16() != expected {
                    wrong.push(format!("{what}, not {expected}: {}", answer.text));
                } else if !is_free && !answer.json()["detail"].is_string() {
                    wrong.push(format!("{what}, but it is not said who may"));
                } else if (world.state().await == before) == is_free {
                    wrong.push(format!("{what}, but the base says otherwise"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{role:?}:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn programs_of_managers_change_their_own() {
    walk(Role::Manager).await;
}

#[tokio::test]
async fn programs_of_sales_heads_change_their_branch() {
    walk(Role::SalesHead).await;
}

#[tokio::test]
async fn programs_of_directors_change_their_branch() {
    walk(Role::BranchDirector).await;
}

#[tokio::test]
async fn programs_of_group_managers_change_all_but_dictionaries() {
    walk(Role::GroupManager).await;
}

#[tokio::test]
async fn programs_of_admins_change_all_but_foreign_notes() {
    walk(Role::Admin).await;
}

#[tokio::test]
async fn nothing_moves_to_a_parent_that_is_not_ones_own() {
    let world = World::new().await;
    let me = world.app.person("me", Role::Manager, Some(world.here)).await;
    let (mut client, _) = world.app.program("me").await;
    let own = world.company(Kind::Own, &me).await;
    let foreign = world.company(Kind::Foreign, &me).await.0;
    let (contact, task) = (world.contact(own).await, world.task(own, &me).await);
    let note = world.note(own, &me).await;
    let before = world.state().await;
    for (address, body, field) in [
        (
            format!("/api/contacts/{contact}/"),
            json!({"company": foreign}),
            "company",
        ),
        (
            format!("/api/company-notes/{note}/"),
            json!({"company": foreign}),
            "company",
        ),
        (
            format!("/api/companies/{own}/"),
            json!({"head_company": foreign}),
            "head_company",
        ),
    ] {
        let answer = client.call(Method::PATCH, &address, body).await;
        assert!(answer.expect(400).json()[field][0].is_string(), "{}", answer.text);
    }
    let address = format!("/api/tasks/{task}/");
    client
        .call(Method::PATCH, &address, json!({"company": foreign}))
        .await
        .expect(403);
    // Out of a company that is not one's own nothing goes either.
    let theirs = world.contact(crate::values::CompanyId(foreign)).await;
    let before_theirs = world.state().await;
    let address = format!("/api/contacts/{theirs}/");
    for to in [json!(null), json!(own.0)] {
        client
            .call(Method::PATCH, &address, json!({"company": to}))
            .await
            .expect(403);
    }
    assert_eq!(world.state().await, before_theirs);
    assert_ne!(before, before_theirs, "the state sees contacts");
}
