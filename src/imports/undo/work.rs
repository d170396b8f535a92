//! Walks through the records of an import, contacts first.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::judge::Decision;
use super::{Line, Now, Remembered, Verdict, write};
use crate::app::App;
use crate::audit::{self, Event};
use crate::dictionaries::{self, Named};
use crate::error::{Error, Result};
use crate::imports::model::{Kind, UndoState};
use crate::imports::{queries, run};
use crate::policy::Actor;
use crate::values::{ImportId, UserId, text, time};
use crate::{accounts, companies};

/// Records of one transaction.
const CHUNK: i64 = 500;
/// So often an undoing is taken up without getting a chunk further.
const MOST_STALLS: i32 = 10;

/// An undoing, or a check of one, in somebody's hands.
pub(in crate::imports) struct Undoing {
    conn: PgConnection,
    id: ImportId,
    actor: Actor,
    file_name: String,
    is_real: bool,
    kind: Kind,
    after: Uuid,
    judged: i32,
    next_line: i32,
}

impl Undoing {
    /// Takes up an undoing that nobody has in hands. `None`: somebody has, or it is not at work, or cannot go on.
    pub(in crate::imports) async fn take_up(app: &App, id: ImportId) -> Result<Option<Self>> {
        let mut conn = run::session(app).await?;
        if !queries::try_hold(&mut conn, id).await? {
            return Ok(None);
        }
        let Some(kept) = queries::take_up_undo(&mut conn, id).await? else {
            return Ok(None);
        };
        if kept.stalls > MOST_STALLS {
            queries::finish_undo(&mut conn, id, UndoState::Failed, app.now()).await?;
            return Ok(None);
        }
        let users = accounts::users(app, &Actor::system()).await?;
        let by = users.iter().find(|user| kept.by.map(UserId) == Some(user.id));
        let actor = by.map_or_else(Actor::system, |user| Actor {
            user: Some(user.id),
            role: user.role,
            branch: user.branch,
        });
        let is_company = kept.entity == Kind::Company.code();
        Ok(Some(Self {
            next_line: queries::next_undo_line(&mut conn, id).await?,
            conn,
            id,
            actor,
            file_name: kept.file_name,
            is_real: kept.state == UndoState::Running,
            kind: if is_company { Kind::Company } else { Kind::Contact },
            after: kept.after,
            judged: kept.judged,
        }))
    }

    /// Deals with all records and ends, well or not.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: it is left as it is, for whoever takes it up.
    pub(in crate::imports) async fn work(mut self, app: &App) -> Result<()> {
        let walked = self.walk(app).await;
        if let Err(error) = &walked
            && !matches!(error, Error::Unavailable(_))
        {
            queries::finish_undo(&mut *app.db.acquire().await?, self.id, UndoState::Failed, app.now()).await?;
        }
        walked?;
        self.conn.close().await?;
        Ok(())
    }

    async fn walk(&mut self, app: &App) -> Result<()> {
        loop {
            let is_through = self.chunk(app.now()).await?;
            match (is_through, self.kind) {
                (false, _) => (),
                (true, Kind::Contact) => {
                    self.kind = Kind::Company;
                    self.after = Uuid::nil();
                }
                (true, Kind::Company) => break,
            }
        }
        self.end(app.now()).await
    }

    /// One transaction. Answers whether no record of this kind is left.
    async fn chunk(&mut self, now: DateTime<Utc>) -> Result<bool> {
        let mut tx = self.conn.begin().await?;
        let (id, kind) = (self.id, self.kind);
        queries::plan_anew(&mut tx, true).await?;
        let remembered = queries::remembered(&mut tx, id, (kind, self.after), CHUNK).await?;
        let Some(last) = remembered.last().map(|record| record.id) else {
            return Ok(true);
        };
        if self.is_real {
            companies::bulk::lock(&mut tx).await?;
        }
        let mut loaded = write::load(&mut tx, id, kind, (&remembered, self.is_real)).await?;
        let mut decisions: Vec<(Uuid, Decision)> = Vec::new();
        let mut lines = Vec::new();
        let mut changed = Vec::new();
        for record in &remembered {
            let Some(mut decision) = loaded.decide(kind, record) else {
                lines.extend(gone(kind, record));
                continue;
            };
            let stands = loaded.now.get(&record.id);
            if let (Some(verdict), Some(stands)) = (decision.verdict, stands) {
                if matches!(verdict, Verdict::Left | Verdict::Partly) {
                    changed.push((record.id, stands.company, record.updated_after));
                }
                lines.push(line(
                    kind,
                    record,
                    stands,
                    (verdict, std::mem::take(&mut decision.message)),
                ));
            }
            decisions.push((record.id, decision));
        }
        name_editors(&mut tx, kind, &changed, &mut lines).await?;
        queries::plan_anew(&mut tx, false).await?;
        if self.is_real {
            let judged = (&loaded, decisions);
            write::write(&mut tx, (id, kind, &self.file_name), judged, (&self.actor, now)).await?;
        }
        queries::add_undo_lines(&mut tx, id, self.next_line, &lines).await?;
        let judged = self.judged + i32::try_from(remembered.len()).unwrap_or(0);
        queries::count_undo(&mut tx, id, (kind, last), judged).await?;
        tx.commit().await?;
        self.next_line += i32::try_from(lines.len()).unwrap_or(0);
        self.after = last;
        self.judged = judged;
        Ok(false)
    }

