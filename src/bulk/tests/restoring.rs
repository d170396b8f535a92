use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::bulk::actions::{self, Chosen};
use crate::bulk::model::{Step, Wish};
use crate::policy::{Actor, Role};
use crate::testing::TestApp;
use crate::values::{CompanyId, SphereId, StatusId, UserId};

/// What happens in one case; numbers are taken modulo how many there are.
#[derive(Clone, Debug)]
struct Case {
    actor: usize,
    wish: (u8, usize, Vec<i64>),
    /// Responsible, branch, creator, status, spheres of each company.
    companies: Vec<(usize, usize, usize, i64, Vec<i64>)>,
    chosen: Vec<usize>,
    edited_before: Vec<usize>,
    edited_after: Vec<(usize, u8)>,
}

fn cases() -> impl Strategy<Value = Case> {
    let spheres = || proptest::collection::vec(1_i64..6, 0..3);
    let company = (0_usize..9, 0_usize..3, 0_usize..9, 0_i64..4, spheres());
    let some = || proptest::collection::vec(0_usize..10, 0..4);
    (
        0_usize..7,
        (0_u8..6, 0_usize..7, proptest::collection::vec(1_i64..6, 1..3)),
        proptest::collection::vec(company, 10),
        proptest::collection::vec(0_usize..10, 1..10),
        some(),
        proptest::collection::vec((0_usize..10, 0_u8..3), 0..4),
    )
        .prop_map(|(actor, wish, companies, chosen, edited_before, edited_after)| Case {
            actor,
            wish,
            companies,
            chosen,
            edited_before,
            edited_after,
        })
}

