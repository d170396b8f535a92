//! `import-amo`, `seed-demo` and `generate-amo`.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::App;
use crate::db;
use crate::demo::amo::Layout;
use crate::demo::{self, SeedOptions};
use crate::imports::{self, ImportOptions, KeyBy, OnKnown};
use crate::policy::Actor;
use crate::values::text;

/// `import-amo`
#[derive(Args)]
pub(super) struct ImportAmo {
    /// Файл выгрузки: CSV до 128 МБ или книга XLSX, XLS, ODS до 64 МБ в распакованном виде; до 100 000 строк и 300
    /// столбцов. Кодировка, разделитель и вид выгрузки определяются сами
    #[arg(long)]
    csv: PathBuf,
    /// Только проверить: ничего не записывать
    #[arg(long)]
    dry_run: bool,
    /// Часовой пояс дат в файле; по умолчанию `CRM_TIME_ZONE`
    #[arg(long)]
    time_zone: Option<chrono_tz::Tz>,
    /// Что делать с записями, которые уже есть: `follow` (дополнить и обновить записанное прошлым импортом), `fill`
    /// (только заполнить пустое), `overwrite` (заменить всё), `skip` (не трогать)
    #[arg(long, default_value = "follow", value_parser = on_known)]
    on_known: OnKnown,
    /// По чему узнавать компании: `auto` (ID amoCRM, затем ИНН, затем название и адрес), `inn`, `amo_id`, `name_address`
    #[arg(long, default_value = "auto", value_parser = key)]
    key: KeyBy,
    /// Куда записать решение по каждой строке (CSV)
    #[arg(long)]
    report: Option<PathBuf>,
}

impl ImportAmo {
    pub(super) async fn run(self, app: &App) -> Result<()> {
        let bytes = std::fs::read(&self.csv).with_context(|| format!("{}: не читается", self.csv.display()))?;
        let options = ImportOptions {
            file_name: self
                .csv
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            is_dry_run: self.dry_run,
            time_zone: self.time_zone.unwrap_or(app.config.time_zone),
            mapping: None,
            key: self.key,
            on_known: self.on_known,
        };
        let bar = bar(0);
        let progress = |done: u64, total: u64| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let summary = imports::run(app, &Actor::system(), bytes, options, &progress).await?;
        bar.finish_and_clear();
        if let Some(path) = &self.report {
            let file = std::fs::File::create(path).with_context(|| format!("{}: не создаётся", path.display()))?;
            imports::write_report(app, summary.id, BufWriter::new(file)).await?;
        }
        let mut out = std::io::stdout().lock();
        if self.dry_run {
            writeln!(out, "Проверка, ничего не записано.")?;
        }
        writeln!(
            out,
            "Строк: {}. Добавлено: {}, обновлено: {}, без изменений: {}, пропущено: {}, отклонено: {}.",
            text::number(summary.rows),
            text::number(summary.created),
            text::number(summary.updated),
            text::number(summary.unchanged),
            text::number(summary.skipped),
            text::number(summary.refused),
        )?;
        Ok(())
    }
}

fn on_known(code: &str) -> Result<OnKnown, String> {
    OnKnown::from_code(code).ok_or_else(|| "выберите follow, fill, overwrite или skip".to_owned())
}

fn layout(code: &str) -> Result<Layout, String> {
    let known = || Layout::ALL.map(Layout::code).join(", ");
    Layout::from_code(code).ok_or_else(|| format!("выберите один из видов: {}", known()))
}

fn key(code: &str) -> Result<KeyBy, String> {
    KeyBy::from_code(code).ok_or_else(|| "выберите auto, inn, amo_id или name_address".to_owned())
}

/// `seed-demo`
#[derive(Args)]
pub(super) struct SeedDemo {
    /// Сколько компаний добавить
    #[arg(long, default_value_t = 2_000)]
    companies: u64,
    /// Пароль выдуманных сотрудников; без него войти под ними нельзя
    #[arg(long)]
    password: Option<String>,
}

impl SeedDemo {
    pub(super) async fn run(self, app: &App) -> Result<()> {
        let password_hash = match &self.password {
            Some(password) => crate::accounts::hash_demo_password(app, password).await?,
            None => String::new(),
        };
        let bar = bar(self.companies);
        // Filling and indexing a large base takes longer than a page may.
        let mut conn = db::owner(&app.db).await?;
        let options = SeedOptions {
            companies: self.companies,
            seed: 1,
            now: app.now(),
            password_hash,
        };
        let made = demo::seed(&mut conn, options, &|done| bar.set_position(done)).await?;
        bar.finish_and_clear();
        writeln!(
            std::io::stdout(),
            "Добавлено: компаний {}, контактов {}, телефонов {}, e-mail {}, заметок {}, задач {}, сотрудников {}.",
            made.companies,
            made.contacts,
            made.phones,
            made.emails,
            made.notes,
            made.tasks,
            made.users,
        )?;
        Ok(())
    }
}

/// `generate-amo`
#[derive(Args)]
pub(super) struct GenerateAmo {
    /// Сколько строк
    #[arg(long, default_value_t = 1_000)]
    rows: u64,
    /// Куда записать
    #[arg(long)]
    out: PathBuf,
    /// Вид файла: contacts-and-companies, contacts-2022 (со сдвинутым заголовком), companies, contacts, leads-2022,
    /// xlsx-2025 (сделки, контакты и компании книгой XLSX), template (шаблон импорта), excel (пересохранён в Excel:
    /// «;» и cp1251), broken-quotes
    #[arg(long, default_value = "contacts-and-companies", value_parser = layout)]
    layout: Layout,
    /// Зерно: один и тот же файл при одном и том же числе
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// С ошибками, какие бывают в настоящих выгрузках
    #[arg(long)]
    dirty: bool,
}

impl GenerateAmo {
    pub(super) fn run(self) -> Result<()> {
        let file = std::fs::File::create(&self.out).with_context(|| format!("{}: не создаётся", self.out.display()))?;
        let options = demo::amo::AmoOptions {
            layout: self.layout,
            rows: self.rows,
            seed: self.seed,
            dirty: self.dirty,
        };
        let mut out = BufWriter::new(file);
        demo::amo::write(&mut out, options)?;
        out.flush()?;
        writeln!(std::io::stdout(), "Записано: {}", self.out.display())?;
        Ok(())
    }
}

/// A bar on a terminal, nothing elsewhere.
pub(super) fn bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed}, осталось {eta}");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
