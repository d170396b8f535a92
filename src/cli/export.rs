//! `export`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::base::bar;
use crate::app::App;
use crate::exports::{self, ExportList, Format, What, Wish};
use crate::values::text;

/// Which records.
#[derive(Clone, Copy, ValueEnum)]
enum Records {
    /// Компании
    Companies,
    /// Контакты
    Contacts,
    /// Компании и контакты
    Both,
}

/// Which file.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Точка с запятой и метка кодировки, для Excel
    Csv,
    /// Запятая без метки, для программ
    CsvComma,
    /// Книга Excel
    Xlsx,
}

/// `export`
#[derive(Args)]
pub(super) struct Export {
    /// Что выгрузить
    #[arg(long, value_enum, default_value = "both")]
    what: Records,
    /// В каком виде
    #[arg(long, value_enum, default_value = "csv")]
    format: Kind,
    /// Куда записать; файла ещё не должно быть
    #[arg(long)]
    out: PathBuf,
    /// Зачем: останется в журнале выгрузок
    #[arg(long)]
    reason: String,
    /// Фильтр списка компаний, как в адресе страницы: «status=3&branch=1»
    #[arg(long, default_value = "")]
    filter: String,
    /// Часовой пояс дат; по умолчанию `CRM_TIME_ZONE`
    #[arg(long)]
    time_zone: Option<chrono_tz::Tz>,
}

impl Export {
    pub(super) async fn run(self, app: &App) -> Result<()> {
        let wish = Wish {
            what: match self.what {
                Records::Companies => What::Companies,
                Records::Contacts => What::Contacts,
                Records::Both => What::Both,
            },
            format: match self.format {
                Kind::Csv => Format::Csv,
                Kind::CsvComma => Format::CsvComma,
                Kind::Xlsx => Format::Xlsx,
            },
            list: ExportList::Companies,
            query: self.filter.trim_start_matches('?').to_owned(),
            reason: self.reason,
            zone: self.time_zone.unwrap_or(app.config.time_zone),
        };
        let bar = bar(0);
        let progress = |done: i64, total: i64| {
            bar.set_length(total.unsigned_abs());
            bar.set_position(done.unsigned_abs());
        };
        let sent = exports::write_file(app, wish, &self.out, &progress).await?;
        bar.finish_and_clear();
        writeln!(
            std::io::stdout(),
            "Выгружено: {}, {}.",
            text::count(sent.rows, ["запись", "записи", "записей"]),
            text::size(sent.bytes),
        )?;
        Ok(())
    }
}