    /// Entries of dictionaries that the import made go too, when nobody needs them. A check says which of them will.
    async fn end(&mut self, now: DateTime<Utc>) -> Result<()> {
        let mut tx = self.conn.begin().await?;
        let state = if self.is_real {
            UndoState::Done
        } else {
            UndoState::Checked
        };
        if !queries::finish_undo(&mut tx, self.id, state, now).await? {
            return Ok(());
        }
        let (statuses, spheres) = queries::made(&mut tx, self.id).await?;
        let mut lines = Vec::new();
        for (named, ids) in [(Named::Status, statuses), (Named::Sphere, spheres)] {
            let entries = if self.is_real {
                dictionaries::forget_unused(&mut tx, &self.actor, named, &ids).await?
            } else {
                queries::unused_then(&mut tx, self.id, named, &ids).await?
            };
            lines.extend(entries.into_iter().map(|(name, is_gone)| entry(named, name, is_gone)));
        }
        queries::add_undo_lines(&mut tx, self.id, self.next_line, &lines).await?;
        if self.is_real {
            let counts = queries::undo_counts(&mut tx, self.id).await?;
            let event = Event::new("undo", "import", self.id, words(&self.file_name, &counts));
            audit::record(&mut tx, &self.actor, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Adds to the lines who was the last to change what stays.
async fn name_editors(
    conn: &mut PgConnection,
    kind: Kind,
    changed: &[(Uuid, Option<Uuid>, DateTime<Utc>)],
    lines: &mut [Line],
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let editors = queries::editors(conn, kind, changed).await?;
    for line in lines {
        if let Some((name, at)) = line.record.and_then(|id| editors.get(&id)) {
            line.message = with_editor(&line.message, name, *at);
        }
    }
    Ok(())
}

fn line(kind: Kind, record: &Remembered, now: &Now, (verdict, message): (Verdict, String)) -> Line {
    Line {
        entity: kind.code().to_owned(),
        record: Some(record.id),
        title: now.title.clone(),
        verdict,
        message,
    }
}

/// A record that somebody has deleted meanwhile. One that was there before the import is nobody's business here.
fn gone(kind: Kind, record: &Remembered) -> Option<Line> {
    record.is_created.then(|| Line {
        entity: kind.code().to_owned(),
        record: Some(record.id),
        title: String::new(),
        verdict: Verdict::Left,
        message: "Уже удалено после загрузки, в корзину отмена не заглядывает".to_owned(),
    })
}

fn entry(named: Named, name: String, is_gone: bool) -> Line {
    let what = match named {
        Named::Status => "Статус в справочнике",
        Named::Sphere => "Сфера в справочнике",
    };
    let (verdict, why) = if is_gone {
        (Verdict::Removed, "загрузка добавила, больше ни у кого")
    } else {
        (Verdict::Left, "изменяли или указано у компаний")
    };
    Line {
        entity: "name".to_owned(),
        record: None,
        title: name,
        verdict,
        message: format!("{what}: {why}"),
    }
}

/// «Изменено после загрузки (Пётр Тестов, 25.11.2026)»
fn with_editor(message: &str, name: &str, at: DateTime<Utc>) -> String {
    let day = time::date(at.date_naive());
    if name.is_empty() {
        format!("{message} ({day})")
    } else {
        format!("{message} ({name}, {day})")
    }
}

fn words(file_name: &str, counts: &[(Verdict, i64)]) -> String {
    let of = |wanted: &[Verdict]| {
        let counts = counts.iter().filter(|(verdict, _)| wanted.contains(verdict));
        text::number(counts.map(|(_, count)| *count).sum())
    };
    format!(
        "Загрузка файла «{file_name}» отменена: удалено {}, возвращено {}, оставлено {}",
        of(&[Verdict::Removed]),
        of(&[Verdict::Restored, Verdict::Partly]),
        of(&[Verdict::Left]),
    )
}
