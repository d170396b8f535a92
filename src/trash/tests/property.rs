//! Whatever goes to the trash, in whatever order: brought back the other way round, every table is as it was.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::{Office, office};
use crate::values::CompanyId;
use crate::verify::broken;

/// A base, and what goes out of it; numbers are taken modulo how many there are.
#[derive(Clone, Debug)]
struct Case {
    /// Head among those before it, people, notes, phones, whether it is not called.
    companies: Vec<(usize, u8, u8, u8, bool)>,
    /// People without a company.
    lone: u8,
    /// A person or a company, and which.
    gone: Vec<(bool, usize)>,
}

fn cases() -> impl Strategy<Value = Case> {
    let company = (0_usize..12, 0_u8..4, 0_u8..4, 0_u8..3, any::<bool>());
    (
        proptest::collection::vec(company, 2..7),
        0_u8..4,
        proptest::collection::vec((any::<bool>(), 0_usize..20), 1..9),
    )
        .prop_map(|(companies, lone, gone)| Case { companies, lone, gone })
}

const PEOPLE: &str = "INSERT INTO contacts (id, company_id, last_name, note, do_not_call_at, do_not_call_reason)";

impl Office {
    async fn fill(&self, case: &Case) {
        self.execute(
            "DELETE FROM letters; DELETE FROM notes; DELETE FROM contacts; UPDATE companies SET head_company_id = NULL;
             DELETE FROM companies; DELETE FROM trash"
                .to_owned(),
        )
        .await;
        let mut made: Vec<CompanyId> = Vec::new();
        for (number, (head, people, notes, phones, is_marked)) in case.companies.iter().enumerate() {
            let id = self
                .app
                .company(&format!("Компания {number}"))
                .of(&self.manager)
                .create(&self.app)
                .await;
            let head = made
                .get(*head)
                .map_or_else(|| "NULL".to_owned(), |head| format!("'{head}'"));
            self.execute(format!(
                "UPDATE companies SET head_company_id = {head}, status_id = {number} + 1,
                        do_not_call_at = CASE WHEN {is_marked} THEN now() END,
                        do_not_call_reason = CASE WHEN {is_marked} THEN 'Просили' ELSE '' END
                 WHERE id = '{id}';
                 INSERT INTO company_phones (company_id, position, raw, digits)
                 SELECT '{id}', n, 'доб. ' || n, '343200000' || n FROM generate_series(1, {phones}) AS n;
                 INSERT INTO company_emails (company_id, position, value)
                 SELECT '{id}', n, n || '@romashka.example' FROM generate_series(1, {phones}) AS n;
                 INSERT INTO company_sphere_links (company_id, sphere_id)
                 SELECT '{id}', n FROM generate_series(1, {notes}) AS n;
                 {PEOPLE} SELECT gen_random_uuid(), '{id}', 'Человек ' || n, 'Компания {number}',
                                 CASE n WHEN 2 THEN now() END, CASE n WHEN 2 THEN 'Просил' ELSE '' END
                 FROM generate_series(1, {people}) AS n;
                 INSERT INTO notes (company_id, text, pinned_at)
                 SELECT '{id}', 'Заметка ' || n, CASE n WHEN 1 THEN now() END FROM generate_series(1, {notes}) AS n;
                 INSERT INTO letters (id, company_id, contact_id, direction, source, sent_at, from_name, from_address, subject,
                                      text, message_id)
                 SELECT gen_random_uuid(), '{id}', (SELECT id FROM contacts WHERE company_id = '{id}' LIMIT 1), 'out', 'hand',
                        now(), '', 'a@b.example', 'Письмо ' || n, 'Слова', n || '@x'
                 FROM generate_series(1, {notes}) AS n"
            ))
            .await;
            made.push(id);
        }
        self.execute(format!(
            "{PEOPLE} SELECT gen_random_uuid(), NULL, 'Ничей ' || n, '', NULL, '' FROM generate_series(1, {}) AS n;
             INSERT INTO contact_phones (contact_id, position, raw, digits)
             SELECT id, 1, '8 912 000-00-01', '9120000001' FROM contacts;
             INSERT INTO contact_emails (contact_id, position, value)
             SELECT id, 1, 'a@romashka.example' FROM contacts;
             UPDATE companies SET search = company_search(companies)",
            case.lone
        ))
        .await;
    }

    /// The keys that are left, in an order that does not depend on chance.
    async fn left(&self, is_person: bool) -> Vec<Uuid> {
        let sql = if is_person {
            "SELECT id FROM contacts ORDER BY note, last_name"
        } else {
            "SELECT id FROM companies ORDER BY name"
        };
        sqlx::query_scalar(sql).fetch_all(&self.app.app.db).await.expect("keys")
    }

    /// What attaching a branch again makes newer.
    async fn everything(&self) -> Vec<(String, String)> {
        self.hashes_but(|table| match table {
            "companies" => "'{version,updated_at}'::text[]",
            "company_sphere_links" => "'{company_updated_at}'::text[]",
            _ => "'{}'::text[]",
        })
        .await
    }

    async fn try_out(&mut self, case: &Case) {
        self.fill(case).await;
        let before = self.everything().await;
        let mut gone = Vec::new();
        for (is_person, at) in &case.gone {
            let left = self.left(*is_person).await;
            if left.is_empty() {
                continue;
            }
            let id = left[at % left.len()];
            if *is_person {
                let done = self.admin.post(&format!("/contacts/{id}/delete/"), &[]).await;
                done.expect_redirect();
            } else {
                self.delete(CompanyId(id)).await;
            }
            gone.push(id);
        }
        assert_ne!(self.everything().await, before, "something went: {case:?}");
        assert_eq!(broken(&self.app).await, [""; 0], "{case:?}");
        for id in gone.into_iter().rev() {
            self.restore(id).await;
        }
        assert_eq!(self.everything().await, before, "{case:?}");
        assert_eq!(self.value("SELECT count(*) FROM trash").await, "0");
    }
}

#[tokio::test]
async fn what_went_in_any_order_comes_back_the_other_way_round_as_it_was() {
    let mut office = office().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..25 {
        let case = cases().new_tree(&mut runner).expect("a case").current();
        office.try_out(&case).await;
    }
}