struct World {
    app: TestApp,
    people: Vec<Actor>,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let (here, there) = (app.branch("here").await, app.branch("there").await);
        let mut people = Vec::new();
        for (name, role, branch) in [
            ("one", Role::Manager, Some(here)),
            ("two", Role::Manager, Some(there)),
            ("three", Role::Manager, None),
            ("head", Role::SalesHead, Some(here)),
            ("director", Role::BranchDirector, Some(there)),
            ("group", Role::GroupManager, None),
            ("admin", Role::Admin, None),
        ] {
            people.push(app.person(name, role, branch).await);
        }
        Self { app, people }
    }

    async fn execute(&self, sql: String) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.app.app.db).await;
        done.expect("a change");
    }

    async fn fill(&self, case: &Case) -> Vec<CompanyId> {
        self.execute("DELETE FROM companies".to_owned()).await;
        let mut ids = Vec::new();
        for (number, (responsible, branch, creator, status, spheres)) in case.companies.iter().enumerate() {
            let mut company = self.app.company(&format!("Компания {number}"));
            if let Some(person) = self.people.get(*responsible) {
                company = company.of(person);
            }
            if let Some(person) = self.people.get(*creator) {
                company = company.made_by(person);
            }
            let branches = [None, self.people[0].branch, self.people[1].branch];
            let id = company.in_branch(branches[*branch]).create(&self.app).await;
            let spheres: BTreeSet<_> = spheres.iter().collect();
            for sphere in spheres {
                self.execute(format!("INSERT INTO company_sphere_links VALUES ('{id}', {sphere})"))
                    .await;
            }
            self.execute(format!(
                "UPDATE companies SET status_id = NULLIF({status}, 0) WHERE id = '{id}'"
            ))
            .await;
            ids.push(id);
        }
        ids
    }

    /// Each company with its spheres, but for what grows with any change.
    async fn companies(&self) -> BTreeMap<CompanyId, Value> {
        let rows: Vec<(CompanyId, Value)> = sqlx::query_as(
            "SELECT company.id, to_jsonb(company) - '{version,updated_at}'::text[]
                    || jsonb_build_object('spheres', ARRAY(SELECT sphere_id FROM company_sphere_links AS link
                                                           WHERE link.company_id = company.id ORDER BY sphere_id))
             FROM companies AS company",
        )
        .fetch_all(&self.app.app.db)
        .await
        .expect("companies");
        rows.into_iter().collect()
    }

    /// A hash of every table but the log, the acts themselves, and what grows with any change.
    async fn hashes(&self) -> Vec<String> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT relname::text FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
               AND relname NOT IN ('audit_events', 'bulk_acts', 'bulk_rows') ORDER BY 1",
        )
        .fetch_all(&self.app.app.db)
        .await
        .expect("tables");
        let mut hashes = Vec::new();
        for table in tables {
            let row = match table.as_str() {
                "companies" => "(to_jsonb(t) - '{version,updated_at}'::text[])::text",
                "company_sphere_links" => "(to_jsonb(t) - 'company_updated_at')::text",
                _ => "t::text",
            };
            let sql = format!("SELECT COALESCE(md5(string_agg({row}, '|' ORDER BY {row})), '') FROM {table} AS t");
            let hash: String = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(&self.app.app.db)
                .await
                .expect("a hash");
            hashes.push(format!("{table} {hash}"));
        }
        hashes
    }

    fn wish(&self, case: &Case) -> Wish {
        let (kind, person, spheres) = &case.wish;
        let spheres: BTreeSet<SphereId> = spheres.iter().copied().map(SphereId).collect();
        let step = match kind {
            0 => return Wish::Give(self.people[*person].user.unwrap_or(UserId(0))),
            1 => return Wish::Status(None),
            2 => return Wish::Status(Some(StatusId(2))),
            3 => Step::Add,
            4 => Step::Remove,
            _ => Step::Replace,
        };
        Wish::Spheres(step, spheres.into_iter().collect())
    }

    async fn edit(&self, id: CompanyId, how: u8) {
        let what = match how {
            0 => "address = address || 'Пермь'",
            1 => "status_id = 3",
            _ => "responsible_id = NULL",
        };
        self.execute(format!(
            "UPDATE companies SET {what}, version = version + 1 WHERE id = '{id}'"
        ))
        .await;
    }

    async fn try_out(&self, case: &Case) {
        let ids = self.fill(case).await;
        let actor = &self.people[case.actor];
        let chosen = Chosen {
            ids: case.chosen.iter().map(|at| ids[*at]).collect(),
            ..Chosen::default()
        };
        let before = self.hashes().await;
        let Ok(act) = actions::draft(&self.app, actor, &chosen, &self.wish(case)).await else {
            // Given to whom companies are not given.
            assert_eq!(case.wish.0, 0, "{case:?}");
            return;
        };
        assert_eq!(self.hashes().await, before, "a look changes nothing: {case:?}");
        for at in &case.edited_before {
            self.edit(ids[*at], 0).await;
        }
        let (before, hashes) = (self.companies().await, self.hashes().await);
        actions::run(&self.app, actor, act).await.expect("an act");
        let done = self.companies().await;
        for (id, company) in &done {
            let is_changed = before[id] != *company;
            let is_chosen = chosen.ids.contains(id) && !case.edited_before.iter().any(|at| ids[*at] == *id);
            let is_own = [&before[id]["responsible_id"], &before[id]["created_by"]]
                .iter()
                .any(|user| user.as_i64() == actor.user.map(|id| id.0));
            assert!(!is_changed || is_chosen, "nobody chose it: {case:?}");
            assert!(
                !is_changed || is_own || actor.role != Role::Manager,
                "foreign: {case:?}"
            );
        }
        for (at, how) in &case.edited_after {
            self.edit(ids[*at], *how).await;
        }
        let edited = self.companies().await;
        actions::undo(&self.app, actor, act).await.expect("the way back");
        if case.edited_after.is_empty() {
            assert_eq!(self.hashes().await, hashes, "{case:?}");
        }
        for (id, company) in self.companies().await {
            let is_edited = case.edited_after.iter().any(|(at, _)| ids[*at] == id);
            let expected = if is_edited { &edited[&id] } else { &before[&id] };
            assert_eq!(company, *expected, "edited since: {is_edited}, {case:?}");
        }
    }
}

#[tokio::test]
async fn an_act_and_its_undoing_restore_the_base_and_keep_later_edits() {
    let world = World::new().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..60 {
        let case = cases().new_tree(&mut runner).expect("a case").current();
        world.try_out(&case).await;
    }
}
