use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};

use super::binaries::parse_major;
use super::place::{Place, User, find_user, socket_dir};
use super::throw_away::{folder, settings};
use super::{Cluster, throw_away};

async fn answers(url: &str) -> bool {
    let Ok(mut conn) = PgConnection::connect(url).await else {
        return false;
    };
    sqlx::query("SELECT 1").execute(&mut conn).await.is_ok()
}

async fn eventually_answers(url: &str) -> bool {
    let deadline = Instant::now() + Duration::from_mins(1);
    while Instant::now() < deadline {
        if answers(url).await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

fn postmaster(data_dir: &Path) -> Pid {
    let file = data_dir.join("postgres/data/postmaster.pid");
    let text = std::fs::read_to_string(file).unwrap();
    Pid::from_raw(text.lines().next().unwrap().trim().parse().unwrap()).unwrap()
}

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let dir = folder("killed").unwrap();
    let cluster = Cluster::start(settings(&dir)).unwrap();
    assert!(cluster.is_owner());
    let url = cluster.database_url("crm");
    assert!(answers(&url).await);

    let before = postmaster(&dir);
    kill_process(before, Signal::KILL).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;

    assert!(eventually_answers(&url).await);
    assert_ne!(before, postmaster(&dir));
    cluster.stop();
    assert!(!answers(&url).await);
}

#[tokio::test]
async fn a_second_process_attaches_and_takes_over_when_the_first_ends() {
    let dir = folder("second").unwrap();
    let first = Cluster::start(settings(&dir)).unwrap();
    let second = Cluster::start(settings(&dir)).unwrap();
    assert!(first.is_owner());
    assert!(!second.is_owner());
    let url = second.database_url("crm");

    drop(first);

    assert!(eventually_answers(&url).await);
    let deadline = Instant::now() + Duration::from_secs(10);
    while !second.is_owner() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(second.is_owner());
}

#[tokio::test]
async fn one_that_attached_leaves_the_server_running() {
    let dir = folder("attached").unwrap();
    let first = Cluster::start(settings(&dir)).unwrap();
    let second = Cluster::start(settings(&dir)).unwrap();

    drop(second);

    assert!(answers(&first.database_url("crm")).await);
}

#[tokio::test]
async fn three_at_once_share_one_server() {
    let dir = folder("three").unwrap();
    let starters: Vec<_> = (0..3)
        .map(|_| {
            let settings = settings(&dir);
            thread::spawn(move || Cluster::start(settings).unwrap())
        })
        .collect();
    let clusters: Vec<Cluster> = starters.into_iter().map(|starter| starter.join().unwrap()).collect();

    assert_eq!(1, clusters.iter().filter(|cluster| cluster.is_owner()).count());
    for cluster in &clusters {
        assert!(answers(&cluster.database_url("crm")).await);
    }
}

#[test]
fn a_folder_made_by_several_at_once_is_whole_for_each() {
    let dir = folder("whole").unwrap();
    let place = Place::choose(&dir).unwrap();
    for number in 0..200 {
        let wanted = dir.join(number.to_string());
        thread::scope(|scope| {
            let makers: Vec<_> = (0..4).map(|_| scope.spawn(|| place.make_private(&wanted))).collect();
            for maker in makers {
                maker.join().unwrap().unwrap();
            }
        });
    }
}

#[tokio::test]
async fn a_missing_database_is_made_and_the_text_functions_know_cyrillic() {
    let cluster = throw_away("cyrillic").unwrap();
    let mut conn = PgConnection::connect(&cluster.database_url("crm")).await.unwrap();
    let (folded, listens): (String, String) =
        sqlx::query_as("SELECT lower('ЁЖИК'), current_setting('listen_addresses')")
            .fetch_one(&mut conn)
            .await
            .unwrap();

    assert_eq!("ёжик", folded);
    assert_eq!("", listens);
}

#[test]
fn an_older_or_newer_cluster_is_refused_in_plain_words() {
    let dir = folder("refused").unwrap();
    let data = dir.join("postgres/data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&data, Some(65534), Some(65534)).unwrap();
    }

    let error = Cluster::start(settings(&dir)).err().unwrap().to_string();

    assert!(error.contains("made by PostgreSQL 9"), "{error}");
}

#[test]
fn versions_are_read() {
    assert_eq!(
        Some(15),
        parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")
    );
    assert_eq!(Some(18), parse_major("postgres (PostgreSQL) 18beta1"));
    assert_eq!(None, parse_major("something else"));
}

#[test]
fn users_are_found() {
    let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104::/var/lib/postgresql:/bin/sh\n";
    assert_eq!(Some(User { uid: 101, gid: 104 }), find_user(passwd, "postgres"));
    assert_eq!(None, find_user(passwd, "nobody"));
}

#[test]
fn a_long_path_moves_the_socket() {
    let short = Path::new("/srv/crm/postgres");
    assert_eq!(short.join("run"), socket_dir(short));
    let long = socket_dir(&Path::new("/srv").join("x".repeat(120)));
    assert!(long.starts_with("/tmp"));
    assert!(!socket_dir(Path::new("/srv/a,b")).starts_with("/srv"));
}
