//! Which cards look like one company.

use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use uuid::Uuid;

use super::Sql;
use crate::duplicates::model::Pair;

/// Pairs among all companies, or those that have one of these in them. Keys that too many share say nothing: a number of
/// an accountant, an address of a business centre.
pub(in crate::duplicates) async fn pairs(conn: &mut PgConnection, of: Option<&[Uuid]>) -> Sql<Vec<Pair>> {
    #[derive(FromRow)]
    struct Row {
        one: Uuid,
        two: Uuid,
        reasons: i16,
        strength: i16,
    }
    let sql = statement(of.is_some());
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(of).fetch_all(conn).await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Pair {
            one: row.one,
            two: row.two,
            reasons: row.reasons,
            strength: row.strength,
        })
        .collect())
}

/// The whole base is read once for each sign; of some cards, only those that share a key with them.
fn statement(is_of_some: bool) -> String {
    let among = |condition: &str| {
        if is_of_some {
            format!("AND {condition}")
        } else {
            String::new()
        }
    };
    STATEMENT
        .replace(
            "{of}",
            if is_of_some {
                "$1::uuid[]"
            } else {
                "COALESCE($1::uuid[], '{}')"
            },
        )
        .replace("{inn}", &among("inn IN (SELECT inn FROM mine)"))
        .replace("{phone}", &among("digits IN (SELECT digits FROM my_phones)"))
        .replace("{email}", &among("lower(value) IN (SELECT value FROM my_emails)"))
        .replace("{name}", &among("name_key IN (SELECT name_key FROM mine)"))
        .replace("{address}", &among("address_key IN (SELECT address_key FROM mine)"))
        .replace("{whole}", if is_of_some { "AND false" } else { "" })
        .replace("{pair}", &among("(pair.one = ANY($1) OR pair.two = ANY($1))"))
}

