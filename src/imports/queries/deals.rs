//! What imports remember of deals.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::imports::deals::{KnownDeal, NoteNow, NoteState, Rewritten};
use crate::imports::judge::DealMark;
use crate::values::{ImportId, NoteId};

/// Deals that are known already, by what they are known.
pub(in crate::imports) async fn deals(conn: &mut PgConnection, uids: &[String]) -> Sql<HashMap<String, KnownDeal>> {
    if uids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT deal.uid, deal.import_id, deal.owner_id, deal.note_id, deal.text_sha256,
                  encode(sha256(convert_to(note.text, 'UTF8')), 'hex') AS now_sha256,
                  note.company_id AS "company_id?", note.text AS "text?", note.edited_at,
                  run.undo_state = 'done' AS "is_undone!"
           FROM import_deals AS deal
           JOIN imports AS run ON run.id = deal.import_id
           LEFT JOIN notes AS note ON note.id = deal.note_id
           WHERE deal.uid = ANY($1)"#,
        uids,
    )
    .fetch_all(conn)
    .await?;
    let deals = rows.into_iter().map(|row| {
        let note = match (row.note_id.map(NoteId), row.now_sha256) {
            (None, _) => NoteState::OfContact,
            (Some(_), None) => NoteState::Gone,
            (Some(id), Some(now)) if now == row.text_sha256 => NoteState::Ours(id),
            (Some(id), Some(_)) => NoteState::Edited(id),
        };
        let now = row.company_id.zip(row.text).map(|(company, text)| NoteNow {
            company,
            text,
            edited_at: row.edited_at,
            import: row.import_id,
        });
        let known = KnownDeal {
            owner: row.owner_id,
            sha256: row.text_sha256,
            note,
            is_undone: row.is_undone,
            now,
        };
        (row.uid, known)
    });
    Ok(deals.collect())
}

/// Remembers deals as they were written just now.
pub(in crate::imports) async fn remember_deals(
    conn: &mut PgConnection,
    import: ImportId,
    deals: &[DealMark],
) -> Sql<()> {
    if deals.is_empty() {
        return Ok(());
    }
    let uids: Vec<&str> = deals.iter().map(|deal| deal.uid.as_str()).collect();
    let owners: Vec<Uuid> = deals.iter().map(|deal| deal.owner).collect();
    let notes: Vec<Option<i64>> = deals.iter().map(|deal| deal.note_id.map(|id| id.0)).collect();
    let sums: Vec<&str> = deals.iter().map(|deal| deal.sha256.as_str()).collect();
    sqlx::query!(
        "INSERT INTO import_deals (uid, import_id, owner_id, note_id, text_sha256)
         SELECT DISTINCT ON (row.uid) row.uid, $1, row.owner, row.note, row.sum
         FROM unnest($2::text[], $3::uuid[], $4::bigint[], $5::text[]) WITH ORDINALITY
              AS row (uid, owner, note, sum, place)
         ORDER BY row.uid, row.place DESC
         ON CONFLICT (uid) DO UPDATE
         SET import_id = EXCLUDED.import_id, owner_id = EXCLUDED.owner_id, note_id = EXCLUDED.note_id,
             text_sha256 = EXCLUDED.text_sha256",
        import.0,
        &uids as &[&str],
        &owners,
        &notes as &[Option<i64>],
        &sums as &[&str],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers deals again as they were before an import wrote their notes anew.
pub(in crate::imports) async fn give_deals_back(
    conn: &mut PgConnection,
    import: ImportId,
    deals: &[&Rewritten],
) -> Sql<()> {
    let uids: Vec<&str> = deals.iter().map(|deal| deal.uid.as_str()).collect();
    let imports: Vec<Uuid> = deals.iter().map(|deal| deal.import).collect();
    let owners: Vec<Uuid> = deals.iter().map(|deal| deal.owner).collect();
    let sums: Vec<&str> = deals.iter().map(|deal| deal.sha256.as_str()).collect();
    sqlx::query!(
        "UPDATE import_deals AS deal
         SET import_id = row.import, owner_id = row.owner, text_sha256 = row.sum
         FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::text[]) AS row (uid, import, owner, sum)
         WHERE deal.uid = row.uid AND deal.import_id = $1",
        import.0,
        &uids as &[&str],
        &imports,
        &owners,
        &sums as &[&str],
    )
    .execute(conn)
    .await?;
    Ok(())
}
