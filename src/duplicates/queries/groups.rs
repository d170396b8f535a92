//! Pairs and groups as they are kept.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::Sql;
use crate::db::Place;
use crate::duplicates::model::{Filter, Group, Member, Pair, Shown};
use crate::values::CompanyId;

/// Whoever writes pairs and groups holds this advisory lock: two at once would give one card to two groups.
const LOCK: i64 = 0x0043_524d_0007;

/// Waits for other writers of groups, until the transaction ends.
pub(in crate::duplicates) async fn lock(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LOCK)
        .execute(conn)
        .await?;
    Ok(())
}

/// These cards, those that are in a pair with them, and all that are in one group with any of these.
pub(in crate::duplicates) async fn kin(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"WITH near AS (
               SELECT unnest($1::uuid[]) AS id
               UNION
               SELECT two FROM duplicate_pairs WHERE one = ANY($1)
               UNION
               SELECT one FROM duplicate_pairs WHERE two = ANY($1)
           )
           SELECT id AS "id!" FROM near
           UNION
           SELECT kin.company_id
           FROM near
           JOIN duplicate_members AS member ON member.company_id = near.id
           JOIN duplicate_members AS kin ON kin.group_id = member.group_id"#,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Forgets the pairs of these cards.
pub(in crate::duplicates) async fn drop_pairs(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<()> {
    sqlx::query!("DELETE FROM duplicate_pairs WHERE one = ANY($1) OR two = ANY($1)", ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds pairs, but for those that were said to be none.
async fn insert_pairs(conn: &mut PgConnection, pairs: &[Pair]) -> Sql<()> {
    let one: Vec<Uuid> = pairs.iter().map(|pair| pair.one).collect();
    let two: Vec<Uuid> = pairs.iter().map(|pair| pair.two).collect();
    let reasons: Vec<i16> = pairs.iter().map(|pair| pair.reasons).collect();
    let strength: Vec<i16> = pairs.iter().map(|pair| pair.strength).collect();
    sqlx::query!(
        "INSERT INTO duplicate_pairs (one, two, reasons, strength)
         SELECT pair.one, pair.two, pair.reasons, pair.strength
         FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[]) AS pair (one, two, reasons, strength)
         WHERE NOT EXISTS (SELECT FROM duplicate_denials AS denial
                           WHERE denial.one = pair.one AND denial.two = pair.two)
         ON CONFLICT (one, two) DO UPDATE SET reasons = excluded.reasons, strength = excluded.strength",
        &one,
        &two,
        &reasons,
        &strength,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The pairs that these cards have among themselves.
async fn pairs_among(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Pair>> {
    sqlx::query_as!(
        Pair,
        "SELECT one, two, reasons, strength FROM duplicate_pairs WHERE one = ANY($1) AND two = ANY($1)",
        ids,
    )
    .fetch_all(conn)
    .await
}

/// In the place of whatever groups these cards were in, puts `groups`.
pub(in crate::duplicates) async fn replace(
    conn: &mut PgConnection,
    ids: &[Uuid],
    (pairs, groups): (&[Pair], impl FnOnce(Vec<Pair>) -> Vec<Group>),
) -> Sql<()> {
    sqlx::query!(
        "DELETE FROM duplicate_groups
         WHERE id IN (SELECT group_id FROM duplicate_members WHERE company_id = ANY($1))",
        ids,
    )
    .execute(&mut *conn)
    .await?;
    insert_pairs(conn, pairs).await?;
    let all = pairs_among(conn, ids).await?;
    insert_groups(conn, &groups(all)).await
}

/// Puts these pairs in the place of all that are known, and answers those that were not denied.
pub(in crate::duplicates) async fn replace_all(
    conn: &mut PgConnection,
    pairs: &[Pair],
    groups: impl FnOnce(Vec<Pair>) -> Vec<Group>,
) -> Sql<()> {
    sqlx::query!("DELETE FROM duplicate_groups").execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM duplicate_pairs").execute(&mut *conn).await?;
    insert_pairs(conn, pairs).await?;
    let all = sqlx::query_as!(Pair, "SELECT one, two, reasons, strength FROM duplicate_pairs")
        .fetch_all(&mut *conn)
        .await?;
    insert_groups(conn, &groups(all)).await
}

async fn insert_groups(conn: &mut PgConnection, groups: &[Group]) -> Sql<()> {
    let ids: Vec<Uuid> = groups.iter().map(|group| group.id).collect();
    let reasons: Vec<i16> = groups.iter().map(|group| group.reasons).collect();
    let strength: Vec<i16> = groups.iter().map(|group| group.strength).collect();
    sqlx::query!(
        "INSERT INTO duplicate_groups (id, reasons, strength)
         SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::smallint[])",
        &ids,
        &reasons,
        &strength,
    )
    .execute(&mut *conn)
    .await?;
    let members = groups
        .iter()
        .flat_map(|group| group.members.iter().map(|member| (*member, group.id)));
    let (members, of): (Vec<Uuid>, Vec<Uuid>) = members.unzip();
    sqlx::query!(
        "INSERT INTO duplicate_members (company_id, group_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])",
        &members,
        &of,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A page of groups that have at least two living cards, the strongest first, `limit + 1` rows; without their members.
pub(in crate::duplicates) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    place: &Place,
    limit: i64,
) -> Sql<Vec<Shown>> {
    const LIVING: &str = "FROM duplicate_members AS member JOIN companies AS company ON company.id = member.company_id
        WHERE member.group_id = cards.id";
    let mut sql = QueryBuilder::<Postgres>::new("SELECT id, reasons, strength FROM duplicate_groups AS cards WHERE ");
    sql.push(format!(
        "(SELECT count(*) FROM (SELECT {LIVING} LIMIT 2) AS living) = 2"
    ));
    if let Some(reason) = filter.reason {
        sql.push(" AND reasons & ").push_bind(reason as i16).push(" <> 0");
    }
    if let Some(responsible) = filter.responsible {
        sql.push(format!(" AND EXISTS (SELECT {LIVING} AND company.responsible_id = "));
        sql.push_bind(responsible.0).push(")");
    }
    if let Some(branch) = filter.branch {
        sql.push(format!(" AND EXISTS (SELECT {LIVING} AND company.branch_id = "));
        sql.push_bind(branch.0).push(")");
    }
    if let Place::After(cursor) | Place::Before(cursor) = place {
        let sign = if place.is_backward() { ">" } else { "<" };
        sql.push(format!(" AND (strength, id) {sign} ("));
        sql.push_bind(cursor.key.parse::<i16>().unwrap_or_default())
            .push(", ")
            .push_bind(cursor.id)
            .push(")");
    }
    let order = if place.is_backward() { "ASC" } else { "DESC" };
    sql.push(format!(" ORDER BY strength {order}, id {order} LIMIT "));
    sql.push_bind(limit + 1);
    let rows = sql.build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(Shown {
                id: row.try_get("id")?,
                reasons: row.try_get("reasons")?,
                strength: row.try_get("strength")?,
                members: Vec::new(),
            })
        })
        .collect()
}

/// The living cards of these groups, those with the most on them first.
pub(in crate::duplicates) async fn members(
    conn: &mut PgConnection,
    groups: &[Uuid],
) -> Sql<HashMap<Uuid, Vec<Member>>> {
    let rows = sqlx::query!(
        r#"SELECT member.group_id, company.id, company.name, company.inn, company.kpp, company.address,
                  company.updated_at, COALESCE(person.name, '') AS "responsible!",
                  COALESCE(branch.name, '') AS "branch!",
                  COALESCE((SELECT CASE WHEN phone.e164 = '' THEN phone.raw ELSE phone.e164 END
                            FROM company_phones AS phone
                            WHERE phone.company_id = company.id
                            ORDER BY phone.position, phone.id LIMIT 1), '') AS "phone!",
                  (SELECT count(*) FROM contacts WHERE company_id = company.id) AS "contacts!",
                  (SELECT count(*) FROM notes WHERE company_id = company.id) AS "notes!"
           FROM duplicate_members AS member
           JOIN companies AS company ON company.id = member.company_id
           LEFT JOIN users AS person ON person.id = company.responsible_id
           LEFT JOIN branches AS branch ON branch.id = company.branch_id
           WHERE member.group_id = ANY($1)
           ORDER BY company.created_at, company.id"#,
        groups,
    )
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<Uuid, Vec<Member>> = HashMap::new();
    for row in rows {
        found.entry(row.group_id).or_default().push(Member {
            id: CompanyId(row.id),
            name: row.name,
            inn: row.inn,
            kpp: row.kpp,
            address: row.address,
            phone: row.phone,
            responsible: row.responsible,
            branch: row.branch,
            contacts: row.contacts,
            notes: row.notes,
            updated_at: row.updated_at,
            is_editable: false,
        });
    }
    for members in found.values_mut() {
        members.sort_by_key(|member| -(member.contacts + member.notes));
    }
    Ok(found)
}
