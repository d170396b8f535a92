//! Records for tests, written straight into the database.

use uuid::Uuid;

use super::TestApp;
use crate::policy::Actor;
use crate::values::text::name_key;
use crate::values::{BranchId, CompanyId, UserId};

/// A company in the making.
#[must_use]
pub(crate) struct CompanyBuilder {
    name: String,
    inn: String,
    responsible: Option<UserId>,
    branch: Option<BranchId>,
    created_by: Option<UserId>,
}

impl TestApp {
    /// A company of this name, of nobody's until told otherwise.
    #[expect(clippy::unused_self, reason = "reads as app.company(…)")]
    pub(crate) fn company(&self, name: &str) -> CompanyBuilder {
        CompanyBuilder {
            name: name.to_owned(),
            inn: String::new(),
            responsible: None,
            branch: None,
            created_by: None,
        }
    }
}

impl CompanyBuilder {
    /// Whose it is; the branch comes along.
    pub(crate) fn of(mut self, owner: &Actor) -> Self {
        (self.responsible, self.branch) = (owner.user, owner.branch);
        self
    }

    /// Who made it.
    pub(crate) fn made_by(mut self, creator: &Actor) -> Self {
        self.created_by = creator.user;
        self
    }

    /// Where it belongs.
    pub(crate) fn in_branch(mut self, branch: Option<BranchId>) -> Self {
        self.branch = branch;
        self
    }

    /// «ИНН»
    pub(crate) fn inn(mut self, inn: &str) -> Self {
        inn.clone_into(&mut self.inn);
        self
    }

    /// Writes it.
    pub(crate) async fn create(self, app: &TestApp) -> CompanyId {
        let id = CompanyId(Uuid::now_v7());
        sqlx::query(
            "INSERT INTO companies (id, name, inn, responsible_id, branch_id, created_by, name_key,
                                    created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        )
        .bind(id.0)
        .bind(&self.name)
        .bind(&self.inn)
        .bind(self.responsible.map(|id| id.0))
        .bind(self.branch.map(|id| id.0))
        .bind(self.created_by.map(|id| id.0))
        .bind(name_key(&self.name))
        .bind(app.now())
        .execute(&app.app.db)
        .await
        .expect("a company");
        sqlx::query("UPDATE companies SET search = company_search(companies) WHERE id = $1")
            .bind(id.0)
            .execute(&app.app.db)
            .await
            .expect("its words");
        id
    }
}
