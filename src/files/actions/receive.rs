//! A file arrives piece by piece and lies in the store before anything speaks of it.

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::error::{Error, Result};
use crate::files::kinds::{self, HEAD, Kind};
use crate::files::model::{MOST_LONE, StoredFile, clean_name, most_bytes};
use crate::files::queries;
use crate::policy::{Action, Actor, Ties, check};
use crate::store::Writer;
use crate::values::FileId;

/// So long a file waits for what it was sent for.
const WAITS: TimeDelta = TimeDelta::days(1);

/// A file on its way in. Dropped in the middle, it leaves nothing that its disposal does not clear.
pub(in crate::files) struct Receiver {
    app: App,
    actor: Actor,
    name: String,
    promised: Option<&'static Kind>,
    key: String,
    writer: Writer,
    head: Vec<u8>,
    hash: Sha256,
    size: usize,
}

/// Keeps bytes that did not come as a file of a form; they wait for what they are kept for.
///
/// # Errors
/// [`Error::Invalid`] at `file` for what is not taken.
pub(crate) async fn keep(app: &App, actor: &Actor, name: &str, bytes: &[u8]) -> Result<StoredFile> {
    let mut receiver = Receiver::begin(app, actor, name).await?;
    receiver.write(bytes).await?;
    receiver.finish().await
}

impl Receiver {
    /// Begins. The key is known to the database before the store knows it.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `file` for what is not taken.
    pub(in crate::files) async fn begin(app: &App, actor: &Actor, typed_name: &str) -> Result<Self> {
        check(actor, Action::AddNote, Ties::default())?;
        let name = clean_name(typed_name);
        let promised = kinds::by_name(&name).map_err(refused)?;
        let key = hex::encode(rand::random::<[u8; 16]>());
        let mut conn = app.db.acquire().await?;
        if queries::count_lone(&mut conn, actor).await? >= MOST_LONE {
            return Err(refused(format!(
                "Файл «{name}» не принят: у вас больше {MOST_LONE} файлов, никуда не приложенных. Через сутки они \
                 удалятся сами."
            )));
        }
        queries::dispose(&mut conn, std::slice::from_ref(&key), app.now() + WAITS).await?;
        Ok(Self {
            writer: app.files.write(&key)?,
            app: app.clone(),
            actor: *actor,
            name,
            promised,
            key,
            head: Vec::with_capacity(HEAD),
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// Takes the next piece; what is over the limit is told at [`Self::finish`].
    pub(in crate::files) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len();
        if self.size > self.most() {
            return Ok(());
        }
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.hash.update(bytes);
        self.writer.write(bytes).await
    }

    /// Ends: the file lies in the store and waits for a holder.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `file` for what is not taken.
    pub(in crate::files) async fn finish(self) -> Result<StoredFile> {
        let kind = match self.judge() {
            Ok(kind) => kind,
            Err(sentence) => {
                self.writer.abort().await?;
                return Err(refused(sentence));
            }
        };
        self.writer.finish().await?;
        let file = StoredFile {
            id: FileId::new(),
            holder: None,
            key: self.key,
            name: self.name,
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            content_type: kind.content_type.to_owned(),
            sha256: hex::encode(self.hash.finalize()),
        };
        let mut conn = self.app.db.acquire().await?;
        queries::insert(&mut conn, &self.actor, &file, self.app.now()).await?;
        Ok(file)
    }

    /// The most bytes of such a file.
    fn most(&self) -> usize {
        most_bytes(self.promised.is_some_and(Kind::is_letter))
    }

    fn judge(&self) -> Result<&'static Kind, String> {
        let name = &self.name;
        if self.size == 0 {
            Err(format!("Файл «{name}» не принят: он пуст."))
        } else if self.size > self.most() {
            Err(format!(
                "Файл «{name}» не принят: он больше {} МБ.",
                self.most() / 1024 / 1024
            ))
        } else {
            kinds::by_bytes(name, self.promised, &self.head)
        }
    }
}

fn refused(sentence: String) -> Error {
    Error::field("file", sentence)
}
