//! What is moved to another parent needs the right on the old one and on the new one.

use super::who::{KINDS, Kind, Who, may};
use super::world::World;
use crate::policy::Role;
use crate::testing::Client;
use crate::values::CompanyId;

async fn put_under(browser: &mut Client, company: CompanyId, head: &str) -> u16 {
    let sent = [("head", head)];
    let answer = browser.post(&format!("/companies/{company}/head/"), &sent).await;
    answer.status.as_u16()
}

async fn walk(role: Role) {
    let world = World::new().await;
    let me = world.app.person("me", role, Some(world.here)).await;
    let mut browser = world.app.signed_in("me").await;
    for kind in KINDS {
        let expected = if may(Who::Editor, role, kind, false) { 303 } else { 422 };
        let (branch, head) = (world.company(Kind::Own, &me).await, world.company(kind, &me).await);
        let before = world.state().await;
        let done = put_under(&mut browser, branch, &head.to_string()).await;
        assert_eq!(done, expected, "{role:?}: under a head, {kind:?}");
        assert_eq!(world.state().await == before, expected == 422, "{role:?}: {kind:?}");
        sqlx::query("UPDATE companies SET head_company_id = $2 WHERE id = $1")
            .bind(branch.0)
            .bind(head.0)
            .execute(&world.app.app.db)
            .await
            .expect("a head");
        let mine = world.company(Kind::Own, &me).await.to_string();
        let done = put_under(&mut browser, branch, &mine).await;
        assert_eq!(done, expected, "{role:?}: from head to head, {kind:?}");
        if expected == 422 {
            assert_eq!(
                put_under(&mut browser, branch, "").await,
                422,
                "{role:?}: out, {kind:?}"
            );
        }
        let contact = world.contact(branch).await;
        let to = head.to_string();
        let sent = [("company_id", to.as_str()), ("version", "1")];
        let moved = browser.post(&format!("/contacts/{contact}/relocate/"), &sent).await;
        assert_eq!(moved.status.as_u16(), expected, "{role:?}: a contact to {kind:?}");
    }
}

#[tokio::test]
async fn parents_of_managers_and_heads() {
    walk(Role::Manager).await;
    walk(Role::SalesHead).await;
}

#[tokio::test]
async fn parents_of_directors_and_those_above() {
    walk(Role::BranchDirector).await;
    walk(Role::GroupManager).await;
    walk(Role::Admin).await;
}
