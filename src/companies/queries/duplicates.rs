//! Companies that look like one being typed.

use sqlx::PgConnection;

use super::Sql;
use crate::companies::model::{Fields, Twin};
use crate::values::{CompanyId, Phone, text};

/// What is compared; empty: not at all.
#[derive(Clone, Debug, Default)]
pub(in crate::companies) struct Wanted {
    pub(in crate::companies) inn: String,
    pub(in crate::companies) kpp: String,
    pub(in crate::companies) name_key: String,
    pub(in crate::companies) address_key: String,
    /// Last ten digits each; junk numbers are left out.
    pub(in crate::companies) phones: Vec<String>,
    /// Lower case.
    pub(in crate::companies) emails: Vec<String>,
    /// The company itself, when it is edited.
    pub(in crate::companies) but: Option<CompanyId>,
}

/// The best matches first, at most `limit`. Every branch of the union reads one index.
///
/// What is wanted comes by a `SELECT`: a planner that sees it leaves out the branches of what is empty, believes such a plan
/// to be worth making anew each time, and takes as long for it as all of them take to read. At a million companies it still
/// does, for what the signs of the found ones see of `$5` and `$6`.
#[expect(clippy::too_many_lines, reason = "one statement")]
pub(in crate::companies) async fn duplicates(conn: &mut PgConnection, wanted: &Wanted, limit: i64) -> Sql<Vec<Twin>> {
    let rows = sqlx::query!(
        r#"WITH wanted AS MATERIALIZED (
               SELECT $1 AS inn, $2 AS kpp, $3 AS name, $4 AS address, $5::text[] AS phones, $6::text[] AS emails,
                      $7::uuid AS itself, $8::bigint AS most
           ), found AS (
               -- So much alike that creating needs a word: first, however many weaker ones there are.
               (SELECT id, 100 AS weight FROM companies
                WHERE (SELECT inn <> '' FROM wanted) AND inn = (SELECT inn FROM wanted)
                  AND (kpp = '' OR (SELECT kpp = '' FROM wanted) OR kpp = (SELECT kpp FROM wanted)) LIMIT 20)
               UNION ALL
               (SELECT id, 100 FROM companies
                WHERE (SELECT address <> '' FROM wanted)
                  AND address_key = (SELECT address FROM wanted) AND name_key = (SELECT name FROM wanted) LIMIT 20)
               UNION ALL
               (SELECT id, 8 FROM companies
                WHERE (SELECT inn <> '' FROM wanted) AND inn = (SELECT inn FROM wanted) LIMIT 50)
               UNION ALL
               (SELECT id, 6 FROM companies
                WHERE (SELECT name <> '' FROM wanted) AND name_key = (SELECT name FROM wanted) LIMIT 50)
               UNION ALL
               -- A part of a name: from three letters on, where the trigram index can help.
               (SELECT id, 2 FROM companies
                WHERE (SELECT char_length(name) >= 3 FROM wanted)
                  AND name_key LIKE (SELECT '%' || name || '%' FROM wanted) LIMIT 50)
               UNION ALL
               (SELECT id, 3 FROM companies
                WHERE (SELECT char_length(address) >= 8 FROM wanted)
                  AND address_key LIKE (SELECT '%' || address || '%' FROM wanted) LIMIT 50)
               UNION ALL
               (SELECT company_id, 4 FROM company_phones
                WHERE digits = ANY((SELECT phones FROM wanted)::text[]) AND digits <> '' LIMIT 50)
               UNION ALL
               (SELECT contact.company_id, 4
                FROM contact_phones AS phone JOIN contacts AS contact ON contact.id = phone.contact_id
                WHERE phone.digits = ANY((SELECT phones FROM wanted)::text[]) AND phone.digits <> ''
                  AND contact.company_id IS NOT NULL LIMIT 50)
               UNION ALL
               (SELECT company_id, 4 FROM company_emails
                WHERE lower(value) = ANY((SELECT emails FROM wanted)::text[]) LIMIT 50)
               UNION ALL
               (SELECT contact.company_id, 4
                FROM contact_emails AS email JOIN contacts AS contact ON contact.id = email.contact_id
                WHERE lower(email.value) = ANY((SELECT emails FROM wanted)::text[])
                  AND contact.company_id IS NOT NULL LIMIT 50)
               UNION ALL
               -- A КПП alone is shared by a whole tax office: the weakest sign.
               (SELECT id, 1 FROM companies
                WHERE (SELECT kpp <> '' FROM wanted) AND kpp = (SELECT kpp FROM wanted) AND kpp <> '' LIMIT 50)
           ), ranked AS (
               SELECT id, sum(weight) AS weight
               FROM (SELECT DISTINCT id, weight FROM found) AS once
               WHERE id IS DISTINCT FROM (SELECT itself FROM wanted)
                 -- Somebody said that these two are different companies.
                 AND NOT EXISTS (SELECT FROM duplicate_denials AS denial
                                 WHERE denial.one = LEAST(once.id, (SELECT itself FROM wanted))
                                   AND denial.two = GREATEST(once.id, (SELECT itself FROM wanted)))
               GROUP BY id
               ORDER BY weight DESC, id
               LIMIT (SELECT most FROM wanted)
           )
           SELECT company.id, company.name, company.inn, company.kpp, company.address,
                  COALESCE(branch.name, '') AS "branch!", COALESCE(person.name, '') AS "responsible!",
                  ($1 <> '' AND company.inn = $1) AS "same_inn!",
                  ($2 <> '' AND company.kpp = $2) AS "same_kpp!",
                  ($3 <> '' AND company.name_key = $3) AS "same_name!",
                  (char_length($3) >= 3 AND company.name_key LIKE '%' || $3 || '%') AS "like_name!",
                  ($4 <> '' AND company.address_key = $4) AS "same_address!",
                  (char_length($4) >= 8 AND company.address_key LIKE '%' || $4 || '%') AS "like_address!",
                  (EXISTS (SELECT FROM company_phones AS phone
                           WHERE phone.company_id = company.id AND phone.digits = ANY($5))
                   OR EXISTS (SELECT FROM contacts AS contact JOIN contact_phones AS phone ON phone.contact_id = contact.id
                              WHERE contact.company_id = company.id AND phone.digits = ANY($5))) AS "same_phone!",
                  (EXISTS (SELECT FROM company_emails AS email
                           WHERE email.company_id = company.id AND lower(email.value) = ANY($6))
                   OR EXISTS (SELECT FROM contacts AS contact JOIN contact_emails AS email ON email.contact_id = contact.id
                              WHERE contact.company_id = company.id AND lower(email.value) = ANY($6))) AS "same_email!"
           FROM ranked
           JOIN companies AS company ON company.id = ranked.id
           LEFT JOIN branches AS branch ON branch.id = company.branch_id
           LEFT JOIN users AS person ON person.id = company.responsible_id
           ORDER BY ranked.weight DESC, ranked.id"#,
        wanted.inn,
        wanted.kpp,
        wanted.name_key,
        wanted.address_key,
        &wanted.phones,
        &wanted.emails,
        wanted.but.map(|id| id.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| {
            let signs = [
                (row.same_inn, "ИНН"),
                (row.same_kpp, "КПП"),
                (row.same_name || row.like_name, "Название"),
                (row.same_address || row.like_address, "Адрес"),
                (row.same_phone, "Телефон"),
                (row.same_email, "E-mail"),
            ];
            let same_kpp = row.kpp.is_empty() || wanted.kpp.is_empty() || row.same_kpp;
            Twin {
                id: CompanyId(row.id),
                is_strong: (row.same_inn && same_kpp) || (row.same_name && row.same_address),
                name: row.name,
                inn: row.inn,
                kpp: row.kpp,
                address: row.address,
                branch: row.branch,
                responsible: row.responsible,
                reasons: signs
                    .into_iter()
                    .filter_map(|(is_same, reason)| is_same.then_some(reason))
                    .collect(),
            }
        })
        .collect())
}