/// Cards whose name and address both differ a little are looked for among those with the same numbers in the address and
/// the same beginning of the name, in the whole base only: an index of trigrams would take 80 ms for each card.
///
/// Two cards of one ИНН with different КПП are branches of one client, and no duplicates whatever else they share.
/// A card without КПП may be any of a client's branches: where there are several, it says little. Different ИНН make every other sign half as strong.
const STATEMENT: &str = r"
WITH mine AS MATERIALIZED (
    SELECT id, inn, name_key, address_key FROM companies WHERE id = ANY({of})
), my_phones AS MATERIALIZED (
    SELECT digits FROM company_phones WHERE company_id IN (SELECT id FROM mine)
    UNION
    SELECT phone.digits FROM contacts AS contact JOIN contact_phones AS phone ON phone.contact_id = contact.id
    WHERE contact.company_id IN (SELECT id FROM mine)
), my_emails AS MATERIALIZED (
    SELECT lower(value) AS value FROM company_emails WHERE company_id IN (SELECT id FROM mine)
    UNION
    SELECT lower(email.value) FROM contacts AS contact JOIN contact_emails AS email ON email.contact_id = contact.id
    WHERE contact.company_id IN (SELECT id FROM mine)
), inns AS MATERIALIZED (
    SELECT inn AS key, kpp, id FROM companies WHERE inn <> '' AND inn !~ '^(.)\1*$' {inn}
), phones AS MATERIALIZED (
    SELECT digits AS key, company_id AS id FROM company_phones
    WHERE digits <> '' AND char_length(digits) = 10 {phone}
    UNION
    SELECT phone.digits, contact.company_id
    FROM contact_phones AS phone JOIN contacts AS contact ON contact.id = phone.contact_id
    WHERE digits <> '' AND char_length(digits) = 10 AND contact.company_id IS NOT NULL {phone}
), emails AS MATERIALIZED (
    SELECT lower(value) AS key, company_id AS id FROM company_emails WHERE true {email}
    UNION
    SELECT lower(email.value), contact.company_id
    FROM contact_emails AS email JOIN contacts AS contact ON contact.id = email.contact_id
    WHERE contact.company_id IS NOT NULL {email}
), names AS MATERIALIZED (
    SELECT name_key AS key, id, address_key FROM companies WHERE name_key <> '' AND address_key <> '' {name}
), addresses AS MATERIALIZED (
    SELECT address_key AS key, id, name_key FROM companies WHERE name_key <> '' AND address_key <> '' {address}
), alike AS MATERIALIZED (
    SELECT array_to_string(text_numbers(address_key), ' ') || '|' || left(regexp_replace(name_key, '[^a-zа-я]+', '', 'g'), 3)
               AS key,
           id, name_key, address_key
    FROM companies WHERE name_key <> '' AND address_key ~ '[0-9]' {whole}
), signs AS (
    SELECT one.id AS one, two.id AS two, 1 AS reason,
           CASE WHEN one.kpp <> two.kpp AND fit.branches > 1 THEN 50 ELSE 100 END AS strength
    FROM (SELECT key, count(DISTINCT NULLIF(kpp, '')) AS branches
          FROM inns GROUP BY key HAVING count(*) BETWEEN 2 AND 30) AS fit
    JOIN inns AS one USING (key) JOIN inns AS two USING (key)
    WHERE one.id < two.id
    UNION ALL
    SELECT one.id, two.id, 2, 45
    FROM (SELECT key FROM phones
          WHERE key !~ '(.)\1{6}$' AND key NOT IN ('1234567890', '0123456789', '9876543210')
          GROUP BY key HAVING count(*) BETWEEN 2 AND 4) AS fit
    JOIN phones AS one USING (key) JOIN phones AS two USING (key)
    WHERE one.id < two.id
    UNION ALL
    SELECT one.id, two.id, 4, 45
    FROM (SELECT key FROM emails GROUP BY key HAVING count(*) BETWEEN 2 AND 4) AS fit
    JOIN emails AS one USING (key) JOIN emails AS two USING (key)
    WHERE one.id < two.id
    UNION ALL
    SELECT one.id, two.id, 8, CASE WHEN one.address_key = two.address_key THEN 90 ELSE 65 END
    FROM (SELECT key FROM names GROUP BY key HAVING count(*) BETWEEN 2 AND 30) AS fit
    JOIN names AS one USING (key) JOIN names AS two USING (key)
    WHERE one.id < two.id AND addresses_look_alike(one.address_key, two.address_key)
    UNION ALL
    SELECT one.id, two.id, 8, CASE WHEN one.name_key = two.name_key THEN 90 ELSE 65 END
    FROM (SELECT key FROM addresses WHERE key ~ '[0-9]' GROUP BY key HAVING count(*) BETWEEN 2 AND 30) AS fit
    JOIN addresses AS one USING (key) JOIN addresses AS two USING (key)
    WHERE one.id < two.id AND names_look_alike(one.name_key, two.name_key)
    UNION ALL
    SELECT one.id, two.id, 8, 45
    FROM (SELECT key FROM alike GROUP BY key HAVING count(*) BETWEEN 2 AND 30) AS fit
    JOIN alike AS one USING (key) JOIN alike AS two USING (key)
    WHERE one.id < two.id AND one.name_key <> two.name_key AND one.address_key <> two.address_key
      AND similarity(one.name_key, two.name_key) >= 0.6 AND names_look_alike(one.name_key, two.name_key)
      AND addresses_look_alike(one.address_key, two.address_key)
), strongest AS (
    SELECT one, two, reason, max(strength) AS strength FROM signs GROUP BY one, two, reason
), pair AS (
    SELECT one, two, bit_or(reason) AS reasons, sum(strength) AS strength FROM strongest GROUP BY one, two
)
SELECT pair.one, pair.two, pair.reasons::smallint AS reasons,
       LEAST(100, CASE WHEN one.inn <> '' AND two.inn <> '' AND one.inn <> two.inn
                       THEN pair.strength / 2 ELSE pair.strength END)::smallint AS strength
FROM pair
JOIN companies AS one ON one.id = pair.one
JOIN companies AS two ON two.id = pair.two
WHERE NOT (one.inn = two.inn AND one.inn <> '' AND one.kpp <> '' AND two.kpp <> '' AND one.kpp <> two.kpp) {pair}";
