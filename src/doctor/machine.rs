//! The machine: the folder of data, its room, its key, memory.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{Finding, Thing};
use crate::config::Config;
use crate::system;
use crate::values::text;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![
        writable(&config.data_dir),
        room(&config.data_dir),
        key(config),
        restore(config),
    ];
    findings.extend(memory());
    findings
}

fn writable(folder: &Path) -> Finding {
    const THING: Thing = ("data_folder", "папка данных");
    let shown = folder.display();
    if !folder.exists() {
        let advice = "Запустите proficrm: первый запуск её создаст.";
        return Finding::warning(THING, format!("{shown} ещё нет"), advice);
    }
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = fs::write(&probe, b"ok");
    let _ = fs::remove_file(&probe);
    match written {
        Ok(()) => Finding::well(THING, shown.to_string()),
        Err(error) => {
            let advice =
                "Отдайте папку пользователю, от имени которого работает программа (chown), или освободите диск.";
            Finding::failure(THING, format!("в {shown} нельзя писать ({error})"), advice)
        }
    }
}

fn room(folder: &Path) -> Finding {
    const THING: Thing = ("disk", "место на диске");
    let advice = "Освободите место или перенесите папку данных (CRM_DATA_DIR) на больший диск.";
    let Some(disk) = system::disk(folder) else {
        return Finding::warning(THING, "не удалось узнать", "Посмотрите сами: df -h.");
    };
    let text = format!("свободно {} из {}", size(disk.free), size(disk.total));
    match disk.free {
        ..GIB => Finding::failure(THING, text, advice),
        free if free < 5 * GIB => Finding::warning(THING, text, advice),
        _ => Finding::well(THING, text),
    }
}

fn key(config: &Config) -> Finding {
    const THING: Thing = ("secret_key", "секретный ключ");
    if config.secret_key.is_some() {
        return Finding::well(THING, "задан в CRM_SECRET_KEY");
    }
    let path = config.data_dir.join("secret.key");
    let shown = path.display();
    match fs::metadata(&path) {
        Ok(file) if file.mode() & 0o077 != 0 => {
            let advice = format!("Выполните chmod 600 {shown}.");
            Finding::failure(THING, format!("{shown} могут прочесть другие пользователи"), advice)
        }
        Ok(file) if file.size() < 32 => {
            let advice = "Верните ключ из своей копии: без него не прочесть вторые факторы.";
            Finding::failure(THING, format!("{shown} повреждён"), advice)
        }
        Ok(_) => Finding::well(THING, format!("{shown}, права 600")),
        Err(_) => Finding::warning(THING, "ещё нет", "Запустите proficrm: первый запуск его создаст."),
    }
}

fn restore(config: &Config) -> Finding {
    const THING: Thing = ("restore", "восстановление из копии");
    match system::check_finished(config) {
        Ok(()) => Finding::well(THING, "не прервано"),
        Err(error) => Finding::failure(THING, error.to_string(), "Повторите proficrm restore с той же копией."),
    }
}

/// Memory that programs may still take, on the machine and in the container round us.
fn memory() -> Option<Finding> {
    const THING: Thing = ("memory", "память");
    let machine = kilobytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:")? * 1024;
    let free = container().map_or(machine, |free| free.min(machine));
    let text = format!("свободно {}", size(free));
    let advice = "Добавьте памяти или остановите лишние программы: при нехватке ядро завершит базу или программу.";
    Some(match free / MIB {
        ..128 => Finding::failure(THING, text, advice),
        128..512 => Finding::warning(THING, text, advice),
        _ => Finding::well(THING, text),
    })
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// What a container leaves us; `None`: there is no limit.
fn container() -> Option<u64> {
    let read = |name: &str| {
        fs::read_to_string(format!("/sys/fs/cgroup/{name}"))
            .ok()?
            .trim()
            .parse::<u64>()
            .ok()
    };
    let used = read("memory.current")?;
    // Pages of files are given back when somebody needs them.
    let stat = fs::read_to_string("/sys/fs/cgroup/memory.stat").ok()?;
    let cached = stat.lines().find_map(|line| line.strip_prefix("inactive_file "));
    let cached = cached.and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
    Some(read("memory.max")?.saturating_sub(used.saturating_sub(cached)))
}

fn size(bytes: u64) -> String {
    text::size(i64::try_from(bytes).unwrap_or(i64::MAX))
}
