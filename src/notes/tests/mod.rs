//! The room's tests.

mod files;
mod rights;
mod texts;

use super::{NoteItem, Reader, of_company, paths, pinned};
use crate::policy::{Actor, Role, Ties};
use crate::testing::{Client, TestApp};
use crate::values::{CompanyId, NoteId};
use crate::web::Viewer;

/// A company of Ольга's in the branch `ekb`, people in and out of it.
struct Scene {
    app: TestApp,
    owner: Actor,
    company: CompanyId,
}

async fn scene() -> Scene {
    let app = TestApp::new().await;
    let (ekb, msk) = (app.branch("ekb").await, app.branch("msk").await);
    let owner = app.person("olga", Role::Manager, Some(ekb)).await;
    app.person("colleague", Role::Manager, Some(ekb)).await;
    app.person("head", Role::SalesHead, Some(ekb)).await;
    app.person("director", Role::BranchDirector, Some(ekb)).await;
    app.person("foreign_head", Role::SalesHead, Some(msk)).await;
    app.person("group", Role::GroupManager, None).await;
    app.person("admin", Role::Admin, None).await;
    let company = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    Scene { app, owner, company }
}

impl Scene {
    /// Writes a note through the page and answers its id.
    async fn note(&self, browser: &mut Client, text: &str) -> NoteId {
        let answer = browser.post(&paths::add(self.company), &[("text", text)]).await;
        assert_eq!(answer.expect_redirect(), paths::list(self.company));
        let newest = "SELECT max(id) FROM notes";
        NoteId(sqlx::query_scalar(newest).fetch_one(&self.app.db).await.unwrap())
    }

    async fn texts(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT text FROM notes ORDER BY id")
            .fetch_all(&self.app.db)
            .await
            .unwrap()
    }

    async fn pinned_ids(&self) -> Vec<i64> {
        let sql = "SELECT id FROM notes WHERE pinned_at IS NOT NULL";
        sqlx::query_scalar(sql).fetch_all(&self.app.db).await.unwrap()
    }

    /// Verbs in the journal of notes.
    async fn verbs(&self) -> Vec<String> {
        let sql = "SELECT verb FROM audit_events WHERE entity = 'note' ORDER BY id";
        sqlx::query_scalar(sql).fetch_all(&self.app.db).await.unwrap()
    }

    /// The card's notes as this actor reads them: the pinned one, then the others.
    async fn items(&self, actor: Actor, ties: Ties) -> (Option<NoteItem>, Vec<NoteItem>) {
        let viewer = Viewer {
            actor: Some(actor),
            ..Viewer::anonymous(&self.app, "seed")
        };
        let reader = Reader {
            viewer: &viewer,
            now: self.app.now(),
            company: self.company,
            ties,
        };
        let mut conn = self.app.conn().await;
        let top = pinned(&mut conn, &reader).await.unwrap();
        let rest = of_company(&mut conn, &reader, None, None, 60).await.unwrap();
        (top, rest)
    }
}
