//! `create-admin` and `reset-password`.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::accounts;
use crate::app::App;
use crate::policy::Actor;
use crate::values::Origin;

/// `create-admin`
#[derive(Args)]
pub(super) struct CreateAdmin {
    /// Логин
    #[arg(long)]
    username: String,
    /// Файл с паролем; без него пароль читается со стандартного ввода
    #[arg(long)]
    password_file: Option<PathBuf>,
    /// Имя
    #[arg(long, default_value = "")]
    first_name: String,
    /// Фамилия
    #[arg(long, default_value = "")]
    last_name: String,
}

impl CreateAdmin {
    pub(super) async fn run(self, app: &App) -> Result<()> {
        let password = read_password(self.password_file.as_deref())?;
        let admin = accounts::NewAdmin {
            username: self.username.trim().to_owned(),
            first_name: self.first_name.trim().to_owned(),
            last_name: self.last_name.trim().to_owned(),
            password,
        };
        let username = admin.username.clone();
        accounts::create_admin(app, admin).await?;
        writeln!(
            std::io::stdout(),
            "Администратор {username} создан. Вход: {}/login/",
            app.config.public_url
        )?;
        Ok(())
    }
}

/// `reset-password`
#[derive(Args)]
pub(super) struct ResetPassword {
    /// Логин
    #[arg(long)]
    username: String,
    /// Файл с паролем; без него пароль читается со стандартного ввода
    #[arg(long)]
    password_file: Option<PathBuf>,
    /// Ещё и сбросить второй фактор: для входа хватит пароля, а где он обязателен, его настраивают заново при входе
    #[arg(long)]
    reset_second_factor: bool,
}

impl ResetPassword {
    pub(super) async fn run(self, app: &App) -> Result<()> {
        let actor = Actor::system();
        let users = accounts::users(app, &actor).await?;
        let wanted = self.username.trim().to_lowercase();
        let user = users.into_iter().find(|user| user.username.to_lowercase() == wanted);
        let Some(user) = user else {
            bail!("Пользователя с логином «{}» нет.", self.username)
        };
        let password = read_password(self.password_file.as_deref())?;
        let shell = Origin::default();
        accounts::reset_password(app, &actor, &shell, user.id, &password).await?;
        writeln!(std::io::stdout(), "Новый пароль задан, сеансы {} завершены.", user.name)?;
        if self.reset_second_factor {
            accounts::reset_factor(app, &actor, &shell, user.id).await?;
            writeln!(std::io::stdout(), "Второй фактор сброшен.")?;
        }
        Ok(())
    }
}

/// The first line of the file, or of the standard input.
fn read_password(file: Option<&std::path::Path>) -> Result<String> {
    let text = if let Some(path) = file {
        std::fs::read_to_string(path).with_context(|| format!("{}: не читается", path.display()))?
    } else {
        if std::io::stdin().is_terminal() {
            write!(
                std::io::stderr(),
                "Пароль (виден при вводе; {}): ",
                accounts::PASSWORD_RULE
            )?;
        }
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        line
    };
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
