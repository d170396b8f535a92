//! The application as a test sees it.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use chrono::{TimeDelta, TimeZone as _, Utc};
use ipnet::IpNet;

use super::client::Client;
use super::database;
use crate::app::{App, Clock};
use crate::config::{Config, Fcm};
use crate::policy::{Actor, Role};
use crate::push::Push;
use crate::store::Store;
use crate::values::{BranchId, UserId};

/// The password of everybody in tests.
pub(crate) const PASSWORD: &str = "правильный пароль";

/// A whole application on a database of its own, with a clock that stands still.
pub(crate) struct TestApp {
    /// What actions are given.
    pub(crate) app: App,
    router: Router,
    clock: Arc<AtomicI64>,
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl TestApp {
    /// Monday, 23 November 2026, noon in Moscow.
    pub(crate) async fn new() -> Self {
        let start = Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).single().expect("a moment");
        let clock = Arc::new(AtomicI64::new(start.timestamp_micros()));
        let pool = database::migrated().await;
        let key = "a key of tests, not shorter than it has to be".to_owned().into();
        let mut app = App::new(pool, config(), Clock::Fixed(clock.clone()), key);
        app.files = Store::in_memory();
        let router = crate::server::router(&app);
        Self { app, router, clock }
    }

    /// A second process on the same database.
    pub(crate) fn twin(&self) -> Self {
        let app = App {
            heartbeat: Arc::default(),
            opened: Arc::default(),
            works: Arc::default(),
            standing: Arc::default(),
            live: Arc::default(),
            pace: Arc::default(),
            ..self.app.clone()
        };
        Self {
            router: crate::server::router(&app),
            app,
            clock: self.clock.clone(),
        }
    }

    /// Another process on the same database, by which sleeping phones are woken; a passive copy wakes nobody.
    pub(crate) fn waking(&self, fcm: &Fcm, passive: bool) -> Self {
        let mut twin = self.twin();
        let config = (*twin.app.config).clone();
        twin.app.config = Arc::new(Config { passive, ..config });
        twin.app.push = Some(Push::new(fcm.clone()));
        twin.router = crate::server::router(&twin.app);
        twin
    }

    /// The same with connections of its own, which may be closed; the database knows them as `page of its own`.
    pub(crate) fn reconnected(&self) -> Self {
        let (pool, options) = (self.app.db.options().clone(), self.app.db.connect_options());
        let mut twin = self.twin();
        twin.app.db = pool.connect_lazy_with((*options).clone().application_name("page of its own"));
        twin.router = crate::server::router(&twin.app);
        twin
    }

    /// Hears the words of the database, as a running process does, until what is answered is dropped.
    pub(crate) async fn ear(&self) -> Ear {
        let app = self.app.clone();
        let ear = Ear(tokio::spawn(async move { crate::jobs::listen(&app).await }));
        while !self.app.live.is_heard() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        ear
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock
            .fetch_add(time.num_microseconds().expect("a short time"), Ordering::Relaxed);
    }

    /// A browser that has not signed in.
    pub(crate) fn browser(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// A browser for another router, such as one that fails.
    #[expect(clippy::unused_self, reason = "reads as app.browser_of(…)")]
    pub(crate) fn browser_of(&self, router: Router) -> Client {
        Client::new(router)
    }

    /// A browser in which this login has signed in, through the page.
    pub(crate) async fn signed_in(&self, username: &str) -> Client {
        let mut browser = self.browser();
        browser.sign_in(username, PASSWORD).await.expect_redirect();
        browser
    }

    /// A program that has signed in for tokens; answers its refresh token too.
    pub(crate) async fn program(&self, username: &str) -> (Client, String) {
        let mut client = self.browser();
        let login = serde_json::json!({"username": username, "password": PASSWORD});
        let answer = client.call(axum::http::Method::POST, "/api/token/", login).await;
        let tokens = answer.expect(200).json();
        client.bear(tokens["access"].as_str().expect("an access token"));
        (client, tokens["refresh"].as_str().expect("a refresh token").to_owned())
    }

    /// A connection, for builders and for looking.
    pub(crate) async fn conn(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.app.db.acquire().await.expect("a connection")
    }

    /// A branch.
    pub(crate) async fn branch(&self, code: &str) -> BranchId {
        let id: i64 = sqlx::query_scalar("INSERT INTO branches (code, name) VALUES ($1, $1) RETURNING id")
            .bind(code)
            .fetch_one(&self.app.db)
            .await
            .expect("a branch");
        BranchId(id)
    }

    /// A person of this role and branch; signs in with [`PASSWORD`].
    pub(crate) async fn person(&self, username: &str, role: Role, branch: Option<BranchId>) -> Actor {
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO users (username, password_hash, first_name, last_name, role, branch_id)
             VALUES ($1, $2, $1, 'Тестов', $3, $4) RETURNING id",
        )
        .bind(username)
        .bind(password_hash().await)
        .bind(role.code())
        .bind(branch.map(|id| id.0))
        .fetch_one(&self.app.db)
        .await
        .expect("a person");
        Actor {
            user: Some(UserId(id)),
            role,
            branch,
        }
    }
}

/// Ends the listening when it is dropped.
pub(crate) struct Ear(tokio::task::JoinHandle<()>);

impl Drop for Ear {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Hashed once for the run: argon2 is slow on purpose.
async fn password_hash() -> &'static str {
    use tokio::sync::OnceCell;
    static HASH: OnceCell<String> = OnceCell::const_new();
    HASH.get_or_init(|| async {
        use argon2::PasswordHasher as _;
        argon2::Argon2::default()
            .hash_password(PASSWORD.as_bytes())
            .expect("a hash")
            .to_string()
    })
    .await
}

fn config() -> Config {
    let listen: SocketAddr = ([127, 0, 0, 1], 8000).into();
    Config {
        database_url: None,
        // Nobody, not even root, makes a folder there.
        data_dir: "/dev/null/data".into(),
        pg_bin: None,
        listen,
        public_url: "http://127.0.0.1:8000".to_owned(),
        secret_key: None,
        time_zone: chrono_tz::Europe::Moscow,
        trusted_proxies: vec!["127.0.0.1/32".parse::<IpNet>().expect("a network")],
        passive: true,
        fcm: None,
        s3: None,
        backup_before_migrate: true,
        backup_at: chrono::NaiveTime::from_hms_opt(3, 30, 0),
        backup_keep: 14,
        metrics_listen: None,
    }
}
