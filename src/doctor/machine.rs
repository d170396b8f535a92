//! The folder of data: its room, its key, whether it can be written to.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{Finding, Verdict};
use crate::config::Config;

const GIB: u64 = 1 << 30;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    vec![writable(&config.data_dir), room(&config.data_dir), key(config)]
}

fn writable(folder: &Path) -> Finding {
    let name = "папка данных";
    let shown = folder.display();
    if !folder.exists() {
        let text = format!("{shown} ещё нет, её создаст первый запуск");
        return Finding::new(Verdict::Warning, name, text);
    }
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = fs::write(&probe, b"ok");
    let _ = fs::remove_file(&probe);
    match written {
        Ok(()) => Finding::new(Verdict::Well, name, shown.to_string()),
        Err(error) => Finding::new(Verdict::Failure, name, format!("в {shown} нельзя писать ({error})")),
    }
}

fn room(folder: &Path) -> Finding {
    let name = "место на диске";
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let Ok(disk) = rustix::fs::statvfs(there) else {
        return Finding::new(Verdict::Warning, name, "не удалось узнать");
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let verdict = match free {
        ..GIB => Verdict::Failure,
        _ if free < 5 * GIB => Verdict::Warning,
        _ => Verdict::Well,
    };
    Finding::new(verdict, name, format!("свободно {}", size(free)))
}

fn key(config: &Config) -> Finding {
    let name = "секретный ключ";
    if config.secret_key.is_some() {
        return Finding::new(Verdict::Well, name, "задан в CRM_SECRET_KEY");
    }
    let path = config.data_dir.join("secret.key");
    match fs::metadata(&path) {
        Ok(file) if file.mode() & 0o077 != 0 => {
            let text = format!("{} читают другие пользователи; выполните chmod 600", path.display());
            Finding::new(Verdict::Failure, name, text)
        }
        Ok(_) => Finding::new(Verdict::Well, name, format!("{}, права 600", path.display())),
        Err(_) => Finding::new(Verdict::Warning, name, "ещё нет, его создаст первый запуск"),
    }
}

/// «1,4 ГБ»
pub(super) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{},{}", tenths / 10, tenths % 10)
    };
    match bytes {
        GIB.. => format!("{} ГБ", tenths(GIB)),
        _ => format!("{} МБ", tenths(1 << 20)),
    }
}