/// Makes writers of the same ИНН, or of the same name and address, wait for each other; and all of them for an import.
pub(in crate::companies) async fn lock_twins(conn: &mut PgConnection, wanted: &Wanted) -> Sql<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared($1)", crate::companies::IMPORT_LOCK)
        .execute(&mut *conn)
        .await?;
    let mut keys = Vec::new();
    if !wanted.inn.is_empty() {
        keys.push(format!("company inn {}", wanted.inn));
    }
    if !wanted.address_key.is_empty() {
        keys.push(format!(
            "company name {} address {}",
            wanted.name_key, wanted.address_key
        ));
    }
    // One order for everybody, by the number that is locked: no two can wait for each other.
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(key)
         FROM (SELECT hashtextextended(key, 0) AS key FROM unnest($1::text[]) AS keys (key) ORDER BY 1) AS ordered",
        &keys,
    )
    .execute(conn)
    .await?;
    Ok(())
}

impl Wanted {
    /// What to compare of a company.
    pub(in crate::companies) fn of(fields: &Fields, but: Option<CompanyId>) -> Self {
        let phones = fields.phones.iter().map(|row| row.phone.digits.clone());
        Self {
            inn: fields.inn.clone(),
            kpp: fields.kpp.clone(),
            name_key: text::name_key(&fields.name),
            address_key: text::address_key(&fields.address),
            phones: phones.filter(|digits| !Phone::is_junk(digits)).collect(),
            emails: fields
                .emails
                .iter()
                .map(|row| row.value.as_str().to_lowercase())
                .collect(),
            but,
        }
    }
}
