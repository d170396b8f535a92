//! The beginning of an export: nothing leaves before it is written down.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;

use super::ask::{filter_words, select};
use super::run::Run;
use crate::accounts::{self, User};
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::error::{Error, Result};
use crate::exports::model::{Counts, Format, HEAD_ROWS, MOST_EXCEL_ROWS, Wish};
use crate::exports::queries::{self, Selection};
use crate::exports::sheet::{Layout, Words};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::Origin;
use crate::values::text::{self, fold};

/// An export that is written down and has a snapshot of the base, but has given nothing away yet.
pub(crate) struct Begun {
    /// How many records it will have.
    pub(crate) expected: i64,
    /// What the file is called.
    pub(crate) file_name: String,
    /// What is left to do.
    pub(in crate::exports) run: Run,
}

const BUSY: &str = "Сейчас идут две другие выгрузки. Подождите, пока одна из них закончится, и нажмите ещё раз.";
const TOO_LONG: &str = "На лист Excel столько строк не поместится: выберите CSV или сузьте фильтр.";

/// Enters an export.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Invalid`] with sentences at `reason`, `format` or for the whole form.
pub(crate) async fn begin(app: &App, actor: &Actor, origin: &Origin, wish: Wish) -> Result<Begun> {
    check(actor, Action::ExportBase, Ties::default())?;
    let wish = wish.checked()?;
    let words = words(app, actor, &wish).await?;
    let filter = filter_words(app, actor, (wish.list, &wish.query)).await?;
    // Its own session: closed with the export, whatever happens, and with it go its snapshot and its turn.
    let mut conn = app.db.acquire().await?.detach();
    queries::prepare(&mut conn).await?;
    if !queries::take_slot(&mut conn).await? {
        return Err(Error::field("", BUSY));
    }
    queries::take_snapshot(&mut conn).await?;
    let selection = select(app, &mut conn, actor, (wish.list, &wish.query)).await?;
    let expected = count(&mut conn, &selection).await?.of(wish.what);
    if wish.format == Format::Xlsx && expected + HEAD_ROWS > MOST_EXCEL_ROWS {
        return Err(Error::field("format", TOO_LONG));
    }
    let number = enter(app, (actor, origin), &wish, (&filter, expected)).await?;
    queries::hold(&mut conn, number).await?;
    let layout = Layout::of(wish.what);
    let watermark = layout.watermark(&marks(app, actor, (number, origin)).await?);
    let day = app.now().with_timezone(&wish.zone).format("%Y-%m-%d");
    let file_name = format!("{}_{day}_{number}.{}", wish.what.code(), wish.format.extension());
    Ok(Begun {
        expected,
        file_name,
        run: Run {
            conn,
            number,
            what: wish.what,
            format: wish.format,
            selection,
            layout,
            watermark,
            words: Words {
                zone: wish.zone,
                ..words
            },
        },
    })
}

async fn count(conn: &mut PgConnection, selection: &Selection) -> Result<Counts> {
    let (companies, contacts) = queries::count(conn, selection).await?;
    Ok(Counts { companies, contacts })
}

/// Writes the export and its event down, for good, before the first byte.
async fn enter(
    app: &App,
    (actor, origin): (&Actor, &Origin),
    wish: &Wish,
    (filter, expected): (&str, i64),
) -> Result<i64> {
    let mut tx = app.begin().await?;
    let number = queries::begin(&mut tx, (actor, origin), wish, (filter, expected), app.now()).await?;
    let mut changes = Changes::default();
    for (name, value) in [
        ("what", wish.what.label()),
        ("format", wish.format.label()),
        ("filter", filter),
        ("reason", &wish.reason),
        ("rows", &expected.to_string()),
    ] {
        changes.compare(name, "", value);
    }
    let rows = text::count(expected, ["запись", "записи", "записей"]);
    let message = format!("Выгрузка № {number}: {}, {rows}", wish.what.label().to_lowercase());
    let event = Event::new("export", "export", number, message)
        .with(changes)
        .from(origin);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(number)
}

/// What the first row says.
async fn marks(app: &App, actor: &Actor, (number, origin): (i64, &Origin)) -> Result<[String; 4]> {
    let login = match actor.user {
        Some(user) => accounts::find_user(app, actor, user).await?.username,
        None => "system".to_owned(),
    };
    Ok([
        format!("{}{number}", text::WATERMARK),
        format!("USER={login}"),
        format!("IP={}", origin.ip),
        format!("TS={}", app.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
    ])
}

async fn words(app: &App, actor: &Actor, wish: &Wish) -> Result<Words> {
    let users = accounts::users(app, actor).await?;
    let mut conn = app.db.acquire().await?;
    Ok(Words {
        people: names(&users),
        spheres: queries::spheres(&mut conn).await?,
        zone: wish.zone,
    })
}

/// Names, but logins of those who share theirs: the import must not take one for the other.
fn names(users: &[User]) -> HashMap<i64, String> {
    let (mut seen, mut shared) = (HashSet::new(), HashSet::new());
    for user in users {
        if !seen.insert(fold(&user.name)) {
            shared.insert(fold(&user.name));
        }
    }
    let name = |user: &User| {
        let is_shared = shared.contains(&fold(&user.name));
        let name = if is_shared { &user.username } else { &user.name };
        (user.id.0, name.clone())
    };
    users.iter().map(name).collect()
}
