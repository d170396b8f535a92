//! `backup` and `restore`.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::base::bar;
use crate::app::Clock;
use crate::config::Config;
use crate::db;
use crate::policy::Actor;
use crate::system::{self, Kind, Wanted};
use crate::values::time;

/// `backup`
#[derive(Args)]
pub(super) struct Backup {
    /// Куда записать копию; по умолчанию новый файл в папке backups данных
    #[arg(long)]
    out: Option<PathBuf>,
    /// Сколько копий, сделанных этой командой, оставить в папке backups; остальные удалить
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=365), conflicts_with = "out")]
    keep: Option<u16>,
    /// Положить в копию и секретный ключ: без него не прочесть вторые факторы и пароли почты. Такую копию храните как ключ
    #[arg(long)]
    with_secret_key: bool,
    /// Ничего не копировать, а проверить суммы готовой копии
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "keep", "with_secret_key"])]
    verify: Option<PathBuf>,
}

impl Backup {
    pub(super) async fn run(self, config: Config) -> Result<()> {
        if let Some(file) = self.verify {
            let zone = config.time_zone;
            let checked = tokio::task::spawn_blocking(move || {
                let bar = bar(0);
                system::verify(&file, &follow(&bar)).inspect(|_| bar.finish_and_clear())
            });
            let (rows, files, made_at) = checked.await??;
            let made_at = time::date_time(made_at, zone);
            writeln!(
                std::io::stdout(),
                "Копия цела. Сделана {made_at}, строк {rows}, файлов {files}."
            )?;
            return Ok(());
        }
        if !config.data_dir.join("postgres").exists() && config.database_url.is_none() {
            bail!("База данных ещё не создана: копировать нечего.");
        }
        let secret_key = if self.with_secret_key {
            use secrecy::ExposeSecret as _;
            Some(super::secret_key(&config)?.expose_secret().to_owned())
        } else {
            None
        };
        let wanted = Wanted {
            kind: Kind::Manual,
            out: self.out,
            secret_key,
        };
        let database = db::connect(&config).await?;
        let bar = bar(0);
        let made = system::make(&database.pool, &config, wanted, Clock::System.now(), &follow(&bar)).await;
        bar.finish_and_clear();
        database.close().await;
        let made = made?;
        tell(&made, self.with_secret_key)?;
        if let Some(keep) = self.keep {
            let removed = system::prune(&system::folder(&config), Kind::Manual, keep.into())?;
            writeln!(std::io::stdout(), "Удалено старых копий: {removed}.")?;
        }
        Ok(())
    }
}

/// Says what was copied, and what was not.
fn tell(made: &system::Made, has_key: bool) -> Result<()> {
    let key = if has_key {
        "В ней секретный ключ."
    } else {
        "Секретного ключа в ней нет, храните его отдельно."
    };
    let mut out = std::io::stdout();
    writeln!(
        out,
        "Копия готова: {}, {} КБ, строк {}, файлов {}. {key}",
        made.path.display(),
        made.bytes.div_ceil(1024),
        made.rows,
        made.files
    )?;
    if made.absent_files > 0 {
        writeln!(
            out,
            "Вложений, которых в копии нет, потому что они лежат в хранилище S3: {}. Их копируйте отдельно.",
            made.absent_files
        )?;
    }
    Ok(())
}

/// `restore`
#[derive(Args)]
pub(super) struct Restore {
    /// Файл копии
    file: PathBuf,
    /// Заменить данные, которые есть в базе; сначала с них делается копия
    #[arg(long)]
    replace: bool,
}

impl Restore {
    pub(super) async fn run(self, config: Config) -> Result<()> {
        if self.replace {
            writeln!(
                std::io::stderr(),
                "Данные этой базы будут заменены копией. С них сначала делается отдельная копия."
            )?;
        }
        let file = std::path::absolute(&self.file).context("имя файла не читается")?;
        let database = db::connect(&config).await?;
        let alone = database.pool.clone();
        let bar = bar(0);
        let told = follow(&bar);
        let now = Clock::System.now();
        let restored = system::restore(&alone, &config, (&file, self.replace), now, &told).await;
        bar.finish_and_clear();
        database.close().await;
        let restored = restored?;
        let mut out = std::io::stdout().lock();
        if let Some(before) = restored.before {
            writeln!(out, "Прежние данные сохранены: {}.", before.display())?;
        }
        writeln!(
            out,
            "Восстановлена копия от {}: строк {}, файлов {}.{}",
            time::date_time(restored.made_at, config.time_zone),
            restored.rows,
            restored.files,
            if restored.has_key {
                " Секретный ключ тоже."
            } else {
                " Секретного ключа в копии не было."
            }
        )?;
        writeln!(
            out,
            "Эта копия пассивна: она не отправляет писем и уведомлений. Сделать её рабочей: proficrm make-working."
        )?;
        Ok(())
    }
}

/// `make-working`
pub(super) async fn make_working(app: &crate::app::App) -> Result<()> {
    let was_passive = system::make_working(&app.db, &Actor::system()).await?;
    let text = if was_passive {
        "Копия стала рабочей: она снова отправляет письма и уведомления."
    } else {
        "Эта база и так рабочая."
    };
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

fn follow(bar: &indicatif::ProgressBar) -> impl Fn(u64, u64) + Send + Sync + '_ {
    |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    }
}
