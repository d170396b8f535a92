//! Reminding people of contracts that end.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::App;
use crate::companies::paths;
use crate::companies::queries::reminders::{Ending, ending};
use crate::error::Result;
use crate::notifications::{self, Kind, Notice};
use crate::policy::Actor;
use crate::values::{text, time};

/// Reminders of one transaction.
const BATCH: usize = 200;

/// The periodic work: whoever is responsible is told that a contract ends within thirty days, and once more within
/// fourteen, by the calendar of that person. A day on which no process ran is made up for on the next one. Several processes may
/// do it at once: everything is told under a key.
pub(crate) async fn remind_of_contracts(app: &App) -> Result<()> {
    let mut after = (FIRST, Uuid::nil());
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    loop {
        let mut tx = app.begin().await?;
        let found = ending(&mut tx, app.now(), app.config.time_zone.name(), after, limit).await?;
        for contract in &found {
            notifications::tell(&mut tx, &Actor::system(), notice(app, contract)).await?;
        }
        tx.commit().await?;
        match found.last() {
            Some(last) if found.len() == BATCH => after = (last.until, last.company.0),
            _ => return Ok(()),
        }
    }
}

/// Before all contracts.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day");

fn notice(app: &App, contract: &Ending) -> Notice {
    let kind = if contract.days > 14 {
        Kind::ContractMonth
    } else {
        Kind::ContractFortnight
    };
    let mut notice = Notice::new(kind, app.now());
    if contract.days == 0 {
        notice = notice.titled("Договор заканчивается сегодня");
    } else if contract.days != 30 && contract.days != 14 {
        let days = i64::from(contract.days);
        let left = text::plural(days, ["остался", "осталось", "осталось"]);
        let days = text::count(days, ["день", "дня", "дней"]);
        notice = notice.titled(format!("До окончания договора {left} {days}"));
    }
    notice
        .to([contract.responsible])
        .saying(format!("{}: до {}", contract.name, time::date(contract.until)))
        .linking(paths::show(contract.company))
        .about("company", contract.company)
        .once(&contract.key)
}
