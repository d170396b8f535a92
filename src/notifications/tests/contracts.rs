//! Contracts that end.

use chrono::{NaiveDate, TimeDelta};

use super::{Office, id, office};
use crate::companies::remind_of_contracts;
use crate::policy::Actor;
use crate::values::CompanyId;

impl Office {
    async fn contract(&self, name: &str, owner: &Actor, until: &str) -> CompanyId {
        let company = self.company(name, owner).await;
        self.execute(format!(
            "UPDATE companies SET contract_until = '{until}' WHERE id = '{company}'"
        ))
        .await;
        company
    }

    async fn remind(&self) {
        remind_of_contracts(&self.app.app).await.expect("reminded");
    }

    /// What a person was told, without the links.
    async fn reminded(&self, actor: &Actor) -> Vec<String> {
        let told = self.told(actor).await;
        told.iter()
            .map(|line| line.rsplit_once(" | ").expect("a link").0.to_owned())
            .collect()
    }
}

/// Today is 23.11.2026.
#[tokio::test]
async fn thirty_and_fourteen_days_before_the_end_whoever_is_responsible_is_told_once() {
    let office = office().await;
    office.contract("Месяц", &office.petrov, "2026-12-23").await;
    office.contract("Рано", &office.petrov, "2026-12-24").await;
    office.contract("Прошло", &office.petrov, "2026-11-22").await;
    for _ in 0..2 {
        office.remind().await;
    }
    let month = "До окончания договора остался месяц | Месяц: до 23.12.2026";
    assert_eq!(office.reminded(&office.petrov).await, [month]);
    // On the sixteenth day the server is off; on the seventeenth thirteen are left.
    office.app.pass(TimeDelta::days(17));
    office.remind().await;
    let told = office.reminded(&office.petrov).await;
    let expected = [
        month,
        "До окончания договора осталось 13 дней | Месяц: до 23.12.2026",
        "До окончания договора осталось 2 недели | Рано: до 24.12.2026",
    ];
    assert_eq!(told, expected, "and not once more that a month was left");
    office.app.pass(TimeDelta::days(13));
    office.remind().await;
    assert_eq!(office.reminded(&office.petrov).await, expected);
}

#[tokio::test]
async fn a_new_term_and_a_new_responsible_are_told_anew() {
    let office = office().await;
    let company = office.contract("Ромашка", &office.petrov, "2026-11-30").await;
    office.contract("Сегодня", &office.petrov, "2026-11-23").await;
    office.remind().await;
    assert_eq!(
        office.reminded(&office.petrov).await,
        [
            "Договор заканчивается сегодня | Сегодня: до 23.11.2026",
            "До окончания договора осталось 7 дней | Ромашка: до 30.11.2026",
        ]
    );
    office
        .execute(format!(
            "UPDATE companies SET contract_until = '2026-12-02', responsible_id = {} WHERE id = '{company}'",
            id(&office.ivanova)
        ))
        .await;
    office.remind().await;
    assert_eq!(office.reminded(&office.petrov).await.len(), 2);
    assert_eq!(
        office.reminded(&office.ivanova).await,
        ["До окончания договора осталось 9 дней | Ромашка: до 02.12.2026"]
    );
}

#[tokio::test]
async fn days_are_those_of_the_person() {
    let office = office().await;
    for (person, zone) in [
        (&office.petrov, "Asia/Kamchatka"),
        (&office.ivanova, "Europe/Kaliningrad"),
    ] {
        office
            .execute(format!(
                "UPDATE users SET time_zone = '{zone}' WHERE id = {}",
                id(person)
            ))
            .await;
    }
    office.contract("Восток", &office.petrov, "2026-12-24").await;
    office.contract("Запад", &office.ivanova, "2026-12-24").await;
    // Noon in Moscow is 21:00 in Kamchatka.
    office.app.pass(TimeDelta::hours(3) - TimeDelta::seconds(1));
    office.remind().await;
    assert_eq!(office.reminded(&office.petrov).await, [""; 0]);
    office.app.pass(TimeDelta::seconds(1));
    office.remind().await;
    assert_eq!(office.reminded(&office.petrov).await.len(), 1);
    // And midnight comes to Kaliningrad ten hours later.
    office.app.pass(TimeDelta::hours(10) - TimeDelta::seconds(1));
    office.remind().await;
    assert_eq!(office.reminded(&office.ivanova).await, [""; 0]);
    office.app.pass(TimeDelta::seconds(1));
    office.remind().await;
    assert_eq!(office.reminded(&office.ivanova).await.len(), 1);
}

#[tokio::test]
async fn many_contracts_are_gone_through_by_two_processes_and_each_is_told_once() {
    let office = office().await;
    let day = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
    office
        .execute(format!(
            "INSERT INTO companies (id, name, name_key, responsible_id, contract_until)
             SELECT gen_random_uuid(), 'Компания ' || n, n::text, {}, '{day}'::date + n % 20
             FROM generate_series(1, 450) AS n",
            id(&office.petrov)
        ))
        .await;
    let twin = office.app.twin();
    let (one, two) = tokio::join!(remind_of_contracts(&office.app.app), remind_of_contracts(&twin.app));
    one.expect("reminded");
    two.expect("reminded");
    assert_eq!(office.told(&office.petrov).await.len(), 450);
}
