//! The command line: one binary, `serve` by default.

mod accounts;
mod base;
mod copies;
mod export;

use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Parser, Subcommand};
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

use crate::app::{App, Clock};
use crate::config::{self, Config, LogFormat};
use crate::error::Error;
use crate::{db, doctor, server, system, verify};

/// CRM ПРОФИ: CRM для отдела продаж. Без команды запускает сервер.
#[derive(Parser)]
#[command(name = "proficrm", version, about, long_about = None)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Запустить сервер (по умолчанию)
    Serve,
    /// Обновить базу данных до версии программы
    Migrate,
    /// Создать администратора
    CreateAdmin(accounts::CreateAdmin),
    /// Задать пользователю новый пароль и завершить его сеансы
    ResetPassword(accounts::ResetPassword),
    /// Загрузить выгрузку amoCRM: контакты, компании, сделки (CSV, XLSX, XLS, ODS)
    ImportAmo(base::ImportAmo),
    /// Выгрузить компании и контакты в файл
    Export(export::Export),
    /// Наполнить базу выдуманными компаниями
    SeedDemo(base::SeedDemo),
    /// Создать выдуманную выгрузку amoCRM для проверки загрузки
    GenerateAmo(base::GenerateAmo),
    /// Показать все адреса: метод, путь, вход, право
    Routes {
        /// В формате JSON
        #[arg(long)]
        json: bool,
    },
    /// Сделать копию всего: базы и файлов
    Backup(copies::Backup),
    /// Восстановить всё из копии; сервер должен быть остановлен
    Restore(copies::Restore),
    /// Сделать восстановленную копию рабочей: она снова отправляет письма и уведомления
    MakeWorking,
    /// Проверить целостность данных; код 1, если что-то нарушено
    Verify,
    /// Проверить всё вокруг программы: базу, диск, часы, ключ, файлы, копии; код 1, если что-то не работает
    Doctor {
        /// В формате JSON
        #[arg(long)]
        json: bool,
        /// Сверить все файлы с их байтами, а не выборку
        #[arg(long)]
        deep: bool,
        /// Код 1 и тогда, когда есть только предупреждения
        #[arg(long)]
        strict: bool,
    },
    /// Спросить работающий сервер, готов ли он
    Healthcheck,
}

/// Runs the program and answers its exit code: 0 done, 1 refused or failed with one sentence, 2 wrong usage.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match prepare().and_then(|config| dispatch(cli.command.unwrap_or(Command::Serve), config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// One line for people: the causes after the first are joined by colons.
fn sentence(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Error>() {
        Some(Error::Invalid(errors)) => errors.sentences().collect::<Vec<_>>().join(" "),
        _ => format!("{error:#}"),
    }
}

fn prepare() -> Result<Config> {
    config::load_dotenv()?;
    let (filter, format) = config::log_settings()?;
    let filter = EnvFilter::try_new(&filter)
        .ok()
        .with_context(|| format!("CRM_LOG: «{filter}» is not a filter"))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Pretty => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Config::from_env()
}

fn dispatch(command: Command, config: Config) -> Result<()> {
    match command {
        Command::Routes { json } => return print_routes(json),
        Command::Healthcheck => return server::healthcheck(&config),
        Command::GenerateAmo(command) => return command.run(),
        _ => (),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        match command {
            Command::Serve => server::serve(config).await,
            Command::Backup(command) => command.run(config).await,
            Command::Restore(command) => command.run(config).await,
            Command::MakeWorking => with_app(config, async |app| copies::make_working(app).await).await,
            Command::Doctor { json, deep, strict } => {
                let options = doctor::Options {
                    is_json: json,
                    is_deep: deep,
                    is_strict: strict,
                };
                doctor::run(config, options).await
            }
            Command::Migrate => with_app(config, async |_| Ok(())).await,
            Command::CreateAdmin(command) => with_app(config, async |app| command.run(app).await).await,
            Command::ResetPassword(command) => with_app(config, async |app| command.run(app).await).await,
            Command::ImportAmo(command) => with_app(config, async |app| command.run(app).await).await,
            Command::Export(command) => with_app(config, async |app| command.run(app).await).await,
            Command::SeedDemo(command) => with_app(config, async |app| command.run(app).await).await,
            Command::Verify => with_app(config, async |app| verify::run(app).await).await,
            Command::Routes { .. } | Command::Healthcheck | Command::GenerateAmo(_) => Ok(()),
        }
    });
    // Whoever still reads a large copy to verify it is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(5));
    ended
}

/// Connects, migrates, works, and closes in order, whether the work went well or not.
async fn with_app(config: Config, work: impl AsyncFnOnce(&App) -> Result<()>) -> Result<()> {
    let key = secret_key(&config)?;
    let database = db::connect(&config).await?;
    let worked = match system::upgrade(&database.pool, &config, Clock::System.now()).await {
        Ok(()) => work(&App::new(database.pool.clone(), config, Clock::System, key)).await,
        Err(error) => Err(error),
    };
    database.close().await;
    worked
}

/// `CRM_SECRET_KEY`, or the one kept in the data folder; made once, mode 0600.
pub(crate) fn secret_key(config: &Config) -> Result<SecretString> {
    if let Some(key) = &config.secret_key {
        return Ok(key.clone());
    }
    let path: PathBuf = config.data_dir.join("secret.key");
    if let Ok(text) = std::fs::read_to_string(&path) {
        let text = text.trim().to_owned();
        anyhow::ensure!(
            text.len() >= 32,
            "{}: ключ повреждён (короче 32 знаков)",
            path.display()
        );
        return Ok(text.into());
    }
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("CRM_DATA_DIR: папку {} не удаётся создать", config.data_dir.display()))?;
    let key = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    // Written under another name and linked: two starters agree on one key, and a half-written one is never read.
    let draft = config.data_dir.join(format!("secret.key.{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, &path);
    std::fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(key.into()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Ok(std::fs::read_to_string(&path)?.trim().to_owned().into())
        }
        Err(error) => Err(error).with_context(|| format!("{}: не удаётся записать", path.display())),
    }
}

fn print_routes(json: bool) -> Result<()> {
    let list = server::route_list();
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&list)?)?;
    } else {
        for route in list {
            writeln!(
                out,
                "{:<5} {:<50} {:<8} {}",
                route.method, route.path, route.auth, route.action
            )?;
        }
    }
    Ok(())
}
