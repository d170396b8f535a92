//! Memory over a long time: many people who look at everything and write now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::browser::Connection;
use crate::load::{Row, Target};
use crate::server::Server;

const PEOPLE: usize = 16;
/// Between an answer and the next question.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells the memory of the server each minute; a person is one open connection that asks anything of `rows`.
pub(crate) async fn measure(server: &Server, target: &Target, rows: Vec<Row>, minutes: u64) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(minutes * 60);
    let (rows, asked, failed) = (Arc::new(rows), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut people = tokio::task::JoinSet::new();
    for _ in 0..PEOPLE {
        let mut connection = Connection::open(target.address, &target.cookie, true).await?;
        let (rows, asked, failed) = (Arc::clone(&rows), Arc::clone(&asked), Arc::clone(&failed));
        people.spawn(async move {
            while Instant::now() < until {
                let row = &rows[rand::random_range(0..rows.len())];
                let answer = connection.ask((row.next)()).await?;
                asked.fetch_add(1, Ordering::Relaxed);
                failed.fetch_add(u64::from(answer.status != row.expected), Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
            anyhow::Ok(())
        });
    }
    println!("| minute | answers | others than expected | resident, MiB |\n|---:|---:|---:|---:|");
    for minute in 1..=minutes {
        tokio::time::sleep(Duration::from_mins(1)).await;
        let (asked, failed) = (asked.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
        println!("| {minute} | {asked} | {failed} | {} |", server.resident());
    }
    while let Some(person) = people.join_next().await {
        person??;
    }
    println!("\nResident at most: {} MiB", server.most_resident());
    Ok(())
}
