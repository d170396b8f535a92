//! Before an export: what it would be, and who may not.

use sqlx::PgConnection;

use crate::app::App;
use crate::audit::{self, Event};
use crate::companies;
use crate::contacts::PeopleFilter;
use crate::error::{Error, Result};
use crate::exports::model::{Counts, List, Wish};
use crate::exports::queries::{self, Selection};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::Origin;

/// What the form tells before anything is taken away.
pub(crate) struct Outlook {
    /// How many records there are.
    pub(crate) counts: Counts,
    /// The list's filter in words; empty: all records.
    pub(crate) filter: String,
}

/// What an export of this list would be.
pub(crate) async fn outlook(app: &App, actor: &Actor, (list, query): (List, &str)) -> Result<Outlook> {
    check(actor, Action::ExportBase, Ties::default())?;
    let filter = filter_words(app, actor, (list, query)).await?;
    let mut conn = app.db.acquire().await?;
    let selection = select(app, &mut conn, actor, (list, query)).await?;
    let (companies, contacts) = queries::count(&mut conn, &selection).await?;
    Ok(Outlook {
        counts: Counts { companies, contacts },
        filter,
    })
}

/// The records of a list.
pub(super) async fn select(
    app: &App,
    conn: &mut PgConnection,
    actor: &Actor,
    (list, query): (List, &str),
) -> Result<Selection> {
    Ok(match list {
        List::Companies => {
            let filter = companies::filter_of(app, actor, query).await?;
            Selection::Companies(Box::new(companies::select(app, conn, actor, filter).await?))
        }
        List::People => Selection::People(people_filter(query)),
    })
}

/// The filter of a list in words; empty: it lets all records through.
pub(super) async fn filter_words(app: &App, actor: &Actor, (list, query): (List, &str)) -> Result<String> {
    if list == List::Companies {
        let filter = companies::filter_of(app, actor, query).await?;
        return companies::filter_words(app, &filter).await;
    }
    let filter = people_filter(query);
    let search = (!filter.q.is_empty()).then(|| format!("Поиск: {}", filter.q));
    let lone = filter.is_lone.then(|| "Без компании".to_owned());
    let words: Vec<String> = search.into_iter().chain(lone).collect();
    Ok(words.join(", "))
}

fn people_filter(query: &str) -> PeopleFilter {
    let (mut q, mut is_lone) = (String::new(), false);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "q" => q = value.into_owned(),
            "lone" => is_lone = true,
            _ => (),
        }
    }
    PeopleFilter::read(&q, is_lone)
}

/// Lets administrators pass; of anybody else's try the log keeps who it was, and from where.
///
/// # Errors
/// [`Error::Denied`], after the try was written down.
pub(crate) async fn refuse(app: &App, actor: &Actor, origin: &Origin, wish: &Wish) -> Result<()> {
    let Err(denied) = check(actor, Action::ExportBase, Ties::default()) else {
        return Ok(());
    };
    let mut tx = app.begin().await?;
    let number = queries::refuse(&mut tx, (actor, origin), wish, app.now()).await?;
    let message = "Попытка выгрузить базу без права на это";
    let event = Event::new("export_refused", "export", number, message).from(origin);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Err::<(), Error>(denied)
}
