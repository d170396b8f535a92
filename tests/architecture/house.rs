//! What the house is: its layers, its faces, and who owns which table. A new room or table is written down here.

use std::collections::BTreeMap;

/// The layers from the ground up; a layer uses those before it. `audit` comes first: changes of people are logged too.
const LAYERS: &str = "values config / policy error / db store metrics push / app / api jobs web / audit / accounts / system / \
     notifications / budget / dictionaries / views files merges / companies / bulk / contacts / notes / letters / tasks / calendar task_import / phones / calls / mailings / \
     imports / trash / duplicates / exports / search / analytics / card / dashboard / settings / demo verify doctor / cli server main lib";

/// Modules inside another module that are part of its face, each with the reason.
pub(super) const INNER_FACES: &[(&str, &str)] = &[
    ("companies::paths", "an address is asked for by its room's name"),
    (
        "companies::bulk",
        "an import or an act on a list writes thousands of rows at once",
    ),
    ("contacts::paths", "as companies::paths"),
    ("notes::paths", "as companies::paths"),
    ("letters::paths", "as companies::paths"),
    ("tasks::paths", "as companies::paths"),
    ("tasks::due", "as values::text"),
    ("calls::paths", "as companies::paths"),
    ("contacts::bulk", "as companies::bulk"),
    ("notes::bulk", "as companies::bulk"),
    ("tasks::bulk", "as companies::bulk"),
    ("values::text", "a family of functions reads better under its name"),
    ("values::time", "as values::text"),
    ("values::recurrence", "as values::text"),
    ("values::hours", "as values::text"),
    ("db::submitted", "as values::text"),
    ("db::snapshot", "as values::text"),
    ("web::assets", "as values::text"),
    ("web::versions", "as values::text"),
    ("web::csrf", "as values::text"),
    ("demo::amo", "a second product of demo: the file of an amoCRM export"),
];

/// The only room that writes to a table.
const OWNERS: &[(&str, &[&str])] = &[
    ("accounts", &["branches", "users", "sessions"]),
    ("accounts", &["setup_links", "sign_in_limits", "second_factor_rules"]),
    ("accounts", &["second_factors", "recovery_codes", "pending_sign_ins"]),
    ("db", &["submitted_forms"]),
    ("jobs", &["jobs", "job_slots", "schedule"]),
    ("notifications", &["notifications", "notification_settings"]),
    ("system", &["system_state", "system_copies"]),
    ("audit", &["audit_events"]),
    ("dictionaries", &["company_statuses", "company_spheres"]),
    ("dictionaries", &["contract_types", "regions", "task_types"]),
    ("dictionaries", &["dictionary_replacements"]),
    ("views", &["list_settings", "saved_filters"]),
    (
        "companies",
        &["companies", "company_phones", "company_emails", "company_sphere_links"],
    ),
    ("companies", &["company_words", "company_words_gathered"]),
    ("bulk", &["bulk_acts", "bulk_rows"]),
    ("contacts", &["contacts", "contact_phones", "contact_emails"]),
    ("notes", &["notes"]),
    ("letters", &["letters"]),
    ("tasks", &["tasks", "task_series", "task_comments"]),
    ("tasks", &["task_acts", "task_act_rows"]),
    ("calendar", &["calendar_feeds", "calendar_readings"]),
    ("task_import", &["task_imports"]),
    (
        "phones",
        &[
            "phone_devices",
            "phone_pairings",
            "phone_logs",
            "push_state",
            "app_releases",
        ],
    ),
    ("calls", &["call_requests", "call_steps", "call_settings", "cold_marks"]),
    ("files", &["files", "file_disposals"]),
    ("imports", &["imports", "import_rows", "import_records"]),
    ("imports", &["import_changes", "import_undo_rows"]),
    ("imports", &["import_deals", "import_drafts", "import_presets"]),
    ("trash", &["trash", "deletion_requests"]),
    ("merges", &["merges", "merged_records"]),
    (
        "duplicates",
        &["duplicate_pairs", "duplicate_groups", "duplicate_members"],
    ),
    ("duplicates", &["duplicate_denials", "duplicate_passes"]),
    ("exports", &["exports"]),
    ("budget", &["reading_limits", "card_openings", "reading_alarms"]),
];

/// Who may write to foreign tables, and why.
pub(super) const WRITE_ANYWHERE: &[(&str, &str)] = &[
    ("demo", "fills an empty base by COPY, a million rows at once"),
    ("testing", "builders set the scene without asking for rights"),
];

/// Who may open connections without asking whether this is a passive copy, and why; all others take an `Outward`.
pub(super) const CALLS_OUT: &[(&str, &str)] = &[
    (
        "src/store/",
        "keeps our own bytes, and asks before it removes those that others may have",
    ),
    ("src/db/cluster/", "our own Postgres"),
    ("src/server/health.rs", "asks a server of ours on this machine"),
    ("src/doctor/network.rs", "as src/server/health.rs"),
];

pub(super) fn layers() -> impl Iterator<Item = Vec<&'static str>> {
    LAYERS.split('/').map(|layer| layer.split_whitespace().collect())
}

pub(super) fn layer(top: &str) -> usize {
    let found = layers().position(|layer| layer.contains(&top));
    found
        .unwrap_or_else(|| panic!("tests/architecture/house.rs does not know the layer of `{top}`: put it into LAYERS"))
}

/// Room by table.
pub(super) fn owners() -> BTreeMap<String, &'static str> {
    let pairs = OWNERS
        .iter()
        .flat_map(|(room, tables)| tables.iter().map(|table| ((*table).to_owned(), *room)));
    pairs.collect()
}
